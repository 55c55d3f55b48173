"""What every step before a second person's decision needs: the ledger, who is who, the audit, and the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.settings import Settings
from jobs.storage.ledger import Ledger
from jobs.storage.turn import turn


@dataclass(frozen=True)
class Opening:
    """`now`: the moment at which the step's turn came, UTC."""

    ledger: Ledger
    people: People
    audit: Audit
    now: datetime


@contextmanager
def opened(settings: Settings, desk: str) -> Iterator[Opening]:
    """One step at a desk, `reveals` or `exports`; whoever comes to the same desk meanwhile waits for it to end."""
    ledger = Ledger(settings.home)
    ledger.prepare()
    with turn(settings.home, desk):
        yield Opening(ledger, People(ledger), Audit(ledger, settings.audit_heads), datetime.now(UTC))
