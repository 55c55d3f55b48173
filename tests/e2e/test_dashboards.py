"""The dashboards as their readers meet them: in Chromium, logged in, on the published file.

`LAKEWARDEN_TEST_PICTURES=docs/images` keeps the pictures where the docs show them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from dashboards.charts import full_title
from dashboards.layout import reached_by
from dashboards.marts import read_marts
from dashboards.sources import Board
from tests.e2e.dashboard_pages import WINDOW, Chart, DashboardPage, Screen, log_in
from tests.e2e.dashboard_site import BOARDS, Site

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(1200)]

MARTS = read_marts()
# What hangs on a wall or stands on a desk, in pixels.
SCREENS = ((1366, 768), (1920, 1080))
# Superset tries both without asking: a counting pixel that our content policy blocks, and storing the colours of
# series, which a viewer may not. Everything else on the console is a fault.
EXPECTED_ON_CONSOLE = (r"scarf\.sh.*Content Security Policy", r"/api/v1/dashboard/\d+/colors")


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=WINDOW, locale="zh-CN", timezone_id="Asia/Shanghai")


@pytest.fixture(scope="module")
def page(context: BrowserContext, site: Site) -> Page:
    """The steward's, who looks at every dashboard."""
    return log_in(context, site.url, "steward", site.password("steward"))


@dataclass(frozen=True)
class Opened:
    """One board, opened once and drawn, with what the browser complained about meanwhile."""

    board: Board
    dashboard: DashboardPage
    charts: list[Chart]
    console: list[str]
    on_screens: dict[tuple[int, int], Screen]


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
    on_screens = {size: dashboard.on_screen(*size) for size in SCREENS}
    yield Opened(board, dashboard, charts, errors, on_screens)
    page.remove_listener("console", note)


def title(board: Board, name: str) -> str:
    """A chart's title as its page shows it, without how new it is."""
    chart = board.charts[name]
    dataset = board.datasets[chart["dataset"]]
    return full_title(chart, dataset, MARTS[dataset["mart"]])


def test_every_chart_is_drawn_and_nothing_complains(opened: Opened):
    assert {chart.title for chart in opened.charts} == {title(opened.board, name) for name in opened.board.charts}
    assert {chart.name: chart.complaint for chart in opened.charts if chart.complaint} == {}
    assert [chart.name for chart in opened.charts if not chart.drawn] == []
    assert opened.dashboard.complaints() == []
    assert [line for line in opened.console if not any(re.search(one, line) for one in EXPECTED_ON_CONSOLE)] == []


def test_every_chart_says_how_new_it_is(opened: Opened):
    assert [
        one.name for one in opened.charts if not re.search(r" · (截至)?\d{4}-\d{2}(-\d{2})?(发布)?$", one.name)
    ] == []


def test_a_screen_of_an_office_holds_the_page(opened: Opened):
    assert opened.on_screens.keys() == set(SCREENS)
    for size, screen in opened.on_screens.items():
        assert screen.charts_in_view >= 4, size
        assert screen.complaints == [], size
        assert screen.charts_cut_off == [], size


def test_a_grid_is_filled_and_not_just_framed(opened: Opened):
    grids = {title(opened.board, name) for name, one in opened.board.charts.items() if one["type"] == "heatmap_v2"}
    if not grids:
        pytest.skip("this dashboard has no grid")
    assert {chart.name: chart.painted for chart in opened.charts if chart.title in grids and chart.painted < 0.1} == {}


def test_no_raw_column_name_is_shown(opened: Opened):
    datasets = opened.board.datasets.values()
    raw_names = {name for dataset in datasets for name in (*MARTS[dataset["mart"]], *dataset["metrics"]) if "_" in name}
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

    assert before
    assert before.keys() == after.keys()
    assert [name for name in after if not re.search("[0-9]", after[name])] == []
    assert moved_by_first_filter(opened.board) <= {name for name in before if before[name] != after[name]}


def key_figures(charts: list[Chart]) -> dict[str, str]:
    """Title and shown number of each big number."""
    return {chart.title: chart.words for chart in charts if chart.kind.startswith("big_number")}


def moved_by_first_filter(board: Board) -> set[str]:
    """Titles of the key figures that a part changes: sums above nothing. A part's share may be that of the whole."""
    reached = reached_by(board.dashboard["filters"][0], board, MARTS)
    key = [name for name in reached if board.charts[name]["type"].startswith("big_number")]
    metrics = {name: board.datasets[board.charts[name]["dataset"]]["metrics"] for name in key}
    shown = {name: metrics[name][board.charts[name]["params"]["metric"]] for name in key}
    # what has an alert above a number is nothing on a good day, in the part as in the whole
    return {title(board, name) for name, metric in shown.items() if "sum" in metric and "alert_above" not in metric}


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
    page.locator("#password").fill("wrong" + site.password("viewer"))
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


@pytest.mark.parametrize("path", ["/api/v1/dashboard/", "/api/v1/chart/", "/superset/dashboard/regional/"])
def test_a_stranger_sees_nothing(browser: Browser, site: Site, path: str):
    response = browser.new_context().request.get(f"{site.url}{path}", max_redirects=0)
    if response.ok:
        assert response.json()["count"] == 0
    else:
        assert response.status in (301, 302, 401, 403)
