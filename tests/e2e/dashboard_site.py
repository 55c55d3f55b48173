"""A running Superset and what may be asked of it by whoever is logged in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import APIRequestContext, APIResponse

from dashboards.sources import read_sources

BOARDS = read_sources().boards


@dataclass(frozen=True)
class Site:
    """Where Superset answers, and the password of each account."""

    url: str
    password: Callable[[str], str] = field(repr=False)


def logged_in(request: APIRequestContext, site: Site, username: str) -> "Api":
    """Log in through the form as a browser does, without drawing it."""
    form = request.get(f"{site.url}/login/").text()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token, "the form has no token"
    filled = {"username": username, "password": site.password(username), "csrf_token": token[1]}
    answer = request.post(f"{site.url}/login/", form=filled, max_redirects=0)
    assert "/login" not in answer.headers.get("location", "/login"), f"{username} could not log in"
    return Api(request, site)


class Api:
    """Superset's web interface with a session; every request carries the token that forms carry."""

    def __init__(self, request: APIRequestContext, site: Site) -> None:
        self._request, self._url = request, site.url
        token = self._request.get(f"{site.url}/api/v1/security/csrf_token/")
        assert token.ok, "no form token was given, so a refusal below would prove nothing"
        self._headers = {"X-CSRFToken": token.json()["result"], "Referer": site.url}

    def send(self, method: str, path: str, **content: object) -> APIResponse:
        return self._request.fetch(
            f"{self._url}{path}", method=method, headers=self._headers, max_redirects=0, **content
        )

    def slugs(self) -> set[str]:
        """The dashboards that are listed."""
        listed = self.send("GET", "/api/v1/dashboard/?q=(page_size:100)")
        return {one["slug"] for one in listed.json()["result"]}

    def charts(self, slug: str) -> list[dict]:
        """The charts of a dashboard as the browser gets them."""
        return self.send("GET", f"/api/v1/dashboard/{slug}/charts").json()["result"]

    def chart(self, board: str, name: str) -> dict:
        """What Superset tells about a chart, found by the title in its file and the dashboard it is on."""
        found = next(one for one in BOARDS if one.name == board)
        title = found.charts[name]["title"]
        return next(one for one in self.charts(found.dashboard["slug"]) if one["slice_name"].startswith(title))

    def rows(self, dataset: int, columns: list[str], metric: str, **more: object) -> APIResponse:
        """A question to a dataset, as a chart asks it."""
        return self.send("POST", "/api/v1/chart/data", data=question(dataset, columns, metric, **more))


def dataset_of(chart: dict) -> int:
    """The number of the dataset that a chart asks."""
    return int(chart["form_data"]["datasource"].partition("__")[0])


def question(dataset: int, columns: list[str], metric: str, answer: str = "json", **more: object) -> dict:
    """What a browser would send."""
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"metrics": [metric], "columns": columns, "filters": [], "row_limit": 1000, **more}],
        "result_format": answer,
        "result_type": "full",
    }
