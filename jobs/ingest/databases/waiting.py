"""Whether a dataset's databases have their turn now; asked before the engine is woken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.databases import source_tables
from contracts.model import Contract
from jobs.ingest.databases.connections import secret_file
from jobs.ingest.databases.planning import next_allowed
from jobs.storage.ledger import Ledger


@dataclass(frozen=True)
class Turn:
    """Whether any table is to be read now, and why others are not, as sentences."""

    is_due: bool
    reasons: Sequence[str]


def turn_of(home: Path, ledger: Ledger, contract: Contract, *, day: date | None, now: datetime) -> Turn:
    """Ask contract, ledger and secret files; a connection that has no secret file and was never read is not used."""
    if not is_now(contract, day, now):
        return Turn(False, ["a database tells what it holds now, not what it held on another day"])
    tables, reasons = source_tables(contract), []
    for table in tables:
        extracts = ledger.extracts(contract.id, table.name)
        allowed = next_allowed(contract, extracts)
        if not extracts and not secret_file(home, table.connection).exists():
            reasons.append(f"connection '{table.connection}' is not set up here")
        elif allowed is not None and now < allowed:
            clock = f"{allowed.astimezone(ZoneInfo(contract.source.timezone)):%Y-%m-%d %H:%M}"
            reasons.append(f"connection '{table.connection}': its owner allows the next extract from {clock} (D09-9)")
    return Turn(len(reasons) < len(tables), reasons)


def is_now(contract: Contract, day: date | None, now: datetime) -> bool:
    """Whether a day that was asked for is today where the source is."""
    return day is None or day == now.astimezone(ZoneInfo(contract.source.timezone)).date()
