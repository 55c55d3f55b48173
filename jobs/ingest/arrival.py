"""What lies in landing: take each file once, under the name of its content, whatever it was called.

A file waits in the inbox `landing/<family>/<dataset>/<arrival day>/`. Once the ledger has it, it is moved to the store
`landing/.store/<dataset id>/<sha256>`, so a run looks at new files only and no path beyond this module holds a file
name, which may name a person.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.loading import load
from contracts.model import Contract
from jobs.errors import InboxLocked

_CHUNK = 1 << 20
#: Names under which programs write files that they have not finished.
_UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart")


@dataclass(frozen=True)
class Arrival:
    """One file in the inbox whose bytes no longer change."""

    path: Path
    sha256: str
    size_bytes: int
    arrival_date: date


def store(landing: Path, contract: Contract) -> Path:
    """The folder of the dataset's taken files, named by their sha256."""
    return landing / ".store" / contract.id


def sent(landing: Path, contract: Contract) -> Path:
    """The folder of the dataset's files that went into packages for another network, named by their sha256."""
    return landing / ".sent" / contract.id


def inbox(landing: Path, contract: Contract) -> Path:
    """The folder in which the dataset's files arrive, by day."""
    return landing / contract.family / contract.dataset


def arrivals(landing: Path, contract: Contract, *, day: date | None, settle_seconds: float) -> Iterator[Arrival]:
    """The inbox files that are whole: untouched for `settle_seconds` and unchanged while being read; in path order.

    `day`: only the files of that arrival day. A file that still grows is left for the next run.
    """
    for path, arrived_on in sorted(_inbox(landing, contract)):
        if day is not None and arrived_on != day:
            continue
        with suppress(FileNotFoundError, PermissionError):  # gone meanwhile, or not for us to read: see `not_taken`
            before = path.stat()
            if time.time() - before.st_mtime < settle_seconds:
                continue
            sha256 = _sha256(path)
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
                yield Arrival(path, sha256, after.st_size, arrived_on)


def not_taken(landing: Path, contract: Contract) -> int:
    """How many entries of the inbox no run takes as they are: links, pipes, sockets, devices, what we may not read."""
    return sum(1 for path in _lying(inbox(landing, contract)) if not (_is_file(path) and _may_read(path)))


def waiting(landing: Path, contract: Contract, *, day: date | None = None) -> int:
    """How many files lie in the inbox, still growing ones included; of one arrival day, where `day` says so."""
    return sum(1 for _, arrived_on in _inbox(landing, contract) if day in {None, arrived_on})


def with_files(landing: Path, dataset_ids: Sequence[str], *, day: date | None = None) -> list[str]:
    """Those of the datasets whose inbox holds a file; the contracts of all others are not even read."""
    used = [dataset_id for dataset_id in dataset_ids if landing.joinpath(*dataset_id.split(".")).is_dir()]
    return [dataset_id for dataset_id in used if waiting(landing, load(dataset_id), day=day)]


def take(arrival: Arrival, folder: Path) -> None:
    """Move a file that is written down as taken from the inbox to the folder of taken ones; safe to repeat.

    A copy of bytes that the folder has already is removed: the folder keeps them. A file that vanished in between is
    missed by its reader, which says so.
    Raises: InboxLocked, without the file's name.
    """
    kept = folder / arrival.sha256
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        if kept.exists():
            arrival.path.unlink()
        else:
            arrival.path.rename(kept)
            kept.chmod(0o400)
    except FileNotFoundError:
        pass
    except PermissionError:
        raise InboxLocked(
            f"{folder.name}: a file cannot be moved out of its inbox; allow it, and the next run takes it"
        ) from None


def _inbox(landing: Path, contract: Contract) -> Iterator[tuple[Path, date]]:
    root = inbox(landing, contract)
    zone = ZoneInfo(contract.source.timezone)
    for path in _lying(root):
        if _is_file(path):
            with suppress(FileNotFoundError):
                yield path, _arrival_date(path, root, zone)


def _lying(root: Path) -> Iterator[Path]:
    """Everything below the inbox but hidden names, unfinished files, and the folders that can be looked into."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in (*names, *(name for name in folders if _is_closed(Path(folder, name)))):
            if not name.startswith(".") and not name.endswith(_UNFINISHED):
                yield Path(folder, name)


def _is_closed(folder: Path) -> bool:
    return folder.is_symlink() or not _may_read(folder, os.R_OK | os.X_OK)


def _may_read(path: Path, right: int = os.R_OK) -> bool:
    return os.access(path, right, effective_ids=True)


def _is_file(path: Path) -> bool:
    """Whether it is a file of its own: a pipe or socket would hang a reader, a link lead it out of landing."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _arrival_date(path: Path, root: Path, zone: ZoneInfo) -> date:
    """The date that names the first folder, else the day the file was written."""
    first = path.relative_to(root).parts[0]
    try:
        return date.fromisoformat(first)
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, zone).date()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
