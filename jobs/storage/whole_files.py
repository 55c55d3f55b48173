"""Files that stand whole or not at all, also after a power cut."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write or replace a file at once: beside it, to the disk, then under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def write_secret(path: Path, content: bytes) -> None:
    """Write once, readable by the owner only. Raises: FileExistsError, for a secret in use is never overwritten."""
    draft = _private_draft(path, content)
    os.link(draft, path)
    draft.unlink()
    sync_folder(path.parent)


def write_private(path: Path, content: bytes) -> None:
    """Write or replace a file at once, readable by the owner only; its folder is made so too."""
    _private_draft(path, content).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; a file's own bytes are synced by who wrote them."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private_draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
