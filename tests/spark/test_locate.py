"""Precise positions by correlation: where they come out, what has none, and that nobody else ever sees them."""

from datetime import UTC, date, datetime

import pytest
from deltalake import DeltaTable

from contracts.loading import load
from jobs.errors import GateNotPassed
from jobs.restricted.run import CELLS, REPORTS, locate
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from tests.conftest import ROOT

pytestmark = pytest.mark.spark

PERIOD = datetime(2026, 1, 31, 8, tzinfo=UTC)
ABOUT = {"source_file_sha256": "ab" * 32, "ingested_at": PERIOD, "arrival_date": date(2026, 1, 31)}
KILOMETRE_IN_DEGREES = 1000 / 111_320


def passed(lake, dataset, batch_id, rows, *, state=BatchState.PASSED):
    """A batch in raw that gate 2 has judged; what a row leaves out is NULL."""
    contract = load(dataset)
    columns = contract.raw_columns
    schema = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
    whole = [
        {"batch_id": batch_id, "source_row_number": number, **ABOUT, **row} for number, row in enumerate(rows, start=1)
    ]
    frame = lake.spark.createDataFrame([tuple(row.get(name) for name in columns) for row in whole], schema)
    lake.replace_batch(Zone.RAW, contract.table, columns, batch_id, frame)
    row = BatchRow(dataset, batch_id, Zone.RAW, state, date(2026, 1, 31), 1, len(rows), "0", "1.0.0", "f")
    Ledger(lake.home).record("batches", [row])


def cell(cell_id, *, azimuth=0, at=PERIOD, longitude=120.0):
    return {
        "enodeb_id": 1001, "cell_id": cell_id, "latitude": 30.0, "longitude": longitude, "azimuth_deg": azimuth,
        "ingested_at": at,
    }  # fmt: skip


def report(number, cell_id=1, *, metres=1000.0, angle=None, neighbour=1):
    return {
        "enodeb_id": 1001, "cell_id": cell_id, "period_started_at": PERIOD, "report_number": number,
        "neighbour_number": neighbour, "timing_advance_m": metres, "angle_of_arrival_deg": angle,
    }  # fmt: skip


def positions(lake):
    found = lake.read(Zone.RESTRICTED, load(REPORTS).table).orderBy("report_number").collect()
    return {row["report_number"]: row for row in found}


def test_a_report_lies_in_the_measured_direction_or_before_the_antenna(lake):
    passed(lake, CELLS, "c", [cell(1, azimuth=90)])
    passed(lake, REPORTS, "r", [report(1, angle=90.0), report(2), report(3, angle=0.0)])

    (done,) = locate(lake)

    assert (done.rows, done.positions) == (3, 3)
    west, east, north = (positions(lake)[number] for number in (1, 2, 3))
    wide = KILOMETRE_IN_DEGREES / 0.8660254  # a degree of longitude is shorter at 30 degrees north
    assert (west["latitude"], west["longitude"]) == pytest.approx((30.0, 120.0 - wide), abs=1e-7)
    assert (east["latitude"], east["longitude"]) == pytest.approx((30.0, 120.0 + wide), abs=1e-7)
    assert (north["latitude"], north["longitude"]) == pytest.approx((30.0 + KILOMETRE_IN_DEGREES, 120.0), abs=1e-7)
    assert [row["bearing_is_measured"] for row in (west, east, north)] == [True, False, True]


def test_one_position_per_report_and_none_without_distance_or_site(lake):
    passed(lake, CELLS, "c", [cell(1, longitude=110.0, at=datetime(2025, 1, 1, tzinfo=UTC)), cell(1)])
    passed(
        lake, REPORTS, "r",
        [report(1), report(1, neighbour=2), report(2, metres=None), report(3, cell_id=9)],
    )  # fmt: skip

    (done,) = locate(lake)

    assert (done.rows, done.positions) == (4, 1)
    assert positions(lake)[1]["longitude"] == pytest.approx(120.0), "the newest workbook says where the site stands"


def test_only_judged_batches_once_each_and_never_without_sites(lake):
    passed(lake, REPORTS, "r", [report(1)])
    with pytest.raises(GateNotPassed, match="engineering_parameters"):
        locate(lake)
    passed(lake, CELLS, "c", [cell(1)])
    passed(lake, REPORTS, "unjudged", [report(2)], state=BatchState.WRITTEN)

    assert [done.batch_id for done in locate(lake)] == ["r"]
    assert locate(lake) == []
    assert set(positions(lake)) == {1}


def test_the_result_is_core_in_no_catalogue_and_asked_for_by_nothing(lake):
    passed(lake, CELLS, "c", [cell(1)])
    passed(lake, REPORTS, "r", [report(1)])
    locate(lake)

    table = DeltaTable(lake.path(Zone.RESTRICTED, load(REPORTS).table))
    assert table.metadata().configuration["lakewarden.classification"] == "core"
    databases = [row["namespace"] for row in lake.spark.sql("SHOW DATABASES").collect()]
    assert databases
    assert "restricted" not in databases
    asking = [
        path.relative_to(ROOT)
        for room in ("dags", "dbt_project", "dashboards")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".sql", ".yml", ".yaml"} and "target" not in path.parts
        if "restricted" in path.read_text(encoding="utf-8") or "lakewarden locate" in path.read_text(encoding="utf-8")
    ]
    assert asking == []
