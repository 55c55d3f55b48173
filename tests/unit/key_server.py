"""A key server on loopback that speaks KV version 2, keeps its secrets in memory, and has the troubles a test asks for."""

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVER_TOKEN = "测试令牌-4711".encode().hex()
#: Stands in every error that the server tells, so that a message which repeats one is noticed.
CHATTER = "an error that quotes what it should not"


@dataclass
class KvServer:
    """Each request meets the next of `troubles`, a status; 0 is none. `secrets`: versions by path, None when destroyed."""

    secrets: dict[str, list[dict[str, Any] | None]] = field(default_factory=dict)
    troubles: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    scheme: str = "http"
    port: int = 0

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/secret/lakewarden"

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        _, api, mount, area, name = path.split("/", 4)
        assert (api, mount) == ("v1", "secret")
        match method, area:
            case "GET", "data":
                return self._read(name, int(query.get("version", ["0"])[0]))
            case "POST", "data":
                return self._write(name, body)
            case "PUT", "destroy":
                for version in body["versions"]:
                    self.secrets[name][version - 1] = None
                return 204, None
        return 405, {"errors": [CHATTER]}

    def _read(self, name: str, version: int) -> tuple[int, Any]:
        versions = self.secrets.get(name, [])
        version = version or len(versions)
        if not 1 <= version <= len(versions):
            return 404, {"errors": []}
        held = versions[version - 1]
        metadata = {"version": version, "destroyed": held is None, "deletion_time": ""}
        return (200 if held else 404), {"data": {"data": held, "metadata": metadata}}

    def _write(self, name: str, body: Any) -> tuple[int, Any]:
        versions = self.secrets.setdefault(name, [])
        if body["options"]["cas"] != len(versions):
            return 400, {"errors": ["check-and-set parameter did not match the current version", CHATTER]}
        versions.append(body["data"])
        return 200, {"data": {"version": len(versions), "destroyed": False}}


@contextmanager
def running(server: KvServer, certificate: tuple[Path, Path] | None = None) -> Iterator[KvServer]:
    """The server answers until the block ends; over TLS with a certificate and its key."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.asked.append(f"{self.command} {self.path}")
            trouble = server.troubles.pop(0) if server.troubles else 0
            if trouble:
                status, answer = trouble, {"errors": [CHATTER]}
            elif self.headers["X-Vault-Token"] != SERVER_TOKEN:
                status, answer = 403, {"errors": ["permission denied", CHATTER]}
            else:
                body = json.loads(content) if content else None
                status, answer = server.answer(self.command, parts.path, parse_qs(parts.query), body)
            sent = json.dumps(answer).encode() if answer is not None else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_PUT = do_GET  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", server.port), Handler) as http:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            http.socket = context.wrap_socket(http.socket, server_side=True)
            server.scheme = "https"
        server.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def certificate_below(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a key server of a test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
