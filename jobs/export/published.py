"""The published marts as an export reads them: their columns, and rows as a text that a spreadsheet opens."""

import csv
import io
from pathlib import Path

import duckdb

from jobs.errors import ExportRefused
from jobs.export.rules import Export
from jobs.publish.duckdb_file import SCHEMA

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns_of_marts(file: Path) -> dict[str, tuple[str, ...]]:
    """The columns of every published mart. Raises: ExportRefused when nothing is published."""
    if not file.is_file():
        raise ExportRefused("nothing is published yet, so nothing can be taken away; run `lakewarden publish`")
    with duckdb.connect(str(file), read_only=True) as database:
        rows = database.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE schema_name = ? GROUP BY table_name",
            [SCHEMA],
        ).fetchall()
    return {mart: tuple(columns) for mart, columns in rows}


def rows_as_csv(file: Path, export: Export) -> tuple[bytes, int]:
    """The rows of an export, in the order of their columns, and how many they are: at most its limit.

    UTF-8 with a mark, as spreadsheets want it; no text begins as a formula does. Hidden values (NULL) are empty.
    """
    names = [one.partition("=") for one in export.only]
    condition = " AND ".join(f'"{column}"::VARCHAR = ?' for column, _, _ in names) or "TRUE"
    chosen = ", ".join(f'"{column}"' for column in export.columns)
    with duckdb.connect(str(file), read_only=True) as database:
        rows = database.execute(
            f'SELECT {chosen} FROM {SCHEMA}."{export.mart}" WHERE {condition} ORDER BY ALL LIMIT {export.row_limit}',
            [value for _, _, value in names],
        ).fetchall()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(export.columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig"), len(rows)


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
