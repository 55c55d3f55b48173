"""Columns that survive desensitisation without a use, and exceptions that no longer except anything."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from contracts.model import Contract, KeptFor


@dataclass(frozen=True, order=True)
class Finding:
    """One column, or one dataset where `column` is empty, that takes more than is used (D09-10)."""

    dataset: str
    column: str
    is_exception: bool

    def __str__(self) -> str:
        where = f"{self.dataset}.{self.column}" if self.column else self.dataset
        if self.is_exception:
            return f"{where}: kept_for is not needed any more, a published mart reads it; take the exception out"
        return f"{where}: no published mart reads it; drop it, or say what it is kept_for"


def findings(contracts: Iterable[Contract], read: Mapping[str, Collection[str]]) -> list[Finding]:
    """What is taken and not used, sorted. `read`: by desensitised table, the columns that published marts need."""
    return sorted(finding for contract in contracts for finding in _of(contract, read.get(contract.table, ())))


def _of(contract: Contract, read: Collection[str]) -> Iterator[Finding]:
    unread = [field for field in contract.surviving if field.desensitised_name not in read]
    for field in contract.surviving:
        if field.kept_for is not None and field not in unread:
            yield Finding(contract.id, field.name, is_exception=True)
    without_word = [field for field in unread if field.kept_for is None]
    if contract.kept_for is None:
        yield from (Finding(contract.id, field.name, is_exception=False) for field in without_word)
    elif not without_word:
        yield Finding(contract.id, "", is_exception=True)


def excepted(contracts: Iterable[Contract], read: Mapping[str, Collection[str]]) -> Iterator[tuple[str, KeptFor]]:
    """The columns that are kept by the steward's word alone, each with it."""
    for contract in contracts:
        for field in contract.surviving:
            word = field.kept_for or contract.kept_for
            if word is not None and field.desensitised_name not in read.get(contract.table, ()):
                yield f"{contract.id}.{field.name}", word
