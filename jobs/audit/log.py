"""The audit in the ledger: adds entries one at a time, and fails rather than let an act go unwritten."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.errors import LakewardenError
from jobs.audit.chain import NOTHING, Break, Entry, Head, breaks
from jobs.errors import AuditBroken
from jobs.storage.ledger import Ledger
from jobs.storage.turn import turn

_PAGE = 10_000
_LONGEST_LINES = 256  # bytes; more than two lines of a head


@dataclass(frozen=True)
class Verified:
    """What a look at the whole chain found; `head` is what to keep elsewhere."""

    entry_count: int
    head: Head
    breaks: tuple[Break, ...]


class Audit:
    """One chain. `heads`: the file, best on another machine, to which the hash of every entry is added as well."""

    def __init__(self, ledger: Ledger, heads: Path) -> None:
        self.ledger = ledger
        self.heads = heads

    def record(self, actor: str, act: str, subject: str, outcome: str, **details: str | int) -> Head:
        """Add one entry to the chain and its hash to the heads; `details` are ids and counts, never values.

        Raises: AuditBroken when the chain is not the one whose head was kept. Killed between its two writes, the chain
        is one entry ahead of the heads, which is no break.
        """
        with turn(self.ledger.home, "audit"):
            last = self._last()
            entry = Entry(
                sequence=last.sequence + 1,
                at=datetime.now(UTC),
                actor=actor,
                act=act,
                subject=subject,
                outcome=outcome,
                details=json.dumps(details, ensure_ascii=False, sort_keys=True),
                previous_hash=last.entry_hash,
            )
            entry = replace(entry, entry_hash=entry.own_hash())
            self.ledger.append("audit", asdict(entry))
            self._keep(entry.head)
            return entry.head

    @contextmanager
    def acting(self, actor: str, act: str, subject: str, **details: str | int) -> Iterator[dict[str, str | int]]:
        """Write down that an act begins and how it ended; counts put into the mapping go into the second entry.

        An act that was killed leaves its beginning. Whatever the block raises is raised on.
        """
        self.record(actor, act, subject, "begun", **details)
        counts: dict[str, str | int] = {}
        try:
            yield counts
        except Exception as error:
            outcome = "refused" if isinstance(error, LakewardenError) else "failed"
            self.record(actor, act, subject, outcome, why=type(error).__name__, **counts)
            raise
        self.record(actor, act, subject, "done", **counts)

    def verify(self, *also_kept: Head) -> Verified:
        """Read the whole chain; `also_kept`: heads that somebody wrote down, beside those of the file."""
        last, count = NOTHING, 0

        def counted() -> Iterator[Entry]:
            nonlocal last, count
            for entry in self._entries():
                last, count = entry.head, count + 1
                yield entry

        found = tuple(breaks(counted(), [*self._kept(), *also_kept]))
        return Verified(count, last, found)

    def _last(self) -> Head:
        """The chain's end. Raises: AuditBroken unless the newest head that was kept is an entry of the chain."""
        kept = self._newest_kept()
        rows = self.ledger.ask(
            "SELECT sequence, entry_hash FROM audit WHERE sequence = $kept OR sequence = (SELECT max(sequence) "
            "FROM audit) ORDER BY sequence",
            kept=kept.sequence,
        )
        found = [Head(**row) for row in rows]
        if kept != NOTHING and kept not in found:
            raise AuditBroken(
                f"the audit has no entry {kept.sequence} with the hash that was kept in {self.heads.name}: entries "
                "were cut off, replaced, or restored from an older backup. Nothing was done. Look with "
                "`lakewarden audit verify`; what then: docs/reveal.md"
            )
        return found[-1] if found else NOTHING

    def _keep(self, head: Head) -> None:
        """One line in one write, brought to the disk before the act goes on."""
        self.heads.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.heads, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{head.sequence} {head.entry_hash}\n".encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)

    def _kept(self) -> list[Head]:
        """All heads in the order they were kept."""
        return [self._head(line) for line in self.heads.read_bytes().splitlines()] if self.heads.is_file() else []

    def _newest_kept(self) -> Head:
        """The last line alone, however long the file has become."""
        if not self.heads.is_file():
            return NOTHING
        with self.heads.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _LONGEST_LINES, 0))
            lines = file.read().splitlines()
        return self._head(lines[-1]) if lines else NOTHING

    def _head(self, line: bytes) -> Head:
        """Raises: AuditBroken for a line that is no head."""
        try:
            sequence, entry_hash = line.decode("ascii").split(" ")
            return Head(int(sequence), entry_hash)
        except ValueError:
            raise AuditBroken(
                f"{self.heads.name} holds a line that is no head of the audit. Nothing was done; what then: "
                "docs/reveal.md"
            ) from None

    def _entries(self) -> Iterator[Entry]:
        """By number; equal numbers, which only an intruder writes, one behind the other."""
        page: list[dict[str, Any]] = []
        place = 0
        while place == 0 or len(page) == _PAGE:
            page = self.ledger.ask(
                f"SELECT * FROM audit ORDER BY sequence, entry_hash LIMIT {_PAGE} OFFSET $place", place=place
            )
            yield from (Entry(**row) for row in page)
            place += _PAGE
