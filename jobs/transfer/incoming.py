"""Where a package is put together, out of every reader's sight: `transfer/incoming/<package id>/`.

`parts/<number>` says that the bytes of a part are in their files, `whole` that every file is right and on the disk. A
run may be killed at any instant; the next one takes the parts that have no mark.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobs.storage.whole_files import write_whole
from jobs.transfer.manifest import Manifest, PackedFile, part_name
from jobs.transfer.pack import CHUNK_BYTES, Advance, sha256_of


class BadPart(Exception):
    """A part on the medium is not the one that the manifest speaks of; the text says how."""


class Incoming:
    """The bytes of one package that have arrived so far."""

    def __init__(self, home: Path, manifest: Manifest) -> None:
        self._manifest = manifest
        self._pieces = manifest.pieces
        self._folder = home / "transfer" / "incoming" / manifest.package_id
        self._whole = self._folder / "whole"

    def prepare(self) -> None:
        """Make the folders, and the files without a byte, which stand in no part; safe to repeat."""
        self._mark(1).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file in self._manifest.files:
            self._path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not file.size_bytes and not self.is_whole:
                self._path(file).touch()

    @property
    def is_whole(self) -> bool:
        """Whether every file was found right; from here on a file that is not here has been landed."""
        return self._whole.exists()

    def missing(self) -> list[int]:
        """The numbers of the parts that have not arrived, from 1."""
        if self.is_whole:
            return []
        return [number for number in range(1, len(self._pieces) + 1) if not self._mark(number).exists()]

    def take(self, number: int, package: Path, advance: Advance) -> None:
        """Lay the bytes of a part into their files and check the part, in one reading.

        Raises: BadPart; nobody sees the bytes, and the next attempt overwrites them.
        """
        path, stated = package / part_name(number), self._manifest.parts[number - 1]
        if path.is_symlink() or not path.is_file():
            raise BadPart("is missing")
        if (size := path.stat().st_size) != stated.size_bytes:
            raise BadPart(f"has {size} bytes instead of {stated.size_bytes}")
        digest = hashlib.sha256()
        with path.open("rb") as part:
            for piece in self._pieces[number - 1]:
                with _opened_at(self._path(self._manifest.files[piece.file]), piece.offset) as file:
                    for chunk in _chunks(part, piece.length):
                        digest.update(chunk)
                        file.write(chunk)
                        advance(len(chunk))
        if digest.hexdigest() != stated.sha256:
            raise BadPart("was altered or damaged: its digest is another one")
        self._mark(number).touch()

    def check(self) -> list[int]:
        """Bring every file to the disk and compare it with its digest; where all are right, the package is whole.

        Returns the numbers of the parts that are needed again, because what they left here is not what they held.
        """
        wrong = {place for place, file in enumerate(self._manifest.files) if not _is_right(self._path(file), file)}
        again = [
            number
            for number, pieces in enumerate(self._pieces, start=1)
            if any(piece.file in wrong for piece in pieces)
        ]
        for number in again:
            self._mark(number).unlink(missing_ok=True)
        if not wrong:
            write_whole(self._whole, b"")
        return again

    def land(self, file: PackedFile, day: Path) -> None:
        """Move a file of a whole package into the folder of its day, under its digest; safe to repeat."""
        if (path := self._path(file)).exists():
            day.mkdir(parents=True, exist_ok=True)
            path.replace(day / file.sha256)

    def forget(self) -> None:
        """Remove what is left, once the receipt is written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _mark(self, number: int) -> Path:
        return self._folder / "parts" / str(number)

    def _path(self, file: PackedFile) -> Path:
        return self._folder / "files" / file.dataset / file.sha256


def _opened_at(path: Path, offset: int) -> IO[bytes]:
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
    file.seek(offset)
    return file


def _chunks(part: IO[bytes], length: int) -> Iterator[bytes]:
    """The next `length` bytes, less where the part has become shorter; its digest will tell."""
    while length and (chunk := part.read(min(length, CHUNK_BYTES))):
        length -= len(chunk)
        yield chunk


def _is_right(path: Path, file: PackedFile) -> bool:
    """Whether the file on the disk is the one that was packed; a cut of the power may have taken some of it."""
    if not path.is_file() or path.stat().st_size != file.size_bytes:
        return False
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return not file.size_bytes or sha256_of(path) == file.sha256
