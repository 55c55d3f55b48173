"""A zip archive before anything in it is unpacked: its names, sizes and ratios, so that a bomb costs nothing."""

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.markup import root_name

_MOST_ENTRIES = 10_000
_HEAD_BYTES = 1 << 16
#: Deflate packs at most about 1030 times; sheets of a million formatted blank rows were seen at 60 times.
_MOST_RATIO = 200
_SMALL_BYTES = 1 << 20
_LOCAL_HEADER_BYTES = 30
_END_RECORD_BYTES, _COUNT_OFFSET = 22, 10
_ENCRYPTED_BIT = 0x1
_LINK_MODE = 0o120000


def require_safe(archive: zipfile.ZipFile, packed_bytes: int, most_bytes: int) -> None:
    """Let an archive through whose entries are few, plainly named, unencrypted, apart and small enough unpacked.

    A declared size that lies is found later: the zip reader stops at it and then misses the checksum.
    Raises: FileFault UNSAFE_ARCHIVE, ENCRYPTED, TOO_LARGE; counts only.
    """
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if (declared := _declared_entries(archive, packed_bytes)) != len(entries):
        raise FileFault(FileFaultReason.MALFORMED, f"{len(entries)} entries, {declared} declared at the end")
    if len(entries) > _MOST_ENTRIES or len(set(names)) < len(names):
        raise FileFault(FileFaultReason.UNSAFE_ARCHIVE, f"{len(names)} entries, {len(set(names))} names")
    if unsafe := sum(_is_unsafe(entry) for entry in entries):
        raise FileFault(FileFaultReason.UNSAFE_ARCHIVE, f"{unsafe} of {len(names)} names")
    if any(entry.flag_bits & _ENCRYPTED_BIT for entry in entries):
        raise FileFault(FileFaultReason.ENCRYPTED)
    if _overlap(entries, packed_bytes):
        raise FileFault(FileFaultReason.UNSAFE_ARCHIVE, "entries overlap")
    if (unpacked := sum(entry.file_size for entry in entries)) > most_bytes:
        raise FileFault(FileFaultReason.TOO_LARGE, f"{unpacked} bytes unpacked, at most {most_bytes}")


def require_plausible_ratio(archive: zipfile.ZipFile) -> None:
    """Let a workbook through whose parts are not packed far beyond what sheets are: it is held in memory in part.

    Raises: FileFault TOO_LARGE.
    """
    entries = archive.infolist()
    if any(entry.file_size > max(_SMALL_BYTES, entry.compress_size * _MOST_RATIO) for entry in entries):
        raise FileFault(FileFaultReason.TOO_LARGE, f"packed more than {_MOST_RATIO} times")


def require_no_document_types(archive: zipfile.ZipFile) -> None:
    """Let an archive through in which no XML part declares a document type. Raises: FileFault DOCTYPE, MALFORMED."""
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                root_name(part.read(_HEAD_BYTES))


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive; names that are not marked as UTF-8 are GBK where they can be. Raises: FileFault TRUNCATED."""
    try:
        try:
            return zipfile.ZipFile(path, metadata_encoding="gb18030")
        except UnicodeDecodeError:
            return zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        # the list of entries stands at the end, so a cut archive has none
        raise FileFault(FileFaultReason.TRUNCATED, "the archive has no list of its entries") from None


def _declared_entries(archive: zipfile.ZipFile, packed_bytes: int) -> int:
    """How many entries the record at the archive's end tells of; the zip reader does not compare."""
    assert archive.fp is not None  # noqa: S101 - for the types: it is open
    archive.fp.seek(packed_bytes - len(archive.comment) - _END_RECORD_BYTES + _COUNT_OFFSET)
    return int.from_bytes(archive.fp.read(2), "little")


def _overlap(entries: Sequence[zipfile.ZipInfo], packed_bytes: int) -> bool:
    """Whether two entries share bytes, which multiplies what an archive unpacks to."""
    begins = sorted(entry.header_offset for entry in entries)
    ends = sorted(entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size for entry in entries)
    return any(end > begin for end, begin in zip(ends, [*begins[1:], packed_bytes], strict=False))


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    is_link = (entry.external_attr >> 16) & 0o170000 == _LINK_MODE
    return is_link or name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
