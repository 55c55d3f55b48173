"""What a run takes: new files are written into the ledger first, then moved; nothing here needs the engine."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from contracts.model import Contract
from jobs.ingest.arrival import Arrival, arrivals, store, take
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import FileRow, FileState


def claim(
    ledger: Ledger, landing: Path, contract: Contract, *, day: date | None, settle_seconds: float
) -> list[FileRow]:
    """Every file that waits to be loaded: what just arrived, and what an earlier run claimed and did not finish.

    Killed between the ledger and the move, the next run moves it. A file that the ledger knows is only counted.
    """
    found = list(arrivals(landing, contract, day=day, settle_seconds=settle_seconds))
    if found:
        ledger.record("files", _rows(ledger, contract, found))
        for arrival in found:
            take(arrival, store(landing, contract))
    return ledger.files_in(contract.id, FileState.CLAIMED)


def _rows(ledger: Ledger, contract: Contract, found: Sequence[Arrival]) -> list[FileRow]:
    known = ledger.known_files(contract.id, [arrival.sha256 for arrival in found])
    new: dict[str, Arrival] = {}
    again: dict[str, int] = {}
    for arrival in found:
        if arrival.sha256 in known or arrival.sha256 in new:
            again[arrival.sha256] = again.get(arrival.sha256, 0) + 1
        else:
            new[arrival.sha256] = arrival
    batch = batch_id(contract, sorted(new))
    now = datetime.now(UTC)
    rows = [
        FileRow(
            dataset=contract.id,
            file_sha256=sha256,
            arrival_date=arrival.arrival_date,
            size_bytes=arrival.size_bytes,
            state=FileState.CLAIMED,
            batch_id=batch,
            first_seen_at=now,
            deliveries=1 + again.get(sha256, 0),
        )
        for sha256, arrival in new.items()
    ]
    return rows + [replace(row, deliveries=row.deliveries + again[sha256]) for sha256, row in known.items()]


def batch_id(contract: Contract, sha256s: Sequence[str]) -> str:
    """The same files under the same contract are the same batch, however often they are taken."""
    return hashlib.sha256("|".join((contract.id, contract.fingerprint, *sha256s)).encode()).hexdigest()[:16]
