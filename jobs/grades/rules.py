"""When a contract may protect a column less than before. Pure: what stands, who acts and when are given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.declared import declaration_of
from contracts.model import Contract
from contracts.strength import Protection, protection_of
from jobs.approval.people import Person, require_second_person
from jobs.approval.wording import REASON_LENGTH, holds_identity
from jobs.errors import GradeChangeRefused, GradeLowered
from jobs.grades.record import Change, Standing


@dataclass(frozen=True)
class Lowering:
    """A column that its contract now protects less; `change`: what was asked about exactly this, if anybody did."""

    field: str
    before: Protection
    after: Protection
    change: Change | None

    @property
    def is_approved(self) -> bool:
        """Whether somebody has agreed to it."""
        return self.change is not None and self.change.decided_at is not None

    def __str__(self) -> str:
        """Example: contact_phone: sensitive, token (domain=phone) → internal, keep."""
        return f"{self.field}: {_named(self.before)} → {_named(self.after)}"


def lowerings(contract: Contract, standing: Mapping[str, Standing]) -> list[Lowering]:
    """The columns that the contract protects less than they stand in the lake, approved or not, in its order.

    A column that is gone leaves nothing, so it is none; what was asked before the column stood like this is spent.
    """
    found = []
    for field in contract.fields:
        known, after = standing.get(field.name), protection_of(field)
        if known is None or after.covers(known.protection):
            continue
        asked = known.change
        is_about_this = (
            asked is not None
            and (asked.before, asked.after) == (known.protection, after)
            and asked.requested_at > known.since
        )
        found.append(Lowering(field.name, known.protection, after, asked if is_about_this else None))
    return found


def require_approved(contract: Contract, found: list[Lowering]) -> None:
    """Raises: GradeLowered, naming every column that nobody has approved."""
    if waiting := [one for one in found if not one.is_approved]:
        listed = "\n".join(f"  {one}" for one in waiting)
        raise GradeLowered(
            f"{contract.id}: the contract protects {len(waiting)} columns less than before, and nobody has approved "
            f"it. Nothing was taken. Put {contract.path.name} back, or ask with `lakewarden grade request "
            f"{contract.id} {waiting[0].field} --reason …`; somebody else then runs `lakewarden grade approve "
            f"{contract.id} {waiting[0].field}`\n{listed}"
        )


def asked(contract: Contract, lowering: Lowering, *, reason: str, account: str, now: datetime) -> Change:
    """The request for one column. Raises: GradeChangeRefused for a reason that is too short or names somebody."""
    if len(reason.strip()) not in REASON_LENGTH or holds_identity(reason):
        raise GradeChangeRefused("a reason has 4 to 200 characters and holds no identifier of anybody")
    return Change(contract.id, lowering.field, lowering.before, lowering.after, reason, account, now)


def approved(change: Change, *, account: str, by: Person, requester: Person, now: datetime) -> Change:
    """The change after somebody else agreed. Raises: SelfApproval, UnknownPerson for somebody who may not approve."""
    require_second_person(f"{change.dataset} {change.field}", account, by, change.requester, requester)
    return replace(change, decided_by=account, decided_at=now)


def _named(protection: Protection) -> str:
    kind, *arguments = (f"{name}={value}" for name, value in declaration_of(protection.treatment).items())
    named = kind.removeprefix("kind=") + (f" ({', '.join(arguments)})" if arguments else "")
    return f"{protection.classification}, {named}"
