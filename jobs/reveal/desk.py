"""Where requests are made, decided, opened and ended: the rules, the ledger, the audit and the place put together.

Every step is an act of the audit, begun before and ended after it, and whatever has ended is removed before any other
step: an expired grant is refused even while its file is there. Steps are taken one at a time, under the turn `reveals`.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.model import Contract
from jobs.approval.accounts import CLOCK
from jobs.approval.people import People, Person, require_name
from jobs.approval.place import Place
from jobs.audit.log import Audit
from jobs.errors import RevealRefused, UnknownPerson
from jobs.reveal import rules
from jobs.reveal.rules import GRANTS, UNENDED, Reveal, RevealState
from jobs.reveal.workbook import workbook
from jobs.settings import RevealLimits
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import in_utc

#: Opens the vault: contract, field and tokens to the value of every token, or an error and none.
Open = Callable[[Contract, str, tuple[str, ...]], dict[str, str]]


@dataclass(frozen=True)
class Desk:
    """`now`: the moment of this command, UTC."""

    ledger: Ledger
    people: People
    audit: Audit
    place: Place
    limits: RevealLimits
    now: datetime

    def request(
        self, contract: Contract, column: str, tokens: Iterable[str], *, purpose: str, ticket: str, account: str,
        until: datetime,
    ) -> tuple[Reveal, list[Person]]:  # fmt: skip
        """Write a request down; the same request again is the one there is. With it, who may decide.

        Raises: RevealRefused, UnknownPerson; UnknownPerson too when there is nobody else who may approve.
        """
        self.expire()
        with self.audit.acting(account, "reveal.request", contract.id) as counts:
            approvers = self.people.approvers_beside(self.people.who(account))
            made = rules.request(
                contract, column, tokens,
                purpose=purpose, ticket=ticket, requester=account, until=until, now=self.now, limits=self.limits,
            )  # fmt: skip
            counts.update(reveal_id=made.reveal_id, tokens=len(made.tokens), purpose=purpose, ticket=ticket)
            if known := self._find(made.reveal_id):
                rules.require_not_ended(known, self.now)
                return known, approvers
            self._keep(made)
        return made, approvers

    def decide(self, reveal_id: str, state: RevealState, account: str) -> Reveal:
        """Approve or refuse as somebody else; the same decision of the same account again changes nothing.

        Raises: SelfApproval, UnknownPerson, GrantEnded, RevealRefused.
        """
        self.expire()
        with self.audit.acting(account, f"reveal.{state}", rules.require_id(reveal_id)) as counts:
            reveal = self.find(reveal_id)
            if (reveal.state, reveal.decided_by) == (state, account):
                return reveal
            by, requester = self.people.who(account), self.people.who(reveal.requester)
            made = rules.decided(reveal, state, account=account, by=by, requester=requester, now=self.now)
            counts.update(requester=reveal.requester, purpose=reveal.purpose, tokens=len(reveal.tokens))
            self._keep(made)
        return made

    def open(self, reveal_id: str, account: str, contract_of: Callable[[str], Contract], open_vault: Open) -> Path:
        """Write the requested values into the requester's place, all of them or none; the file, which may be there.

        Raises: UnknownPerson, GrantEnded, RevealRefused, NeverSealed, VaultAltered, and what the vault and the key
        store raise; nothing is written then.
        """
        self.expire()
        with self.audit.acting(account, "reveal.open", rules.require_id(reveal_id)) as counts:
            reveal = self.find(reveal_id)
            by, requester = self.people.who(account), self.people.who(reveal.requester)
            rules.require_openable(reveal, by=by, requester=requester, now=self.now)
            counts.update(
                dataset=reveal.dataset, field=reveal.field, purpose=reveal.purpose, approver=str(reveal.decided_by),
                tokens=len(reveal.tokens),
            )  # fmt: skip
            contract = contract_of(reveal.dataset)
            field, _ = rules.sealed_field(contract, reveal.field)
            values = open_vault(contract, field.name, reveal.tokens)
            content = workbook(reveal, field.label, values, scratch=self.place.folder(by.name))
            path = self.place.put(by.name, reveal.reveal_id, content)
            self._keep(replace(reveal, state=RevealState.OPENED, opened_at=self.now, opened_count=len(values)))
            counts.update(values=len(values))
        return path

    def revoke(self, reveal_id: str, account: str) -> Reveal:
        """End a request at once and remove its file: by who asked, who gives it back, or by anybody who may approve.

        Raises: UnknownPerson, GrantEnded.
        """
        self.expire()
        with self.audit.acting(account, "reveal.revoke", rules.require_id(reveal_id)) as counts:
            reveal, by = self.find(reveal_id), self.people.who(account)
            if not by.may_approve and by.name != self.people.who(reveal.requester).name:
                raise UnknownPerson(f"request {reveal_id} is ended by who asked or by somebody who may approve")
            rules.require_not_ended(reveal, self.now)
            ended = self._end(reveal, RevealState.REVOKED, account)
            counts.update(files=len(self._sweep()))
        return ended

    def admit(self, name: str, accounts: Iterable[str], account: str, *, may_approve: bool) -> Person:
        """Let a person ask from now on, and approve if so said. Raises: RevealRefused."""
        self.expire()
        with self.audit.acting(account, "reveal.admit", require_name(name)) as details:
            person = self.people.admit(name, accounts, may_approve=may_approve)
            details.update(accounts=" ".join(person.accounts), may_approve=int(may_approve))
        return person

    def dismiss(self, name: str, account: str) -> Person:
        """Let a person do nothing any more, and end what that person asked for. Raises: UnknownPerson."""
        self.expire()
        with self.audit.acting(account, "reveal.dismiss", require_name(name)) as counts:
            person = self.people.dismiss(name)
            for reveal in self._unended():
                if reveal.requester in person.accounts:
                    self._end(reveal, RevealState.REVOKED, account)
            counts.update(files=len(self._sweep()))
        return person

    def expire(self) -> list[Reveal]:
        """End what has run out of time, then remove every file without a grant; safe to repeat and to kill."""
        past = [reveal for reveal in self._unended() if rules.is_past(reveal, self.now)]
        for reveal in past:
            with self.audit.acting(CLOCK, "reveal.expire", reveal.reveal_id):
                self._end(reveal, RevealState.EXPIRED, CLOCK)
        self._sweep()
        return past

    def find(self, reveal_id: str) -> Reveal:
        """Raises: RevealRefused for a request that nobody made."""
        if reveal := self._find(reveal_id):
            return reveal
        raise RevealRefused("there is no request of this id; `lakewarden reveal list` shows them")

    def listed(self, since: datetime, until: datetime) -> list[Reveal]:
        """The requests made in a span of time, oldest first."""
        return self._ask("requested_at >= $since AND requested_at < $until", since=since, until=until)

    def _unended(self) -> list[Reveal]:
        return self._ask("state IN (SELECT unnest($states))", states=[str(state) for state in UNENDED])

    def _find(self, reveal_id: str) -> Reveal | None:
        return next(iter(self._ask("reveal_id = $reveal_id", reveal_id=reveal_id)), None)

    def _ask(self, condition: str, **parameters: object) -> list[Reveal]:
        rows = self.ledger.ask(
            f"SELECT * EXCLUDE (updated_at) FROM reveals WHERE {condition} ORDER BY requested_at, reveal_id",
            **parameters,
        )
        return [_reveal(row) for row in rows]

    def _end(self, reveal: Reveal, state: RevealState, account: str) -> Reveal:
        ended = replace(reveal, state=state, ended_by=account, ended_at=self.now)
        self._keep(ended)
        return ended

    def _sweep(self) -> list[str]:
        """After the ledger says that a grant is over, so that a kill in between leaves what the next sweep finds."""
        return self.place.sweep({reveal.reveal_id for reveal in self._unended() if reveal.state in GRANTS})

    def _keep(self, reveal: Reveal) -> None:
        self.ledger.record("reveals", [{**asdict(reveal), "tokens": list(reveal.tokens)}])


def _reveal(row: dict[str, Any]) -> Reveal:
    return Reveal(**{**in_utc(row), "tokens": tuple(row["tokens"]), "state": RevealState(row["state"])})
