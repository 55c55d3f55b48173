"""The one file that dashboards read: written beside, closed, synced, then swapped in by one rename."""

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from expectations.errors import GateFailed

SCHEMA = "mart"
_SETTINGS = {"threads": "2", "memory_limit": "1GB"}


def write(draft: Path, marts: Mapping[str, DeltaTable]) -> None:
    """Make `draft` a DuckDB file with one table per mart, each as of its version; a draft of a killed run is replaced.

    DuckDB reads the files of that version itself, so neither Python nor Spark holds a row. Raises: GateFailed for a
    table whose files alone do not say which rows stand.
    """
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
    with duckdb.connect(str(draft), config=_SETTINGS) as database:
        database.execute(f"CREATE SCHEMA {SCHEMA}")
        for mart, table in sorted(marts.items()):
            _rows(database, mart, table).create(f"{SCHEMA}.{mart}")
        database.execute("CHECKPOINT")


def _rows(database: duckdb.DuckDBPyConnection, mart: str, table: DeltaTable) -> duckdb.DuckDBPyRelation:
    if features := table.protocol().reader_features:
        raise GateFailed(
            f"mart {mart} has {', '.join(sorted(features))}, which the published file cannot follow; rebuild it"
        )
    if files := table.file_uris():
        return database.read_parquet(files, union_by_name=True)
    return database.from_arrow(pa.schema(table.schema().to_arrow()).empty_table())


def swap(draft: Path, published: Path) -> None:
    """Move every reader to the new file at once; until then they see the old one, and after a crash too."""
    _sync(draft)
    draft.chmod(0o440)
    draft.replace(published)
    _sync(published.parent)


def row_counts(path: Path) -> dict[str, int]:
    """Rows of every table of a file, read-only."""
    with duckdb.connect(str(path), read_only=True, config=_SETTINGS) as database:
        tables = database.execute(f"SELECT table_name FROM duckdb_tables() WHERE schema_name = '{SCHEMA}'").fetchall()
        return {
            table: database.execute(f"SELECT count(*) FROM {SCHEMA}.{table}").fetchall()[0][0] for (table,) in tables
        }


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
