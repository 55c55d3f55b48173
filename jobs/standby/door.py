"""The `lakewarden` command: handed to the process on standby where one waits, else run here. Imports nothing heavy."""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.standby.protocol import ENDED, STARTED, STREAMS, address, send_request

#: Not taken from jobs.settings: the server imports this module, and holds no other code of ours.
CODE_ROOT = Path(__file__).resolve().parents[2]
_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_VANISHED = 128 + signal.SIGKILL


def main() -> None:
    """Run one command, wherever it runs; its output, its exit code and the signals to it are as if it ran here."""
    code = run_on_standby(address(os.environ))
    if code is not None:
        sys.exit(code)
    from jobs.cli import main as run_here  # noqa: PLC0415 - imports for seconds

    run_here()


def run_on_standby(path: Path | None) -> int | None:
    """The exit code of the command, or None when nobody on standby took it and nothing was begun.

    A person at a terminal is not handed over: passwords are asked for and Ctrl-C is pressed there.
    """
    if path is None or not all(map(_may_be_lent, STREAMS)):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as standby:
        try:
            standby.connect(os.fspath(path))
            send_request(standby, _request())
            started = standby.recv(1) == STARTED
        except OSError:
            return None
        return _outcome(standby) if started else None


def _request() -> bytes:
    request = {
        "root": str(CODE_ROOT),
        "arguments": sys.argv[1:],
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "umask": _umask(),
    }
    return json.dumps(request).encode("ascii")


def _outcome(standby: socket.socket) -> int:
    """Wait for the end; what this process is told by a signal, the command is told."""
    with _forwarding(standby):
        answer = b""
        while len(answer) < 2 and (more := standby.recv(2 - len(answer))):  # noqa: PLR2004 - a mark and a code
            answer += more
    if answer[:1] == ENDED:
        return answer[1]
    print("lakewarden: the command was ended from outside; it may be run again", file=sys.stderr)
    return _VANISHED


@contextmanager
def _forwarding(standby: socket.socket) -> Iterator[None]:
    def forward(number: int, _frame: object) -> None:
        standby.sendall(bytes([number]))

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _umask() -> int:
    """The mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _may_be_lent(stream: int) -> bool:
    try:
        os.fstat(stream)
    except OSError:
        return False
    return not os.isatty(stream)
