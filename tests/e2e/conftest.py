"""The browser and the Superset that the tests of dashboards look at."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.dashboard_pages import open_browser
from tests.e2e.dashboard_site import Site


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """A running Superset named by LAKEWARDEN_TEST_SUPERSET_URL (and its LAKE_HOME), else the test platform's."""
    if url := os.environ.get("LAKEWARDEN_TEST_SUPERSET_URL"):
        secrets = Path(os.environ["LAKE_HOME"]) / "secrets"
        return Site(url, lambda name: (secrets / f"superset_{name}_password").read_text(encoding="utf-8").strip())
    platform = request.getfixturevalue("demo")
    return Site(platform.superset_url, lambda name: platform.password(f"superset_{name}_password"))


@pytest.fixture(scope="module")
def published_file(request: pytest.FixtureRequest) -> Path:
    """The published file of the installation that `site` looks at."""
    if os.environ.get("LAKEWARDEN_TEST_SUPERSET_URL"):
        home = Path(os.environ["LAKE_HOME"])
    else:
        home = request.getfixturevalue("demo").home
    return home / "published" / "published.duckdb"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield open_browser(playwright)
