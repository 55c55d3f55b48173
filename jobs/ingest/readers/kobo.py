"""KoboToolbox submissions: a JSON array of objects, or a page with the array in `results`; read one by one."""

from collections.abc import Iterator
from pathlib import Path

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, chunks
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.json_text import JsonText
from jobs.ingest.readers.records import record_rows

_PAGE_KEYS = frozenset(("count", "next", "previous", "results"))


def read_kobo(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:  # noqa: ARG001 - readers have one shape
    """One row per submission, numbered in the array's order; an unanswered question has no key and is NULL.

    Raises: FileFault UNKNOWN_COLUMN for a key that nobody declared, and when the text is no such array.
    """
    names = tuple(field.name for field in contract.fields)
    with path.open("rb") as file:
        yield from chunks(record_rows(submissions(JsonText(file)), contract), names)


def submissions(text: JsonText) -> Iterator[object]:
    """The records of the array, or of the page, one by one."""
    if text.peek() == "[":
        yield from text.array()
    else:
        yield from _page(text)
    text.require_end()


def _page(text: JsonText) -> Iterator[object]:
    found = False
    for key in text.keys():  # noqa: SIM118 - no mapping: the keys of an object as they come
        if key not in _PAGE_KEYS or (key == "results" and (found or text.peek() != "[")):
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "no array of records, and no page with one in results")
        if key == "results":
            found = True
            yield from text.array()
        else:
            text.value()
    if not found:
        raise FileFault(FileFaultReason.WRONG_STRUCTURE, "no array of records, and no page with one in results")
