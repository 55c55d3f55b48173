"""The marts from millions of facts: the first build beside DuckDB, a day's increment beside it, and a longer history.

make bench
"""

import shutil
import statistics

import duckdb
import pytest

from jobs.publish.build import results
from jobs.storage.engine import engine
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from tests.bench import duckdb_marts, facts
from tests.bench.measuring import ROUNDS, seconds_of, size, told
from tests.conftest import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

FACTS = size("FACTS", 10_000_000)
DAYS = 730
THREADS = 2


@pytest.fixture
def home(job_engine: Platform):
    """The installation without a batch or a mart, before and after."""
    _empty(job_engine)
    yield job_engine
    _empty(job_engine)


def test_the_first_build_and_a_day_after_a_short_and_a_long_history(home: Platform):
    _whole(home, DAYS // 10)
    short = _increments(home, DAYS // 10)
    _empty(home)
    whole = _whole(home, DAYS)
    _beside_duckdb(home, whole)
    long = _increments(home, DAYS)
    told(f"a day more: {long:.0f} s, {long / whole:.2f} x the first build (aim: 0.2 x)")
    told(f"  after {DAYS} days {long / short:.2f} x that after {DAYS // 10} ({short:.0f} s; aim: 1.2 x)")
    home.lakewarden("gate", "marts")
    home.lakewarden("publish")
    file = home.home / "published" / "published.duckdb"
    told(f"the published file of {FACTS:,} facts: {file.stat().st_size / 2**20:.1f} MiB (aim: 200 MB)")
    with duckdb.connect(str(file), read_only=True) as published:
        assert published.execute("SELECT sum(transaction_count) FROM mart.fct_product_month").fetchone()[0]


def _whole(home: Platform, days: int) -> float:
    """Seconds of the first build after so many days of facts."""
    with engine(home.settings) as spark:
        history = facts.Span(0, days, FACTS // DAYS)
        facts.release(Lake(home.home, lambda: spark), "history", history, customers=history.customers)
    return _built(home)


def _beside_duckdb(home: Platform, whole: float) -> None:
    models = [result for result in results(home.home) if str(result["unique_id"]).startswith("model.")]
    in_models = sum(float(str(result["execution_time"])) for result in models)
    duck, failed = duckdb_marts.build(home.home, THREADS)
    for name, reason in failed.items():
        told(f"DuckDB does not run {name}: {reason}")
    told(
        f"all marts from {FACTS:,} facts: {whole:.0f} s with every test, {in_models:.0f} s of it in models (two at a time); "
        f"the same SQL in DuckDB {duck:.1f} s, without {len(failed)} of {len(models)} models: {in_models / 2 / duck:.1f} x"
    )


def _increments(home: Platform, days: int) -> float:
    """Median seconds of a build after one more day of facts."""
    taken = []
    for more in range(ROUNDS):
        with engine(home.settings) as spark:
            day = facts.Span(days + more, 1, FACTS // DAYS)
            customers = facts.Span(0, days, FACTS // DAYS).customers
            facts.release(Lake(home.home, lambda: spark), f"day{more}", day, customers=customers)
        taken.append(_built(home))
    return statistics.median(taken)


def _built(home: Platform) -> float:
    return seconds_of(lambda: home.lakewarden("build"))


def _empty(home: Platform) -> None:
    with engine(home.settings) as spark:
        for database in ("marts_build", "published", "desensitised", "ops"):
            spark.sql(f"DROP DATABASE IF EXISTS {database} CASCADE")
    for folder in ("desensitised", "marts", "published", "ops"):
        shutil.rmtree(home.home / folder, ignore_errors=True)
    Ledger(home.home).prepare()
    home.lakewarden("keys", "create")
