"""Archives around a file: each file in them, unpacked one after the other into temporary space that has no name."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

from jobs.ingest.readers.archive import open_archive, require_safe
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.kinds import GZIP_MARK, ZIP_MARKS, is_workbook

_CHUNK_BYTES = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Member:
    """A file to read. Its path holds until the next one is asked for; `where` is its place among several, or empty."""

    path: Path
    where: str = ""


def members(path: Path, most_bytes: int) -> Iterator[Member]:
    """The files in a gzip or zip archive in its order; a file that is no archive, or a workbook, is its own member.

    At most `most_bytes` are unpacked, whatever the archive says of itself and however well it is packed. A member is
    whole and its checksum was right before it is given. Archives inside archives stay packed, so their kind refuses
    them. Names of entries are checked and never used: nothing can be written to a place that a sender chose.
    Raises: FileFault TRUNCATED, MALFORMED, TOO_LARGE, UNSAFE_ARCHIVE, ENCRYPTED, EMPTY; places and counts only.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(GZIP_MARK):
        yield from _of_gzip(path, most_bytes)
    elif head.startswith(ZIP_MARKS):
        with open_archive(path) as archive:
            yield from [Member(path)] if is_workbook(archive) else _of_zip(archive, path.stat().st_size, most_bytes)
    else:
        yield Member(path)


def _of_gzip(path: Path, most_bytes: int) -> Iterator[Member]:
    # without a name the space is free again even if this process is killed
    with TemporaryFile() as space:
        try:
            with gzip.open(path) as stream:
                _copy(stream, space, most_bytes)
        except EOFError:
            raise FileFault(FileFaultReason.TRUNCATED, f"gzip, after {space.tell()} bytes unpacked") from None
        except (gzip.BadGzipFile, zlib.error):  # a wrong checksum, or something else behind the end
            raise FileFault(FileFaultReason.MALFORMED, f"gzip, after {space.tell()} bytes unpacked") from None
        yield Member(_path_of(space))


def _of_zip(archive: zipfile.ZipFile, packed_bytes: int, most_bytes: int) -> Iterator[Member]:
    require_safe(archive, packed_bytes, most_bytes)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not entries:
        raise FileFault(FileFaultReason.EMPTY, "the archive has no entry")
    for place, entry in enumerate(entries, 1):
        where = f"entry {place} of {len(entries)}" if len(entries) > 1 else ""
        with TemporaryFile() as space:
            _unpack(archive, entry, space, f"entry {place} of {len(entries)}")
            yield Member(_path_of(space), where)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, space: IO[bytes], where: str) -> None:
    if entry.compress_type not in _METHODS:
        raise FileFault(
            FileFaultReason.MALFORMED, f"{where} is packed by method {entry.compress_type}; only deflate is read"
        )
    try:
        with cast(zipfile.ZipExtFile, archive.open(entry)) as stream:
            _copy(stream, space, entry.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, NotImplementedError):
        raise FileFault(FileFaultReason.MALFORMED, f"{where}, after {space.tell()} bytes unpacked") from None
    if space.tell() != entry.file_size:
        raise FileFault(FileFaultReason.MALFORMED, f"{where} holds {space.tell()} bytes and says {entry.file_size}")


def _copy(stream: gzip.GzipFile | zipfile.ZipExtFile, space: IO[bytes], most_bytes: int) -> None:
    while chunk := stream.read1(_CHUNK_BYTES):  # what was read before an error counts as read
        if space.tell() + len(chunk) > most_bytes:
            raise FileFault(FileFaultReason.TOO_LARGE, f"more than {most_bytes} bytes unpacked")
        space.write(chunk)
    space.flush()


def _path_of(space: IO[bytes]) -> Path:
    return Path(f"/proc/self/fd/{space.fileno()}")
