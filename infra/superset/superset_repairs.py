"""What Superset offers no setting for: our texts in the language pack, and a start page for people who only look."""

from http import HTTPStatus

from flask import Flask, Response, redirect, request
from superset_texts import with_our_texts
from werkzeug.wrappers import Response as AnyResponse

LANGUAGE_PACK = "/superset/language_pack/zh/"
# The stock start page offers charts to edit and buttons that a viewer may not press.
START_PAGE, DASHBOARDS = "/superset/welcome/", "/dashboard/list/"


def repair(app: Flask) -> None:
    """Called by Superset once, before its views exist, hence hooks on the request and the response."""

    @app.before_request
    def start_with_the_dashboards() -> AnyResponse | None:
        return redirect(DASHBOARDS) if request.path == START_PAGE else None

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
