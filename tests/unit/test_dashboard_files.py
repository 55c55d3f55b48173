"""The dashboards' files: the check finds what is broken, and the bundle is the same every time."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import duckdb
import pytest
import yaml

from dashboards.bundle import archive, build_bundle, uuids_in
from dashboards.charts import build_chart
from dashboards.check import findings
from dashboards.datasets import derived_sql, metric_label, metric_sql
from dashboards.layout import reached_by
from dashboards.marts import Column, read_marts, smallest_visible_group
from dashboards.sources import FOLDER, METRICS, Board, Sources, read_sources

SOURCES, MARTS = read_sources(), read_marts()
PUBLISHED = Path("/lake/published/published.duckdb")


FAMILIES = {
    "regional", "product", "demographic", "promises", "sales", "key_accounts", "satisfaction", "network", "health",
}  # fmt: skip


def board(sources: Sources, name: str = "regional") -> Board:
    return next(one for one in sources.boards if one.name == name)


def test_the_dashboards_of_this_checkout_have_no_finding():
    assert {one.name for one in SOURCES.boards} == FAMILIES
    assert findings(SOURCES, MARTS, smallest_visible_group()) == []


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda one: one.charts["trend"]["params"].update(metrics=["revenu"]), "has no metric revenu"),
        (lambda one: one.charts["trend"]["params"].update(x_axis="month"), "has no column month"),
        (lambda one: one.charts["trend"].update(dataset="region_day"), "no dataset of this dashboard is called"),
        (lambda one: one.charts["trend"].update(type="word_cloud"), "the chart type word_cloud"),
        (lambda one: one.charts["trend"].update(title="Revenue"), "the title is not Chinese"),
        (lambda one: one.dashboard.pop("reader"), "the reader is not Chinese"),
        (lambda one: one.dashboard.update(decision="what to do"), "the decision is not Chinese"),
        (lambda one: one.charts["trend"].update(only={"month": "1"}), "has no column month"),
        (lambda one: one.datasets["region_month"].pop("region"), "no `region` says which one row rules are made of"),
        (lambda one: one.datasets["region_month"].update(region="city"), "region names city, which its mart does not"),
        (lambda one: one.datasets["region_month"].update(as_of="city_name"), "as_of is city_name, which is not a date"),
        (lambda one: one.charts["trend"].update(colour="teal"), "unknown key colour"),
        (lambda one: one.charts["trend"]["params"].update(metrics=[{"label": "x"}]), "metrics belong into the dataset"),
        (lambda one: one.charts["trend"]["params"].update(color_scheme="supersetColors"), "a colour of its own"),
        (lambda one: one.charts["trend"].update(known_only="revenu"), "has no column revenu"),
        (lambda one: one.charts["kpi_revenue"].update(color="pink"), "the palette has no colour pink"),
        (lambda one: one.charts.pop("trend"), "it places the chart trend, which has no file"),
        (lambda one: one.dashboard["rows"][0]["charts"].pop("kpi_revenue"), "it places the chart kpi_revenue 0 times"),
        (lambda one: one.dashboard["rows"][0]["charts"].update(kpi_revenue=1), "is not 12 columns wide"),
        (lambda one: one.dashboard["rows"].pop(), "no text says 人数少于5"),
        (lambda one: one.dashboard["filters"][0].update(column="province"), "the column province, which region_month"),
        (lambda one: one.dashboard["filters"][1].update(parent="国家"), "depends on 国家, which is no filter"),
        (lambda one: one.datasets["region_month"].update(mart="fct_region_year"), "no mart is called fct_region_year"),
        (lambda one: one.datasets["region_month"].update(time="city_name"), "the time column city_name is not a date"),
        (
            lambda one: one.datasets["region_month"]["metrics"].update(revenue={"sum": "revenue", "format": ",d"}),
            "the metric revenue uses the column revenue, which its mart does not have",
        ),
        (
            lambda one: one.datasets["region_month"]["metrics"]["revenue"].pop("format"),
            "the metric revenue has no number format",
        ),
        (
            lambda one: one.datasets["region_month"]["columns"].update(map_code={"recode": "iso", "values": {}}),
            "the column map_code is made from iso",
        ),
    ],
)  # fmt: skip
def test_a_broken_reference_is_found(spoil: Callable[[Board], object], message: str):
    sources = deepcopy(SOURCES)
    spoil(board(sources))
    found = [str(finding) for finding in findings(sources, MARTS, 5)]
    assert any(message in one for one in found), found
    assert all(one.startswith("dashboards/regional/") for one in found)


def test_a_mart_column_without_a_label_is_found():
    revenue = Column("revenue_cny", "revenue_cny", "元", "", "DECIMAL")
    marts = {**MARTS, "fct_region_month": {**MARTS["fct_region_month"], "revenue_cny": revenue}}
    assert any("revenue_cny of fct_region_month has no meta.label" in str(one) for one in findings(SOURCES, marts, 5))


def test_a_column_that_leaves_a_mart_is_found_wherever_it_is_used():
    marts = {**MARTS, "fct_product_month": {k: v for k, v in MARTS["fct_product_month"].items() if k != "channel_name"}}
    found = {finding.file for finding in findings(SOURCES, marts, 5)}
    assert "product/dashboard.yaml" in found
    assert {"product/charts/channel_trend.yaml", "product/charts/product_channel.yaml"} <= found


def test_an_empty_folder_is_a_finding_and_not_a_success():
    assert findings(Sources((), {}, {}, {}, ""), MARTS, 5)


def test_the_same_files_give_the_same_bytes():
    once, again = (archive(build_bundle(read_sources(), read_marts(), PUBLISHED)) for _ in range(2))
    assert once == again


def test_the_bundle_holds_every_object_once_and_only_marts():
    bundle = build_bundle(SOURCES, MARTS, PUBLISHED)
    datasets = [yaml.safe_load(text) for path, text in bundle.items() if path.startswith("datasets/")]
    assert len(uuids_in(bundle, "dashboards")) == len(FAMILIES)
    assert len(uuids_in(bundle, "charts")) == sum(len(one.charts) for one in SOURCES.boards)
    assert len(uuids_in(bundle, "datasets")) == sum(len(one.datasets) for one in SOURCES.boards)
    assert len(uuids_in(bundle, "databases")) == 1
    assert {dataset["table_name"] for dataset in datasets} <= MARTS.keys()
    assert {dataset["schema"] for dataset in datasets} == {"mart"}
    assert not any("sql" in dataset for dataset in datasets)


def test_every_label_and_every_axis_a_manager_reads_is_chinese_or_named_so_by_the_mart():
    for path, text in build_bundle(SOURCES, MARTS, PUBLISHED).items():
        if path.startswith("datasets/"):
            content = yaml.safe_load(text)
            labels = [one["verbose_name"] for one in (*content["columns"], *content["metrics"])]
            assert labels
            assert [label for label in labels if not re.search("[\u4e00-\u9fff]", label)] == [], path


@pytest.mark.parametrize(
    ("metric", "sql"),
    [
        ({"sum": "revenue_cny"}, "SUM(revenue_cny)"),
        ({"sum": "revenue_cny", "divide": 10000}, "(SUM(revenue_cny)) / 10000"),
        ({"max": "cell_count"}, "MAX(cell_count)"),
        ({"count": "account_code"}, "COUNT(account_code)"),
        ({"count_true": "is_late"}, "COUNT(*) FILTER (WHERE is_late)"),
        ({"share_true": "is_late"}, "AVG(CAST(is_late AS INTEGER))"),
        (
            {"ratio": ["a", "b"], "multiply": 1000},
            "(SUM(a) FILTER (WHERE b IS NOT NULL) / NULLIF(SUM(b) FILTER (WHERE a IS NOT NULL), 0)) * 1000",
        ),
        ({"mean": "x", "weight": "w"}, "SUM(x * w) / NULLIF(SUM(w) FILTER (WHERE x IS NOT NULL), 0)"),
    ],
)
def test_a_metric_is_written_in_sql(metric: dict[str, object], sql: str):
    assert metric_sql(metric) == sql


def test_a_metric_is_defined_in_one_place():
    shared = yaml.safe_load(METRICS.read_text(encoding="utf-8"))
    files = {file: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*/datasets/*.yaml")}
    assert files
    twice = {
        str(file): shared.get(one["mart"], {}).keys() & one.get("metrics", {}).keys() for file, one in files.items()
    }
    assert {file: names for file, names in twice.items() if names} == {}


def test_a_share_of_what_is_true_leaves_out_what_is_unknown():
    share, number = metric_sql({"share_true": "late"}), metric_sql({"count_true": "late"})
    rows = "(VALUES (true), (false), (NULL), (true), (false)) rows(late)"
    assert duckdb.sql(f"SELECT {share}, {number} FROM {rows}").fetchall() == [(0.5, 2)]


def test_years_are_laid_over_each_other():
    month, year = derived_sql({"month_of_year": "day"}), derived_sql({"year_text": "day"})
    assert duckdb.sql(f"SELECT {month}, {year} FROM (VALUES (DATE '2026-03-01')) rows(day)").fetchall() == [
        ("03月", "2026年")
    ]
    assert duckdb.sql(f"SELECT {derived_sql({'as_year': 'y'})} FROM (VALUES (2025)) rows(y)").fetchall() == [
        ("2025年",)
    ]


def test_hidden_values_count_on_neither_side_of_a_ratio():
    rows = "(VALUES (100, 10), (NULL, 10), (50, NULL), (20, 5)) rows(revenue, buyers)"
    ratio, mean = metric_sql({"ratio": ["revenue", "buyers"]}), metric_sql({"mean": "revenue", "weight": "buyers"})
    assert duckdb.sql(f"SELECT {ratio}, {mean} FROM {rows}").fetchall() == [(120 / 15, 1100 / 15)]


def test_an_unknown_code_stays_visible_and_a_quote_stays_a_text():
    sql = derived_sql({"recode": "band", "values": {"<18": "17岁'以下"}})
    rows = duckdb.sql(f"SELECT {sql} FROM (VALUES ('<18'), ('new'), (NULL)) rows(band)").fetchall()
    assert rows == [("17岁'以下",), ("new",), (None,)]


def test_a_label_comes_from_the_mart_and_its_unit_from_the_metric():
    mart = {"revenue_cny": Column("revenue_cny", "收入", "元", "", "DECIMAL")}
    assert metric_label({"sum": "revenue_cny"}, mart) == "收入(元)"
    assert metric_label({"sum": "revenue_cny", "divide": 10000, "unit": "万元"}, mart) == "收入(万元)"
    assert metric_label({"ratio": ["revenue_cny", "x"], "label": "占有率", "unit": "%"}, mart) == "占有率"


def test_a_chart_takes_colours_from_the_palette_and_the_axis_title_from_the_mart():
    regional = board(SOURCES)
    mart = MARTS["fct_region_month"]
    dataset = regional.datasets["region_month"]
    built = build_chart(regional.charts["trend"], dataset, mart, SOURCES.chart_defaults, SOURCES.palette)["params"]
    assert built["color_scheme"] == SOURCES.palette["categorical"]["id"]
    assert built["y_axis_title"] == "收入(万元)"
    assert built["adhoc_filters"][0]["subject"] == built["granularity_sqla"] == "month_start"


def test_a_filter_reaches_exactly_the_charts_that_have_its_column():
    product = board(SOURCES, "product")
    reached = reached_by({"kind": "select", "column": "channel_name"}, product, MARTS)
    assert set(product.charts) - set(reached) == {"industry_size"}
    assert set(reached_by({"kind": "time"}, product, MARTS)) == set(product.charts)
