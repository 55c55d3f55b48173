"""Which columns of a table are read for which field, and whether the table is still the one that was agreed on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.databases import SourceTable
from contracts.model import Contract
from jobs.errors import SourceChanged
from jobs.ingest.databases.dialect import Dialect, TypeRule
from jobs.ingest.readers.faults import FileFault
from jobs.ingest.readers.headers import ColumnNames, place


@dataclass(frozen=True)
class ReadColumn:
    """A column of the source that is read for a field."""

    field: str
    name: str
    type: str
    rule: TypeRule

    @property
    def scale(self) -> int | None:
        """Digits behind the point where the values add up exactly, else None."""
        return self.rule.digits_behind_the_point(self.type)


@dataclass(frozen=True)
class Answer:
    """One row of a catalogue's answer: a column's name and type, and its sizes where the type does not hold them."""

    name: str
    type: str
    size: str | None
    scale: str | None

    @property
    def whole_type(self) -> str:
        """The type with its sizes, in lower case, such as `numeric(10,2)`.

        Example:
            >>> Answer("fee", "NUMBER", "10", "2").whole_type
            'number(10,2)'
            >>> Answer("id", "NUMBER", None, "0").whole_type
            'number(*,0)'
        """
        kind = self.type.strip().lower()
        if self.scale is not None:
            return f"{kind}({self.size or '*'},{self.scale})"
        return f"{kind}({self.size})" if self.size else kind


def read_columns(
    answers: Sequence[Answer], table: SourceTable, contract: Contract, dialect: Dialect
) -> Mapping[str, ReadColumn]:
    """The columns to read by field: exactly those that the contract declares and the table has.

    A required field must be a column, a constant or the marker of deletions. What is declared as ignored is not read.
    Raises: SourceChanged for a table that is gone, an undeclared column, a missing one, a type without a rule.
    """
    if not answers:
        raise _changed(table, contract, "it is not there, or its reader may not see it")
    spoken = ColumnNames(contract)
    names = [_as_declared(answer.name, spoken) for answer in answers]
    given = {*table.constants, *([contract.source.deletions] if contract.source.deletions else [])}
    # what the contract itself gives needs no column: it is placed behind them under its own name
    behind = sorted(given - {spoken.field(name) for name in names})
    try:
        placed = place([*names, *behind], contract).fields
    except FileFault as fault:
        undeclared = [name for name in names if spoken.field(name) is None and not spoken.is_ignored(name)]
        said = f": {', '.join(map(_shown, undeclared))}" if undeclared else ""
        raise _changed(table, contract, f"{fault}{said}") from None
    found = {}
    for field, places in placed.items():
        if places[0] >= len(names) or field in table.constants:
            continue
        if len(places) > 1:
            raise _changed(table, contract, f"{len(places)} columns stand for field {field}")
        answer = answers[places[0]]
        rule = dialect.rule_of(answer.whole_type)
        if rule is None:
            raise _changed(
                table, contract, f"column {_shown(answer.name)} is of type {answer.whole_type}, which nobody reads yet"
            )
        found[field] = ReadColumn(field, answer.name, answer.whole_type, rule)
    _require_parts(found, table, contract)
    return found


def described(columns: Mapping[str, ReadColumn]) -> str:
    """The columns read and their types, as the ledger keeps them to notice a change."""
    return json.dumps({column.name: column.type for column in columns.values()}, ensure_ascii=False, sort_keys=True)


def require_same(before: str, now: str, table: SourceTable, contract: Contract) -> None:
    """Return when the columns are those of the last extract. Raises: SourceChanged, naming each that is not."""
    old, new = json.loads(before), json.loads(now)
    changed = [
        f"{_shown(name)} was {old.get(name, 'not there')} and is {new.get(name, 'not there')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    if changed:
        raise _changed(table, contract, "; ".join(changed))


def _as_declared(name: str, spoken: ColumnNames) -> str:
    """The name as the contract may know it: some databases write in capitals what others write small."""
    return name if spoken.field(name) or spoken.is_ignored(name) else name.lower()


def _require_parts(found: Mapping[str, ReadColumn], table: SourceTable, contract: Contract) -> None:
    scope = contract.source.extraction.scope if contract.source.extraction else ()
    asked = [table.cursor, table.parallel, *(rule.column for rule in scope)]
    if missing := sorted({name for name in asked if name is not None and name not in found}):
        raise _changed(table, contract, f"no column for {', '.join(missing)}, by which it is read")


def _shown(name: str) -> str:
    """A column's name as a message may hold it: it comes from the source."""
    return repr(name[:40])


def _changed(table: SourceTable, contract: Contract, what: str) -> SourceChanged:
    return SourceChanged(
        f"{contract.id}: the table of connection '{table.connection}' is not as the contract says: {what}. "
        f"Agree with its owner, mend {contract.path.name} and raise its version, then run it again"
    )
