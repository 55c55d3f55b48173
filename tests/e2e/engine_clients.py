"""Which commands are talking to an engine right now, seen from outside: by their connections."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil


def wait_for_client(port: int, verb: str, within_s: float = 600) -> None:
    """Return when a command has been talking to the engine for at least a fifth of a second."""
    deadline, last = time.monotonic() + within_s, set[tuple[int, int]]()
    while time.monotonic() < deadline:
        talks = set(conversations(port, verb))
        if talks & last:
            return
        last = talks
        time.sleep(0.2)
    raise AssertionError(f"no `lakewarden {verb}` talked to the engine within {within_s:.0f} s")


def conversations(port: int, verb: str) -> Iterator[tuple[int, int]]:
    """Process and local port of each connection of such a command to the engine at a port."""
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = " ".join(process.info["cmdline"] or []).split()  # on standby the whole command is one word
        if verb not in words or not any(Path(word).name == "lakewarden" for word in words):
            continue
        try:
            for connection in process.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_ESTABLISHED and connection.raddr.port == port:
                    yield process.pid, connection.laddr.port
        except psutil.Error:
            continue
