"""One edition of a report and what may become of it. Pure: who acts, when, and who has which role are given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobs.approval.accounts import CLOCK
from jobs.approval.wording import REASON_LENGTH, holds_identity
from jobs.errors import NotYourSignature, ReportRefused
from jobs.reports.declared import Report

_ASKED_BY = re.compile(r"[\w·.-]{1,32}")


class EditionState(StrEnum):
    """How far an edition came. Nothing is issued before it is approved (审查后方可报发, D08-8)."""

    HELD = "held"
    APPROVED = "approved"
    RELEASED = "released"
    REFUSED = "refused"


@dataclass(frozen=True)
class Signature:
    """Who signed in which role, through which account, when (UTC)."""

    role: str
    person: str
    account: str
    signed_at: datetime


@dataclass(frozen=True)
class Change:
    """One place in which a correction differs from the edition that it corrects, as readers see it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Edition:
    """One version of one report of one period. Moments are UTC.

    requester, requested_by: the account that asked and the person whose it is.
    corrects: the version that it corrects, None for a first one; then with reason, who asked and what changed.
    content_sha256: of the figures and the text that are signed; html_sha256, pdf_sha256: of what was issued.
    """

    report: str
    period: str
    version: int
    requester: str
    requested_by: str
    drafted_at: datetime
    publication_id: str
    data_published_at: datetime
    content_sha256: str
    state: EditionState = EditionState.HELD
    corrects: int | None = None
    reason: str | None = None
    asked_by: str | None = None
    changes: tuple[Change, ...] = ()
    signatures: tuple[Signature, ...] = ()
    refused_by: str | None = None
    refused_at: datetime | None = None
    html_sha256: str | None = None
    pdf_sha256: str | None = None
    released_at: datetime | None = None

    @property
    def name(self) -> str:
        """As messages and the audit have it."""
        return f"{self.report} {self.period} v{self.version}"

    @property
    def author(self) -> str:
        """Who drafted it, as its first page says."""
        return "按日历自动编制" if self.requested_by == CLOCK else self.requested_by

    @property
    def is_approved(self) -> bool:
        """Whether all have signed whose signature it needs."""
        return self.state in (EditionState.APPROVED, EditionState.RELEASED)

    def needed(self, report: Report) -> tuple[str, ...]:
        """The roles whose signatures it needs, in their order; a correction needs the last one alone (D08-6)."""
        return report.signatures[-1:] if self.corrects else report.signatures

    def missing(self, report: Report) -> tuple[str, ...]:
        """Those of them that have to sign yet; none once it is refused."""
        return self.needed(report)[len(self.signatures) :] if self.state is EditionState.HELD else ()


@dataclass(frozen=True)
class Signer:
    """Who acts, as admitted, through which account, and when (UTC); `roles`: the persons who sign in each role."""

    person: str
    account: str
    roles: Mapping[str, Sequence[str]]
    now: datetime


def signed(edition: Edition, report: Report, by: Signer) -> Edition:
    """The edition after one more signature; with the last it is approved. Raises: NotYourSignature, ReportRefused."""
    role = _require_turn(edition, report, by)
    signature = Signature(role, by.person, by.account, by.now)
    with_it = replace(edition, signatures=(*edition.signatures, signature))
    return with_it if with_it.missing(report) else replace(with_it, state=EditionState.APPROVED)


def refused(edition: Edition, report: Report, by: Signer) -> Edition:
    """The edition after a no, by whoever's signature comes next. Raises: NotYourSignature, ReportRefused."""
    _require_turn(edition, report, by)
    return replace(edition, state=EditionState.REFUSED, refused_by=by.account, refused_at=by.now)


def require_correction(reason: str, asked_by: str) -> None:
    """Return for a reason and a name that may be printed and kept. Raises: ReportRefused, repeating nothing."""
    if len(reason.strip()) not in REASON_LENGTH or holds_identity(reason):
        raise ReportRefused("a reason for a correction has 4 to 200 characters and names no person by an identifier")
    if not _ASKED_BY.fullmatch(asked_by) or holds_identity(asked_by):
        raise ReportRefused("who asked for a correction is a role or a short name of at most 32 characters")


def changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """What differs between the figures of two editions, place by place; a place that one of them lacks shows a dash.

    Example:
        >>> old = [{"place": "facts.revenue", "label": "收入", "member": None, "text": "12.0 万元"}]
        >>> changes(old, [{**old[0], "text": "13.5 万元"}])
        (Change(label='收入', before='12.0 万元', after='13.5 万元'),)
    """
    old, new = ({fact["place"]: fact for fact in facts} for facts in (before, after))
    return tuple(
        Change(_label(new.get(place) or old[place]), _text(old.get(place)), _text(new.get(place)))
        for place in [*old, *(place for place in new if place not in old)]
        if _text(old.get(place)) != _text(new.get(place))
    )


def _label(fact: Mapping[str, Any]) -> str:
    words = [fact["label"], fact["member"], fact["period"] if fact["place"].startswith("charts.") else None]
    return " · ".join(word for word in words if word)


def _text(fact: Mapping[str, Any] | None) -> str:
    return "—" if fact is None else str(fact["text"])


def _require_turn(edition: Edition, report: Report, by: Signer) -> str:
    """The role that this person signs in now."""
    missing = edition.missing(report)
    if not missing:
        raise ReportRefused(f"{edition.name} is {edition.state} and waits for no signature")
    if by.person == edition.requested_by:
        raise NotYourSignature(f"{edition.name}: who asked for it may neither check nor approve it")
    if by.person in {signature.person for signature in edition.signatures}:
        raise NotYourSignature(f"{edition.name}: {by.person} has signed already; each signature is another person's")
    if by.person not in by.roles.get(missing[0], ()):
        raise NotYourSignature(f"{edition.name} waits for {missing[0]}, which is not a role of {by.person}")
    return missing[0]
