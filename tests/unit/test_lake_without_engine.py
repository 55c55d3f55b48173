"""What the lake does by Delta's log alone: a lake that must not ask the engine."""

import json

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

COLUMNS = {"batch_id": "string", "fault": "string", "places": "array<string>", "row_count": "bigint", "day": "date"}


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path, lambda: pytest.fail("the engine was asked"))


def rows(lake):
    table = DeltaTable(lake.path(Zone.QUARANTINE, "t")).to_pyarrow_table()
    return sorted(table.select(["batch_id", "fault"]).to_pylist(), key=str)


def test_a_batch_of_few_rows_is_replaced_and_others_stay(lake):
    lake.replace_few(Zone.QUARANTINE, "t", COLUMNS, "b1", [{"batch_id": "b1", "fault": "empty"}])
    lake.replace_few(Zone.QUARANTINE, "t", COLUMNS, "b2", [{"batch_id": "b2", "fault": "bomb"}])
    again = [{"batch_id": "b1", "fault": "encoding"}, {"batch_id": "b1"}]
    lake.replace_few(Zone.QUARANTINE, "t", COLUMNS, "b1", again)
    assert rows(lake) == [
        {"batch_id": "b1", "fault": "encoding"}, {"batch_id": "b1", "fault": None}, {"batch_id": "b2", "fault": "bomb"},
    ]  # fmt: skip


def test_no_value_but_the_batch_id_stands_in_the_log(lake):
    lake.replace_few(Zone.QUARANTINE, "t", COLUMNS, "b1", [{"batch_id": "b1", "fault": "empty", "row_count": 7}])
    logs = sorted(lake.path(Zone.QUARANTINE, "t").glob("_delta_log/*.json"))
    adds = [json.loads(line)["add"] for log in logs for line in log.read_text().splitlines() if '"add"' in line]
    assert [json.loads(add["stats"])["minValues"] for add in adds] == [{"batch_id": "b1"}]


def test_a_table_is_made_once_with_the_types_that_the_engine_reads(lake):
    lake.create(Zone.QUARANTINE, "t", COLUMNS)
    lake.create(Zone.QUARANTINE, "t", {"other": "string"})
    made = DeltaTable(lake.path(Zone.QUARANTINE, "t"))
    assert made.version() == 0
    assert pa.schema(made.schema().to_arrow()).types == [
        pa.string(), pa.string(), pa.list_(pa.string()), pa.int64(), pa.date32(),
    ]  # fmt: skip
    assert made.metadata().configuration["delta.dataSkippingStatsColumns"] == "batch_id"
    assert lake.path(Zone.QUARANTINE, "t").stat().st_mode & 0o777 == 0o700
