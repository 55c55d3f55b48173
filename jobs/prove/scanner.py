"""Look for secrets in every file below a folder; a report names the place and the label, never the value."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from jobs.prove.decoding import UNDECODABLE, Format, decoded, format_of, raw
from jobs.prove.disguises import Disguise
from jobs.prove.matching import Matcher
from jobs.prove.tables import Piece

#: Hears how many bytes were searched since it was told last.
Advance = Callable[[int], None]

Data = TypeVar("Data", bytes, np.ndarray)

_TOGETHER = 1 << 20  # bytes of small pieces that are searched at once
_BETWEEN = b"\n"


@dataclass(frozen=True, order=True)
class Hit:
    """A secret was found: in which file, where inside it, which one, and how it was written."""

    file: str
    where: str
    label: str
    disguise: str


@dataclass
class Scan:
    """What was looked at, so that a clean scan can show that it saw something."""

    hits: set[Hit] = field(default_factory=set)
    files: int = 0
    size: int = 0
    rows: int = 0
    #: Files that are not what their first bytes say, or may not be read: not decoded, so nothing is proved of them.
    undecoded: list[str] = field(default_factory=list)
    #: Of every format the last file with content.
    examples: dict[Format, Path] = field(default_factory=dict)

    @property
    def labels(self) -> set[str]:
        """Which secrets were found."""
        return {hit.label for hit in self.hits}

    def report(self) -> str:
        """One line per file and way of writing, fit for a log."""
        places = {(hit.file, hit.where, hit.disguise) for hit in self.hits}
        lines = [
            f"{file}: {where}, as {disguise}: "
            + ", ".join(sorted(hit.label for hit in self.hits if (hit.file, hit.where, hit.disguise) == place))
            for place in sorted(places)
            for file, where, disguise in [place]
        ]
        return "\n".join(lines)


def scan(files: Iterable[Path], root: Path, matcher: Matcher, advance: Advance = lambda _size: None) -> Scan:
    """Search these files and their paths below `root`. A file that is gone before it is read is passed over."""
    found = Scan()
    search = _Search(matcher, found.hits)
    for path in files:
        name = path.relative_to(root).as_posix()
        try:
            size = path.stat().st_size
            search.add(name, Piece("path", os.fsencode(name)))  # a name need not be UTF-8
            for piece in raw(path, matcher.longest):
                search.add(name, piece)
            for piece in decoded(path, matcher.longest):
                search.add(name, piece)
                found.rows += piece.rows
            if size:
                found.examples[format_of(path)] = path
        except FileNotFoundError:
            continue
        except UNDECODABLE as error:
            found.undecoded.append(f"{search.shown(name)}: {type(error).__name__}")
        found.files += 1
        found.size += size
        advance(size)
    search.flush()
    return found


def files_below(folder: Path) -> Iterator[Path]:
    """Every regular file; a link would lead elsewhere, a socket or a pipe would never end."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


class _Search:
    """Searches pieces of many files together, for most are small; they are told apart only when something is found."""

    def __init__(self, matcher: Matcher, hits: set[Hit]) -> None:
        self._matcher, self._hits = matcher, hits
        self._bytes: list[tuple[str, str, bytes]] = []
        self._numbers: list[tuple[str, str, np.ndarray]] = []
        self._size = 0

    def add(self, name: str, piece: Piece) -> None:
        """Take a piece of the file of this name."""
        if not len(piece.data):
            return
        if isinstance(piece.data, bytes):
            self._bytes.append((name, piece.where, piece.data))
        else:
            self._numbers.append((name, piece.where, piece.data))
        self._size += len(piece.data)
        if self._size >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Search what was taken since the last time; to be called once more at the end."""
        if self._bytes and self._matcher.in_bytes(_BETWEEN.join(data for *_, data in self._bytes)):
            self._note(self._bytes, self._matcher.in_bytes)
        if self._numbers and self._matcher.in_numbers(np.concatenate([data for *_, data in self._numbers])):
            self._note(self._numbers, self._matcher.in_numbers)
        self._bytes, self._numbers, self._size = [], [], 0

    def shown(self, name: str) -> str:
        """The file's name as a report may hold it."""
        raw_name = os.fsencode(name)
        if self._matcher.in_bytes(raw_name):
            return "a file whose name is withheld"
        return raw_name.decode(errors="backslashreplace")

    def _note(self, pieces: Iterable[tuple[str, str, Data]], found_in: Callable[[Data], set[Disguise]]) -> None:
        for name, where, data in pieces:
            for disguise in found_in(data):
                place = "a place whose name is withheld" if self._matcher.in_bytes(where.encode()) else where
                self._hits.add(Hit(self.shown(name), place, disguise.secret.label, disguise.name))
