"""Where lower grades are asked for and approved: the rules, the ledger and the audit put together.

Both steps are acts of the audit; the people are those of `reveal`, so nobody approves alone through another door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.model import Contract
from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.errors import GradeChangeRefused
from jobs.grades import rules
from jobs.grades.record import Change, record_change, standing_of_each
from jobs.grades.rules import Lowering
from jobs.storage.ledger import Ledger


@dataclass(frozen=True)
class GradeDesk:
    """`now`: the moment of this command, UTC."""

    ledger: Ledger
    people: People
    audit: Audit
    now: datetime

    def lowerings(self, contracts: Sequence[Contract]) -> dict[str, list[Lowering]]:
        """By dataset, the columns that its contract protects less than they stand in the lake, approved or not."""
        known = standing_of_each(self.ledger, [contract.id for contract in contracts])
        return {contract.id: rules.lowerings(contract, known.get(contract.id, {})) for contract in contracts}

    def request(self, contract: Contract, field: str, *, reason: str, account: str) -> Change:
        """Ask for the lowering that the contract holds; the same again is the one there is.

        Raises: GradeChangeRefused, UnknownPerson.
        """
        with self.audit.acting(account, "grade.request", contract.id) as details:
            self.people.who(account)
            lowering = self._lowering(contract, field)
            details.update(field=field, change=str(lowering))
            if lowering.change is not None:
                return lowering.change
            made = rules.asked(contract, lowering, reason=reason, account=account, now=self.now)
            details.update(reason=reason)
            record_change(self.ledger, made)
        return made

    def approve(self, contract: Contract, field: str, *, account: str) -> Change:
        """Agree, as somebody else, to the lowering that the contract holds at this moment and to no other.

        Raises: GradeChangeRefused, UnknownPerson, SelfApproval.
        """
        with self.audit.acting(account, "grade.approve", contract.id) as details:
            lowering = self._lowering(contract, field)
            details.update(field=field, change=str(lowering))
            if lowering.change is None:
                raise GradeChangeRefused(
                    f"{contract.id} {field}: nobody has asked for this change as the contract has it now; first "
                    f"`lakewarden grade request {contract.id} {field} --reason …`"
                )
            change = lowering.change
            details.update(requester=change.requester, reason=change.reason)
            if lowering.is_approved:
                return change
            by, requester = self.people.who(account), self.people.who(change.requester)
            made = rules.approved(change, account=account, by=by, requester=requester, now=self.now)
            record_change(self.ledger, made)
        return made

    def _lowering(self, contract: Contract, field: str) -> Lowering:
        for found in self.lowerings([contract])[contract.id]:
            if found.field == field:
                return found
        raise GradeChangeRefused(
            f"{contract.id}: its contract protects no column of that name less than it stands in the lake, so there "
            f"is nothing to approve; `lakewarden grade list {contract.id}` shows what there is"
        )
