"""Any file as pieces of plain bytes: as it lies there, and decoded by what its first bytes say it is."""

import gzip
import io
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa

from tests.leaks.tables import ZLIB_HEADS, Piece, duckdb_file, parquet, sqlite

#: What a decoder raises for a file that is not what its first bytes say, or that is cut.
UNDECODABLE = (
    pa.ArrowException, sqlite3.Error, duckdb.Error, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
    struct.error, ValueError,
)  # fmt: skip

_CHUNK = 4 << 20
_HEAD = 32
_DEEPEST = 4  # archives in archives
_LZ4_BLOCK = struct.Struct(
    "<8sBIII"
)  # magic, method, packed and unpacked length, checksum: what Spark's shuffle writes
_LZ4_MAGIC, _LZ4_PACKED = b"LZ4Block", 0x20


def raw(path: Path, overlap: int) -> Iterator[Piece]:
    """The file as it lies there, in chunks that overlap, so that nothing is cut in two."""
    with path.open("rb") as file:
        yield from _chunks(file, "bytes", overlap)


def decoded(path: Path, overlap: int, depth: int = 0) -> Iterator[Piece]:
    """What a reader of this format sees; nothing for plain text, which `raw` shows.

    Raises: one of UNDECODABLE.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for place, magic, read in _TABLES:
        if head.startswith(magic, place):
            yield from read(path)
    for magic, unpack in _PACKED:
        if head.startswith(magic):
            yield from unpack(path, overlap, depth)


def _zip(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    """Members of an archive or a workbook, with their names, comments and extra fields."""
    with zipfile.ZipFile(path) as archive:
        yield "zip comment", archive.comment
        for member in archive.infolist():
            yield "zip member's name", b"\0".join((member.filename.encode(), member.comment, member.extra))
            with archive.open(member) as content:
                yield from _inside(content, "zip member", overlap, depth)


def _gzip(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    with gzip.open(path) as content:
        yield from _inside(content, "gzip", overlap, depth)


def _zlib(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    yield from _inside(io.BytesIO(zlib.decompress(path.read_bytes())), "zlib", overlap, depth)


def _zstd(path: Path, overlap: int, depth: int) -> Iterator[Piece]:
    with pa.input_stream(str(path), compression="zstd") as content:
        yield from _inside(content, "zstd", overlap, depth)


def _inside(content: BinaryIO, name: str, overlap: int, depth: int) -> Iterator[Piece]:
    """The unpacked bytes, and what they are when decoded again."""
    if depth >= _DEEPEST:
        raise ValueError(f"archives are nested deeper than {_DEEPEST}")
    with tempfile.NamedTemporaryFile() as unpacked:
        while block := content.read(_CHUNK):
            unpacked.write(block)
        unpacked.flush()
        path = Path(unpacked.name)
        for where, data in chain(raw(path, overlap), decoded(path, overlap, depth + 1)):
            yield f"{name} > {where}", data


def _lz4_blocks(path: Path, overlap: int, _depth: int) -> Iterator[Piece]:
    codec = pa.Codec("lz4_raw")
    before = b""
    with path.open("rb") as file:
        while header := file.read(_LZ4_BLOCK.size):
            magic, method, packed, unpacked, _ = _LZ4_BLOCK.unpack(header)
            if magic != _LZ4_MAGIC:
                raise ValueError("no block where one should begin")
            block = file.read(packed)
            if method & 0xF0 == _LZ4_PACKED:
                block = codec.decompress(block, decompressed_size=unpacked).to_pybytes()
            yield "lz4 block", before + block
            before = (before + block)[-overlap:]


def _chunks(file: BinaryIO, where: str, overlap: int) -> Iterator[Piece]:
    before = b""
    while block := file.read(_CHUNK):
        yield where, before + block
        before = (before + block)[-overlap:]


_TABLES: tuple[tuple[int, bytes, Callable[[Path], Iterator[Piece]]], ...] = (
    (0, b"PAR1", parquet), (0, b"SQLite format 3\0", sqlite), (8, b"DUCK", duckdb_file),
)  # fmt: skip
_PACKED: tuple[tuple[bytes, Callable[[Path, int, int], Iterator[Piece]]], ...] = (
    (b"PK\x03\x04", _zip), (b"\x1f\x8b", _gzip), (b"\x28\xb5\x2f\xfd", _zstd), (_LZ4_MAGIC, _lz4_blocks),
    *((head, _zlib) for head in ZLIB_HEADS),
)  # fmt: skip
