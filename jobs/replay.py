"""Take a file again after its contract was mended, or give it up; the next `ingest` carries it out."""

import hashlib
from dataclasses import replace
from pathlib import Path

from contracts.model import Contract
from jobs.errors import NothingToReplay
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import FileRow, FileState
from jobs.storage.zones import ZONES_OF_ROWS


def replay(lake: Lake, contract: Contract, file_sha256: str) -> FileRow:
    """Claim a file that was loaded or refused once more, under a batch of its own; its bytes never left the store.

    `file_sha256`: the digest or its first characters, as `lakewarden status` prints them.
    Raises: NothingToReplay when the ledger knows no such file of this dataset, or more than one.
    """
    ledger = Ledger(lake.home)
    file = _find(ledger, contract, file_sha256)
    taken = replace(file, state=FileState.CLAIMED, batch_id=_next_batch(file, contract), fault=None)
    ledger.record("files", [taken])
    return taken


def refuse(lake: Lake, contract: Contract, file_sha256: str, reason: str) -> FileRow:
    """Take a file's rows out of every zone and keep it refused, with the reason; its bytes stay in the store.

    Raises: NothingToReplay.
    """
    ledger = Ledger(lake.home)
    file = _find(ledger, contract, file_sha256)
    for zone in ZONES_OF_ROWS:
        if lake.exists(zone, contract.table):
            lake.delete_file(zone, contract.table, file.file_sha256, except_batch="")
    refused = replace(
        file, state=FileState.QUARANTINED, batch_id=None, fault=f"refused by a person: {reason}",
        rows_in=0, rows_loaded=0, rows_quarantined=0, rows_duplicate=0,
    )  # fmt: skip
    ledger.record("files", [refused])
    return refused


def stored_digest(path: Path) -> str:
    """The sha256 of a file on disk, for those who have the file and not its digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find(ledger: Ledger, contract: Contract, file_sha256: str) -> FileRow:
    found = ledger.files_beginning(contract.id, file_sha256)
    if len(found) != 1:
        raise NothingToReplay(
            f"{contract.id}: {len(found)} files begin with {file_sha256[:12]}; "
            f"`lakewarden status {contract.id}` lists the refused ones"
        )
    return found[0]


def _next_batch(file: FileRow, contract: Contract) -> str:
    """A batch that differs from the file's last one and is the same however often the replay is asked for."""
    return hashlib.sha256(f"replay|{contract.fingerprint}|{file.file_sha256}|{file.batch_id}".encode()).hexdigest()[:16]
