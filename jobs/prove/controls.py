"""Controls: in a copy of one real file of every format a value is planted on purpose, and the search must find it."""

import json
import pickle
import secrets
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from gzip import compress
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.prove.decoding import UNDECODABLE, Format
from jobs.prove.disguises import Kind, Secret
from jobs.prove.matching import Matcher
from jobs.prove.scanner import Scan, scan
from jobs.prove.tables import PATIENCE_S

_ROWS = 1_000
_HEAD_BYTES = 1 << 20
_CHARACTERS = "麴骉翀彧旻燊昇犇赟玥奡堃晟祎"
_COLUMN = "lakewarden_control"


@dataclass(frozen=True)
class Control:
    """A value planted into a copy of a file of this format, and whether the search found it there."""

    format: Format
    label: str
    found: bool


def drawn() -> tuple[Secret, Secret]:
    """A name and a number that stand nowhere, drawn anew for every search; they are searched for with the rest."""
    name = "".join(secrets.choice(_CHARACTERS) for _ in range(6))
    number = str(10**15 + secrets.randbelow(9 * 10**15))
    return Secret("control name", Kind.TEXT, name), Secret("control number", Kind.NUMBER, number)


def controls(searched: Scan, planted: Iterable[Secret], matcher: Matcher, scratch: Path) -> list[Control]:
    """For every format among the files that were searched, each value planted in a copy beside, below `scratch`."""
    return [
        Control(kind, secret.label, _is_found(kind, example, secret, matcher, scratch))
        for kind, example in sorted(searched.examples.items())
        for secret in planted
    ]


def _is_found(kind: Format, example: Path, secret: Secret, matcher: Matcher, scratch: Path) -> bool:
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"control{example.suffix}"
    try:
        plant(kind, example, target, str(secret.value))
        return secret.label in scan([target], scratch, matcher).labels
    except UNDECODABLE:  # a file that was gone or changed meanwhile proves nothing
        return False
    finally:
        target.unlink(missing_ok=True)


def plant(kind: Format, source: Path, target: Path, value: str) -> None:
    """Write the beginning of `source` to `target` in the same format, with the value in it. Raises: UNDECODABLE."""
    _PLANTS[kind](source, target, value)


def _parquet(source: Path, target: Path, value: str) -> None:
    """In a text column of the first rows, written as Spark writes."""
    with pq.ParquetFile(source) as file:
        batch = next(file.iter_batches(batch_size=_ROWS), None)
    if batch is None or not batch.num_rows:
        table = pa.table({_COLUMN: [value]})
    else:
        column = pa.array([value, *[None] * (batch.num_rows - 1)], pa.string())
        table = pa.Table.from_batches([batch]).append_column(_COLUMN, column)
    pq.write_table(table, target, compression="snappy")


def _duckdb(source: Path, target: Path, value: str) -> None:
    """In a text beside the first rows of the first table that has any."""
    quoted = str(source).replace("'", "''")
    with duckdb.connect(str(target)) as database:
        database.execute(f"ATTACH '{quoted}' AS source (READ_ONLY)")
        named = database.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source' "
            "ORDER BY estimated_size > 0 DESC, schema_name, table_name LIMIT 1"
        ).fetchone()
        rows = f'(SELECT * FROM source."{named[0]}"."{named[1]}" LIMIT {_ROWS})' if named else "(SELECT 1 AS one)"
        database.execute(f"CREATE TABLE planted AS SELECT *, '市' || ? || '区' AS {_COLUMN} FROM {rows}", [value])
        database.execute(f"INSERT INTO planted ({_COLUMN}) VALUES (?)", [value])


def _sqlite(source: Path, target: Path, value: str) -> None:
    """As a compressed pickle in a blob beside the first rows of the first table that has any."""
    blob = zlib.compress(pickle.dumps({"args": [value]}))
    with closing(sqlite3.connect(target, uri=True, timeout=PATIENCE_S)) as database:
        database.execute("ATTACH ? AS source", [f"file:{quote(str(source))}?mode=ro"])
        tables = database.execute("SELECT name FROM source.sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        filled = (name for (name,) in tables if database.execute(f'SELECT 1 FROM source."{name}" LIMIT 1').fetchone())
        if name := next(filled, None):
            database.execute(f'CREATE TABLE copied AS SELECT * FROM source."{name}" LIMIT {_ROWS}')
        database.execute(f"CREATE TABLE planted ({_COLUMN})")
        database.execute("INSERT INTO planted VALUES (?)", [blob])
        database.commit()


def _plain(source: Path, target: Path, value: str) -> None:
    """In a last line: as a structured log escapes it, or as a program with another locale prints it."""
    try:
        with source.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:  # an engine at work removes its scratch files
        head = b""
    is_json = head.lstrip().startswith((b"{", b"["))
    line = json.dumps({"event": f"row rejected: {value}"}).encode() if is_json else f"错误: {value}".encode("gb18030")
    target.write_bytes(head + b"\n" + line + b"\n")


def _zip(_source: Path, target: Path, value: str) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("planted.txt", _sentence(value))


def _gzip(_source: Path, target: Path, value: str) -> None:
    target.write_bytes(compress(_sentence(value)))


def _zlib(_source: Path, target: Path, value: str) -> None:
    target.write_bytes(zlib.compress(_sentence(value)))


def _zstd(_source: Path, target: Path, value: str) -> None:
    with pa.output_stream(str(target), compression="zstd") as out:
        out.write(_sentence(value))


def _lz4(_source: Path, target: Path, value: str) -> None:
    """As a block of a shuffle that is not encrypted."""
    plain = f"row {value} ".encode("utf-16-le") * 10
    packed = pa.compress(plain, codec="lz4_raw", asbytes=True)
    target.write_bytes(struct.pack("<8sBIII", b"LZ4Block", 0x25, len(packed), len(plain), 0) + packed)


def _sentence(value: str) -> bytes:
    return f"row rejected: {value}, and again: {value}".encode()


_PLANTS: dict[Format, Callable[[Path, Path, str], None]] = {
    Format.PARQUET: _parquet,
    Format.DUCKDB: _duckdb,
    Format.SQLITE: _sqlite,
    Format.PLAIN: _plain,
    Format.ZIP: _zip,
    Format.GZIP: _gzip,
    Format.ZLIB: _zlib,
    Format.ZSTD: _zstd,
    Format.LZ4: _lz4,
}
