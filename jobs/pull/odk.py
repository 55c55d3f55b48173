"""ODK Central's OData feed: what was submitted, edited or deleted in a span of time, page after page.

Spans touch and do not overlap: [since, until). Central leaves deleted submissions out unless they are asked for, so
each span is asked for twice. Pages go on by Central's token, which stands for a submission and not for a place.
"""

from collections.abc import Iterator
from datetime import datetime

import httpx

from jobs.errors import PullFailed
from jobs.pull.pages import Cursor, Page, as_utc
from jobs.pull.server import Answer, Server

_CHANGED, _DELETED = "changed", "deleted"


def odk_pages(
    server: Server, cursor: Cursor, page_size: int, until: datetime, *, with_repeats: bool = False
) -> Iterator[Page]:
    """The submissions of the span that `cursor` is in, then of the one up to `until`; a page without rows is none.

    with_repeats: the rows of repeats come inside their submissions. Raises: PullFailed.
    """
    while True:
        if cursor.get("until") is None:
            if str(cursor.get("since") or "") >= as_utc(until):
                return
            cursor = {"since": cursor.get("since"), "until": as_utc(until), "stream": _CHANGED, "token": None}
        answer = server.ask(_parameters(cursor, page_size, with_repeats=with_repeats))
        rows = answer.document.get("value")
        if not isinstance(rows, list):
            raise PullFailed("the form server's page has no value; is the address that of a form's submissions?")
        cursor = _behind(cursor, _token(answer))
        if rows:
            yield Page(answer.content, len(rows), cursor)


def _parameters(cursor: Cursor, page_size: int, *, with_repeats: bool) -> dict[str, str]:
    parameters = {"$filter": _filter(cursor), "$top": str(page_size)}
    if with_repeats:
        parameters["$expand"] = "*"
    if cursor.get("token"):
        parameters["$skiptoken"] = str(cursor["token"])
    return parameters


def _filter(cursor: Cursor) -> str:
    since, until = cursor["since"], cursor["until"]
    if since is None:  # what was deleted before the first pull never landed
        return f"__system/submissionDate lt {until}"
    names = ("deletedAt",) if cursor["stream"] == _DELETED else ("submissionDate", "updatedAt")
    return " or ".join(f"(__system/{name} ge {since} and __system/{name} lt {until})" for name in names)


def _token(answer: Answer) -> str | None:
    """What the next page is asked with; the rest of the address that the server gives is not followed."""
    link = answer.document.get("@odata.nextLink")
    if link is None:
        return None
    token: str | None = httpx.URL(str(link)).params.get("$skiptoken")
    if not token:
        raise PullFailed("the form server gives no $skiptoken with its pages: it is too old for a pull without gaps")
    return token


def _behind(cursor: Cursor, token: str | None) -> Cursor:
    """Where it goes on: the next page, else the deletions of the span, else the next span."""
    if token:
        if token == cursor.get("token"):
            raise PullFailed("the form server gives the same page again and again")
        return {**cursor, "token": token}
    if cursor["stream"] == _CHANGED and cursor["since"] is not None:
        return {**cursor, "stream": _DELETED, "token": None}
    return {"since": cursor["until"]}
