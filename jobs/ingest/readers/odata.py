"""ODK Central's OData documents: the submissions of a form, or the rows of one repeat in it.

A repeat is a table of its own, with a contract of its own. Its rows come in a document of that table, or nested in
submissions that were asked for with `$expand=*`; in the second case the enclosing records lend them their values.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, chunks
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.json_text import Doubled, JsonText
from jobs.ingest.readers.records import record_rows

_CONTEXT, _ROWS = "@odata.context", "value"
#: In names that the protocol adds beside the data, such as `visits@odata.navigationLink`.
_ANNOTATION = "@odata."
_ENCLOSING = "../"

Record = dict[str, object]


def read_odata(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """One row per record of the contract's table, numbered in the document's order.

    A question in a group has the key `group/question`, as in Kobo's JSON. A row of a repeat that came inside its
    submission also has the submission's keys behind `../`, those of the submission of a deeper repeat behind `../../`.
    Raises: FileFault UNKNOWN_COLUMN for a key that nobody declared, WRONG_STRUCTURE for a document of another table.
    """
    wanted = str(reader.options.get("table", "Submissions"))
    repeats = _repeats_between(_table_of(path), wanted)
    names = tuple(field.name for field in contract.fields)
    with path.open("rb") as file:
        records = (row for record in _values(JsonText(file)) for row in _rows(record, repeats, {}))
        yield from chunks(record_rows(records, contract), names)


def _table_of(path: Path) -> str:
    """The table that the document is about; Central writes it behind the rows. Raises: FileFault."""
    context: object = None
    with path.open("rb") as file:
        text = JsonText(file)
        for key in text.keys():  # noqa: SIM118 - no mapping: the keys of an object as they come
            if key == _ROWS:
                _skip_rows(text)
            else:
                value = text.value()
                context = value if key == _CONTEXT else context
        text.require_end()
    if not isinstance(context, str):
        raise FileFault(FileFaultReason.WRONG_STRUCTURE, "no @odata.context that names a table")
    return context.rpartition("#")[2]


def _skip_rows(text: JsonText) -> None:
    for _ in text.array():
        pass


def _repeats_between(found: str, wanted: str) -> tuple[str, ...]:
    """The names on the way from the document's table down to the wanted one; none where they are the same."""
    if found == wanted:
        return ()
    if wanted.startswith(f"{found}."):
        return tuple(wanted.removeprefix(f"{found}.").split("."))
    raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"not the table {wanted} and none that encloses it")


def _values(text: JsonText) -> Iterator[object]:
    for key in text.keys():  # noqa: SIM118 - no mapping: the keys of an object as they come
        if key == _ROWS:
            yield from text.array()
        else:
            text.value()


def _rows(record: object, path: Sequence[str], enclosing: Record) -> Iterator[object]:
    """The record itself, flat, or the records of the repeat at `path` inside it; parts of a path may be groups."""
    if not isinstance(record, dict):
        yield record
        return
    flat = _joined(enclosing, _flat(record))
    if not path:
        yield flat
        return
    outer = {f"{_ENCLOSING}{key}": value for key, value in flat.items() if not isinstance(value, list)}
    for length in range(1, len(path) + 1):
        inner = flat.get("/".join(path[:length]))
        for row in inner if isinstance(inner, list) else ():
            yield from _rows(row, path[length:], Doubled(outer) if isinstance(flat, Doubled) else outer)


def _joined(*parts: Record) -> Record:
    joined = {key: value for part in parts for key, value in part.items()}
    return Doubled(joined) if any(isinstance(part, Doubled) for part in parts) else joined


def _flat(record: Record) -> Record:
    """One level: the values of a group stand under `group/name`; what the protocol adds is left out."""
    parts: list[Record] = [Doubled() if isinstance(record, Doubled) else {}]
    for key, value in record.items():
        if _ANNOTATION in key:
            continue
        inner = _flat(value) if isinstance(value, dict) else None
        named = {key: value} if inner is None else {f"{key}/{name}": text for name, text in inner.items()}
        parts.append(Doubled(named) if isinstance(inner, Doubled) else named)
    return _joined(*parts)
