"""Plants on purpose: a copy of one real file of every kind of place, with one value written into it."""

import json
import pickle
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

_PATIENCE_S = 30


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def plant_in_parquet(source: Path, target: Path, value: str) -> None:
    """In the first text column of the first row of a copy, written as Spark writes."""
    table = pq.read_table(source, partitioning=None)
    name = next(field.name for field in table.schema if _is_text(field.type))
    column = pa.array([value, *table[name].to_pylist()[1:]], pa.string())
    pq.write_table(table.set_column(table.schema.get_field_index(name), name, column), target, compression="snappy")


def plant_in_duckdb(source: Path, target: Path, value: str) -> None:
    """In a name of the region dimension."""
    shutil.copyfile(source, target)
    with duckdb.connect(str(target)) as database:
        database.execute("UPDATE mart.dim_region SET city_name = ? WHERE rowid = 0", [f"市{value}区"])


def plant_in_sqlite(source: Path, target: Path, value: str) -> None:
    """As a compressed pickle in a blob of the first table that has a row with a text column."""
    with (
        sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=_PATIENCE_S) as live,
        sqlite3.connect(target) as copy,
    ):
        live.backup(copy)
        tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        texts = ((table, _text_column(copy, table)) for (table,) in tables)
        table, column = next((table, column) for table, column in texts if column)
        blob = zlib.compress(pickle.dumps({"args": [value]}))
        copy.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = (SELECT min(rowid) FROM "{table}")', [blob])
        copy.execute("PRAGMA journal_mode = DELETE")
    live.close()
    copy.close()


def _text_column(database: sqlite3.Connection, table: str) -> str | None:
    if not database.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
        return None
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    free = (name for _, name, kind, _, _, in_key in columns if kind.upper() in {"TEXT", "JSON"} and not in_key)
    return next(free, None)


def plant_in_json_lines(source: Path, target: Path, value: str) -> None:
    """As a structured log escapes it, in a last line."""
    line = json.dumps({"event": f"row rejected: {value}", "level": "error"})
    target.write_bytes(source.read_bytes() + line.encode() + b"\n")


def plant_in_text(source: Path, target: Path, value: str) -> None:
    """As a program with another locale prints it, in a last line."""
    target.write_bytes(source.read_bytes() + f"错误: {value}\n".encode("gb18030"))


def plant_in_json(source: Path, target: Path, value: str) -> None:
    """As one more result of dbt whose message holds the row."""
    content = json.loads(source.read_text(encoding="utf-8"))
    content["results"].append({"status": "error", "message": f"Database Error: ({value!r}, 1)"})
    target.write_text(json.dumps(content), encoding="utf-8")


def plant_in_pages(source: Path, target: Path, value: str) -> None:
    """Over the middle of a file of pages, such as Derby's."""
    content, plant = bytearray(source.read_bytes()), value.encode()
    middle = len(content) // 2
    content[middle : middle + len(plant)] = plant
    target.write_bytes(content)


def plant_in_pickle(source: Path, target: Path, value: str) -> None:
    """Behind a cached answer, pickled as the cache does."""
    target.write_bytes(source.read_bytes() + pickle.dumps({"data": [{"city_name": value}]}))


def plant_in_shuffle(_source: Path, target: Path, value: str) -> None:
    """As a block of a shuffle that is not encrypted."""
    plain = f"row {value} ".encode("utf-16-le") * 10
    packed = pa.compress(plain, codec="lz4_raw", asbytes=True)
    target.write_bytes(struct.pack("<8sBIII", b"LZ4Block", 0x25, len(packed), len(plain), 0) + packed)


def plant_in_expectations(_source: Path, target: Path, value: str) -> None:
    """As Great Expectations reports unexpected values unless it is told not to."""
    result = {"success": False, "result": {"unexpected_count": 1, "partial_unexpected_list": [value]}}
    target.write_text(json.dumps(result), encoding="utf-8")


Plant = Callable[[Path, Path, str], None]

#: Kind of place: which of its files is copied, and how a value is written into the copy.
CONTROLS: dict[str, tuple[str, Plant]] = {
    "desensitised tables": ("crm_customers/part-*.parquet", plant_in_parquet),
    "marts": ("dim_region/part-*.parquet", plant_in_parquet),
    "ledger": ("ops/verdicts/dataset=*/part-*.parquet", plant_in_parquet),
    "published file": ("published.duckdb", plant_in_duckdb),
    "dbt's target folder and logs": ("target/run_results.json", plant_in_json),
    "Airflow's database": ("airflow.db", plant_in_sqlite),
    "Airflow's logs": ("*.log", plant_in_json_lines),
    "Superset's database": ("superset.db", plant_in_sqlite),
    "Superset's caches and sessions": ("cache_data/*", plant_in_pickle),
    "service logs": ("engine.log", plant_in_text),
    "engine: metastore, warehouse, log": ("seg0/*.dat", plant_in_pages),
    "engine's scratch": ("*", plant_in_shuffle),
    "temporary files and results of commands": ("*", plant_in_expectations),
}
