"""Samples of measurement reports as rows: what a user's device and its cell measured, one row per neighbour cell."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from contracts.model import Contract
from jobs.ingest.readers.batches import ROWS_AT_ONCE, Chunk
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason, positions
from jobs.ingest.readers.headers import ColumnNames
from jobs.ingest.readers.long_rows import spread
from jobs.ingest.readers.report_identity import Report, connection_of, plain_name
from jobs.ingest.readers.report_units import NIL, physical

#: What a report says beside its measured values, by the names that a contract may use; `neighbour_number` counts them.
_AROUND = (
    "enodeb_id", "cell_id", "earfcn", "subframe_number", "connection_id", "sampled_at", "event_type",
    "period_started_at", "period_ended_at", "report_number",
)  # fmt: skip


class Samples:
    """The rows of a file, numbered from 1. Measured columns are placed by the contract's names and aliases.

    Figures of the serving cell stand in every row of a report; `neighbour_number` 1 has each of them once.
    A block of which the contract takes no column gives no row.
    """

    def __init__(self, contract: Contract, timing_advance: str) -> None:
        self._names = ColumnNames(contract)
        self._timing_advance = timing_advance
        self._next = 1
        self._places: Mapping[str, int] = {}
        self._columns: Sequence[str] = ()
        self._clear()

    def _clear(self) -> None:
        self._around: list[tuple[str | None, ...]] = []
        self._counts: list[int] = []
        self._lines: list[str] = []
        self._faults: dict[int, RowFaultReason] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to take a chunk."""
        return len(self._lines) >= ROWS_AT_ONCE

    def open_block(self, columns: Sequence[str], line: int) -> None:
        """The columns of the reports to come; take what came before first.

        Raises: FileFault UNKNOWN_COLUMN, REPEATED_COLUMN.
        """
        self._columns = [plain_name(column) for column in columns]
        found: dict[str, int] = {}
        repeated, unknown = [], []
        for place, column in enumerate(self._columns):
            if field := self._names.field(column):
                repeated += [place] if field in found else []
                found[field] = place
            elif not self._names.is_ignored(column):
                unknown.append(place)
        for reason, places in (
            (FileFaultReason.UNKNOWN_COLUMN, unknown),
            (FileFaultReason.REPEATED_COLUMN, repeated),
        ):
            if places:
                raise FileFault(reason, f"line {line}: {positions('column', places, len(columns))}")
        self._places = found

    def add(self, report: Report) -> None:
        """One row per text of values; a report without any, or with more or fewer values than columns, is faulty."""
        if not self._places:
            return
        said, values = report.said, report.values or (None,)
        self._counts.append(len(values))
        self._around.append((
            *report.cell[:4], connection_of(said), said.get("TimeStamp"), said.get("EventType"), *report.period,
            str(report.number),
        ))  # fmt: skip
        for text in values:
            words = (text or "").split()
            fault = report.cell.fault
            if len(words) != len(self._columns):
                fault = RowFaultReason.UNPAIRED_RESULTS if words else RowFaultReason.NOTHING_MEASURED
                words = [NIL] * len(self._columns)
            if fault:
                self._faults[len(self._lines)] = fault
            self._lines.append(" ".join(words))

    def take(self) -> Chunk:
        """All rows since the last chunk."""
        count = len(self._lines)
        words = self._words() if count else {}
        measured = {
            field: physical(self._columns[place], words[field], self._timing_advance)
            for field, place in self._places.items()
            if count
        }
        columns: Mapping[str, Any] = {
            **measured,  # first, so that no column of a file stands in for what its elements say
            **spread(_AROUND, self._around, self._counts),
            "neighbour_number": pa.array([n for c in self._counts for n in range(1, c + 1)], pa.int64()).cast("string"),
        }
        numbers = pa.array(np.arange(self._next, self._next + count))
        chunk = Chunk(numbers, columns, self._fault_column(measured.values()))
        self._next += count
        self._clear()
        return chunk

    def _words(self) -> dict[str, Any]:
        """The measured columns as they are written, NIL as NULL: split in one go, not word by word."""
        text = "\n".join(self._lines).encode()
        names = [str(place) for place in self._places.values()]
        table = arrow_csv.read_csv(
            pa.py_buffer(text),
            arrow_csv.ReadOptions(
                use_threads=False,
                block_size=len(text) + 1,
                column_names=[str(place) for place in range(len(self._columns))],
            ),
            arrow_csv.ParseOptions(delimiter=" ", quote_char=False),
            arrow_csv.ConvertOptions(
                include_columns=names,
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                null_values=[NIL],
                strings_can_be_null=True,
            ),
        )
        return {field: table[str(place)].combine_chunks() for field, place in self._places.items()}

    def _fault_column(self, measured: Iterable[Any]) -> Any:
        """What is wrong with each row, or that it holds nothing."""
        count = len(self._lines)
        found = pa.array([self._faults.get(row) for row in range(count)], pa.string())
        says_nothing = reduce(pc.and_, (column.is_null() for column in measured), pa.repeat(pa.scalar(True), count))
        return pc.if_else(says_nothing, pc.coalesce(found, pa.scalar(str(RowFaultReason.NOTHING_MEASURED))), found)
