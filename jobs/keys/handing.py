"""Keys of a store that the engine cannot read become files for the length of one job, and no longer.

The files lie in a folder of their own below `run/keys`, readable by the owner only. They go when the job ends. They go
too when the command is killed: a guard waits on a pipe that the system closes with the command's last breath. Where the
guard died as well, with the machine perhaps, the next command sweeps the folder away, for nobody holds its lock.
"""

import fcntl
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from jobs.errors import KeyMissing
from jobs.storage.keys import KINDS, KeyFiles, KeyStore, missing_message
from jobs.storage.turn import turn

_GUARD = "trap '' HUP INT TERM; cat > /dev/null; rm -rf -- \"$0\""
_HELD = "held"


@contextmanager
def readable_by_the_engine(store: KeyStore, home: Path, versions: Mapping[str, int]) -> Iterator[KeyFiles]:
    """Key files with these versions, by domain, as long as the block lasts; a store of files serves itself.

    Raises: KeyMissing, KeyStoreUnreachable, KeyStoreRefused, before anything is written.
    """
    if isinstance(store, KeyFiles):
        yield store
        return
    keys = {
        (kind, domain, version): _existing(store, kind, domain, version)
        for domain, version in versions.items()
        for kind in KINDS
    }
    with _folder(home / "run" / "keys", home) as folder:
        files = KeyFiles(folder)
        for (kind, domain, version), key in keys.items():
            files.create(kind, domain, version, key)
        yield files


def _existing(store: KeyStore, kind: str, domain: str, version: int) -> bytes:
    key = store.find(kind, domain, version)
    if key is None:
        raise KeyMissing(missing_message(store, kind, domain, version))
    return key


@contextmanager
def _folder(parent: Path, home: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = parent / secrets.token_hex(8)
    with turn(home, "keys.run"):  # a folder between its making and its lock must not be swept
        _sweep(parent)
        folder.mkdir(mode=0o700)
        lock = _lock(folder)
    guard = subprocess.Popen(["/bin/sh", "-c", _GUARD, folder], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
        guard.communicate()


def _sweep(parent: Path) -> None:
    """Remove the folders whose command is gone."""
    for folder in parent.iterdir():
        try:
            _lock(folder).close()
        except BlockingIOError:  # its command lives
            continue
        except FileNotFoundError:  # its guard was faster
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> TextIO:
    """Raises: BlockingIOError when another process holds the folder."""
    file = (folder / _HELD).open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    return file
