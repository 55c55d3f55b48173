"""`lakewarden prove --plant` on a running engine: invented people go through a copy, and the whole is searched."""

import re
from pathlib import Path

import pytest

from jobs.storage.engine import engine
from tests.conftest import Platform

pytestmark = [pytest.mark.spark, pytest.mark.long]


def catalogue(job_engine: Platform) -> dict[str, list[str]]:
    """What can be named in SQL: tables and views by database."""
    with engine(job_engine.settings) as spark:
        databases = [database.name for database in spark.catalog.listDatabases()]
        return {name: [table.name for table in spark.catalog.listTables(name)] for name in databases}


@pytest.fixture(scope="module")
def report(job_engine: Platform) -> str:
    """The English report of one run."""
    before = catalogue(job_engine)
    ended = job_engine.lakewarden("prove", "--plant", check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    assert catalogue(job_engine) == before, "a copy is nobody's to see"
    return max((job_engine.home / "evidence").glob("*.en.md")).read_text(encoding="utf-8")


def test_nobody_is_found_and_every_control_is(report: str):
    assert "**Nothing was found.**" in report
    assert "numbers 9, positions 6, names and texts 9" in report
    assert report.count(": yes\n") >= 8
    assert "**no**" not in report


@pytest.mark.parametrize(
    "sink",
    [
        "copy: desensitised tables, deleted files too",
        "copy: Delta logs, checkpoints, statistics",
        "copy: ledger",
        "copy: results, errors and temporary files of commands",
        "service logs",
        "engine: metastore, warehouse",
    ],
)
def test_the_copy_and_the_engine_were_looked_at(report: str, sink: str):
    row = re.search(rf"^\| {re.escape(sink)} \| (\d[\d,]*) \| .+ \| (\d+) / (\d+) \| 0 \| clean", report, re.MULTILINE)
    assert row
    assert int(row[1].replace(",", "")) > 0
    assert row[2] == row[3] != "0"


def test_what_is_not_there_is_said(report: str):
    absent = report.partition("## Not there")[2].partition("##")[0]
    assert "- Airflow's logs" in absent
    assert "- Superset's database" in absent


@pytest.mark.usefixtures("report")
def test_nothing_of_the_copy_is_left(job_engine: Platform):
    assert not Path(job_engine.home / "prove").exists()
