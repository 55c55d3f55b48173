"""A plan to a package: its parts first, its signed manifest last; what has no manifest is no package."""

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import PackageRefused, PackingStopped
from jobs.storage.turn import turn
from jobs.storage.whole_files import sync_folder, write_whole
from jobs.transfer.manifest import MANIFEST, Manifest, Part, Piece, Plan, Receipt, part_name
from jobs.transfer.outbox import Outbox
from jobs.transfer.signing import PACKAGE, RECEIPT, Peers

CHUNK_BYTES = 1 << 20
_CANNOT = "the files it was made of changed after they were claimed, or are gone"

#: Told how many bytes were just dealt with.
Advance = Callable[[int], object]


class _Changed(Exception):
    """A kept file is not the one that was claimed."""


def pack(outbox: Outbox, peers: Peers, plan: Plan, target: Path, advance: Advance) -> Path:
    """Write a claimed package into its own folder below `target`; parts that stand there whole are left alone.

    Raises: PackingStopped when the medium is full, or when a file changed after it was claimed.
    """
    with turn(outbox.home, "transfer"), _folder(target, plan) as folder:
        try:
            source = _Source(outbox, plan)
            parts = [
                _part(source, pieces, folder / part_name(number), advance)
                for number, pieces in enumerate(plan.pieces, start=1)
            ]
        except _Changed:
            outbox.give_back(plan)
            shutil.rmtree(folder)
            raise PackingStopped(
                f"package {plan.package_id} cannot be made: {_CANNOT}; what is there lies in its inbox again, "
                "run the same command once the sender has finished writing"
            ) from None
        manifest = Manifest(**dict(plan), parts=tuple(parts))
        _seal(peers, manifest, folder)
        outbox.finish(manifest)
        return folder


def resend(
    outbox: Outbox, peers: Peers, manifest: Manifest, target: Path, advance: Advance, *, arrived: Collection[int]
) -> Path:
    """Write a package once more, byte for byte, without the parts that arrived (numbers from 1).

    Where a contract has changed since, the same files become a new package under the new one, with all its parts.
    Raises: PackingStopped when the medium is full, or when its files are no longer kept.
    """
    renewed = outbox.renewed(manifest)
    if renewed.package_id != manifest.package_id:
        outbox.begin(renewed)
        return pack(outbox, peers, renewed, target, advance)
    with turn(outbox.home, "transfer"), _folder(target, manifest) as folder:
        source = _Source(outbox, manifest)
        for number, (pieces, part) in enumerate(zip(manifest.pieces, manifest.parts, strict=True), start=1):
            if number not in arrived and _made_again(source, pieces, folder / part_name(number), advance) != part:
                raise PackingStopped(f"part {number} of {manifest.package_id} cannot be made again: {_CANNOT}")
        _seal(peers, manifest, folder)
        return folder


def arrived_parts(peers: Peers, manifest: Manifest, signed: bytes) -> frozenset[int]:
    """The parts of a package that a receipt says arrived, by number from 1. Raises: PackageRefused, NotAPeer."""
    receipt = read_receipt(peers, signed)
    if receipt.package_id != manifest.package_id:
        raise PackageRefused(f"the receipt is for package {receipt.package_id}, not for {manifest.package_id}")
    return frozenset(range(1, len(manifest.parts) + 1)) - frozenset(receipt.parts_missing)


def read_receipt(peers: Peers, signed: bytes) -> Receipt:
    """What a receiver says arrived of a package of ours. Raises: PackageRefused, NotAPeer."""
    receiver, content = peers.opened(RECEIPT, signed)
    receipt = Receipt.from_bytes(content, "the receipt")
    if receipt.receiver != receiver:
        raise PackageRefused(f"the receipt of '{receipt.receiver}' is signed by '{receiver}'; ask both")
    if receipt.sender != peers.own_name():
        raise PackageRefused(f"the receipt is for '{receipt.sender}'; hand it on")
    return receipt


@contextmanager
def _folder(target: Path, plan: Plan) -> Iterator[Path]:
    """The package's folder; what the file system refuses is said without a path of its own."""
    folder = target / plan.package_id
    try:
        folder.mkdir(exist_ok=True)  # a target that is not there is a medium that is not mounted
        yield folder
    except OSError as error:
        raise PackingStopped(
            f"package {plan.package_id} could not be written: {error.strerror}. Whole parts are kept; "
            "make room there or name another folder, then run the same command again"
        ) from None


def _seal(peers: Peers, manifest: Manifest, folder: Path) -> None:
    write_whole(folder / MANIFEST, peers.signed(PACKAGE, manifest.as_bytes()))


def _part(source: "_Source", pieces: Sequence[Piece], path: Path, advance: Advance) -> Part:
    """Write one part, unless its very bytes stand there."""
    size = sum(piece.length for piece in pieces)
    there = sha256_of(path) if path.is_file() and path.stat().st_size == size else None
    if there and there == _digest(source.chunks(pieces)):
        advance(size)
        return Part(sha256=there, size_bytes=size)
    draft, digest = path.with_suffix(".draft"), hashlib.sha256()
    with draft.open("wb") as file:
        for chunk in source.chunks(pieces):
            file.write(chunk)
            digest.update(chunk)
            advance(len(chunk))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return Part(sha256=digest.hexdigest(), size_bytes=size)


def _made_again(source: "_Source", pieces: Sequence[Piece], path: Path, advance: Advance) -> Part | None:
    try:
        return _part(source, pieces, path, advance)
    except _Changed:
        return None


class _Source:
    """The kept files of a plan, read piece by piece; each is checked against its digest when its last byte is read."""

    def __init__(self, outbox: Outbox, plan: Plan) -> None:
        self._outbox = outbox
        self._files = plan.files
        self._reading = -1
        self._position = 0
        self._digest = hashlib.sha256()

    def chunks(self, pieces: Sequence[Piece]) -> Iterator[bytes]:
        """The bytes of some pieces, about a mebibyte at a time. Raises: _Changed."""
        for piece in pieces:
            path = self._outbox.file(self._files[piece.file])
            if not path.is_file() or path.stat().st_size != self._files[piece.file].size_bytes:
                raise _Changed
            with path.open("rb") as file:
                file.seek(piece.offset)
                left = piece.length
                while left:
                    chunk = file.read(min(left, CHUNK_BYTES))
                    if not chunk:
                        raise _Changed
                    self._check(piece.file, file.tell() - len(chunk), chunk)
                    left -= len(chunk)
                    yield chunk

    def _check(self, place: int, offset: int, chunk: bytes) -> None:
        """Follow a file from its first byte to its last; what is read twice, or from the middle, tells nothing."""
        if offset == 0 and place != self._reading:
            self._reading, self._position, self._digest = place, 0, hashlib.sha256()
        if (place, offset) != (self._reading, self._position):
            return
        self._digest.update(chunk)
        self._position += len(chunk)
        packed = self._files[place]
        if self._position == packed.size_bytes and self._digest.hexdigest() != packed.sha256:
            raise _Changed


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
