"""Look for secrets in every file below a folder; a report names the place and the label, never the value."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jobs.prove.decoding import UNDECODABLE, Format, decoded, format_of, raw
from jobs.prove.matching import Matcher
from jobs.prove.tables import Piece

#: Hears how many bytes were searched since it was told last.
Advance = Callable[[int], None]


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
    for path in files:
        try:
            size = path.stat().st_size
            _scan_file(path, path.relative_to(root).as_posix(), matcher, found)
        except FileNotFoundError:
            continue
        found.files += 1
        found.size += size
        advance(size)
    return found


def files_below(folder: Path) -> Iterator[Path]:
    """Every regular file; a link would lead elsewhere, a socket or a pipe would never end."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _scan_file(path: Path, name: str, matcher: Matcher, found: Scan) -> None:
    named = os.fsencode(name)  # a name need not be UTF-8
    in_name = matcher.in_bytes(named)
    shown = "a file whose name is withheld" if in_name else named.decode(errors="backslashreplace")
    found.hits |= {Hit(shown, "path", disguise.secret.label, disguise.name) for disguise in in_name}
    try:
        _search(raw(path, matcher.longest), shown, matcher, found)
        _search(decoded(path, matcher.longest), shown, matcher, found)
        if path.stat().st_size:
            found.examples[format_of(path)] = path
    except FileNotFoundError:
        raise
    except UNDECODABLE as error:
        found.undecoded.append(f"{shown}: {type(error).__name__}")


def _search(pieces: Iterator[Piece], shown: str, matcher: Matcher, found: Scan) -> None:
    for where, data, rows in pieces:
        found.rows += rows
        disguises = matcher.in_bytes(data) if isinstance(data, bytes) else matcher.in_numbers(data)
        if disguises:
            place = "a place whose name is withheld" if matcher.in_bytes(where.encode()) else where
            found.hits |= {Hit(shown, place, disguise.secret.label, disguise.name) for disguise in disguises}
