"""A dashboard in a browser, in the words of somebody who looks at it."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from playwright.sync_api import TimeoutError as PatienceEnded

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / os.environ.get("LAKEWARDEN_TEST_PICTURES", "test-output")
# High enough for a whole page: Superset draws only the charts that are in view.
WINDOW = {"width": 1600, "height": 3400}
PATIENCE_MS = 180_000

# What is seen inside one chart. A canvas counts as drawn when it holds more than one colour.
_LOOK_AT_CHART = """
chart => {
  const shown = selector => [...chart.querySelectorAll(selector)].filter(e => e.getClientRects().length > 0);
  const pixels = function* (canvas) {
    if (!canvas.width || !canvas.height) return;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4 * 7) yield [data[i], data[i + 1], data[i + 2], data[i + 3]];
  };
  const hasColours = canvas => {
    const found = new Set();
    for (const pixel of pixels(canvas)) if (found.add(pixel.join()).size > 1) return true;
    return false;
  };
  const painted = canvas => {
    let looked = 0, coloured = 0;
    for (const [red, green, blue, alpha] of pixels(canvas)) {
      looked++;
      if (alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 8) coloured++;
    }
    return looked ? coloured / looked : 0;
  };
  return {
    name: chart.dataset.testChartName,
    kind: chart.dataset.testVizType,
    loading: shown('.loading, [data-test="loading-indicator"], .ant-spin-spinning').length > 0,
    complaint: shown('[role="alert"], .ant-alert, .alert, .ant-empty, [data-test="chart-error"]')
      .map(e => e.innerText || 'something without words').join(' | '),
    drawn: shown('canvas').some(hasColours)
      || shown('svg path.region').some(p => !['none', ''].includes(p.style.fill))
      || shown('.header-line').some(figure => figure.innerText.trim() !== '')
      || shown('tbody tr td').some(cell => cell.innerText.trim() !== ''),
    painted: Math.max(0, ...shown('canvas').map(painted)),
    words: shown('.header-line').map(e => e.innerText).join(' '),
  };
}
"""


@dataclass(frozen=True)
class Chart:
    """What one look at a chart told."""

    name: str
    kind: str
    loading: bool
    complaint: str
    drawn: bool
    painted: float  # share of the largest canvas that has a colour, 0 to 1
    words: str

    @property
    def title(self) -> str:
        """Its name without how new it is."""
        return self.name.partition(" · ")[0]

    @property
    def is_ready(self) -> bool:
        """Nothing turns any more, and there is a picture or a complaint."""
        return not self.loading and (self.drawn or bool(self.complaint))


@dataclass(frozen=True)
class Screen:
    """What is seen without scrolling on a screen of one size; names are those of charts."""

    charts_in_view: int
    charts_cut_off: list[str]
    complaints: list[str]


def open_browser(playwright: Playwright) -> Browser:
    """The system's Chromium; the path comes from $CHROMIUM or from the PATH."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "no Chromium found; install `chromium` and `fonts-noto-cjk`, or set CHROMIUM to its path"
    return playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


def log_in(context: BrowserContext, base_url: str, username: str, password: str) -> Page:
    """A page on which somebody has logged in through the form.

    On a busy machine the form is drawn anew after it was filled in, and loses what was typed; a person types again.
    """
    page = context.new_page()
    for _ in range(3):
        page.goto(f"{base_url}/login/", wait_until="networkidle", timeout=PATIENCE_MS)
        page.locator("#username").fill(username)
        page.locator("#password").fill(password)
        page.locator("#password").press("Enter")
        try:
            page.wait_for_url(lambda url: "/login" not in url, timeout=PATIENCE_MS / 3)
        except PatienceEnded:
            continue
        return page
    raise AssertionError(f"{username} could not log in; the page says: {page.locator('body').inner_text()}")


class DashboardPage:
    """One dashboard, opened."""

    def __init__(self, page: Page, base_url: str, slug: str) -> None:
        self._page = page
        page.goto(f"{base_url}/superset/dashboard/{slug}/")

    def charts(self, expected: int) -> list[Chart]:
        """All charts, once `expected` of them are there and each is ready; after the patience as they are then."""
        holders = self._page.locator("[data-test=chart-grid-component]")
        expect(holders).to_have_count(expected, timeout=PATIENCE_MS)
        waited = 0
        while not all(chart.is_ready for chart in self._look()) and waited < PATIENCE_MS:
            self._page.wait_for_timeout(500)
            waited += 500
        return self._look()

    def choose(self, name: str, position: int) -> str:
        """Take the choice at `position` (from 0) of the filter `name`, apply it, and return its text."""
        filter_box = self._page.locator("[data-test=filter-bar], [data-test=horizontal-filterbar-empty], body").first
        control = filter_box.locator(".ant-form-item, [data-test=form-item-value]").filter(has_text=name).first
        control.locator(".ant-select-selector, .ant-select").first.click(timeout=PATIENCE_MS)
        option = self._page.locator(".ant-select-dropdown:visible .ant-select-item-option").nth(position)
        expect(option).to_be_visible(timeout=PATIENCE_MS)
        chosen = option.inner_text()
        option.click()
        self._page.keyboard.press("Escape")
        self._page.locator("[data-test=filter-bar__apply-button]").click()
        return chosen

    def picture(self, name: str) -> Path:
        """Keep what is seen as a picture."""
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self._page.evaluate("window.scrollTo(0, 0)")
        self._page.wait_for_timeout(1_000)  # the bars grow for a moment
        parts = self._page.locator(".dashboard-component")
        bottom = max(parts.evaluate_all("parts => parts.map(part => part.getBoundingClientRect().bottom)"))
        self._page.screenshot(path=path, clip={"x": 0, "y": 0, "width": WINDOW["width"], "height": bottom + 24})
        return path

    def on_screen(self, width: int, height: int) -> Screen:
        """The page on a screen of this size, with the window as it was afterwards."""
        before = self._page.viewport_size or WINDOW
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.wait_for_timeout(1_000)  # charts draw themselves anew
        holders = self._page.locator("[data-test=chart-grid-component]")
        places = holders.evaluate_all(
            "charts => charts.map(e => { const r = e.getBoundingClientRect();"
            " return [e.dataset.testChartName, r.left, r.right, r.top, r.bottom]; })"
        )
        complaints = [f"{chart.name}: {chart.complaint}" for chart in self._look() if chart.complaint]
        self._page.set_viewport_size(before)
        return Screen(
            sum(top < height and bottom > 0 for _, _, _, top, bottom in places),
            [name for name, left, right, _, _ in places if left < 0 or right > width],
            complaints,
        )

    def complaints(self) -> list[str]:
        """What pops up outside the charts."""
        popped_up = self._page.locator(".toast, .ant-notification-notice, .ant-message")
        return [text for text in popped_up.all_inner_texts() if text]

    def words(self) -> str:
        """All that can be read on the page."""
        return re.sub(r"\s+", " ", self._page.locator("body").inner_text())

    def _look(self) -> list[Chart]:
        charts = self._page.locator("[data-test=chart-grid-component]")
        return [Chart(**seen) for seen in charts.evaluate_all(f"charts => charts.map({_LOOK_AT_CHART})")]
