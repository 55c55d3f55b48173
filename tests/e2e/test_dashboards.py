"""The dashboards as a manager meets them: in Chromium, logged in as the viewer, on the published file."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from dashboards.marts import read_marts
from dashboards.sources import Board, read_sources
from tests.e2e.dashboard_pages import WINDOW, Chart, DashboardPage, log_in, open_browser

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(1200)]

BOARDS = read_sources().boards
FORBIDDEN = 403
# Superset tries both without asking: a counting pixel that our content policy blocks, and storing the colours of
# series, which a viewer may not. Everything else on the console is a fault.
EXPECTED_ON_CONSOLE = (r"scarf\.sh.*Content Security Policy", r"/api/v1/dashboard/\d+/colors")


@dataclass(frozen=True)
class Site:
    """Where Superset answers, and the viewer's password."""

    url: str
    viewer_password: str = field(repr=False)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """A running Superset named by LAKEWARDEN_TEST_SUPERSET_URL (and a password file), else the test platform's."""
    if url := os.environ.get("LAKEWARDEN_TEST_SUPERSET_URL"):
        return Site(url, Path(os.environ["LAKEWARDEN_TEST_VIEWER_PASSWORD_FILE"]).read_text(encoding="utf-8").strip())
    platform = request.getfixturevalue("demo")
    return Site(platform.superset_url, platform.password("superset_viewer_password"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield open_browser(playwright)


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=WINDOW, locale="zh-CN", timezone_id="Asia/Shanghai")


@pytest.fixture(scope="module")
def page(context: BrowserContext, site: Site) -> Page:
    return log_in(context, site.url, "viewer", site.viewer_password)


@dataclass(frozen=True)
class Opened:
    """One board, opened once and drawn, with what the browser complained about meanwhile."""

    board: Board
    dashboard: DashboardPage
    charts: list[Chart]
    console: list[str]


@pytest.fixture(scope="module", params=BOARDS, ids=lambda board: board.name)
def opened(request: pytest.FixtureRequest, page: Page, site: Site) -> Iterator[Opened]:
    board: Board = request.param
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", note)
    dashboard = DashboardPage(page, site.url, board.dashboard["slug"])
    charts = dashboard.charts(expected=len(board.charts))
    dashboard.picture(f"dashboard_{board.name}")
    yield Opened(board, dashboard, charts, errors)
    page.remove_listener("console", note)


def test_there_are_dashboards_to_look_at():
    assert {board.name for board in BOARDS} == {"regional", "product", "demographic"}
    assert all(len(board.charts) >= 4 for board in BOARDS)


def test_every_chart_is_drawn_and_nothing_complains(opened: Opened):
    assert {chart.name for chart in opened.charts} == {chart["title"] for chart in opened.board.charts.values()}
    assert {chart.name: chart.complaint for chart in opened.charts if chart.complaint} == {}
    assert [chart.name for chart in opened.charts if not chart.drawn] == []
    assert opened.dashboard.complaints() == []
    assert [line for line in opened.console if not any(re.search(one, line) for one in EXPECTED_ON_CONSOLE)] == []


def test_a_grid_is_filled_and_not_just_framed(opened: Opened):
    grids = {chart["title"] for chart in opened.board.charts.values() if chart["type"] == "heatmap_v2"}
    assert grids
    assert {chart.name: chart.painted for chart in opened.charts if chart.name in grids and chart.painted < 0.1} == {}


def test_no_raw_column_name_is_shown(opened: Opened):
    datasets, marts = opened.board.datasets.values(), read_marts()
    raw_names = {name for dataset in datasets for name in (*marts[dataset["mart"]], *dataset["metrics"]) if "_" in name}
    words = opened.dashboard.words()
    assert raw_names
    assert opened.board.dashboard["filters"][0]["name"] in words, "nothing was read"
    assert sorted(name for name in raw_names if name in words) == []


def test_a_chart_that_fails_and_a_chart_without_data_are_noticed(context: BrowserContext, page: Page, site: Site):
    """The looking itself: what the tests above would have seen."""
    assert "/login" not in page.url
    board, sabotaged = BOARDS[0], context.new_page()
    questions: list[str] = []

    def spoil_two(route: Route) -> None:
        questions.append(route.request.url)
        if len(questions) == 1:
            route.fulfill(status=500, json={"errors": [{"message": "broken on purpose"}]})
        elif len(questions) == 2:
            answer = route.fetch().json()["result"][0]
            route.fulfill(json={"result": [answer | {"data": [], "rowcount": 0}]})
        else:
            route.continue_()

    sabotaged.route(re.compile(r"/api/v1/chart/data\?.*slice_id"), spoil_two)
    charts = DashboardPage(sabotaged, site.url, board.dashboard["slug"]).charts(expected=len(board.charts))
    sabotaged.close()
    assert len(questions) > 2
    assert len([chart for chart in charts if chart.complaint]) == 2, charts


def test_a_filter_changes_the_key_figures(opened: Opened):
    before = key_figures(opened.charts)
    # The first choice of the age bands is so small that its figures are hidden.
    opened.dashboard.choose(opened.board.dashboard["filters"][0]["name"], position=1)
    after = key_figures(opened.dashboard.charts(expected=len(opened.board.charts)))
    opened.dashboard.picture(f"dashboard_{opened.board.name}_filtered")

    assert sums(opened.board) <= before.keys() == after.keys()
    assert sums(opened.board)
    assert [name for name in after if not re.search("[0-9]", after[name])] == []
    unmoved = {name for name in before if before[name] == after[name]}
    assert unmoved & sums(opened.board) == set(), "the filter did not reach these"


def key_figures(charts: list[Chart]) -> dict[str, str]:
    """Title and shown number of each big number."""
    return {chart.name: chart.words for chart in charts if chart.kind.startswith("big_number")}


def sums(board: Board) -> set[str]:
    """Titles of the charts that add something up; a share of a part may happen to be that of the whole."""
    metrics = {name: board.datasets[chart["dataset"]]["metrics"] for name, chart in board.charts.items()}
    big_numbers = {name: chart for name, chart in board.charts.items() if chart["type"].startswith("big_number")}
    return {chart["title"] for name, chart in big_numbers.items() if "sum" in metrics[name][chart["params"]["metric"]]}


def test_the_login_page_is_chinese(browser: Browser, site: Site):
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{site.url}/login/", wait_until="networkidle")
    page.locator("#username").wait_for()
    words = page.locator("body").inner_text()
    assert "登录" in words.replace(" ", "")
    assert not re.search(r"[A-Za-z]{3,}", words.replace("Lakewarden", "")), words


def test_a_wrong_password_does_not_get_in(browser: Browser, site: Site):
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/login/", wait_until="networkidle")
    page.locator("#username").fill("viewer")
    page.locator("#password").fill("wrong" + site.viewer_password)
    page.locator("#password").press("Enter")
    page.locator("[role=alert], .toast").first.wait_for()
    assert "/login" in page.url


def test_passwords_cannot_be_tried_without_end(browser: Browser, site: Site):
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/login/", wait_until="networkidle")
    token = page.locator("#csrf_token").get_attribute("value")
    assert token, "no form token: every attempt would be refused for another reason"
    form, request = (
        {"username": f"nobody {token_hex(4)}", "password": "wrong", "csrf_token": token},
        page.context.request,
    )
    answers = [request.post(f"{site.url}/login/", form=form, max_redirects=0).status for _ in range(12)]
    assert answers[-1] == 429
    assert 429 not in answers[:5]


class Api:
    """Superset's web interface with the viewer's session; every request carries the token that forms carry."""

    def __init__(self, page: Page, site: Site) -> None:
        self._request, self._url = page.context.request, site.url
        token = self._request.get(f"{site.url}/api/v1/security/csrf_token/")
        assert token.ok, "the viewer gets no form token, so a refusal below would prove nothing"
        self._headers = {"X-CSRFToken": token.json()["result"], "Referer": site.url}

    def send(self, method: str, path: str, **content: object) -> APIResponse:
        return self._request.fetch(
            f"{self._url}{path}", method=method, headers=self._headers, max_redirects=0, **content
        )

    def chart(self, board: str, name: str) -> dict:
        """What Superset tells about a chart, found by the title in its file and the dashboard it is on."""
        found = next(one for one in BOARDS if one.name == board)
        charts = self.send("GET", f"/api/v1/dashboard/{found.dashboard['slug']}/charts").json()["result"]
        return next(chart for chart in charts if chart["slice_name"] == found.charts[name]["title"])


@pytest.fixture(scope="module")
def api(page: Page, site: Site) -> Api:
    return Api(page, site)


def question(api: Api, answer: str) -> dict:
    """The revenue of the first dashboard, as its chart asks for it."""
    form = api.chart("regional", "kpi_revenue")["form_data"]
    return {
        "datasource": {"id": int(form["datasource"].partition("__")[0]), "type": "table"},
        "queries": [{"metrics": [form["metric"]], "columns": [], "filters": [], "row_limit": 10}],
        "result_format": answer,
        "result_type": "full",
    }


def test_the_viewer_may_have_the_numbers_of_a_chart(api: Api):
    assert api.send("POST", "/api/v1/chart/data", data=question(api, "json")).ok


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_viewer_gets_no_file(api: Api, file_format: str):
    assert api.send("POST", "/api/v1/chart/data", data=question(api, file_format)).status == FORBIDDEN


def test_the_viewer_gets_no_file_from_the_old_door(api: Api):
    form = {"form_data": json.dumps(api.chart("regional", "map_revenue")["form_data"])}
    assert api.send("POST", "/superset/explore_json/", form=form).ok
    assert api.send("POST", "/superset/explore_json/?csv=true", form=form).status == FORBIDDEN


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "/sqllab/", None),
        ("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
        ("GET", "/explore/?slice_id={chart}", None),
        ("POST", "/api/v1/chart/", {"slice_name": "x", "datasource_id": 1, "datasource_type": "table"}),
        ("PUT", "/api/v1/chart/{chart}", {"slice_name": "x"}),
        ("DELETE", "/api/v1/chart/{chart}", None),
        ("POST", "/api/v1/dashboard/", {"dashboard_title": "x"}),
        ("PUT", "/api/v1/dashboard/1", {"dashboard_title": "x"}),
        ("DELETE", "/api/v1/dashboard/1", None),
        ("GET", f"/api/v1/dashboard/export/?q={quote('!(1)')}", None),
        ("GET", f"/api/v1/chart/export/?q={quote('!(1)')}", None),
        ("GET", "/api/v1/assets/export/", None),
        ("POST", "/api/v1/assets/import/", {}),
        ("GET", "/api/v1/database/", None),
        ("GET", "/api/v1/dataset/", None),
        ("GET", "/api/v1/dataset/1", None),
        ("PUT", "/api/v1/dataset/1", {"description": "x"}),
        ("POST", "/datasource/samples?datasource_type=table&datasource_id=1", {}),
    ],
)  # fmt: skip
def test_the_viewer_may_look_and_nothing_else(api: Api, method: str, path: str, content: dict | None):
    address = path.format(chart=api.chart("regional", "kpi_revenue")["form_data"]["slice_id"])
    response = api.send(method, address, **({"data": content} if content is not None else {}))
    assert response.status == FORBIDDEN, response.text()[:200]


@pytest.mark.parametrize("path", ["/api/v1/dashboard/", "/api/v1/chart/", "/superset/dashboard/regional/"])
def test_a_stranger_sees_nothing(browser: Browser, site: Site, path: str):
    response = browser.new_context().request.get(f"{site.url}{path}", max_redirects=0)
    if response.ok:
        assert response.json()["count"] == 0
    else:
        assert response.status in (301, 302, 401, 403)
