"""What every command that treats rows asks first, and writes down before it treats the first one."""

from collections.abc import Mapping

from contracts.model import Contract
from contracts.strength import protection_of
from jobs.grades.record import Standing, record_in_force, standing
from jobs.grades.rules import lowerings, require_approved
from jobs.storage.ledger import Ledger


def require_not_lowered(ledger: Ledger, contract: Contract) -> dict[str, Standing]:
    """How the dataset's columns stand, when the contract protects each at least as much or by approval; one question.

    Raises: GradeLowered.
    """
    known = standing(ledger, contract.id)
    require_approved(contract, lowerings(contract, known))
    return known


def put_in_force(ledger: Ledger, contract: Contract, known: Mapping[str, Standing]) -> None:
    """Write down how the contract protects its columns, where that is news. Before rows are treated: safe to kill.

    A raised grade counts from here on, and an approval to lower one is spent.
    """
    now = {field.name: protection_of(field) for field in contract.fields}
    news = {name: found for name, found in now.items() if name not in known or known[name].protection != found}
    if news:
        record_in_force(ledger, contract.id, contract.version, news)
