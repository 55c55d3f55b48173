"""The design's ratios that can be measured now: each thing beside its partner, in turn, in one run; medians are printed.

    make bench

Absolute times say little on shared cores; the ratios are what counts. Nothing here asserts a speed.
"""

import pytest

from expectations import raw
from expectations.gate import judge
from jobs.storage.keys import KeyFiles
from jobs.storage.zones import Zone
from tests.bench.measuring import ROWS, in_turn, told
from tests.bench.wide import copy, made, treat, vault

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]


def test_desensitising_beside_a_plain_copy(lake, wide):
    keys = KeyFiles(lake.home)
    made(lake, wide, ROWS, "a")
    plain, treated, vaulted = in_turn(
        lambda: copy(lake, wide, "a"),
        lambda: treat(lake, wide, keys, "a", table=wide.table),
        lambda: vault(lake, wide, keys, "a"),
    )
    told(
        f"desensitise {ROWS:,} rows: {treated / plain:.2f} x a copy; with its vault {(treated + vaulted) / plain:.2f} x "
        f"(copy {plain:.1f} s, desensitise {treated:.1f} s, vault {vaulted:.1f} s; aim: 1.5 x)"
    )


def test_ten_times_the_rows(lake, wide):
    keys = KeyFiles(lake.home)
    made(lake, wide, ROWS // 10, "a")
    made(lake, wide, ROWS, "b")
    one, ten = in_turn(
        lambda: treat(lake, wide, keys, "a", table="one"), lambda: treat(lake, wide, keys, "b", table="ten")
    )
    told(f"ten times the rows: {ten / one:.1f} x the time ({one:.1f} s, {ten:.1f} s)")


def test_an_increment_beside_a_history_ten_times_longer(lake, wide):
    keys = KeyFiles(lake.home)
    for day in range(10):
        made(lake, wide, ROWS // 20, f"day{day}")
        treat(lake, wide, keys, f"day{day}", table="long")
    short, long = in_turn(
        lambda: treat(lake, wide, keys, "day9", table="short"), lambda: treat(lake, wide, keys, "day9", table="long")
    )
    told(
        f"a day's increment after ten days: {long / short:.2f} x that of the first ({short:.1f} s, {long:.1f} s)",
    )


def test_a_gate_beside_writing_its_table(lake, wide):
    made(lake, wide, ROWS, "a")

    def gate():
        figures = {"rows_in": ROWS, "loaded": ROWS, "quarantined": 0, "duplicate": 0}
        judge(raw.checks(wide, lake.read(Zone.RAW, wide.table, "a"), **figures))

    written, judged = in_turn(lambda: copy(lake, wide, "a"), gate)
    told(f"a gate: {judged / written:.2f} x the time of writing its table ({judged:.1f} s, {written:.1f} s)")
