"""Pages into the inbox, each once: what is landed decides where a pull goes on, not what a pull believes it did.

First the page is written beside the inbox, then where to go on and the page's digest, then the page is moved in. Killed
between the last two, the page is neither in the inbox nor in the ledger, so the next pull goes on from before it.
"""

import hashlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.model import Contract
from jobs.pull.pages import Cursor, Page


class PulledInbox:
    """The inbox of one dataset. `is_known`: whether the ledger has a file of this digest."""

    def __init__(self, landing: Path, contract: Contract, is_known: Callable[[str], bool]) -> None:
        self._inbox = landing / contract.family / contract.dataset
        self._zone = ZoneInfo(contract.source.timezone)
        folder = landing / ".pull"
        folder.mkdir(parents=True, exist_ok=True)
        self._state, self._draft = folder / f"{contract.id}.json", folder / f"{contract.id}.part"
        self._asked = folder / f"{contract.id}.asked"
        self._is_known = is_known

    def cursor(self) -> Cursor:
        """Where the next page begins; empty before the first pull."""
        if not self._state.is_file():
            return {}
        state = json.loads(self._state.read_text(encoding="ascii"))
        cursor: Cursor = state["cursor" if self._is_landed(state["page"]) else "cursor_before"]
        return cursor

    def asked_at(self) -> datetime | None:
        """The moment at which the last whole pull began; None before the first."""
        if not self._asked.is_file():
            return None
        return datetime.fromisoformat(self._asked.read_text(encoding="ascii"))

    def note_asked(self, now: datetime) -> None:
        """Write down that a pull which began at `now` is whole."""
        _replace(self._asked, now.isoformat())

    def land(self, page: Page, before: Cursor, now: datetime) -> None:
        """Put a page into the folder of its arrival day, under its digest."""
        digest = hashlib.sha256(page.content).hexdigest()
        _write(self._draft, page.content)
        state = {"cursor": page.cursor, "cursor_before": before, "page": digest}
        _replace(self._state, json.dumps(state))
        folder = self._inbox / now.astimezone(self._zone).date().isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        self._draft.replace(folder / f"{digest}.json")

    def _is_landed(self, digest: str) -> bool:
        # asked in this order: an ingest writes the ledger before it moves the file out of the inbox
        return any(self._inbox.glob(f"*/{digest}.json")) or self._is_known(digest)


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".tmp")
    _write(beside, text.encode("ascii"))
    beside.replace(path)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
