"""What an export must be, and what may become of it. Pure: who acts, when, and what is published are given."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from jobs.approval.deadline import end_of_day
from jobs.approval.people import Person, require_second_person
from jobs.approval.wording import REASON_LENGTH, holds_identity
from jobs.business_calendar import minute
from jobs.errors import ExportRefused, GrantEnded, UnknownPerson

#: Our own choice: what a person reads in a spreadsheet, and the time in which it is read.
MOST_ROWS, LONGEST_DAYS = 10_000, 7


class ExportState(StrEnum):
    """How far a request came. Approved and written ones are grants."""

    REQUESTED = "requested"
    APPROVED = "approved"
    WRITTEN = "written"
    EXPIRED = "expired"


GRANTS = (ExportState.APPROVED, ExportState.WRITTEN)


@dataclass(frozen=True)
class Export:
    """One request: who wants which columns of which mart, of which rows, how many, why, until when. Moments are UTC.

    only: `column=value`, all of which a row must meet. requester, decided_by: accounts. row_count: rows written.
    """

    export_id: str
    mart: str
    columns: tuple[str, ...]
    only: tuple[str, ...]
    row_limit: int
    reason: str
    requester: str
    requested_at: datetime
    valid_until: datetime
    state: ExportState = ExportState.REQUESTED
    decided_by: str | None = None
    decided_at: datetime | None = None
    written_at: datetime | None = None
    row_count: int | None = None


def request(
    published: Mapping[str, Collection[str]],
    mart: str,
    columns: Sequence[str],
    *,
    only: Sequence[str] = (),
    row_limit: int,
    reason: str,
    requester: str,
    now: datetime,
    days: int,
) -> Export:
    """A new request; asked for again with the same words on the same day it has the same id.

    published: the columns of every published mart. columns: none means all of them. days: until the end of that day.
    Raises: ExportRefused; a reason or a value that is refused is never repeated.
    Source: D08-11 (consultation application), D08-13 (no loan without an end).
    """
    if mart not in published:
        raise ExportRefused(f"no published mart has that name; there are {', '.join(sorted(published)) or 'none'}")
    wanted = tuple(dict.fromkeys(columns)) or tuple(published[mart])
    conditions = tuple(sorted(set(only)))
    if unknown := {*wanted, *(one.partition("=")[0] for one in conditions)} - {*published[mart]}:
        raise ExportRefused(f"{mart} has {len(unknown)} of the named columns not; it has {', '.join(published[mart])}")
    if any("=" not in one for one in conditions):
        raise ExportRefused("rows are chosen as column=value")
    if not 1 <= row_limit <= MOST_ROWS:
        raise ExportRefused(f"an export has 1 to {MOST_ROWS} rows; give another --rows")
    if not 1 <= days <= LONGEST_DAYS:
        raise ExportRefused(f"an export lasts 1 to {LONGEST_DAYS} days; give another --days")
    if len(reason.strip()) not in REASON_LENGTH:
        raise ExportRefused("a reason has 4 to 200 characters: what the numbers are needed for")
    if any(map(holds_identity, (reason, *conditions))):
        raise ExportRefused("the reason or a value holds something like an identifier; name the matter, not the person")
    until = end_of_day(now, days)
    identity = [mart, wanted, conditions, row_limit, reason, requester, until.timestamp()]
    export_id = hashlib.sha256(json.dumps(identity).encode("ascii")).hexdigest()[:16]
    return Export(export_id, mart, wanted, conditions, row_limit, reason, requester, now, until)


def approved(export: Export, *, account: str, by: Person, requester: Person, now: datetime) -> Export:
    """The request after somebody else agreed. Raises: SelfApproval, UnknownPerson, GrantEnded, ExportRefused."""
    require_second_person(f"export {export.export_id}", account, by, export.requester, requester)
    require_not_ended(export, now)
    if export.state is not ExportState.REQUESTED:
        raise ExportRefused(f"export {export.export_id} was approved before, by {export.decided_by}")
    return replace(export, state=ExportState.APPROVED, decided_by=account, decided_at=now)


def require_runnable(export: Export, *, by: Person, requester: Person, now: datetime) -> None:
    """Return when this person may have the rows now. Raises: UnknownPerson, GrantEnded, ExportRefused."""
    if by.name != requester.name:
        raise UnknownPerson(f"export {export.export_id} is somebody else's; only who asked may run it")
    require_not_ended(export, now)
    if export.state not in GRANTS:
        raise ExportRefused(f"export {export.export_id} is not approved yet; somebody else approves it")


def require_not_ended(export: Export, now: datetime) -> None:
    """Return while a request is within its time. Raises: GrantEnded."""
    if export.state is ExportState.EXPIRED or is_past(export, now):
        raise GrantEnded(f"export {export.export_id} ended at {minute(export.valid_until)}; ask anew")


def is_past(export: Export, now: datetime) -> bool:
    """Whether its time is over, whatever its state."""
    return now >= export.valid_until
