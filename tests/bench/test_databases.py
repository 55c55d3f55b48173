"""A table of PostgreSQL to the lake, beside a plain copy of it by Spark."""

import shutil
import statistics
import time

import pytest

from contracts.loading import ROOT, load_file
from jobs.ingest.run import ingest
from jobs.storage.lake import Lake
from tests.bench.measuring import DATABASE_ROWS as ROWS
from tests.bench.measuring import in_turn
from tests.database_servers import PASSWORD, Server, postgresql

pytestmark = pytest.mark.bench

COLUMNS = "acct_id, cust_no, status, pay_mode, balance, area_code, open_date, upd_time"


@pytest.fixture(scope="module")
def billing():
    with postgresql() as server:
        server.run(
            "CREATE SCHEMA billing",
            "CREATE TABLE billing.account (acct_id bigint PRIMARY KEY, cust_no text, status char(1), pay_mode smallint, "
            "balance numeric(18,2), area_code text, open_date date, upd_time timestamp, holder_name text)",
            "INSERT INTO billing.account SELECT n, 'C' || n % 90000, 'A', 1, n % 5000 / 7.0, '330106', date '2020-01-01' "
            f"+ n % 2000, timestamp '2026-01-30' + n * interval '1 ms', 'x' FROM generate_series(1, {ROWS}) n",
            "ANALYZE billing.account",
        )
        yield server


def plain_copy(lake: Lake, server: Server, columns: str) -> None:
    """What Spark's documentation shows: read over JDBC in two parts, write Delta."""
    options = {
        "url": f"jdbc:postgresql://127.0.0.1:{server.port}/billing", "user": "owner", "password": PASSWORD,
        "driver": "org.postgresql.Driver", "dbtable": f"(SELECT {columns} FROM billing.account) a",
        "partitionColumn": "acct_id", "lowerBound": "1", "upperBound": str(ROWS), "numPartitions": "2",
        "fetchsize": "10000",
    }  # fmt: skip
    target = lake.home / "copied"
    shutil.rmtree(target, ignore_errors=True)
    lake.spark.read.format("jdbc").options(**options).load().write.format("delta").save(str(target))


def test_an_extract_beside_a_plain_copy(lake, billing, tmp_path, capsys, monkeypatch):
    text = (ROOT / "crm" / "billing_accounts.odcs.yaml").read_text(encoding="utf-8")
    path = tmp_path / "crm" / "billing_accounts.odcs.yaml"
    path.parent.mkdir()
    path.write_text(text.replace("at_most_every_minutes: 60", "at_most_every_minutes: 0"), encoding="utf-8")
    contract = load_file(path)
    from jobs.ingest.databases import sync  # noqa: PLC0415 - timed from inside

    landings = []

    def timed_land(*arguments, **named):
        began = time.perf_counter()
        land(*arguments, **named)
        landings.append(time.perf_counter() - began)

    land = sync.land
    monkeypatch.setattr(sync, "land", timed_land)

    def extract():
        fresh = Lake(lake.home / f"extract{time.monotonic_ns()}", lambda: lake.spark)
        billing.secret(fresh.home, "billing", "billing")
        (batch,) = ingest(fresh, fresh.home / "landing", contract)
        assert batch.loaded == ROWS
        shutil.rmtree(fresh.home)

    copied, extracted = in_turn(lambda: plain_copy(lake, billing, COLUMNS), extract)
    landed = statistics.median(landings[1:])
    with capsys.disabled():
        print(
            f"\n  {ROWS:,} rows: plain copy {copied:.1f} s, landed and compared {landed:.1f} s ({copied / landed:.2f} of"
        )
        print(f"  its speed), in raw with faults, fates and counts {extracted:.1f} s ({copied / extracted:.2f})")
