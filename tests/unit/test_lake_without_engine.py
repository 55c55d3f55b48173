"""What the lake does by Delta's log alone: a lake that must not ask the engine."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
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


def staged(tmp_path, name, *numbers, batch_id="b1"):
    """A file as the engine stages it: columns of the table in an order of its own, and more."""
    path = tmp_path / "staging" / name
    path.parent.mkdir(exist_ok=True)
    rows = [{"digest": 1, "row_count": number, "batch_id": batch_id} for number in numbers]
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


TAKEN = {"batch_id": "string", "row_count": "bigint"}


class EngineAsked(Exception):
    pass


class Rows:
    """A frame that must stay what it is: an unasked question."""

    def select(self, *_):
        raise EngineAsked


def take(lake, batch_id, files, columns=TAKEN):
    lake.replace_batch(Zone.RAW, "t", columns, batch_id, Rows(), files=files)


def test_staged_files_become_a_batch_without_being_written_again(lake, tmp_path):
    files = [staged(tmp_path, "1.parquet", 1, 2), staged(tmp_path, "2.parquet", 3)]
    take(lake, "b1", files)
    take(lake, "b2", [staged(tmp_path, "3.parquet", 4, batch_id="b2")])
    take(lake, "b3", [])
    table = DeltaTable(lake.path(Zone.RAW, "t"))
    assert table.to_pyarrow_table().sort_by("row_count").to_pydict() == {
        "batch_id": ["b1", "b1", "b1", "b2"], "row_count": [1, 2, 3, 4],
    }  # fmt: skip
    assert table.version() == 3, "the table's beginning, and a commit for each batch"
    assert not any(file.exists() for file in files), "moved, not copied"
    assert [lake.may_hold(Zone.RAW, "t", batch) for batch in ("b1", "b2", "b3")] == [True, True, False]


def test_a_batch_that_stands_there_already_is_replaced_by_the_engine(lake, tmp_path):
    take(lake, "b1", [staged(tmp_path, "1.parquet", 1)])
    again = staged(tmp_path, "2.parquet", 1)
    with pytest.raises(EngineAsked):
        take(lake, "b1", [again])
    assert again.exists()


@pytest.mark.parametrize("columns", [{**TAKEN, "new": "string"}, {"batch_id": "string", "row_count": "double"}])
def test_a_table_of_other_columns_is_written_by_the_engine(lake, tmp_path, columns):
    lake.create(Zone.RAW, "t", TAKEN)
    with pytest.raises(EngineAsked):
        take(lake, "b1", [staged(tmp_path, "1.parquet", 1)], columns)
    assert DeltaTable(lake.path(Zone.RAW, "t")).version() == 0
