"""Objects of a JSON file as rows: every key is a field, declared as never read, or the end of the file."""

import re
from collections.abc import Iterable, Iterator, Sequence

from contracts.model import Contract
from jobs.ingest.readers.batches import Row
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.headers import ColumnNames
from jobs.ingest.readers.json_text import Doubled, NotFinite, Number

_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)
#: What joins the answers of a question whose options come as a list; no option's code holds it.
_BETWEEN_ANSWERS = "┋"


def record_rows(records: Iterable[object], contract: Contract) -> Iterator[Row]:
    """One row per record, numbered in their order; a field without a key is NULL.

    Two keys of one field (a question that was renamed) must agree where both say something.
    Raises: FileFault UNKNOWN_COLUMN for a key that nobody declared, WRONG_STRUCTURE for a record that is no object.
    """
    names = ColumnNames(contract)
    places = {field.name: place for place, field in enumerate(contract.fields)}
    types = [field.type for field in contract.fields]
    known: dict[str, str | None] = {}
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"record {number} is no object")
        fault = RowFaultReason.DUPLICATE_KEY if isinstance(record, Doubled) else None
        cells: list[str | None] = [None] * len(types)
        for position, (key, value) in enumerate(record.items(), 1):
            if key not in known:
                known[key] = _field(key, names, number, position)
            if (field := known[key]) is None:
                continue
            place = places[field]
            text, problem = _text(value, types[place])
            if None not in (text, cells[place]) and text != cells[place]:
                problem = problem or RowFaultReason.REPEATED_VALUES_DIFFER
            cells[place] = cells[place] if text is None else text
            fault = fault or problem
        if (prefix := names.key_prefix(record)) and (own := cells[places[contract.key[0]]]):
            cells[places[contract.key[0]]] = prefix + own
        yield number, fault, cells


def _field(key: str, names: ColumnNames, number: int, position: int) -> str | None:
    """The field that a key stands for; None for a key that is declared as never read."""
    if field := names.field(key):
        return field
    if names.is_ignored(key):
        return None
    raise FileFault(FileFaultReason.UNKNOWN_COLUMN, f"record {number}, key {position}")


def _text(value: object, kind: str) -> tuple[str | None, RowFaultReason | None]:
    match value:
        case Number():
            is_rounded = kind == "string" and not _INTEGER.fullmatch(value)
            return str(value), RowFaultReason.PRECISION_LOST if is_rounded else None
        case None | "":
            return None, None
        case str():
            return value, None
        case bool():
            return str(value).lower(), None
        case list() if kind.startswith("array"):
            return _answers(value)
    return None, RowFaultReason.NOT_A_NUMBER if isinstance(value, NotFinite) else RowFaultReason.NESTED_VALUE


def _answers(options: Sequence[object]) -> tuple[str | None, RowFaultReason | None]:
    if not all(isinstance(option, str) for option in options):
        return None, RowFaultReason.NESTED_VALUE
    return _BETWEEN_ANSWERS.join(map(str, options)) or None, None
