"""Any file as pieces of plain bytes: as it lies there, and decoded by what its first bytes say it is."""

import gzip
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import IO

import duckdb
import pyarrow as pa

from jobs.prove.tables import ZLIB_HEADS, Piece, duckdb_file, parquet, sqlite

#: What a decoder raises for a file that is not what its first bytes say, or that is cut.
UNDECODABLE = (
    pa.ArrowException, sqlite3.Error, duckdb.Error, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
    struct.error, ValueError,
)  # fmt: skip

_CHUNK = 4 << 20
_HEAD = 4096
_SURELY_INFLATED = 64
_DEEPEST = 4  # archives in archives
#: Magic, method, packed and unpacked length, checksum: what Spark's shuffle writes.
_LZ4_BLOCK = struct.Struct("<8sBIII")
_LZ4_MAGIC, _LZ4_PACKED = b"LZ4Block", 0x20


class Format(StrEnum):
    """What a file is by its first bytes."""

    PARQUET = "Parquet"
    SQLITE = "SQLite"
    DUCKDB = "DuckDB"
    ZIP = "zip"
    GZIP = "gzip"
    ZSTD = "zstd"
    ZLIB = "zlib"
    LZ4 = "LZ4 blocks"
    PLAIN = "plain"


def format_of(path: Path) -> Format:
    """The format that the first bytes tell; `PLAIN` for texts and whatever needs no decoding."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = next((kind for kind, place, magic in _MAGIC if head.startswith(magic, place)), Format.PLAIN)
    return Format.PLAIN if kind is Format.ZLIB and not _inflates(head) else kind


def _inflates(head: bytes) -> bool:
    """Whether what looks like zlib gives its first bytes.

    Its mark is two bytes long: of the engine's many encrypted files one in sixteen thousand begins like it.
    """
    try:
        zlib.decompressobj().decompress(head, _SURELY_INFLATED)
    except zlib.error:
        return False
    return True


def raw(path: Path, overlap: int) -> Iterator[Piece]:
    """The file as it lies there, in chunks that overlap, so that nothing is cut in two."""
    with path.open("rb") as file:
        yield from _chunks(_blocks(file), "bytes", overlap)


def decoded(path: Path, overlap: int, depth: int = 0) -> Iterator[Piece]:
    """What a reader of this format sees; nothing for plain text, which `raw` shows.

    Raises: one of UNDECODABLE.
    """
    kind = format_of(path)
    if kind in _TABLES:
        yield from _TABLES[kind](path)
    if kind in _PACKED:
        yield from _PACKED[kind](path, overlap, depth)


def _zip(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    """Members of an archive or a workbook, with their names, comments and extra fields."""
    with zipfile.ZipFile(path) as archive:
        yield Piece("zip comment", archive.comment)
        for member in archive.infolist():
            yield Piece("zip member's name", b"\0".join((member.filename.encode(), member.comment, member.extra)))
            with archive.open(member) as content:
                yield from _inside(_blocks(content), "zip member", overlap, depth)


def _gzip(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    with gzip.open(path) as content:
        yield from _inside(_blocks(content), "gzip", overlap, depth)


def _zstd(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    with pa.input_stream(str(path), compression="zstd") as content:
        yield from _inside(_blocks(content), "zstd", overlap, depth)


def _zlib(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    with path.open("rb") as content:
        yield from _inside(_inflated(content), "zlib", overlap, depth)


def _inflated(content: IO[bytes]) -> Iterator[bytes]:
    inflating = zlib.decompressobj()
    while (packed := inflating.unconsumed_tail or content.read(_CHUNK)) and not inflating.eof:
        yield inflating.decompress(packed, _CHUNK)
    if not inflating.eof:
        raise EOFError("a compressed stream is cut")


def _inside(blocks: Iterator[bytes], name: str, overlap: int, depth: int) -> Iterator[Piece]:
    """The unpacked bytes, and what they are when decoded again."""
    if depth >= _DEEPEST:
        raise ValueError(f"archives are nested deeper than {_DEEPEST}")
    with tempfile.NamedTemporaryFile(prefix="lakewarden-unpacked-") as unpacked:
        for block in blocks:
            unpacked.write(block)
        unpacked.flush()
        path = Path(unpacked.name)
        for where, data, rows in chain(raw(path, overlap), decoded(path, overlap, depth + 1)):
            yield Piece(f"{name} > {where}", data, rows)


def _lz4_blocks(path: Path, overlap: int, _depth: int) -> Iterator[Piece]:
    with path.open("rb") as file:
        yield from _chunks(_unpacked_lz4(file), "lz4 block", overlap)


def _unpacked_lz4(file: IO[bytes]) -> Iterator[bytes]:
    codec = pa.Codec("lz4_raw")
    while header := file.read(_LZ4_BLOCK.size):
        magic, method, packed, unpacked, _ = _LZ4_BLOCK.unpack(header)
        if magic != _LZ4_MAGIC:
            raise ValueError("no block where one should begin")
        block = file.read(packed)
        is_packed = method & 0xF0 == _LZ4_PACKED
        yield codec.decompress(block, decompressed_size=unpacked).to_pybytes() if is_packed else block


def _blocks(content: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    return iter(lambda: content.read(_CHUNK), b"")


def _chunks(blocks: Iterator[bytes], where: str, overlap: int) -> Iterator[Piece]:
    before = b""
    for block in blocks:
        yield Piece(where, before + block)
        before = (before + block)[-overlap:]


_MAGIC: tuple[tuple[Format, int, bytes], ...] = (
    (Format.PARQUET, 0, b"PAR1"), (Format.SQLITE, 0, b"SQLite format 3\0"), (Format.DUCKDB, 8, b"DUCK"),
    (Format.ZIP, 0, b"PK\x03\x04"), (Format.GZIP, 0, b"\x1f\x8b\x08"), (Format.ZSTD, 0, b"\x28\xb5\x2f\xfd"),
    (Format.LZ4, 0, _LZ4_MAGIC), *((Format.ZLIB, 0, head) for head in ZLIB_HEADS),
)  # fmt: skip
_TABLES: dict[Format, Callable[[Path], Iterator[Piece]]] = {
    Format.PARQUET: parquet, Format.SQLITE: sqlite, Format.DUCKDB: duckdb_file,
}  # fmt: skip
_PACKED: dict[Format, Callable[[Path, int, int], Iterator[Piece]]] = {
    Format.ZIP: _zip, Format.GZIP: _gzip, Format.ZSTD: _zstd, Format.ZLIB: _zlib, Format.LZ4: _lz4_blocks,
}  # fmt: skip
