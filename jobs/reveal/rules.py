"""What a request must be, and what may become of it. Pure: who acts, when, and what is allowed are given."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.model import Contract, Field
from contracts.treatments import Seal
from jobs.approval.deadline import end_of_day
from jobs.approval.people import Person, require_second_person
from jobs.approval.wording import REASON_LENGTH, holds_identity
from jobs.business_calendar import minute
from jobs.errors import GrantEnded, RevealRefused, UnknownPerson
from jobs.settings import RevealLimits

_TOKEN = re.compile(r"[0-9a-z.]{26,80}")  # of whichever version; longer than every identifier of the catalogue
_REVEAL_ID = re.compile(r"[0-9a-f]{16}")
_TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,39}")


class RevealState(StrEnum):
    """How far a request came. Approved and opened ones are grants; the last three are ends."""

    REQUESTED = "requested"
    APPROVED = "approved"
    OPENED = "opened"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


GRANTS = (RevealState.APPROVED, RevealState.OPENED)
UNENDED = (RevealState.REQUESTED, *GRANTS)


@dataclass(frozen=True)
class Reveal:
    """One request: who asks for the values of which tokens of one field, what for, and until when. Moments are UTC.

    requester, decided_by, ended_by: accounts. opened_count: how many values were written for the requester.
    """

    reveal_id: str
    dataset: str
    field: str
    tokens: tuple[str, ...]
    purpose: str
    ticket: str
    requester: str
    requested_at: datetime
    valid_until: datetime
    state: RevealState = RevealState.REQUESTED
    decided_by: str | None = None
    decided_at: datetime | None = None
    opened_at: datetime | None = None
    opened_count: int | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None


def request(
    contract: Contract,
    column: str,
    tokens: Iterable[str],
    *,
    purpose: str,
    ticket: str,
    requester: str,
    until: datetime,
    now: datetime,
    limits: RevealLimits,
) -> Reveal:
    """A new request; asked for again with the same words it has the same id, so a rerun makes no second one.

    column: the field's name, in raw or beyond. tokens: each may hold several, apart by blanks or commas.
    Raises: RevealRefused; a token, a purpose or a ticket that is refused is never repeated.
    Source: D08-11 (consultation application), D08-13 (no loan without an end).
    """
    field, _ = sealed_field(contract, column)
    asked = _tokens(tokens, limits)
    _require_harmless(purpose, ticket)
    latest = end_of_day(now, limits.longest_days)
    if not now < until <= latest:
        raise RevealRefused(
            f"a request holds for at most {limits.longest_days} calendar days, to {minute(latest)}, and not "
            "into the past; give another --until"
        )
    identity = [contract.id, field.name, sorted(asked), purpose, ticket, requester, until.timestamp()]
    reveal_id = hashlib.sha256(json.dumps(identity).encode("ascii")).hexdigest()[:16]
    return Reveal(reveal_id, contract.id, field.name, asked, purpose, ticket, requester, now, until)


def require_id(text: str) -> str:
    """The id of a request as it was given, which may then be written down. Raises: RevealRefused."""
    if not _REVEAL_ID.fullmatch(text):
        raise RevealRefused("the id of a request is 16 hexadecimal digits; `lakewarden reveal list` shows them")
    return text


def sealed_field(contract: Contract, column: str) -> tuple[Field, Seal]:
    """The sealed field of this name, and how it is sealed. Raises: RevealRefused."""
    for field, treatment in contract.sealed:
        if column in (field.name, field.desensitised_name):
            return field, treatment
    known = ", ".join(field.desensitised_name for field, _ in contract.sealed) or "none"
    raise RevealRefused(f"{contract.id} has no sealed column of that name; its sealed columns: {known}")


def decided(
    reveal: Reveal, state: RevealState, *, account: str, by: Person, requester: Person, now: datetime
) -> Reveal:
    """The request after somebody else approved or refused it.

    Raises: SelfApproval, UnknownPerson for somebody who may not decide, GrantEnded, RevealRefused when it was decided.
    """
    require_second_person(f"request {reveal.reveal_id}", account, by, reveal.requester, requester)
    require_not_ended(reveal, now)
    if reveal.state is not RevealState.REQUESTED:
        raise RevealRefused(f"request {reveal.reveal_id} was {reveal.state} before, decided by {reveal.decided_by}")
    return replace(reveal, state=state, decided_by=account, decided_at=now)


def require_openable(reveal: Reveal, *, by: Person, requester: Person, now: datetime) -> None:
    """Return when this person may have the values now. Raises: UnknownPerson, GrantEnded, RevealRefused."""
    if by.name != requester.name:
        raise UnknownPerson(f"request {reveal.reveal_id} is somebody else's; only who asked may open it")
    require_not_ended(reveal, now)
    if reveal.state not in GRANTS:
        raise RevealRefused(f"request {reveal.reveal_id} is not approved yet; somebody else approves it")


def require_not_ended(reveal: Reveal, now: datetime) -> None:
    """Return while a request is neither over nor past its time. Raises: GrantEnded."""
    if reveal.state not in UNENDED:
        raise GrantEnded(f"request {reveal.reveal_id} was {reveal.state}; ask anew, under another ticket")
    if is_past(reveal, now):
        raise GrantEnded(f"request {reveal.reveal_id} expired at {minute(reveal.valid_until)}; ask anew")


def is_past(reveal: Reveal, now: datetime) -> bool:
    """Whether its time is over, whatever its state."""
    return now >= reveal.valid_until


def _tokens(given: Iterable[str], limits: RevealLimits) -> tuple[str, ...]:
    tokens = tuple(dict.fromkeys(token for text in given for token in re.split(r"[\s,;]+", text) if token))
    if not tokens:
        raise RevealRefused("no token was given; a token stands in the column's place in the desensitised zone")
    if odd := sum(not _TOKEN.fullmatch(token) for token in tokens):
        raise RevealRefused(f"{odd} of {len(tokens)} tokens do not look like tokens; give tokens, never values")
    if len(tokens) > limits.most_tokens:
        raise RevealRefused(
            f"{len(tokens)} tokens in one request, at most {limits.most_tokens} (LAKEWARDEN_REVEAL_MOST_TOKENS)"
        )
    return tokens


def _require_harmless(purpose: str, ticket: str) -> None:
    """Both are read by approvers, auditors and viewers of the scheduler, so neither may name a person."""
    if len(purpose.strip()) not in REASON_LENGTH:
        raise RevealRefused("a purpose has 4 to 200 characters: what the values are needed for")
    if not _TICKET.fullmatch(ticket):
        raise RevealRefused("a ticket is the number of the case: at most 40 of A-Z a-z 0-9 . _ / # -")
    if holds_identity(purpose) or holds_identity(ticket):
        raise RevealRefused(
            "the purpose or the ticket holds something like an identifier; name the case, not the person"
        )
