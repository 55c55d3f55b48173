"""Kobo's data interface (API v2): submissions in the order of their numbers, page after page.

A page begins behind the last number, not at a place in a list: a submission that comes or goes meanwhile moves nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from jobs.errors import PullFailed
from jobs.pull.pages import Cursor, Page
from jobs.pull.server import Answer, Server


def kobo_pages(server: Server, cursor: Cursor, page_size: int, until: datetime) -> Iterator[Page]:
    """The submissions behind `cursor["after"]` that the server received before `until`, oldest number first.

    Numbers are given in order, but seen in the order of their commits: from the first submission on that is younger
    than `until`, everything waits for the next pull. Raises: PullFailed.
    """
    after = int(cursor.get("after") or 0)
    while True:
        answer = server.ask(_parameters({"$gt": after}, page_size))
        found = _submissions(answer, after)
        settled = list(takewhile(lambda submission: _received(submission) < until, found))
        if not settled:
            return
        after, before = settled[-1]["_id"], after
        if len(settled) < len(found):  # the same once more without the young ones, so that the bytes are the server's
            answer = server.ask(_parameters({"$gt": before, "$lte": after}, page_size))
            _require_same(_submissions(answer, before), settled)
        yield Page(answer.content, len(settled), {"after": after})
        if len(settled) < len(found):
            return


def _parameters(numbers: Mapping[str, int], page_size: int) -> dict[str, str]:
    query = json.dumps({"_id": numbers})
    return {"format": "json", "query": query, "sort": json.dumps({"_id": 1}), "limit": str(page_size)}


def _submissions(answer: Answer, after: int) -> Sequence[Mapping[str, Any]]:
    """The page's submissions. Raises: PullFailed where their numbers do not grow, for then pages would leave gaps."""
    found = answer.document.get("results")
    if not isinstance(found, list) or not all(isinstance(submission, dict) for submission in found):
        raise PullFailed("the form server's page has no results; is the address that of a form's data?")
    numbers = [submission.get("_id") for submission in found]
    if not all(isinstance(number, int) for number in numbers) or sorted({after, *numbers}) != [after, *numbers]:
        raise PullFailed("the form server does not sort submissions by number; nothing of this page is taken")
    return found


def _received(submission: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(submission["_submission_time"])
    except (KeyError, TypeError, ValueError):
        raise PullFailed("a submission of the form server has no moment; nothing of this page is taken") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _require_same(again: Sequence[Mapping[str, Any]], settled: Sequence[Mapping[str, Any]]) -> None:
    if [submission["_id"] for submission in again] != [submission["_id"] for submission in settled]:
        raise PullFailed("submissions of the form server came or went while they were read; pull again")
