"""A key server of HashiCorp Vault's kind: the KV engine, version 2, over HTTP. Its versions are the keys' versions.

A key is the secret `<prefix>/<kind>/<domain>` with one field, `key`: 32 bytes in base64. The server's own token stands
in a header and nowhere else. No answer's text goes into a message: it may hold what it should not.
"""

import base64
import binascii
import ssl
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from jobs.errors import KeyStoreRefused, KeyStoreUnreachable
from jobs.storage.keys import KEY_BYTES

_TIMEOUT = httpx.Timeout(10, connect=5)
_ATTEMPTS = 6
_LONGEST_WAIT_S = 10
#: 412: a standby server that has not caught up; 472, 473: a standby of another site.
_TRY_LATER = {412, 429, 472, 473, 500, 502, 503, 504}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class _TryLaterError(Exception):
    pass


class KeyServer:
    """Keys below `https://<host>/<mount>/<prefix>`; the mount is the first part of the path.

    ca: the authority that the server's certificate must come from; None for those that the system trusts.
    patience_s: the first wait before an unanswered question is asked again.
    """

    read_only: ClassVar[bool] = False

    def __init__(self, address: str, token: str, *, ca: Path | None = None, patience_s: float = 0.5) -> None:
        parts = urlsplit(address)
        mount, _, prefix = parts.path.strip("/").partition("/")
        if parts.username or not (parts.hostname and mount and prefix):
            raise KeyStoreRefused(
                "the address of the key server is not of the form https://<host>[:<port>]/<mount>/<prefix>"
            )
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise KeyStoreRefused("the address of the key server is no https address: keys would travel in the clear")
        self._base, self._mount, self._prefix = f"{parts.scheme}://{parts.netloc}/v1", mount, prefix
        self._headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        self._ca = ca
        self._patience_s = patience_s

    def name_of(self, kind: str, domain: str, version: int) -> str:
        return f"version {version} of the secret {self._mount}/{self._prefix}/{kind}/{domain}"

    def find(self, kind: str, domain: str, version: int) -> bytes | None:
        answer = self._ask("GET", "data", kind, domain, params={"version": str(version)})
        return None if answer is None else _key_in(answer, self.name_of(kind, domain, version))

    def create(self, kind: str, domain: str, version: int, key: bytes) -> None:
        body = {"options": {"cas": version - 1}, "data": {"key": base64.b64encode(key).decode("ascii")}}
        if self._ask("POST", "data", kind, domain, json=body) is None:
            raise KeyStoreRefused(f"the key server has no KV store of version 2 at {self._mount} (status 404)")

    def destroy(self, kind: str, domain: str, version: int) -> None:
        self._ask("PUT", "destroy", kind, domain, json={"versions": [version]})

    def _ask(self, method: str, area: str, kind: str, domain: str, **more: Any) -> httpx.Response | None:
        """The answer; None for 404. Raises: KeyStoreRefused at once, KeyStoreUnreachable when patience ends."""
        attempts = Retrying(
            retry=retry_if_exception_type((httpx.TransportError, _TryLaterError)),
            wait=wait_random_exponential(multiplier=self._patience_s, max=_LONGEST_WAIT_S),
            stop=stop_after_attempt(_ATTEMPTS),
            reraise=True,
        )
        address = f"{self._base}/{self._mount}/{area}/{self._prefix}/{kind}/{domain}"
        try:
            # no proxy of the environment gets to see a key
            with httpx.Client(headers=self._headers, timeout=_TIMEOUT, verify=self._trusted, trust_env=False) as client:
                response = attempts(_once, client, method, address, **more)
        except (httpx.TransportError, _TryLaterError) as error:
            why = str(error) if isinstance(error, _TryLaterError) else type(error).__name__
            raise KeyStoreUnreachable(
                f"the key server gave no answer in {_ATTEMPTS} attempts ({why}); is it up, unsealed, and is its "
                "certificate of the authority in LAKEWARDEN_KEY_STORE_CA?"
            ) from None
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        _require_done(response, method, self._prefix, kind, domain)
        return response

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        except OSError as error:  # an SSLError is one
            raise KeyStoreRefused(
                f"the file of LAKEWARDEN_KEY_STORE_CA is no certificate that can be read ({type(error).__name__})"
            ) from None


def _once(client: httpx.Client, method: str, address: str, **more: Any) -> httpx.Response:
    response = client.request(method, address, **more)
    if response.status_code in _TRY_LATER:
        raise _TryLaterError(f"status {response.status_code}")
    return response


def _require_done(response: httpx.Response, method: str, prefix: str, kind: str, domain: str) -> None:
    if response.is_success:
        return
    status, path = response.status_code, f"{prefix}/{kind}/{domain}"
    if status == httpx.codes.FORBIDDEN:
        raise KeyStoreRefused(
            f"the key server refuses the token to {'read' if method == 'GET' else 'write'} {path} (status 403); put a "
            "token with that right into secrets/key_store_token"
        )
    if status == httpx.codes.BAD_REQUEST and method == "POST":
        raise KeyStoreRefused(f"the key server has another newest version of {path} than the ledger (status 400)")
    raise KeyStoreRefused(f"the key server answers with status {status} for {path}; is it a KV store of version 2?")


def _key_in(response: httpx.Response, name: str) -> bytes | None:
    """The key, None for a version that was deleted or destroyed. Raises: KeyStoreRefused for anything else."""
    try:
        held = response.json()["data"]["data"]
        key = None if held is None else base64.b64decode(held["key"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise KeyStoreRefused(f"{name} has no field `key` in base64") from None
    if key is not None and len(key) != KEY_BYTES:
        raise KeyStoreRefused(f"{name} is no key of {KEY_BYTES} bytes")
    return key
