"""What builds of changes leave behind is what one build of everything makes: every table of the marts, row by row."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, DoubleType, FloatType

from infra.demo.run import arrival_day
from infra.services.installation import Installation
from jobs.publish.build import results
from jobs.storage.engine import engine
from tests.conftest import ROOT, Platform
from tests.e2e.airflow_client import AirflowClient

pytestmark = [pytest.mark.services, pytest.mark.timeout(2400)]

#: What incremental models read, and a form. All but measurements correct rows of earlier days, too.
DATASETS = (
    "crm.customers",
    "crm.transactions",
    "network.cell_measurements",
    "network.mro_samples",
    "forms.market_feedback",
)
#: Tables that a day of these must change, or the comparison would prove nothing.
TOUCHED = {
    "stg_crm__transactions",
    "int_sales_by_group",
    "int_network_cell_days",
    "int_report_cell_days",
    "fct_product_month",
    "fct_region_month",
    "fct_network_region_day",
    "fct_people_group_quarter",
}
_STEPS = (("ingest",), ("gate", "raw"), ("desensitise",), ("gate", "desensitised"))

Tables = Mapping[str, tuple[int, int]]


@pytest.fixture(scope="module")
def resting_marts(demo: Platform) -> Iterator[None]:
    """Nobody builds beside the test."""
    with AirflowClient.login(demo.airflow_url, "admin", demo.password("airflow_admin_password")) as airflow:
        airflow.settle("marts")
        airflow.pause("marts")
        yield
        airflow.pause("marts", is_paused=False)


@pytest.mark.usefixtures("resting_marts")
def test_after_a_day_of_changes_the_marts_are_those_of_a_whole_build(demo, tmp_path):
    demo.lakewarden("build")
    everything, before = len(results(demo.home)), tables(demo)
    land_a_day(demo, tmp_path)
    for dataset in DATASETS:
        for step in _STEPS:
            demo.lakewarden(*step, dataset)

    demo.lakewarden("build")
    increment = tables(demo)
    assert {name for name in increment if increment[name] != before[name]} >= TOUCHED
    demo.lakewarden("build", "--afresh")

    assert len(results(demo.home)) >= everything
    afresh = tables(demo)
    assert not {name for name in afresh if afresh[name] != increment[name]}
    assert afresh.keys() == increment.keys()
    demo.lakewarden("gate", "marts")
    assert "stands already" in demo.lakewarden("build").stdout


def land_a_day(platform: Platform, folder: Path) -> None:
    """Files of the demo's own day from another seed: the same numbers of customers and sales, told of otherwise."""
    day = arrival_day(Installation(ROOT, platform.home))
    platform.run(
        "python", "-m", "infra.demo.generate", "--home", str(folder), "--day", day,
        "--size", "1000", "--months", "0", "--seed", "7",
    )  # fmt: skip
    for dataset in DATASETS:
        inbox = Path("landing", *dataset.split("."), day)
        files = list((folder / inbox).iterdir())
        assert files, dataset
        (platform.home / inbox).mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.move(file, platform.home / inbox / f"again-{file.name}")


def tables(platform: Platform) -> Tables:
    """Rows and content of each table that dbt writes."""
    with engine(platform.settings) as spark:
        names = [row["tableName"] for row in spark.sql("SHOW TABLES IN marts_build").collect()]
        assert len(names) > 2 * len(TOUCHED), names
        return {name: content(spark, name) for name in names}


def content(spark: SparkSession, table: str) -> tuple[int, int]:
    """Rows of a table, and a sum over what stands in them that does not depend on their order.

    Where a NULL stands is part of it, because the hash itself passes over NULL.
    """
    frame = spark.table(f"marts_build.{table}")
    cells = [comparable(frame[field.name], field.dataType) for field in frame.schema]
    row = F.xxhash64(*cells, *(cell.isNull() for cell in cells))
    counted = frame.agg(F.count("*").alias("rows"), F.sum(row.cast(DecimalType(38, 0))).alias("content")).collect()
    return int(counted[0]["rows"]), int(counted[0]["content"] or 0)


def comparable(column: Column, kind: object) -> Column:
    """Sums of floating numbers differ in the last digits with the order of the rows."""
    return F.format_string("%.9g", column) if isinstance(kind, DoubleType | FloatType) else column
