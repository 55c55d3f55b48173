"""Look for secrets in every file below a folder; a report names the place and the label, never the value."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.leaks.decoding import UNDECODABLE, decoded, raw
from tests.leaks.matching import Matcher


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
    #: Files that are not what their first bytes say: searched as bytes, but not decoded.
    undecoded: list[str] = field(default_factory=list)

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


def scan(files: Iterator[Path], root: Path, matcher: Matcher) -> Scan:
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
    return found


def files_below(folder: Path) -> Iterator[Path]:
    """Every regular file; a link would lead elsewhere, a socket or a pipe would never end."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _scan_file(path: Path, name: str, matcher: Matcher, found: Scan) -> None:
    in_name = matcher.in_bytes(name.encode())
    shown = "a file whose name is withheld" if in_name else name
    found.hits |= {Hit(shown, "path", disguise.secret.label, disguise.name) for disguise in in_name}
    found.hits |= _hits(raw(path, matcher.longest), shown, matcher)
    try:
        found.hits |= _hits(decoded(path, matcher.longest), shown, matcher)
    except FileNotFoundError:
        raise
    except UNDECODABLE as error:
        found.undecoded.append(f"{shown}: {type(error).__name__}")


def _hits(pieces: Iterator[tuple[str, bytes | np.ndarray]], shown: str, matcher: Matcher) -> set[Hit]:
    return {
        Hit(shown, where, disguise.secret.label, disguise.name)
        for where, data in pieces
        for disguise in (matcher.in_bytes(data) if isinstance(data, bytes) else matcher.in_numbers(data))
    }
