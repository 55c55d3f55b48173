"""The published file holds each mart as of the version that gate 4 judged, whatever came afterwards."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from expectations.errors import GateFailed
from jobs.publish import duckdb_file

SCHEMA = pa.schema({"region_code": pa.string(), "buyer_count": pa.int64(), "month_start": pa.date32()})


def rows(*codes: str) -> pa.Table:
    return pa.table({"region_code": codes, "buyer_count": range(len(codes)), "month_start": [0] * len(codes)}, SCHEMA)


def written(folder: Path, *versions: pa.Table) -> Path:
    for table in versions:
        write_deltalake(folder, table, mode="overwrite")
    return folder


def held(file: Path, mart: str) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as database:
        return [code for (code,) in database.execute(f"SELECT region_code FROM mart.{mart} ORDER BY 1").fetchall()]


def test_each_mart_is_taken_as_of_its_version(tmp_path: Path):
    region = written(tmp_path / "region", rows("330106"), rows("330106", "330108"))
    write_deltalake(region, rows("320102"), mode="append")
    draft = tmp_path / "draft"

    duckdb_file.write(
        draft, {"judged": DeltaTable(region, version=1), "whole": DeltaTable(region), "first": DeltaTable(region, 0)}
    )

    assert held(draft, "judged") == ["330106", "330108"]
    assert held(draft, "whole") == ["320102", "330106", "330108"]
    assert held(draft, "first") == ["330106"]
    assert duckdb_file.row_counts(draft) == {"judged": 2, "whole": 3, "first": 1}


def test_a_mart_without_rows_has_its_columns(tmp_path: Path):
    empty = written(tmp_path / "empty", rows())
    DeltaTable.create(tmp_path / "no_file", SCHEMA)
    draft = tmp_path / "draft"

    duckdb_file.write(draft, {"empty": DeltaTable(empty), "no_file": DeltaTable(tmp_path / "no_file")})

    with duckdb.connect(str(draft), read_only=True) as database:
        for mart in ("empty", "no_file"):
            columns = database.execute(f"SELECT column_name, column_type FROM (DESCRIBE mart.{mart})").fetchall()
            assert columns == [("region_code", "VARCHAR"), ("buyer_count", "BIGINT"), ("month_start", "DATE")]


def test_a_draft_of_a_killed_run_is_replaced(tmp_path: Path):
    draft = tmp_path / "draft"
    draft.write_bytes(b"half a file")
    duckdb_file.write(draft, {"region": DeltaTable(written(tmp_path / "region", rows("330106")))})
    assert held(draft, "region") == ["330106"]


def test_a_table_whose_files_do_not_say_which_rows_stand_is_refused(tmp_path: Path):
    properties = {"delta.enableDeletionVectors": "true"}
    write_deltalake(tmp_path / "region", rows("330106"), configuration=properties)
    with pytest.raises(GateFailed, match="mart region has deletionVectors"):
        duckdb_file.write(tmp_path / "draft", {"region": DeltaTable(tmp_path / "region")})
