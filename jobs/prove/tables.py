"""What stands in the tables of a file, column by column: Parquet, DuckDB, SQLite. Memory is bounded by a batch."""

import sqlite3
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

#: How compressed bytes begin, level by level.
ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")

#: How long a database that somebody writes at the moment is waited for.
PATIENCE_S = 30

_GZIP_HEAD, _ZLIB_OR_GZIP = b"\x1f\x8b", 47
_ROWS_AT_ONCE = 10_000
_FOOTER_END = struct.Struct("<I4s")  # length of the footer, magic


class Piece(NamedTuple):
    """Where something stands inside a file, and its bytes or its floating-point numbers.

    rows: how many rows of a table begin with this piece; their columns come as pieces of their own.
    """

    where: str
    data: bytes | np.ndarray
    rows: int = 0


def parquet(path: Path) -> Iterator[Piece]:
    """Every column of every row group decoded; then the footer, where statistics and key-value metadata stand."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            yield Piece("rows", b"", batch.num_rows)
            yield from _columns(batch)
    with path.open("rb") as file:
        file.seek(-_FOOTER_END.size, 2)
        length, _ = _FOOTER_END.unpack(file.read())
        file.seek(-_FOOTER_END.size - length, 2)
        yield Piece("footer", file.read(length))


def duckdb_file(path: Path) -> Iterator[Piece]:
    """Every column of every table of every schema, read-only, beside other readers."""
    with duckdb.connect(str(path), read_only=True, config={"threads": "1", "memory_limit": "512MB"}) as database:
        tables = database.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        for schema, table in tables:
            for batch in database.sql(f'SELECT * FROM "{schema}"."{table}"').to_arrow_reader(_ROWS_AT_ONCE):
                yield Piece(f"{schema}.{table}", b"", batch.num_rows)
                yield from (Piece(f"{schema}.{table} {where}", data) for where, data, _ in _columns(batch))


def sqlite(path: Path) -> Iterator[Piece]:
    """Every value of every table: texts and blobs as their bytes, so values that span pages are whole."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=PATIENCE_S)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for name in sorted(table.decode() for (table,) in tables):
            cursor = database.execute('SELECT * FROM "{}"'.format(name.replace('"', '""')))
            columns = [column for column, *_ in cursor.description]
            while rows := cursor.fetchmany(_ROWS_AT_ONCE // 10):
                yield Piece(f"table {name}", b"", len(rows))
                for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                    yield from _sqlite_values(f"table {name} column {column}", values)


def _sqlite_values(where: str, values: tuple[object, ...]) -> Iterator[Piece]:
    texts = [value if isinstance(value, bytes) else str(value).encode() for value in values if value is not None]
    if texts:
        yield Piece(where, b"\n".join(texts))
        yield from (Piece(f"{where} > zlib", plain) for plain in filter(None, map(_inflated, texts)))
    if numbers := [value for value in values if isinstance(value, float)]:
        yield Piece(where, np.array(numbers))


def _inflated(value: bytes) -> bytes:
    """What a compressed blob holds; nothing for any other value."""
    if not value.startswith((*ZLIB_HEADS, _GZIP_HEAD)):
        return b""
    try:
        return zlib.decompress(value, _ZLIB_OR_GZIP)
    except zlib.error:  # a text that happens to begin so
        return b""


def _columns(batch: pa.RecordBatch) -> Iterator[Piece]:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        yield from (Piece(f"column {name}", data) for data in _leaves(column))


def _leaves(array: pa.Array) -> Iterator[bytes | np.ndarray]:
    """The buffers of an array and of all arrays nested in it: texts, blobs and numbers as Arrow lays them out."""
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        yield from _leaves(array.storage)
    elif pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary)
    elif pa.types.is_map(kind):
        yield from _leaves(array.keys)
        yield from _leaves(array.items)
    elif pa.types.is_nested(kind):
        for child in [array.values] if hasattr(array, "values") else array.flatten():
            yield from _leaves(child)
    elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        yield from _leaves(array.cast(pa.large_binary()))
    else:
        yield from (buffer.to_pybytes() for buffer in array.buffers()[1:] if buffer is not None)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        yield array.cast(pa.float64(), safe=False).drop_null().to_numpy()
