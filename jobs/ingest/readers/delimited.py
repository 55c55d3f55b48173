"""CSV: Arrow's streaming parser, with what it lets pass watched from outside: encodings, quotes, ragged rows."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from contracts.delimited import Part, filled_fields, parts
from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import ROWS_AT_ONCE, Chunk, Row, also, chunks, with_key_prefix
from jobs.ingest.readers.decoding import utf8_text
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.headers import ColumnNames, Placement, place, repeats_header
from jobs.ingest.readers.layouts import read_layouts
from jobs.ingest.readers.lines import BLOCK_BYTES
from jobs.ingest.readers.mixed_text import is_marked, with_marked_rows_at_fault
from jobs.ingest.readers.padding import Unpadded
from jobs.ingest.readers.quoting import QuoteWatch
from jobs.ingest.readers.reshaping import one_row_per_counter, with_parts

_OTHER_DELIMITERS = ",;\t|，；"
_BYTE_ORDER_MARK = "\ufeff"


def read_delimited(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The records of a delimited text file; blank lines are none, an empty or empty quoted cell is NULL.

    Record numbers count every record, ragged ones too; line breaks inside quotes do not count.
    Grain: one row per record; where the contract has counters, one row per record and counter.
    Raises: FileFault, also after some chunks.
    """
    if "layouts" in reader.options:
        yield from read_layouts(path, contract, reader)
        return
    delimiter = str(reader.options.get("delimiter", ","))
    with utf8_text(path, reader.options["encodings"]) as text:
        stream = Unpadded(text.stream, delimiter) if reader.options.get("is_padded") else text.stream
        head = stream.read(BLOCK_BYTES)
        header, behind = first_record(head, delimiter)
        if any(map(is_marked, header)):
            raise FileFault(FileFaultReason.WRONG_ENCODING, "the header is in another encoding than most of the file")
        _require_delimiter(header, delimiter, ColumnNames(contract))
        filled, counters = filled_fields(reader.options), reader.options.get("counters", ())
        placement = place(header, contract, filled=filled, counters=counters)
        records = _Records(stream, head[behind:], delimiter, placement, is_marked=text.is_marked)
        for chunk in records.chunks(contract.source.null_texts, parts(reader.options)):
            yield with_key_prefix(chunk, contract, placement.key_prefix)


def first_record(head: bytes, delimiter: str) -> tuple[list[str], int]:
    """The first record that is not blank, and how many bytes it ends at."""
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        # a character may be cut at the end of the head; universal line ends, for some files have CR alone
        for line in io.StringIO(head.decode("utf-8", "ignore"), newline=""):
            consumed += len(line.encode())
            yield line

    try:
        header = next((cells for cells in csv.reader(lines(), delimiter=delimiter, strict=True) if cells), None)
    except csv.Error:
        raise FileFault(FileFaultReason.TRUNCATED, "the header's quotes do not pair") from None
    if header is None:
        raise FileFault(FileFaultReason.EMPTY)
    if consumed >= BLOCK_BYTES:
        raise FileFault(FileFaultReason.RECORD_TOO_LONG, "the header")
    return [header[0].removeprefix(_BYTE_ORDER_MARK), *header[1:]], consumed


def _require_delimiter(header: Sequence[str], delimiter: str, names: ColumnNames) -> None:
    if len(header) > 1 or names.field(header[0]) or names.is_ignored(header[0]):
        return
    for other in _OTHER_DELIMITERS:
        if other != delimiter and any(names.field(text) for text in header[0].split(other)):
            raise FileFault(FileFaultReason.WRONG_DELIMITER, f"U+{ord(other):04X}, not U+{ord(delimiter):04X}")


class _Records:
    """What follows the header: good records in Arrow's blocks, ragged ones beside them, each with its number."""

    closed = False  # Arrow asks a stream for it

    def __init__(self, stream: Any, first: bytes, delimiter: str, placement: Placement, *, is_marked: bool) -> None:
        self._stream = stream
        self._first = first
        self._delimiter = delimiter
        self._placement = placement
        self._is_marked = is_marked
        self._watch = QuoteWatch(delimiter)
        self._ragged: list[Row] = []
        self._ragged_numbers: list[int] = []
        self._has_only_ragged = False

    def read(self, size: int) -> bytes:
        """The next bytes for the parser, watched; Arrow hands an exception of ours on unchanged."""
        data, self._first = self._first[:size], self._first[size:]
        data = data or self._stream.read(size)
        self._watch.feed(data)
        return data

    def chunks(self, null_texts: Sequence[str], composite: Sequence[Part]) -> Iterator[Chunk]:
        """All records. Raises: FileFault when the quotes or the lengths of the records forbid to trust them."""
        number = 1
        for batch in self._blocks():
            if batch.num_rows:
                numbers = self._numbers(number, batch.num_rows)
                number = numbers[-1] + 1
                chunk = self._judged(with_parts(_chunk(batch, numbers, self._placement, null_texts), composite))
                if counters := {name: batch[str(place_)] for place_, name in self._placement.counters.items()}:
                    yield from one_row_per_counter(chunk, counters)
                else:
                    yield chunk
            yield from self._take_ragged()
        yield from self._take_ragged()
        self._watch.finish()

    def _blocks(self) -> Iterator[Any]:
        named = (column for columns in self._placement.fields.values() for column in columns)
        wanted = {*self._placement.unnamed, *self._placement.counters, *named}
        names = [str(column) for column in sorted(wanted)]
        try:
            yield from arrow_csv.open_csv(
                pa.PythonFile(self, "r"),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK_BYTES,
                    column_names=[str(column) for column in range(self._placement.width)],
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=self._note_ragged
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=names,
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except pa.ArrowInvalid as error:
            self._explain("Empty CSV" in str(error))

    def _explain(self, is_empty: bool) -> None:
        """Turn Arrow's refusal, whose text quotes the file, into ours."""
        if is_empty:  # no byte behind the header
            return
        if self._has_only_ragged:
            raise FileFault(FileFaultReason.ONLY_RAGGED_ROWS, f"{ROWS_AT_ONCE} rows in a row") from None
        while self.read(BLOCK_BYTES):  # an unclosed quote makes a long record too, and is the better reason
            pass
        self._watch.finish()
        raise FileFault(FileFaultReason.RECORD_TOO_LONG, f"more than {BLOCK_BYTES} bytes") from None

    def _note_ragged(self, row: Any) -> str:
        if len(self._ragged) >= ROWS_AT_ONCE:
            self._has_only_ragged = True
            return "error"
        cells = next(csv.reader([row.text], delimiter=self._delimiter), [])
        values = [_first_cell(cells, columns) for columns in self._placement.fields.values()]
        self._ragged.append((row.number, RowFaultReason.RAGGED_ROW, values))
        self._ragged_numbers.append(row.number)
        return "skip"

    def _take_ragged(self) -> Iterator[Chunk]:
        rows, self._ragged = self._ragged, []
        yield from map(self._judged, chunks(rows, tuple(self._placement.fields)))

    def _judged(self, chunk: Chunk) -> Chunk:
        return with_marked_rows_at_fault(chunk) if self._is_marked else chunk

    def _numbers(self, start: int, count: int) -> Any:
        """The next `count` record numbers that are not those of ragged rows, which Arrow may report a block ahead."""
        taken = np.array(self._ragged_numbers, np.int64)
        numbers = np.setdiff1d(np.arange(start, start + count + len(taken)), taken)[:count]
        self._ragged_numbers = [number for number in self._ragged_numbers if number > numbers[-1]]
        return numbers


def _first_cell(cells: Sequence[str], columns: Sequence[int]) -> str | None:
    """The cell as it stands in a ragged row: maybe shifted, for the one who mends it."""
    return (cells[columns[0]] or None) if columns[0] < len(cells) else None


def _chunk(batch: Any, numbers: Any, placement: Placement, null_texts: Sequence[str]) -> Chunk:
    columns, faults = {}, pa.nulls(batch.num_rows, pa.string())
    for field, places in placement.fields.items():
        columns[field] = batch[str(places[0])]
        for place_ in places[1:]:
            said, other = (_without(column, null_texts) for column in (columns[field], batch[str(place_)]))
            faults = also(faults, pc.not_equal(said, other), RowFaultReason.REPEATED_VALUES_DIFFER)
            columns[field] = pc.coalesce(said, other, columns[field])
    for unnamed in placement.unnamed:
        is_given = _without(batch[str(unnamed)], null_texts).is_valid()
        faults = also(faults, is_given, RowFaultReason.RAGGED_ROW)
    if (repeats := repeats_header(columns, placement)) is not None:
        faults = also(faults, repeats, RowFaultReason.REPEATED_HEADER)
    return Chunk(pa.array(numbers), columns, faults)


def _without(column: Any, null_texts: Sequence[str]) -> Any:
    return pc.if_else(pc.is_in(column, pa.array(null_texts, pa.string())), pa.scalar(None, pa.string()), column)
