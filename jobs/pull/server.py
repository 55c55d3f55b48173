"""One form server over HTTP: pages of JSON, asked for again with patience, held within limits, nobody's name told."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from jobs.errors import PullFailed

#: What one page may weigh; a page is held whole, and a contract's `page_size` makes it smaller.
MOST_PAGE_BYTES = 32 << 20
_TIMEOUT = httpx.Timeout(30, connect=10)
#: A server that sends a byte now and then never runs into the timeout of one read.
_LONGEST_PAGE_S = 300
_LONGEST_WAIT_S = 120
_ATTEMPTS = 6
_TRY_LATER = {408, 425, 429, 500, 502, 503, 504}
_MEANINGS = {
    401: "it refuses the secret",
    403: "it refuses the secret",
    404: "there is no such form at the address",
}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class _TryLaterError(Exception):
    def __init__(self, why: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(why)


@dataclass(frozen=True)
class Answer:
    """One page as it came, and what stands in it."""

    content: bytes
    document: Mapping[str, Any]


class Server:
    """The address of one form's data and the right to read it. `patience_s`: the first wait before asking again.

    The secret goes into a header and nowhere else; redirects are not followed, because they would carry it away.
    """

    def __init__(self, address: str, secret: str, *, patience_s: float = 1) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise PullFailed("the address of the form server is no https address: the secret would travel in the clear")
        user, colon, password = secret.partition(":")
        self._patience_s = patience_s
        self._address = address
        self._client = httpx.Client(
            auth=httpx.BasicAuth(user, password) if colon else None,
            headers={} if colon else {"Authorization": f"Token {secret}"},
            timeout=_TIMEOUT,
        )
        # no packed answers: unpacked they could be of any size
        self._client.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, parameters: Mapping[str, str]) -> Answer:
        """One page. Raises: PullFailed, at once or when patience ends; its text has neither address nor secret."""
        attempts = Retrying(
            retry=retry_if_exception_type((httpx.TransportError, _TryLaterError)),
            wait=self._wait,
            stop=stop_after_attempt(_ATTEMPTS),
            reraise=True,
        )
        try:
            return attempts(self._ask_once, parameters)
        except (httpx.TransportError, _TryLaterError) as error:
            why = str(error) if isinstance(error, _TryLaterError) else type(error).__name__
            raise PullFailed(
                f"the form server gave no whole page in {_ATTEMPTS} attempts ({why}); what was pulled is kept, "
                "the next pull goes on from there"
            ) from None

    def _wait(self, state: RetryCallState) -> float:
        """What the server asks for, else longer every time and never in step with others."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _TryLaterError) and error.wait_s is not None:
            return min(error.wait_s, _LONGEST_WAIT_S)
        return float(wait_random_exponential(multiplier=self._patience_s, max=_LONGEST_WAIT_S)(state))

    def _ask_once(self, parameters: Mapping[str, str]) -> Answer:
        started = time.monotonic()
        content = bytearray()
        with self._client.stream("GET", self._address, params=dict(parameters)) as response:
            _require_answer(response)
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MOST_PAGE_BYTES:
                    raise PullFailed(
                        f"a page of the form server has more than {MOST_PAGE_BYTES} bytes; make page_size smaller"
                    )
                if time.monotonic() - started > _LONGEST_PAGE_S:
                    raise _TryLaterError(f"a page took more than {_LONGEST_PAGE_S} seconds")
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):  # cut without a word, or an error page of something in between
            raise _TryLaterError("the page is no JSON") from None
        if not isinstance(document, dict):
            raise PullFailed("the form server does not answer in pages; is the address that of a form's data?")
        return Answer(bytes(content), document)


def _require_answer(response: httpx.Response) -> None:
    status = response.status_code
    if status in _TRY_LATER:
        asked = response.headers.get("Retry-After", "")
        raise _TryLaterError(f"status {status}", float(asked) if asked.isdecimal() else None)
    if status != httpx.codes.OK:
        meaning = _MEANINGS.get(status, "is the address that of a form's data?")
        raise PullFailed(f"the form server answers with status {status}: {meaning}")
