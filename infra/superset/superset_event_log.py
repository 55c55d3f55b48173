"""Superset's log of who looked at what, written behind the answers: a commit before each took a third of the time."""

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from superset.utils import json  # type: ignore[import-not-found]  # lives in Superset's environment only
from superset.utils.log import DBEventLogger  # type: ignore[import-not-found]

Row = Mapping[str, Any]


class Behind:
    """Things that are noted now and written together a moment later, by a thread of their own.

    write: gets what was noted, in order; what it raises is logged, and the next is written all the same. Somebody who
    notes waits when ten thousand things do. A process that ends in peace writes what it still has; one that is killed
    loses the last second.
    """

    def __init__(self, write: Callable[[list[Row]], None], *, wait_s: float = 1.0) -> None:
        self._write, self._wait_s = write, wait_s
        self._noted: queue.Queue[Row] = queue.Queue(maxsize=10_000)
        self._writing = threading.Lock()
        atexit.register(self.flush)
        threading.Thread(target=self._go_on, daemon=True).start()

    def note(self, row: Row) -> None:
        self._noted.put(row)

    def flush(self) -> None:
        """Write what was noted until now."""
        with self._writing:
            rows = [self._noted.get() for _ in range(self._noted.qsize())]
            if not rows:
                return
            try:
                self._write(rows)
            except Exception as error:  # a log that is not written stops no reader of a dashboard
                logging.getLogger(__name__).error("%d events were not logged: %s", len(rows), type(error).__name__)

    def _go_on(self) -> None:
        while True:
            time.sleep(self._wait_s)
            self.flush()


class EventLogger(DBEventLogger):  # type: ignore[misc]
    """What Superset's own logger writes into its database, and when it happened."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._behind: Behind | None = None

    def log(
        self,
        user_id: int | None,
        action: str,
        *,
        records: list[dict[str, Any]],
        dashboard_id: int | None,
        slice_id: int | None,
        duration_ms: int | None,
        referrer: str | None,
        **_: Any,
    ) -> None:
        happened = datetime.now(UTC).replace(tzinfo=None)  # as Superset's own column has it
        behind = self._of_this_process()
        for record in records:
            behind.note({
                "action": action, "user_id": user_id, "duration_ms": duration_ms, "referrer": referrer,
                "dashboard_id": dashboard_id or record.get("dashboard_id"),
                "slice_id": slice_id or record.get("slice_id"),
                "json": _text_of(record), "dttm": happened,
            })  # fmt: skip

    def _of_this_process(self) -> Behind:
        """Begun with the first event: a thread of the process that forked the workers would live in none of them."""
        with self._starting:
            if self._behind is None:
                app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask hands it to threads
                self._behind = Behind(lambda rows: _write(app, rows))
            return self._behind


def _text_of(record: Mapping[str, Any]) -> str | None:
    try:
        text: str = json.dumps(record)
    except Exception:  # as Superset does: what JSON cannot say costs nobody the answer
        return None
    return text


def _write(app: Flask, rows: list[Row]) -> None:
    from superset import db  # type: ignore[import-not-found]  # noqa: PLC0415  (needs the application, not there yet above)
    from superset.models.core import Log  # type: ignore[import-not-found]  # noqa: PLC0415

    with app.app_context():
        db.session.bulk_insert_mappings(Log, rows)
        db.session.commit()
