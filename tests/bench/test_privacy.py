"""Privacy figures over many rows: the time beside a tenth of them, and that neither side's memory grows with them.

make bench
LAKEWARDEN_BENCH_PRIVACY_ROWS=200000 ... python -m pytest tests/bench/test_privacy.py -m bench -o addopts= -s
"""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame

from expectations.privacy.declared import declaration
from expectations.privacy.tables import measured
from expectations.privacy.trails import trail_uniqueness
from tests.bench.measuring import high_water_mib, in_turn, size, told

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

ROWS = size("PRIVACY_ROWS", 10_000_000)
_MEBIBYTE = 1 << 20


def people(spark, rows: int) -> DataFrame:
    """One row per person: 40,000 classes at most, thirty illnesses, an income in fifty bands; nothing stored."""
    return spark.range(rows).selectExpr(
        "cast(id as string) AS person",
        "cast(pmod(xxhash64(id, 1), 400) as string) AS region",
        "cast(pmod(xxhash64(id, 2), 20) as string) AS age_band",
        "cast(pmod(xxhash64(id, 3), 5) as string) AS occupation",
        "cast(pmod(xxhash64(id, 4), 30) as string) AS illness",
        "cast(pmod(xxhash64(id, 5), 50) as int) AS income_band",
    )


def points(spark, rows: int) -> DataFrame:
    """Twenty points a person, of 2,000 cells and a week's hours; a person keeps near one cell."""
    return spark.range(rows).selectExpr(
        "cast(id div 20 as string) AS person",
        "pmod(xxhash64(id div 20, 6) + pmod(xxhash64(id, 7), 9), 2000) AS cell",
        "timestamp'2026-01-31 00:00:00' + make_interval(0, 0, 0, 0, cast(pmod(xxhash64(id, 8), 168) as int)) AS at",
    )


def figures(frame: DataFrame) -> None:
    declared = declaration(
        "people", frame.columns,
        {"rows": "persons", "people": ["person"], "quasi_identifiers": ["region", "age_band", "occupation"],
         "minimum_k": 5, "sensitive": {"illness": {}, "income_band": {}}},
    )  # fmt: skip
    found = measured({"people": (frame, declared)}).collect()
    assert len(found) == 3 + 9 + 2 * 3


def trails(frame: DataFrame) -> None:
    found = trail_uniqueness(frame, person="person", places=["cell"], moment="at", points=4)
    assert found.unique_share is not None


@pytest.mark.parametrize(
    ("what", "made", "measure"), [("k, l, t and risks", people, figures), ("trail uniqueness", points, trails)]
)
def test_ten_times_the_rows(
    spark,
    engine_pid: int,
    what: str,
    made: Callable[..., DataFrame],
    measure: Callable[[DataFrame], None],
):
    small, large = made(spark, ROWS // 10), made(spark, ROWS)
    # first, for the engine keeps what it once had
    engine = [_peak_of(engine_pid, lambda frame=frame: measure(frame)) for frame in (small, large)]
    one, ten = in_turn(lambda: measure(small), lambda: measure(large))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEBIBYTE
    measure(large)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEBIBYTE - own
    told(
        f"{what}, {ROWS:,} rows: {ten:.1f} s, {ten / one:.1f} x a tenth of them; engine {engine[0]:,.0f} -> "
        f"{engine[1]:,.0f} MiB, client +{grown:.1f} MiB"
    )
    assert engine[1] < _heap_mib(engine_pid) + 1024, "heap, code and direct memory have limits, whatever the rows"
    assert grown < 16, "the client holds figures and never rows"


def _heap_mib(pid: int) -> int:
    """The largest heap that the engine's JVM was started with, in MiB."""
    words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    (gibibytes,) = {word.removeprefix("-Xmx").removesuffix("g") for word in words if word.startswith("-Xmx")}
    return int(gibibytes) * 1024


def _peak_of(pid: int, thing: Callable[[], None]) -> float:
    """The engine's highest resident memory in MiB while `thing` runs: the kernel's mark, set back before."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    thing()
    return high_water_mib(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
