"""Does the engine answer `SELECT 1` on both ports? A listening socket alone proves nothing.

. infra/settings.sh && .venv/platform/bin/python -m infra.engine.probe [seconds to wait, default 0]
"""

import logging
import os
import socket
import sys
import time

from infra.engine.client import connect_session, thrift_cursor


def closed_ports() -> list[str]:
    """The doors at which nobody listens, cheaply, before a client is built that would wait and retry."""
    closed = []
    for door in ("CONNECT", "THRIFT"):
        port = int(os.environ[f"LAKEWARDEN_{door}_PORT"])
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            closed.append(f"{door.capitalize()} (port {port})")
    return closed


def ask_both() -> None:
    """Run `SELECT 1` over Connect and over Thrift; raises what the client raises."""
    spark = connect_session()
    try:
        spark.sql("SELECT 1").collect()
    finally:
        spark.stop()
    with thrift_cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()


def fault() -> str | None:
    """Why the engine is not usable, in one sentence; None when both doors answer."""
    if closed := closed_ports():
        return f"nobody listens on {' and '.join(closed)}"
    try:
        ask_both()
    except Exception as error:  # whatever a client raises, the answer is the same: not healthy
        return f"a door is open but does not answer ({type(error).__name__})"
    return None


def main() -> int:
    """Exit code 0 when both doors answered within the time given, else 1 and one sentence."""
    logging.disable(logging.CRITICAL)
    deadline = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 0)
    while reason := fault():
        if time.monotonic() > deadline:
            print(f"the engine is not healthy: {reason}", file=sys.stderr)
            return 1
        time.sleep(0.5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
