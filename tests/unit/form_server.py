"""A form server on loopback, of Kobo's or ODK's kind: small pages, and the troubles that a test asks for."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "测试密钥-4711".encode().hex()


@dataclass
class FormServer:
    """Each request meets the next of `troubles`: 200 is none, another status is answered without a page, `cut` ends
    the connection inside the body, any other text is the body. From request `hang_at` on nobody is answered.
    """

    submissions: list[dict[str, Any]]
    kind: str = "kobo"
    most_per_page: int = 2
    troubles: list[int | str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    authorisations: list[str | None] = field(default_factory=list)
    hang_at: int | None = None
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v2/assets/form/data"

    def page(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._kobo(parameters) if self.kind == "kobo" else self._odk(parameters)

    def _kobo(self, parameters: dict[str, str]) -> dict[str, Any]:
        asked, limit = json.loads(parameters["query"])["_id"], min(int(parameters["limit"]), self.most_per_page)
        assert json.loads(parameters["sort"]) == {"_id": 1}
        found = sorted(
            (s for s in self.submissions if asked["$gt"] < s["_id"] <= asked.get("$lte", s["_id"])),
            key=lambda s: s["_id"],
        )
        return {"count": len(found), "next": None, "previous": None, "results": found[:limit]}

    def _odk(self, parameters: dict[str, str]) -> dict[str, Any]:
        spans = re.findall(r"__system/(\w+) ge (\S+) and __system/\w+ lt ([^\s)]+)", parameters["$filter"])
        spans = spans or [("submissionDate", "", parameters["$filter"].rpartition(" lt ")[2])]
        wants_deleted = any(name == "deletedAt" for name, _, _ in spans)
        found = [
            s for s in self.submissions
            if bool(s["__system"].get("deletedAt")) == wants_deleted
            and any(since <= (s["__system"].get(name) or "") < until and s["__system"].get(name) for name, since, until in spans)
        ]  # fmt: skip
        names = [s["__id"] for s in found]
        start = names.index(parameters["$skiptoken"]) + 1 if "$skiptoken" in parameters else 0
        page = found[start : start + min(int(parameters["$top"]), self.most_per_page)]
        more = (
            {"@odata.nextLink": f"http://elsewhere.invalid/x?%24skiptoken={page[-1]['__id']}"}
            if found[start + len(page) :]
            else {}
        )
        return {"value": page, "@odata.context": "x/$metadata#Submissions", **more}


@contextmanager
def running(server: FormServer) -> Iterator[FormServer]:
    """The server answers until the block ends; again on the same port when it is started a second time."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
            server.authorisations.append(self.headers["Authorization"])
            if server.hang_at is not None and len(server.asked) > server.hang_at:
                threading.Event().wait(30)
                return
            trouble = server.troubles.pop(0) if server.troubles else 200
            if isinstance(trouble, int) and trouble != 200:
                self.send_response(trouble)
                self.send_header("Retry-After", "0")
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = (
                trouble.encode()
                if isinstance(trouble, str) and trouble != "cut"
                else _json(server.page(server.asked[-1]))
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if trouble == "cut" else body)
            self.close_connection = trouble == "cut"

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what happened."""

    listening = ThreadingHTTPServer(("127.0.0.1", server.port), Handler)
    listening.daemon_threads = True
    server.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def kobo_submission(number: int, received: str = "2026-02-05T01:00:00") -> dict[str, Any]:
    return {"_id": number, "_uuid": f"k{number}", "_submission_time": received, "head/partner_name": "欧阳测试"}


def odk_submission(number: int, submitted: str, **system: Any) -> dict[str, Any]:
    stated = {"submissionDate": submitted, "updatedAt": None, "deletedAt": None, **system}
    return {"__id": f"uuid:{number}", "__system": stated, "head": {"partner_name": "欧阳测试"}}
