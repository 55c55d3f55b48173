"""What each role may see, ask and take away, shown on the running Superset with one login per account."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from dashboards.access import ANALYST, MANAGER, REGIONAL_MANAGER, plan, region_of
from dashboards.marts import region_codes
from dashboards.sources import read_accounts, read_sources
from tests.e2e.dashboard_site import BOARDS, Api, Site, dataset_of, logged_in, question

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(600)]

FORBIDDEN = 403
ACCOUNTS = read_accounts()
ROLES = {role.name: role for role in plan(read_sources(), ACCOUNTS, region_codes())[0]}
ROLE_OF = {account.username: ROLES[account.role] for account in plan(read_sources(), ACCOUNTS, region_codes())[1]}
REGIONAL = [username for username, role in ROLE_OF.items() if role.kind == REGIONAL_MANAGER]
OTHERS = [username for username, role in ROLE_OF.items() if role.kind != ANALYST]


@pytest.fixture(scope="module")
def apis(browser: Browser, site: Site) -> Iterator[dict[str, Api]]:
    """Everybody, logged in once."""
    contexts = {username: browser.new_context(locale="zh-CN") for username in (*ACCOUNTS, "admin")}
    yield {username: logged_in(context.request, site, username) for username, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def numbers(apis: dict[str, Api]) -> dict[str, int]:
    """Superset's numbers of the datasets, by mart."""
    charts = [chart for board in BOARDS for chart in apis["steward"].charts(board.dashboard["slug"])]
    return {chart["form_data"]["lakewarden_mart"]: dataset_of(chart) for chart in charts}


@pytest.mark.parametrize("username", ACCOUNTS)
def test_each_role_sees_its_dashboards_and_no_other(apis: dict[str, Api], username: str):
    seen = {name.partition("/")[0] for name in ROLE_OF[username].datasets}
    assert seen
    assert apis[username].slugs() == {board.dashboard["slug"] for board in BOARDS if board.name in seen}


def test_data_health_is_for_stewards_and_a_board_without_regions_not_for_a_region(apis: dict[str, Api]):
    assert "health" in apis["steward"].slugs()
    assert "health" not in apis["viewer"].slugs()
    assert {"sales", "product", "health"}.isdisjoint(apis["hangzhou"].slugs())


@pytest.mark.parametrize("username", OTHERS)
def test_every_chart_that_a_role_sees_has_its_numbers(apis: dict[str, Api], username: str):
    """By the data endpoint; each dataset once. What is seen in the browser: test_dashboards.py."""
    api, asked = apis[username], set()
    for slug in api.slugs():
        for chart in api.charts(slug):
            dataset, form = dataset_of(chart), chart["form_data"]
            if dataset not in asked and (metric := form.get("metric") or form["metrics"][0]):
                assert api.rows(dataset, [], metric).ok, (slug, chart["slice_name"])
                asked.add(dataset)
    assert asked


# By mart that knows regions: the column of the region, and a metric.
ASKED = {
    dataset["mart"]: (region.column, next(iter(dataset["metrics"])))
    for board in BOARDS
    for dataset in board.datasets.values()
    if (region := region_of(dataset)) and not region.when
}


def regions_seen(api: Api, numbers: dict[str, int], mart: str, **more: object) -> list[str]:
    column, metric = ASKED[mart]
    answer = api.rows(numbers[mart], [column], metric, **more)
    assert answer.ok, answer.text()[:300]
    return sorted(str(row[column]) for row in answer.json()["result"][0]["data"])


@pytest.mark.parametrize("username", REGIONAL)
def test_a_regional_manager_sees_the_own_region_whoever_asked_before(
    apis: dict[str, Api], numbers: dict[str, int], username: str
):
    """The manager asks first and again afterwards, so that a shared cache would be found out both ways."""
    prefix = str(ACCOUNTS[username]["region"]).rstrip("0").ljust(2, "0")
    marts = [mart for mart in ASKED if f"{board_of(mart)}" in {n.partition("/")[0] for n in ROLE_OF[username].datasets}]
    assert marts
    everything = {mart: regions_seen(apis["viewer"], numbers, mart) for mart in marts}
    own = {mart: regions_seen(apis[username], numbers, mart) for mart in marts}
    assert own == {mart: [code for code in everything[mart] if code.startswith(prefix)] for mart in marts}
    assert any(own.values()), "no row of the region in any mart, so nothing was shown"
    assert any(len(own[mart]) < len(everything[mart]) for mart in marts)
    assert {mart: regions_seen(apis["viewer"], numbers, mart) for mart in marts} == everything
    assert {mart: regions_seen(apis[username], numbers, mart) for mart in marts} == own


def test_who_looked_at_a_mart_stands_in_supersets_log(
    apis: dict[str, Api], numbers: dict[str, int], published_file: Path
):
    """A second later at most, for it is written behind the answers."""
    looked = """
        SELECT count(*) FROM logs JOIN ab_user ON ab_user.id = logs.user_id
        WHERE username = 'viewer' AND action = 'ChartDataRestApi.data'
    """
    with closing(sqlite3.connect(published_file.parents[1] / "superset" / "superset.db")) as database:
        before = database.execute(looked).fetchone()[0]
        regions_seen(apis["viewer"], numbers, "fct_region_month")
        until = time.monotonic() + 20
        while (after := database.execute(looked).fetchone()[0]) == before and time.monotonic() < until:
            time.sleep(0.2)
    assert after > before


def board_of(mart: str) -> str:
    return next(board.name for board in BOARDS for dataset in board.datasets.values() if dataset["mart"] == mart)


def test_the_answers_of_two_regions_lie_in_the_cache_apart(apis: dict[str, Api], numbers: dict[str, int]):
    column, metric = ASKED["fct_region_month"]
    people = ("viewer", "guangdong", "hangzhou")
    for username in people:
        apis[username].rows(numbers["fct_region_month"], [column], metric)
    again = {
        username: apis[username].rows(numbers["fct_region_month"], [column], metric).json()["result"][0]
        for username in people
    }
    assert {username: one["is_cached"] for username, one in again.items()} == dict.fromkeys(people, True)
    assert len({one["cache_key"] for one in again.values()}) == len(people)
    assert len({json.dumps(one["data"]) for one in again.values()}) == len(people)


@pytest.mark.parametrize(
    "trick",
    [
        {"extras": {"where": "1 = 1) OR (1 = 1"}},
        {"extras": {"where": "region_code LIKE '%'"}},
        {"filters": [{"col": "region_code", "op": "IN", "val": ["440100", "330100", "510100"]}]},
        {"extras": {"having": "1 = 1 OR 1 = 1"}},
        {"filters": [{"col": "region_code", "op": "LIKE", "val": "%' OR '1' = '1"}]},
    ],
)
def test_no_filter_reaches_another_city(apis: dict[str, Api], numbers: dict[str, int], trick: dict):
    column, metric = ASKED["fct_region_month"]
    answer = apis["hangzhou"].rows(numbers["fct_region_month"], [column], metric, **trick)
    rows = answer.json()["result"][0]["data"] if answer.ok else []
    assert {row[column] for row in rows} <= {"330100"}


def test_a_mart_without_regions_is_closed_to_a_region(apis: dict[str, Api], numbers: dict[str, int]):
    assert apis["viewer"].rows(numbers["fct_sales_funnel_month"], [], "visits").ok
    assert apis["hangzhou"].rows(numbers["fct_sales_funnel_month"], [], "visits").status == FORBIDDEN
    assert apis["viewer"].rows(numbers["fct_data_health_day"], [], "rows_in").status == FORBIDDEN


def ask_in_sql(api: Api, sql: str) -> tuple[int, dict]:
    answer = api.send("POST", "/api/v1/sqllab/execute/", data={"database_id": 1, "sql": sql, "runAsync": False})
    return answer.status, answer.json()


def test_an_analyst_asks_the_marts_in_sql(apis: dict[str, Api]):
    status, answer = ask_in_sql(apis["analyst"], "SELECT count(*) AS regions FROM mart.dim_region")
    assert status == 200
    assert answer["data"][0]["regions"] > 0


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mart.mine AS SELECT 1 AS one",
        "DELETE FROM mart.dim_region",
        "COPY mart.dim_region TO '/tmp/lakewarden_taken_away.csv'",
        "ATTACH '/tmp/lakewarden_elsewhere.duckdb' AS elsewhere",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_an_analyst_reads_the_marts_and_nothing_else(apis: dict[str, Api], sql: str):
    status, answer = ask_in_sql(apis["analyst"], sql)
    assert status >= 400, answer


@pytest.mark.parametrize("username", OTHERS)
def test_nobody_else_asks_in_sql(apis: dict[str, Api], username: str):
    assert ask_in_sql(apis[username], "SELECT 1")[0] == FORBIDDEN


@pytest.mark.parametrize("username", [*ACCOUNTS, "admin"])
def test_nobody_takes_a_file_away(apis: dict[str, Api], numbers: dict[str, int], username: str):
    api, mart = apis[username], numbers["fct_region_month"]
    assert api.rows(mart, [], "revenue").ok, "refused for another reason"
    for answer in ("csv", "xlsx"):
        asked = question(mart, [], "revenue", answer)
        assert api.send("POST", "/api/v1/chart/data", data=asked).status == FORBIDDEN
    form = {"form_data": json.dumps(api.chart("regional", "map_revenue")["form_data"])}
    assert api.send("POST", "/superset/explore_json/?csv=true", form=form).status == FORBIDDEN
    for path in (
        "sqllab/export/x/",
        *(f"{thing}/export/?q={quote('!(1)')}" for thing in ("dashboard", "chart", "dataset")),
    ):
        assert api.send("GET", f"/api/v1/{path}").status == FORBIDDEN, path


def test_a_manager_may_have_the_numbers_of_the_old_door(apis: dict[str, Api]):
    form = {"form_data": json.dumps(apis["viewer"].chart("regional", "map_revenue")["form_data"])}
    assert apis["viewer"].send("POST", "/superset/explore_json/", form=form).ok


@pytest.mark.parametrize(
    "username", [name for name, role in ROLE_OF.items() if role.kind in (MANAGER, REGIONAL_MANAGER)]
)
@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "/sqllab/", None),
        ("GET", "/explore/?slice_id={chart}", None),
        ("POST", "/api/v1/chart/", {"slice_name": "x", "datasource_id": 1, "datasource_type": "table"}),
        ("PUT", "/api/v1/chart/{chart}", {"slice_name": "x"}),
        ("DELETE", "/api/v1/chart/{chart}", None),
        ("POST", "/api/v1/dashboard/", {"dashboard_title": "x"}),
        ("PUT", "/api/v1/dashboard/1", {"dashboard_title": "x"}),
        ("DELETE", "/api/v1/dashboard/1", None),
        ("GET", "/api/v1/assets/export/", None),
        ("POST", "/api/v1/assets/import/", {}),
        ("GET", "/api/v1/database/", None),
        ("GET", "/api/v1/dataset/", None),
        ("GET", "/api/v1/dataset/1", None),
        ("PUT", "/api/v1/dataset/1", {"description": "x"}),
        ("GET", "/api/v1/rowlevelsecurity/", None),
        ("POST", "/datasource/samples?datasource_type=table&datasource_id=1", {}),
    ],
)  # fmt: skip
def test_a_manager_may_look_and_nothing_else(
    apis: dict[str, Api], username: str, method: str, path: str, content: dict | None
):
    api = apis[username]
    address = path.format(chart=api.chart("regional", "kpi_revenue")["form_data"]["slice_id"])
    response = api.send(method, address, **({"data": content} if content is not None else {}))
    assert response.status == FORBIDDEN, response.text()[:200]
