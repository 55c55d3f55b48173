"""What door and server say to each other over a socket that only this user may open.

The door sends a request with its standard streams; the command answers STARTED, reads one byte per signal, and says
ENDED and its exit code. A door that goes away ends the command.
"""

import json
import os
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STARTED, ENDED = b"s", b"e"
_LENGTH = struct.Struct("!I")
STREAMS = (0, 1, 2)


def address(environment: Mapping[str, str]) -> Path | None:
    """The socket of the lake's process on standby; None without a lake."""
    home = environment.get("LAKE_HOME")
    return Path(home, "services", "standby.sock") if home else None


def send_request(door: socket.socket, request: bytes) -> None:
    """The request as JSON, together with the standard streams of this process."""
    socket.send_fds(door, [_LENGTH.pack(len(request))], STREAMS)
    door.sendall(request)


def receive_request(door: socket.socket) -> dict[str, Any]:
    """The request; afterwards its streams are the standard streams of this process. Raises: EOFError when cut short."""
    length, streams, _, _ = socket.recv_fds(door, _LENGTH.size, len(STREAMS))
    if len(length) < _LENGTH.size or len(streams) < len(STREAMS):
        raise EOFError("the door closed before it had asked for anything")
    for number, stream in zip(STREAMS, streams, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    left, parts = _LENGTH.unpack(length)[0], []
    while left:
        part = door.recv(left)
        if not part:
            raise EOFError("the door closed in the middle of its request")
        parts.append(part)
        left -= len(part)
    request: dict[str, Any] = json.loads(b"".join(parts))
    return request
