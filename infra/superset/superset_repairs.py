"""What Superset offers no setting for: our texts, a start page, how new charts are, an end to guessing passwords."""

import os
import time
from http import HTTPStatus
from pathlib import Path

from cachelib.file import FileSystemCache
from flask import Flask, Response, json, redirect, request
from superset_freshness import (  # type: ignore[import-not-found]  # beside this file, see superset_config
    CHARTS_OF_A_DASHBOARD,
    Freshness,
    ask_superset,
    with_freshness,
)
from superset_texts import with_our_texts  # type: ignore[import-not-found]  # beside this file, see superset_config
from werkzeug.wrappers import Response as AnyResponse

LANGUAGE_PACK, LOGIN = "/superset/language_pack/zh/", "/login/"
# The stock start page offers charts to edit and buttons that a viewer may not press.
START_PAGE, DASHBOARDS = "/superset/welcome/", "/dashboard/list/"


class Attempts:
    """How often somebody tried lately; noted in files, because several processes serve."""

    def __init__(self, folder: Path, *, at_most: int, within_s: int) -> None:
        self._at_most, self._within_s = at_most, within_s
        # names are free to invent; files are not
        self._times = FileSystemCache(str(folder), threshold=10_000, default_timeout=within_s)

    def is_too_many(self, who: str, now: float) -> bool:
        """Note an attempt at `now` (seconds); True when it is one too many. Refused attempts count as well."""
        times = [*(self._times.get(who) or []), now][-self._at_most - 1 :]
        self._times.set(who, times)
        return len(times) > self._at_most and now - times[0] < self._within_s


def repair(app: Flask) -> None:
    """Called by Superset once, before its views exist, hence hooks on the request and the response."""
    # Superset's own limit hangs on a view that nobody uses: sixty wrong passwords in a row were sixty answers.
    attempts = Attempts(Path(os.environ["SUPERSET_HOME"]) / "attempts", at_most=10, within_s=60)

    @app.before_request
    def slow_down_guessing() -> AnyResponse | None:
        if request.path != LOGIN or request.method != "POST":
            return None
        if attempts.is_too_many(f"{request.remote_addr} {request.form.get('username', '')}", time.time()):
            return Response("登录尝试过多,请一分钟后再试。", HTTPStatus.TOO_MANY_REQUESTS)
        return None

    @app.before_request
    def start_with_the_dashboards() -> AnyResponse | None:
        return redirect(DASHBOARDS) if request.path == START_PAGE else None

    freshness = Freshness(Path(os.environ["LAKE_HOME"]) / "published" / "published.duckdb", ask_superset)

    @app.after_request
    def say_how_new(response: Response) -> Response:
        if CHARTS_OF_A_DASHBOARD.fullmatch(request.path) and response.status_code == HTTPStatus.OK:
            response.set_data(json.dumps(with_freshness(response.get_json(), freshness)))
        return response

    @app.after_request
    def lay_texts_over(response: Response) -> Response:
        if request.path != LANGUAGE_PACK or response.status_code != HTTPStatus.OK:
            return response
        response.direct_passthrough = False
        response.set_data(with_our_texts(response.get_data()))
        # The file's own tag and year-long lifetime would keep yesterday's texts in the browser.
        response.headers.pop("ETag", None)
        response.headers.pop("Last-Modified", None)
        response.headers["Cache-Control"] = "no-cache"
        return response
