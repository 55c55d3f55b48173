"""Who may ask and who may approve: persons, each with the accounts that are theirs at whichever door.

Without this register one person could ask at the prompt and approve in the scheduler's pages; an account that it does
not hold may therefore do nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from jobs.approval.accounts import PROMPT, SCHEDULER
from jobs.approval.wording import holds_identity
from jobs.errors import RevealRefused, SelfApproval, UnknownPerson
from jobs.storage.ledger import Ledger

_PERSON = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")  # names a folder as well
_ACCOUNT = re.compile(rf"(?:{PROMPT}|{SCHEDULER}):[^\s:/]{{1,64}}")


@dataclass(frozen=True)
class Person:
    """One human being, known by a short name of the organisation's, such as a staff number."""

    name: str
    accounts: tuple[str, ...]
    may_approve: bool


def require_second_person(what: str, account: str, by: Person, requested_by: str, requester: Person) -> None:
    """Return when `by`, with this account, may decide what `requester` asked for with the account `requested_by`.

    Raises: SelfApproval, when both are one person; UnknownPerson for somebody who may not approve.
    """
    if by.name == requester.name:
        raise SelfApproval(f"{what}: who asks may not decide; {account} and {requested_by} are accounts of one person")
    if not by.may_approve:
        raise UnknownPerson(f"{by.name} may not approve; the administrator says who may with `lakewarden reveal admit`")


def require_name(text: str) -> str:
    """A person's name as it was given, which may then be written down. Raises: RevealRefused."""
    if not _PERSON.fullmatch(text) or holds_identity(text):
        raise RevealRefused(
            "a person's name here is at most 32 of a-z 0-9 . _ -, beginning with a letter or digit, and no identifier"
        )
    return text


def _is_account(text: str) -> bool:
    return bool(_ACCOUNT.fullmatch(text)) and not holds_identity(text)


class People:
    """The register, in the ledger's table `people`: one row per account."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def admit(self, name: str, accounts: Iterable[str], *, may_approve: bool) -> Person:
        """Let a person ask from now on, and approve if so said; safe to repeat, also with more accounts.

        Raises: RevealRefused for a name or an account of another form, or one that is somebody else's.
        """
        person = Person(require_name(name), tuple(dict.fromkeys(accounts)), may_approve)
        if not person.accounts or not all(_is_account(account) for account in person.accounts):
            raise RevealRefused(f"accounts are given as {PROMPT}:<name> or {SCHEDULER}:<name>, at least one")
        admitted = self._admitted()
        for other in admitted.values():
            if other.name != name and (shared := set(other.accounts) & set(person.accounts)):
                raise RevealRefused(f"{min(shared)} is an account of {other.name}; dismiss that person first")
        known = admitted[name].accounts if name in admitted else ()
        person = replace(person, accounts=tuple(dict.fromkeys([*known, *person.accounts])))
        self._record(person, is_admitted=True)
        return person

    def dismiss(self, name: str) -> Person:
        """Let a person do nothing any more; the rows stay, so that old entries of the audit can be read.

        Raises: UnknownPerson.
        """
        admitted = self._admitted()
        if name not in admitted:
            raise UnknownPerson("nobody is admitted under this name; `lakewarden reveal people` lists them")
        self._record(admitted[name], is_admitted=False)
        return admitted[name]

    def who(self, account: str) -> Person:
        """The person whose account this is. Raises: UnknownPerson."""
        for person in self._admitted().values():
            if account in person.accounts:
                return person
        raise UnknownPerson(
            f"{account} is the account of nobody who may ask or approve; the administrator admits a person with "
            f"`lakewarden reveal admit <person> --account {account}`"
        )

    def approvers_beside(self, person: Person) -> list[Person]:
        """Everybody else who may approve, by name. Raises: UnknownPerson when there is nobody."""
        if found := [other for other in self.everybody() if other.may_approve and other.name != person.name]:
            return found
        raise UnknownPerson(
            "there is nobody beside you who may approve; the administrator admits somebody with "
            "`lakewarden reveal admit <person> --account … --approves`"
        )

    def everybody(self) -> list[Person]:
        """All who are admitted, by name."""
        return list(self._admitted().values())

    def _admitted(self) -> dict[str, Person]:
        rows = self.ledger.ask(
            "SELECT person, list(account ORDER BY account) AS accounts, bool_and(may_approve) AS may_approve "
            "FROM people WHERE is_admitted GROUP BY person ORDER BY person"
        )
        return {row["person"]: Person(row["person"], tuple(row["accounts"]), row["may_approve"]) for row in rows}

    def _record(self, person: Person, *, is_admitted: bool) -> None:
        same = {"person": person.name, "may_approve": person.may_approve, "is_admitted": is_admitted}
        self.ledger.record("people", [{"account": account, **same} for account in person.accounts])
