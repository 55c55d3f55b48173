"""Where reports are drafted, signed, issued and corrected: rules, register, shelf and audit put together.

Every step is an act of the audit and safe to repeat and to kill: files first, the register after them. Steps are taken
one at a time, under the turn `reports`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jobs.approval.accounts import CLOCK, names_at_scheduler
from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.business_calendar import business_date
from jobs.errors import ReportRefused
from jobs.reports import editions
from jobs.reports.declared import Report
from jobs.reports.delivery import MailServer, Parcel, deliver, require_mail_server
from jobs.reports.editions import Edition, EditionState, Signer
from jobs.reports.periods import Period, period
from jobs.reports.register import Publication, Register
from jobs.reports.roles import Role, require_filled, signers
from jobs.reports.shelf import Content, Document, Shelf

#: How an edition with its text becomes a document.
Print = Callable[[Report, Edition, str], Document]
#: What a report of a period says, by the publication that readers see.
Write = Callable[[Report, Period], Content]


@dataclass(frozen=True)
class Office:
    """`now`: the moment of this command, UTC. `roles_file`: what `roles` were read from, for messages."""

    register: Register
    shelf: Shelf
    people: People
    audit: Audit
    roles: Mapping[str, Role]
    roles_file: Path
    mail: MailServer | None
    printed: Print
    now: datetime

    def draft(self, report: Report, of: Period, account: str, write: Write) -> Edition:
        """The edition that waits for signatures or is issued; a new one when there is none or the last was refused.

        Raises: ReportRefused before the period is over or published, or when nobody fills a role; UnknownPerson.
        """
        with self.audit.acting(account, "report.draft", f"{report.id} {of.name}") as counts:
            self._person(account)
            require_filled(report, self.roles, self.roles_file)
            last = self.register.newest(report.id, of.name)
            if last is not None and last.state is not EditionState.REFUSED:
                return last
            made = self._written(report, of, account, write, version=last.version + 1 if last else 1)
            counts.update(version=made.version, content_sha256=made.content_sha256)
        return made

    def correct(self, report: Report, of: Period, account: str, write: Write, *, reason: str, asked_by: str) -> Edition:
        """A new version of what was issued, with what changed; it needs the last signature alone (D08-6).

        Called again while the correction waits, with the same reason, it is the one there is.
        Raises: ReportRefused when nothing was issued, nothing differs, or another edition waits; UnknownPerson.
        """
        with self.audit.acting(account, "report.correct", f"{report.id} {of.name}") as counts:
            self._person(account)
            require_filled(report, self.roles, self.roles_file)
            editions.require_correction(reason, asked_by)
            issued, last = self.register.last_released(report.id, of.name), self.register.find(report.id, of.name)
            if last.state in (EditionState.HELD, EditionState.APPROVED):
                if (last.corrects, last.reason, last.asked_by) == (issued.version, reason, asked_by):
                    return last
                raise ReportRefused(f"{last.name} is {last.state}; release or refuse it first")
            made = self._written(
                report, of, account, write,
                version=last.version + 1, corrects=issued, reason=reason, asked_by=asked_by,
            )  # fmt: skip
            counts.update(version=made.version, corrects=issued.version, changes=len(made.changes), reason=reason)
        return made

    def sign(self, report: Report, of: Period, account: str) -> Edition:
        """One more signature; the last signer's again changes nothing.

        Raises: NotYourSignature, DraftAltered, ReportRefused, UnknownPerson.
        """
        with self.audit.acting(account, "report.sign", f"{report.id} {of.name}") as counts:
            edition = self.register.find(report.id, of.name)
            if edition.signatures and edition.signatures[-1].account == account:
                return edition
            self.shelf.content(edition)
            made = editions.signed(edition, report, self._signer(account))
            counts.update(version=made.version, role=made.signatures[-1].role, content_sha256=made.content_sha256)
            self.register.keep(made)
        return made

    def refuse(self, report: Report, of: Period, account: str) -> Edition:
        """A no, for good; a new draft is a new version. Raises: NotYourSignature, ReportRefused, UnknownPerson."""
        with self.audit.acting(account, "report.refuse", f"{report.id} {of.name}") as counts:
            edition = self.register.find(report.id, of.name)
            if (edition.state, edition.refused_by) == (EditionState.REFUSED, account):
                return edition
            made = editions.refused(edition, report, self._signer(account))
            counts.update(version=made.version)
            self.register.keep(made)
        return made

    def release(self, report: Report, of: Period, account: str) -> Edition:
        """Issue what is approved and hand it to every recipient, each written down; goes on where it stopped.

        Raises: ReportRefused before it is approved (D08-8), DraftAltered, DeliveryFailed, UnknownPerson.
        """
        with self.audit.acting(account, "report.release", f"{report.id} {of.name}") as counts:
            self._person(account)
            edition = self.register.find(report.id, of.name)
            if not edition.is_approved:
                raise ReportRefused(
                    f"{edition.name} is {edition.state}, waiting for {'、'.join(edition.missing(report))}"
                )
            require_filled(report, self.roles, self.roles_file)
            recipients = {name: self.roles[name] for name in report.recipients}
            require_mail_server(recipients, self.mail)
            edition, issued = self._issued(report, edition)
            counts.update(version=edition.version, pdf_sha256=str(edition.pdf_sha256))
            self._hand_over(report, edition, issued, recipients)
            if edition.state is not EditionState.RELEASED:
                edition = replace(edition, state=EditionState.RELEASED, released_at=self.now)
                self.register.keep(edition)
            counts.update(recipients=len(recipients))
        return edition

    def may_sign(self, edition: Edition, report: Report) -> list[list[str]]:
        """For each signature that it needs, the scheduler's accounts that may give it; not who asked."""
        everybody = self.people.everybody()
        people = {person.name: person.accounts for person in everybody if person.name != edition.requested_by}
        return [
            names_at_scheduler(account for name in self.roles[role].signs for account in people.get(name, ()))
            for role in edition.needed(report)
        ]

    def _written(
        self, report: Report, of: Period, account: str, write: Write, *, version: int, corrects: Edition | None = None,
        reason: str | None = None, asked_by: str | None = None,
    ) -> Edition:  # fmt: skip
        """Files of a new edition, then its row; killed in between, the next call writes the same files again."""
        report.require_period(of)
        publication = self._publication_after(of)
        content = write(report, of)
        changed: tuple[editions.Change, ...] = ()
        if corrects is not None:
            before = self.shelf.content(corrects)
            if before.sha256 == content.sha256:
                raise ReportRefused(
                    f"nothing differs from {corrects.name}; mend figures at their source, build and publish"
                )
            changed = editions.changes(before.figures, content.figures)
        made = Edition(
            report=report.id, period=of.name, version=version, requester=account, requested_by=self._person(account),
            drafted_at=self.now,
            publication_id=publication.id, data_published_at=publication.published_at, content_sha256=content.sha256,
            corrects=corrects.version if corrects else None, reason=reason, asked_by=asked_by, changes=changed,
        )  # fmt: skip
        self.shelf.put_draft(made, content, self.printed(report, made, content.text))
        self.register.keep(made)
        return made

    def _publication_after(self, of: Period) -> Publication:
        """What readers see, when it can hold the whole period. Raises: ReportRefused, GateNotPassed."""
        published = self.register.publication()
        if business_date(self.now) < of.end:
            raise ReportRefused(f"{of.name} is not over yet")
        if business_date(published.published_at) < of.end:
            raise ReportRefused(f"nothing was published since {of.name} ended; run `lakewarden publish`")
        return published

    def _issued(self, report: Report, edition: Edition) -> tuple[Edition, Document]:
        """What is issued; written once, and found again as it was written. Raises: DraftAltered."""
        if edition.pdf_sha256 and (issued := self.shelf.issued(edition)):
            return edition, issued
        content = self.shelf.content(edition)
        made = self.printed(report, edition, content.text)
        html_sha256, pdf_sha256 = made.sha256s
        if edition.pdf_sha256 and (html_sha256, pdf_sha256) != (edition.html_sha256, edition.pdf_sha256):
            raise ReportRefused(
                f"what was issued of {edition.name} is not in {self.shelf.released(edition)} as it was written; bring "
                "it back from a backup, or correct the report"
            )
        self.shelf.put_released(edition, content, made)
        edition = replace(edition, html_sha256=html_sha256, pdf_sha256=pdf_sha256)
        self.register.keep(edition)
        return edition, made

    def _hand_over(self, report: Report, edition: Edition, issued: Document, recipients: Mapping[str, Role]) -> None:
        """To every recipient who does not have it yet. Raises: DeliveryFailed; who was reached is written down."""
        what = f"更正：{report.title}" if edition.corrects else report.title
        parcel = Parcel(
            f"{what}（{period(edition.period).label}）", f"{edition.report}_{edition.period}_v{edition.version}", issued
        )
        reached = self.register.reached(edition)
        for name, role in recipients.items():
            for way in role.ways:
                if (name, way) not in reached:
                    deliver(parcel, role, way, self.mail)
                    self.register.note_delivery(edition, name, way, self.now)

    def _signer(self, account: str) -> Signer:
        """Raises: UnknownPerson for an account that nobody admitted."""
        return Signer(self.people.who(account).name, account, signers(self.roles), self.now)

    def _person(self, account: str) -> str:
        """The person whose account this is; the calendar is nobody's. Raises: UnknownPerson."""
        return CLOCK if account == CLOCK else self.people.who(account).name
