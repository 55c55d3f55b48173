"""Who sees which rows of which dashboards, and what a chart says of thresholds and of how new it is."""

import os
import sys
from datetime import date
from pathlib import Path

import pytest

from dashboards.access import KINDS, Region, UnknownAccess, plan, region_of, rule
from dashboards.alerts import alert_params
from dashboards.charts import full_title
from dashboards.marts import read_marts, region_codes
from dashboards.sources import read_accounts, read_sources

sys.path.insert(0, str(Path(__file__).parents[2] / "infra" / "superset"))
from superset_freshness import Freshness, with_freshness  # type: ignore[import-not-found]

SOURCES, MARTS, REGIONS = read_sources(), read_marts(), region_codes()
MANAGER = {"shown_as": ["看板", "经理"], "role": "manager"}


def role_of(**account: object):
    (role,), _ = plan(SOURCES, {"li": {"shown_as": ["李", "经理"], **account}}, REGIONS)
    return role


def boards_of(role) -> set[str]:
    return {name.partition("/")[0] for name in role.datasets}


@pytest.mark.parametrize(
    ("column", "code", "condition"),
    [
        ("region_code", "440000", "region_code LIKE '44%'"),
        ("region_code", "440300", "region_code LIKE '4403%'"),
        ("region_code", "441000", "region_code LIKE '4410%'"),
        ("region_code", "500000", "region_code LIKE '50%'"),
        ("region_code", "110100", "region_code LIKE '1101%'"),
        ("province_code", "440000", "province_code LIKE '44%'"),
        ("province_code", "440300", "1 = 0"),
    ],
)
def test_a_region_is_the_beginning_of_its_codes(column: str, code: str, condition: str):
    assert rule(Region(column, {}), code) == condition


def test_a_rule_keeps_to_the_rows_that_have_a_region():
    region = region_of({"region": {"column": "member_code", "when": {"breakdown": "region"}}})
    assert region is not None
    assert rule(region, "330100") == "breakdown = 'region' AND member_code LIKE '3301%'"


def test_every_dataset_that_a_regional_manager_looks_at_has_a_rule():
    role = role_of(role="regional_manager", region="330100")
    assert role.name == "lakewarden_region_330100"
    assert {"regional", "network", "promises", "key_accounts", "satisfaction"} == boards_of(role)
    assert set(role.datasets) <= role.rules.keys()


def test_a_rule_stands_for_every_dataset_with_a_region_also_on_boards_that_are_closed():
    declared = {
        f"{board.name}/{name}" for board in SOURCES.boards for name, one in board.datasets.items() if "region" in one
    }
    assert role_of(role="regional_manager", region="440000").rules.keys() == declared
    assert "demographic/people_group_quarter" in declared


def test_stewards_see_all_and_managers_all_but_the_platform_itself():
    everything = {board.name for board in SOURCES.boards}
    assert boards_of(role_of(role="steward")) == everything
    assert boards_of(role_of(role="manager")) == everything - {"health"}


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"role": "director"}, "has the role director; there are manager"),
        ({"role": "regional_manager"}, "and nobody else, has a region"),
        ({"role": "manager", "region": "440000"}, "and nobody else, has a region"),
        ({"role": "regional_manager", "region": "990000"}, "no province or city"),
        ({"role": "regional_manager", "region": "44"}, "no province or city"),
    ],
)
def test_a_wrong_account_stops_the_deploy(account: dict, said: str):
    with pytest.raises(UnknownAccess, match=said):
        role_of(**account)


def test_an_organisation_brings_accounts_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(os.environ, "LAKEWARDEN_DASHBOARD_ACCOUNTS", str(tmp_path / "ours.yaml"))
    (tmp_path / "ours.yaml").write_text("wang: {shown_as: [王, 经理], role: manager}", encoding="utf-8")
    assert list(read_accounts()) == ["wang"]
    monkeypatch.delenv("LAKEWARDEN_DASHBOARD_ACCOUNTS")
    assert {one["role"] for one in read_accounts().values()} == set(KINDS)


SHARE = {"ratio": ["met", "all"], "format": ".1%", "alert_below": 0.95}
LATE = {"sum": "late", "format": ",d", "alert_above": 0}
DATASET = {"metrics": {"share": SHARE, "late": LATE, "calm": {"sum": "all", "format": ",d"}}}


def test_a_threshold_colours_a_figure_and_a_table_and_is_a_line_of_a_trend():
    def shown(kind: str, **params: object):
        return alert_params(kind, params, DATASET, SOURCES.palette)

    figure = shown("big_number_total", metric="share", subtitle="按时 ÷ 已判定")
    assert figure["subtitle"] == "按时 ÷ 已判定 · 低于95.0%示警"
    assert [(one["operator"], one["targetValue"]) for one in figure["conditional_formatting"]] == [("<", 0.95)]
    table = shown("table", metrics=["share", "calm", "late"])["conditional_formatting"]
    assert [(one["column"], one["operator"], one["targetValue"]) for one in table] == [
        ("share", "<", 0.95),
        ("late", ">", 0),
    ]
    (line,) = shown("echarts_timeseries_line", metrics=["share"])["annotation_layers"]
    assert (line["value"], line["name"]) == ("0.95", "警戒线(低于95.0%)")
    assert shown("big_number_total", metric="calm") == shown("pie", metric="late") == {}


def test_a_title_has_the_unit_that_its_metrics_share():
    promises = next(one for one in SOURCES.boards if one.name == "promises")
    mart, dataset = MARTS["fct_promise_month"], promises.datasets["promise_month"]

    def titled(title: str, *metrics: str) -> str:
        return full_title({"title": title, "params": {"metrics": list(metrics)}}, dataset, mart)

    assert titled("超时事项", "promises_missed", "promises_overdue") == "超时事项(件)"
    assert titled("超时事项(件)", "promises_missed") == "超时事项(件)"
    assert titled("按时率", "promises_met_share") == "按时率(%)"
    assert titled("明细", "promises_missed", "promises_met_share") == "明细"


def test_a_chart_says_how_new_it_is_and_asks_once_per_file(tmp_path: Path):
    asked, file = [], tmp_path / "published.duckdb"
    freshness = Freshness(file, lambda sql: asked.append(sql) or date(2026, 1, 31))
    assert freshness.of("fct_x", "month_start") == "", "nothing is published"
    file.write_text("one")
    os.utime(file, (1769907600, 1769907600))
    assert [freshness.of("fct_x", "month_start"), freshness.of("fct_x", "date")] == ["截至2026-01", "截至2026-01-31"]
    assert freshness.of("fct_x", "month_start") == "截至2026-01"
    assert asked == ["SELECT max(month_start) FROM mart.fct_x", "SELECT max(date) FROM mart.fct_x"]
    assert freshness.of("fct_x", None) == "2026-02-01发布"
    assert freshness.of("fct_x; DROP", "date") == ""
    os.utime(file, (1769994000, 1769994000))
    freshness.of("fct_x", "date")
    assert len(asked) == 3, "another file is asked anew"


def test_an_empty_mart_says_nothing_and_a_chart_of_somebody_else_stays_as_it_is(tmp_path: Path):
    (tmp_path / "published.duckdb").write_text("one")
    empty = Freshness(tmp_path / "published.duckdb", lambda _: None)
    ours = {"slice_name": "按时率", "form_data": {"lakewarden_mart": "fct_x", "lakewarden_as_of": "date"}}
    theirs = {"slice_name": "made by hand", "form_data": {}}
    named = with_freshness({"result": [ours, theirs]}, empty)["result"]
    assert [one["slice_name"] for one in named] == ["按时率", "made by hand"]
