"""How unique trails are: on a few visible points, beside a plain count over made-up people, and kept by the command."""

from datetime import UTC, date, datetime

import pytest

from contracts.loading import load
from expectations.privacy.trails import trail_uniqueness
from jobs.errors import GateNotPassed, NoTrail
from jobs.privacy.show import newest
from jobs.privacy.trails import measure_trails
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from tests.spark import plain_measures

pytestmark = pytest.mark.spark

XDR = load("network.xdr_s1_mme")


def uniqueness(frame, *, points, **more):
    found = trail_uniqueness(frame, person="person", places=["site", "cell"], moment="at", points=points, **more)
    return found.persons, found.targets, found.unique_share


@pytest.fixture(scope="module")
def trails(frame):
    """a and b stay together but for one hour; c is alone; d has one point, and a part of it is unknown."""
    return frame("""
        person | site | cell | at
        a      | 1    | 1    | 2026-01-31 08:05:00
        a      | 1    | 1    | 2026-01-31 08:55:00
        a      | 1    | 2    | 2026-01-31 09:00:00
        b      | 1    | 1    | 2026-01-31 08:30:00
        b      | 1    | 3    | 2026-01-31 09:30:00
        c      | 2    | 1    | 2026-01-31 08:00:00
        c      | 2    | 1    | 2026-01-31 09:00:00
        d      | 1    | 1    | 2026-01-31 08:10:00
        d      | 1    |      | 2026-01-31 09:10:00
               | 1    | 1    | 2026-01-31 08:10:00
    """)


def test_two_points_tell_all_apart_whose_trail_is_no_part_of_another(trails):
    # d has only the point that a and b share, so nobody knows whether it is d
    assert uniqueness(trails, points=2) == (4, 4, 3 / 4)


def test_a_person_is_alone_when_nobody_else_was_at_that_place_in_that_hour(trails):
    assert uniqueness(trails.where("at < '2026-01-31 09:00:00'"), points=1) == (4, 4, 1 / 4)


def test_nobody_has_no_share(trails):
    assert uniqueness(trails.where("person is null"), points=4) == (0, 0, None)


def test_the_same_rows_in_another_order_give_the_same_and_a_sample_is_one(spark):
    made = spark.range(600).selectExpr(
        "cast(id % 60 as string) person", "xxhash64(id, 1) % 3 site", "xxhash64(id, 2) % 2 cell",
        "timestamp'2026-01-31 00:00:00' + make_interval(0, 0, 0, 0, cast(abs(xxhash64(id, 3) % 3) as int)) at",
    )  # fmt: skip
    whole = uniqueness(made, points=2)
    assert whole == uniqueness(made.orderBy("at", "person").repartition(3), points=2)
    persons, targets, share = uniqueness(made, points=2, targets=20)
    assert (persons, targets) == (60, 20)
    assert 0 < share < 1


def test_all_points_of_each_person_give_what_a_plain_count_gives(spark):
    """With more points asked for than anybody has, nothing is drawn: everyone is looked for by the whole trail."""
    made = spark.range(400).selectExpr(
        "cast(id % 80 as string) person", "1 site", "abs(xxhash64(id, 2) % 4) cell",
        "timestamp'2026-01-31 00:00:00' + make_interval(0, 0, 0, 0, cast(abs(xxhash64(id, 3) % 2) as int)) at",
    )  # fmt: skip
    points = {}
    for row in made.collect():
        points.setdefault(row["person"], set()).add((row["cell"], row["at"].hour))
    expected = plain_measures.trail_uniqueness(points, points)
    assert 0 < expected < 1
    assert uniqueness(made, points=99) == (80, 80, pytest.approx(float(expected)))


def released(lake, batch_id, rows):
    """A desensitised batch that gate 3 has passed; what a row leaves out is NULL."""
    columns = XDR.desensitised_columns
    schema = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
    frame = lake.spark.createDataFrame(
        [tuple({**row, "batch_id": batch_id}.get(name) for name in columns) for row in rows], schema
    )
    lake.replace_batch(Zone.DESENSITISED, XDR.table, columns, batch_id, frame)
    row = BatchRow(
        XDR.id, batch_id, Zone.DESENSITISED, BatchState.PASSED, date(2026, 1, 31), 1, len(rows), "0", "1.1.0", "f"
    )
    Ledger(lake.home).record("batches", [row])


def test_the_command_measures_what_is_released_and_keeps_it(lake):
    with pytest.raises(NoTrail, match=r"crm\.customers.*network\.xdr_s1_mme"):
        measure_trails(lake, load("crm.customers"), points=4)
    with pytest.raises(GateNotPassed, match="no batch is released"):
        measure_trails(lake, XDR, points=4)
    day = datetime(2026, 1, 31, tzinfo=UTC).date()
    released(lake, "b1", [{"subscriber_key": key, "eci": 1, "started_on": day} for key in ("a" * 32, "b" * 32)])
    assert {each.measure: each.value for each in measure_trails(lake, XDR, points=4)} == {
        "trail_persons": 2, "trail_targets": 2, "unique_with_4_points": 0,
    }  # fmt: skip
    released(lake, "b2", [{"subscriber_key": "a" * 32, "eci": 2, "started_on": day}])
    measure_trails(lake, XDR, points=4)

    (kept,) = newest(Ledger(lake.home))
    figures = {each.measure: each.value for each in kept.figures}
    assert figures == {"trail_persons": 2, "trail_targets": 2, "unique_with_4_points": 0.5}
