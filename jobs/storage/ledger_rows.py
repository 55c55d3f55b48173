"""Rows of the ledger as Python sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any


class FileState(StrEnum):
    """How far a landed file came."""

    CLAIMED = "claimed"
    LOADED = "loaded"
    QUARANTINED = "quarantined"


class ExtractMode(StrEnum):
    """What an extract reads of its table: all of it, what changed behind the last one, or all of it once more.

    ANEW is asked for by a person who knows why the table is not what it was, so it is taken as it is.
    """

    WHOLE = "whole"
    CHANGES = "changes"
    ANEW = "anew"


class BatchState(StrEnum):
    """How far a batch came in one zone: written, then judged by the gate behind that zone."""

    WRITTEN = "written"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class FileRow:
    """One file of one dataset; the counts obey rows_in = rows_loaded + rows_quarantined + rows_duplicate."""

    dataset: str
    file_sha256: str
    arrival_date: date
    size_bytes: int
    state: FileState
    batch_id: str | None
    first_seen_at: datetime
    deliveries: int = 1
    fault: str | None = None
    rows_in: int | None = None
    rows_loaded: int | None = None
    rows_quarantined: int | None = None
    rows_duplicate: int | None = None


@dataclass(frozen=True)
class BatchRow:
    """One batch in one zone."""

    dataset: str
    batch_id: str
    zone: str
    state: BatchState
    arrival_date: date | None
    table_version: int
    row_count: int
    content_checksum: str
    contract_version: str
    contract_fingerprint: str
    key_fingerprints: dict[str, str] | None = None


@dataclass(frozen=True)
class ExtractRow:
    """What one extract of a database's table reads; beside it, `files` has the extract as a file of that digest.

    source: connection, schema and table. cursor_from, cursor_to: where the last extract ended and where this one ends;
    the contract sees to it that a cursor identifies nobody. is_cut: more waits behind `cursor_to`.
    """

    dataset: str
    file_sha256: str
    source: str
    mode: ExtractMode
    cursor_from: str | None
    cursor_to: str | None
    is_cut: bool
    source_columns: str
    contract_version: str
    claimed_at: datetime


def in_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an answer with its moments in UTC, for the ledger answers in the machine's time zone.

    NULL stays NULL. A mapping inside the row is a row of its own: its moments stay as they are.

    Example:
        >>> row = {"person": "li", "decided_at": datetime.fromisoformat("2026-01-30T15:00+08:00"), "ended_at": None}
        >>> in_utc(row)["decided_at"].isoformat(), in_utc(row)["ended_at"]
        ('2026-01-30T07:00:00+00:00', None)
    """
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()}
