"""dbt_project/metrics.yml: every metric can be written in SQL from columns that its mart has, and answers a requirement."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from dashboards.datasets import columns_of_metric, metric_label, metric_sql
from dashboards.marts import read_marts

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"
MARTS = read_marts()
METRICS = yaml.safe_load((DBT_PROJECT / "metrics.yml").read_text(encoding="utf-8"))
ALL = [(mart, name, metric) for mart, metrics in METRICS.items() for name, metric in metrics.items()]
#: Distinct people do not add up over the rows of a mart.
PEOPLE = {"prospect_count", "complainant_count", "connection_count", "buyer_count", "customer_count"}


def test_a_metric_has_one_name():
    assert len(ALL) > 30, "hardly any metric found: this test would prove nothing"
    assert max(Counter(name for _, name, _ in ALL).values()) == 1


@pytest.mark.parametrize(("mart", "name", "metric"), ALL, ids=lambda value: value if isinstance(value, str) else "")
def test_a_metric_is_made_from_the_columns_of_its_mart(mart, name, metric):
    assert set(columns_of_metric(metric)) <= set(MARTS[mart]), name
    assert re.search(r"[一-鿿]", metric_label(metric, MARTS[mart]))
    assert metric_sql(metric).count("(") == metric_sql(metric).count(")")
    assert re.fullmatch(r"(D\d\d|DEC)-\d+", metric["requirement"])


def test_people_are_never_added_up():
    summed = {metric["sum"] for _, _, metric in ALL if "sum" in metric}
    assert summed, "no sum found: this test would prove nothing"
    assert not summed & PEOPLE


def test_a_compared_figure_bears_the_name_and_the_unit_of_its_column():
    with (DBT_PROJECT / "seeds" / "region_metrics.csv").open(encoding="utf-8", newline="") as file:
        compared = list(csv.DictReader(file))
    columns = MARTS["fct_region_month"]
    assert compared
    assert {row["metric_code"]: (row["metric_name"], row["metric_unit"]) for row in compared} == {
        row["metric_code"]: (columns[row["metric_code"]].label, columns[row["metric_code"]].unit) for row in compared
    }
