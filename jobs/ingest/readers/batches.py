"""Rows of text as Arrow batches with their technical columns, and the checks that hold for every kind of file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.model import Contract, Field
from contracts.treatments import Seal, Token
from jobs.ingest.readers.faults import FileFault, RowFaultReason

#: What every batch of text carries before the contract's fields; all may be NULL.
TEXT_COLUMNS: Mapping[str, Any] = {
    "source_file_sha256": pa.string(),
    "source_row_number": pa.int64(),
    "source_timezone": pa.string(),
    "file_fault": pa.string(),
    "file_fault_detail": pa.string(),
    "row_fault": pa.string(),
}
#: How many rows a reader holds at most.
ROWS_AT_ONCE = 10_000

#: Number of the record in its file from 1, what is wrong with it, its cells in the order of the chunk's names.
Row = tuple[int, RowFaultReason | None, Sequence[str | None]]

#: The longest cell that lands, in characters; the usual CSV readers stop there too.
_LONGEST_CELL = 131_072
#: What no cell of text holds, of whatever source: control characters but tab, line feed and carriage return.
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_FIRST_PRINTABLE = 0x20
# Excel writes a number that is too long for its cell as 1.38E+10; hexadecimal codes such as 1E5 have no sign
_ROUNDED = r"^\s*-?[0-9](\.[0-9]+)?E\+[0-9]{2,3}\s*$"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class LandedFile:
    """One file as landing keeps it."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Chunk:
    """Some records of a file: their numbers, their cells by field name (one left out is NULL), a fault or NULL each."""

    numbers: Any
    columns: Mapping[str, Any]
    faults: Any


def text_schema(contract: Contract) -> Any:
    """The schema of a batch of text: `TEXT_COLUMNS`, then every field of the contract as string, in its order."""
    technical = [pa.field(name, kind) for name, kind in TEXT_COLUMNS.items()]
    return pa.schema(technical + [pa.field(field.name, pa.string()) for field in contract.fields])


def chunks(rows: Iterable[Row], names: Sequence[str]) -> Iterator[Chunk]:
    """Rows in portions of at most `ROWS_AT_ONCE`; a cell that is no valid text becomes NULL and a fault of its row."""
    remaining = iter(rows)
    while portion := list(islice(remaining, ROWS_AT_ONCE)):
        numbers, faults, cells = zip(*portion, strict=True)
        found: list[RowFaultReason | None] = list(faults)
        by_field = zip(names, zip(*cells, strict=True), strict=True)
        columns = {name: _text_array(list(values), found) for name, values in by_field}
        yield Chunk(pa.array(numbers, pa.int64()), columns, pa.array(found, pa.string()))


def with_key_prefix(chunk: Chunk, contract: Contract, prefix: str) -> Chunk:
    """The chunk with `prefix` before its keys, so that numbers of two channels differ; a NULL key stays NULL."""
    key = chunk.columns.get(contract.key[0]) if prefix else None
    if key is None:
        return chunk
    return replace(chunk, columns={**chunk.columns, contract.key[0]: pc.binary_join_element_wise(prefix, key, "")})


def to_batches(contract: Contract, file: LandedFile, timezone: str, chunk: Chunk) -> Iterator[Any]:
    """The chunk in the shape of `text_schema`, at most `ROWS_AT_ONCE` rows a batch; one row in, one row out."""
    count = len(chunk.numbers)
    nothing = pa.nulls(count, pa.string())
    technical = {
        "source_file_sha256": pa.repeat(pa.scalar(file.sha256), count),
        "source_row_number": chunk.numbers,
        "source_timezone": pa.repeat(pa.scalar(timezone), count),
        "file_fault": nothing,
        "file_fault_detail": nothing,
        "row_fault": pc.coalesce(chunk.faults, *_content_faults(contract, chunk.columns)),
    }
    fields = (chunk.columns.get(field.name, nothing) for field in contract.fields)
    batch = pa.record_batch([*technical.values(), *fields], schema=text_schema(contract))
    for start in range(0, count, ROWS_AT_ONCE):
        yield batch.slice(start, ROWS_AT_ONCE)


def also(faults: Any, is_at_fault: Any, reason: RowFaultReason) -> Any:
    """The faults with this one more where it holds; a row keeps its first fault."""
    return pc.if_else(pc.fill_null(is_at_fault, False), pc.coalesce(faults, pa.scalar(str(reason))), faults)


def fault_batch(contract: Contract, file: LandedFile, fault: FileFault) -> Any:
    """The one row that says why a file is refused; its fields and its row number are NULL."""
    said = {"source_file_sha256": file.sha256, "file_fault": str(fault.reason), "file_fault_detail": fault.detail}
    schema = text_schema(contract)
    return pa.record_batch([pa.array([said.get(column.name)], column.type) for column in schema], schema=schema)


def _text_array(values: list[str | None], faults: list[RowFaultReason | None]) -> Any:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, which JSON and workbooks can spell and UTF-8 cannot
        for place, value in enumerate(values):
            if value is not None and not _is_text(value):
                values[place] = None
                faults[place] = faults[place] or RowFaultReason.DAMAGED_TEXT
        return pa.array(values, pa.string())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _content_faults(contract: Contract, columns: Mapping[str, Any]) -> Iterator[Any]:
    """One column of faults per suspicion that a quick look at the bytes leaves open; mostly there is none."""
    for field in contract.fields:
        column = columns.get(field.name)
        if column is None or column.null_count == len(column):
            continue
        data = column.buffers()[2]
        if len(data) > _LONGEST_CELL and pc.max(pc.binary_length(column)).as_py() > _LONGEST_CELL:
            yield _where(pc.greater(pc.utf8_length(column), _LONGEST_CELL), RowFaultReason.CELL_TOO_LONG)
        if (np.frombuffer(data, np.uint8) < _FIRST_PRINTABLE).any():
            yield _where(pc.match_substring_regex(column, CONTROLS), RowFaultReason.CONTROL_CHARACTER)
        if field.type == "string" and data.to_pybytes().find(b"E+") >= 0:
            yield _where(pc.match_substring_regex(column, _ROUNDED), RowFaultReason.PRECISION_LOST)
        if is_joined_by(field) and data.to_pybytes().find(REPLACEMENT.encode()) >= 0:
            yield _where(pc.match_substring(column, REPLACEMENT), RowFaultReason.DAMAGED_TEXT)


def _where(is_at_fault: Any, reason: RowFaultReason) -> Any:
    return pc.if_else(pc.fill_null(is_at_fault, False), pa.scalar(str(reason)), pa.scalar(None, pa.string()))


def is_joined_by(field: Field) -> bool:
    """Whether rows are told apart or joined by this field, so that one lost character is another thing."""
    return field.primary_key or isinstance(field.treatment, Token | Seal)
