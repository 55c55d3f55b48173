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
        self._is_known = is_known

    def cursor(self) -> Cursor:
        """Where the next page begins; empty before the first pull."""
        if not self._state.is_file():
            return {}
        state = json.loads(self._state.read_text(encoding="ascii"))
        cursor: Cursor = state["cursor" if self._is_landed(state["page"]) else "cursor_before"]
        return cursor

    def land(self, page: Page, before: Cursor, now: datetime) -> None:
        """Put a page into the folder of its arrival day, under its digest."""
        digest = hashlib.sha256(page.content).hexdigest()
        _write(self._draft, page.content)
        state = {"cursor": page.cursor, "cursor_before": before, "page": digest}
        beside = self._state.with_suffix(".tmp")
        _write(beside, json.dumps(state).encode("ascii"))
        beside.replace(self._state)
        folder = self._inbox / now.astimezone(self._zone).date().isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        self._draft.replace(folder / f"{digest}.json")

    def _is_landed(self, digest: str) -> bool:
        # asked in this order: an ingest writes the ledger before it moves the file out of the inbox
        return any(self._inbox.glob(f"*/{digest}.json")) or self._is_known(digest)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
