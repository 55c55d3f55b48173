"""Dashboards under load: twenty viewers at once, the first sight of each page, and readers across a publication.

    make bench

Nothing here asserts a speed; that no question fails is asserted. What is asked is what Chromium sends for every chart.
"""

import json
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Request

from tests.bench.measuring import size, told
from tests.conftest import Platform
from tests.e2e.dashboard_pages import WINDOW, DashboardPage, log_in
from tests.e2e.dashboard_site import BOARDS, Site
from tests.e2e.feedback_files import DATASET, land, sound

pytestmark = [pytest.mark.bench, pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(3600)]

VIEWERS = size("VIEWERS", 20)
QUESTIONS_EACH = size("QUESTIONS_EACH", 20)
ASKS_A_CHART = "/api/v1/chart/data"


@dataclass(frozen=True)
class Question:
    """What the browser sends for one chart."""

    path: str
    body: str

    def forced(self) -> str:
        """The same, answered from the published file and not from a cache."""
        return json.dumps({**json.loads(self.body), "force": True})


@dataclass(frozen=True)
class Viewing:
    """Everything that was asked when each dashboard was opened once, and a session to ask it again."""

    questions: list[Question]
    session: Callable[[], httpx.Client]


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=WINDOW, locale="zh-CN", timezone_id="Asia/Shanghai")


@pytest.fixture(scope="module")
def viewing(context: BrowserContext, site: Site) -> Iterator[Viewing]:
    page = log_in(context, site.url, "steward", site.password("steward"))
    asked: list[Request] = []
    page.on("request", lambda sent: asked.append(sent) if sent.method == "POST" and ASKS_A_CHART in sent.url else None)
    for board in BOARDS:
        DashboardPage(page, site.url, board.dashboard["slug"]).charts(expected=len(board.charts))
    assert len(asked) >= len(BOARDS), "hardly anything was asked: this would measure nothing"
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    token = {"X-CSRFToken": asked[0].headers["x-csrftoken"], "Referer": site.url}

    def session() -> httpx.Client:
        return httpx.Client(
            base_url=site.url, cookies=cookies, headers={**token, "Content-Type": "application/json"}, timeout=120
        )

    yield Viewing([Question(sent.url.removeprefix(site.url), sent.post_data or "") for sent in asked], session)
    page.close()


def test_every_chart_for_twenty_viewers_at_once(viewing: Viewing):
    """Closed loop: each viewer asks the next chart as soon as the last one has come, and never reads."""
    cold = seconds_of_viewers(viewing, Question.forced)
    warm = seconds_of_viewers(viewing, lambda question: question.body)
    for name, seconds, aim in (("from the published file", cold, 3), ("from the cache", warm, 1)):
        told(
            f"{VIEWERS} viewers at once, {len(seconds)} charts {name}: median {statistics.median(seconds):.2f} s, "
            f"95th percentile {p95(seconds):.2f} s (aim {aim} s)"
        )


def seconds_of_viewers(viewing: Viewing, body: Callable[[Question], str]) -> list[float]:
    def look(number: int) -> list[float]:
        order = random.Random(number).choices(viewing.questions, k=QUESTIONS_EACH)  # noqa: S311 - an order to ask in
        with viewing.session() as session:
            return [ask(session, question.path, body(question)) for question in order]

    with ThreadPoolExecutor(VIEWERS) as viewers:
        return [seconds for seen in viewers.map(look, range(VIEWERS)) for seconds in seen]


def ask(session: httpx.Client, path: str, body: str) -> float:
    """Seconds until the whole answer was there. Raises: HTTPStatusError when it is no answer."""
    began = time.perf_counter()
    session.post(path, content=body).raise_for_status()
    return time.perf_counter() - began


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@pytest.mark.usefixtures("viewing")
def test_the_first_full_sight_of_each_dashboard(context: BrowserContext, site: Site):
    page = context.new_page()
    for board in BOARDS:
        began = time.perf_counter()
        DashboardPage(page, site.url, board.dashboard["slug"]).charts(expected=len(board.charts))
        told(f"{board.name}: all {len(board.charts)} charts drawn after {time.perf_counter() - began:.1f} s (aim 5 s)")
    page.close()


def test_no_question_fails_across_a_publication(demo: Platform, viewing: Viewing):
    file = demo.home / "published" / "published.duckdb"
    land(demo.home, "2026-02-01", "bench", sound("bench", 40))
    for step in (("ingest",), ("gate", "raw"), ("desensitise",), ("gate", "desensitised")):
        demo.lakewarden(*step, DATASET)
    demo.lakewarden("build")
    demo.lakewarden("gate", "marts")
    is_over, asked, before = threading.Event(), [], file.stat().st_ino

    def read(number: int) -> None:
        order = random.Random(number)  # noqa: S311 - an order to ask in
        with viewing.session() as session:
            while not is_over.is_set():
                question = order.choice(viewing.questions)
                asked.append((time.monotonic(), ask(session, question.path, question.forced())))

    with ThreadPoolExecutor(4) as readers:
        running = [readers.submit(read, number) for number in range(4)]
        time.sleep(5)
        demo.lakewarden("publish")
        replaced = time.monotonic()
        time.sleep(5)
        is_over.set()
        for one in running:
            one.result()  # what failed there is raised here

    assert file.stat().st_ino != before, "nothing was published meanwhile: this would prove nothing"
    assert min(when for when, _ in asked) < replaced < max(when for when, _ in asked)
    told(f"{len(asked)} questions across a publication, none failed; slowest {max(s for _, s in asked):.2f} s")
    told(f"the published file has {file.stat().st_size / 2**20:.1f} MiB")
