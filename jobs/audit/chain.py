"""The chain of the audit: each entry carries the hash of the one before it, so a change shows wherever it is made.

A chain alone does not show that its end was cut off or that all of it was made again; for that the newest hashes, the
heads, are kept in another place and compared. Source: D12-9, docs/adr/0015-a-chained-audit.md.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Head:
    """The newest entry of a chain at some moment: its number, counted from 1, and its hash in hexadecimal digits."""

    sequence: int
    entry_hash: str


#: What the first entry follows.
NOTHING = Head(0, "0" * 64)


@dataclass(frozen=True)
class Entry:
    """One act. `actor`: an account such as `os:li`. `details`: a JSON object of ids and counts, never of values."""

    sequence: int
    at: datetime
    actor: str
    act: str
    subject: str
    outcome: str
    details: str
    previous_hash: str
    entry_hash: str = ""

    @property
    def head(self) -> Head:
        """What the next entry follows."""
        return Head(self.sequence, self.entry_hash)

    def own_hash(self) -> str:
        """SHA-256 over everything else in the entry, each part set apart so that none can run into the next."""
        parts = (
            self.sequence, self.at.astimezone(UTC).isoformat(timespec="microseconds"), self.actor, self.act,
            self.subject, self.outcome, self.details, self.previous_hash,
        )  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Break:
    """A place where the chain is not as it was written; `sequence` is the number of the entry."""

    sequence: int
    what: str


def breaks(entries: Iterable[Entry], heads: Iterable[Head]) -> Iterator[Break]:
    """Every place that does not hold, in order.

    entries: all of the chain, by number. heads: those that were kept elsewhere; each must be an entry of the chain.
    """
    kept: defaultdict[int, set[str]] = defaultdict(set)
    for head in heads:
        kept[head.sequence].add(head.entry_hash)
    before: Entry | None = None
    for entry in entries:
        yield from (Break(entry.sequence, what) for what in _faults(entry, before))
        if kept.pop(entry.sequence, {entry.entry_hash}) != {entry.entry_hash}:
            yield Break(entry.sequence, "is another entry than the one whose hash was kept elsewhere")
        before = entry
    for sequence in sorted(kept):
        yield Break(sequence, "is gone: its hash was kept elsewhere")


def _faults(entry: Entry, before: Entry | None) -> Iterator[str]:
    previous = before.head if before else NOTHING
    if entry.own_hash() != entry.entry_hash:
        yield "was altered"
    if entry.sequence > previous.sequence + 1:
        yield "has no entry before it: some are missing"
    elif entry.sequence <= previous.sequence:
        yield "stands there twice"
    elif entry.previous_hash != previous.entry_hash:
        yield "does not follow the entry before it: that one was replaced"
    if before and entry.at < before.at:
        yield "is earlier than the entry before it: the clock went back, or the entry was moved"
