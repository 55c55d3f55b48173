"""Samples of measurement reports as rows: what a user's device and its cell measured, one row per neighbour cell."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from contracts.model import Contract
from jobs.ingest.readers.batches import ROWS_AT_ONCE, Chunk
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason, positions
from jobs.ingest.readers.headers import ColumnNames
from jobs.ingest.readers.report_identity import Report, connection_of, plain_name
from jobs.ingest.readers.report_units import NIL, physical

#: What a report says beside its measured values, by the names that a contract may use.
_AROUND = (
    "enodeb_id", "cell_id", "earfcn", "subframe_number", "connection_id", "sampled_at", "event_type",
    "period_started_at", "period_ended_at", "report_number", "neighbour_number",
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
        self._rows: list[tuple[str | None, ...]] = []
        self._faults: list[RowFaultReason | None] = []

    @property
    def is_full(self) -> bool:
        """Whether it is time to take a chunk."""
        return len(self._rows) >= ROWS_AT_ONCE

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
        said = report.said
        around = (
            *report.cell[:4], connection_of(said), said.get("TimeStamp"), said.get("EventType"), *report.period,
            str(report.number),
        )  # fmt: skip
        width, places = len(self._columns), self._places.values()
        for number, text in enumerate(report.values or (None,), 1):
            words = (text or "").split()
            fault = report.cell.fault
            picked: Sequence[str | None]
            if len(words) == width:
                picked = [words[place] for place in places]
                if picked.count(NIL) == len(picked):
                    fault = fault or RowFaultReason.NOTHING_MEASURED
            else:
                picked = [None] * len(places)
                fault = RowFaultReason.UNPAIRED_RESULTS if words else RowFaultReason.NOTHING_MEASURED
            self._rows.append((*around, str(number), *picked))
            self._faults.append(fault)

    def take(self) -> Chunk:
        """All rows since the last chunk."""
        count = len(self._rows)
        cells = zip(*self._rows, strict=True) if count else ((),) * (len(_AROUND) + len(self._places))
        arrays = [pa.array(words, pa.string()) for words in cells]
        measured = {
            field: physical(self._columns[place], words, self._timing_advance)
            for (field, place), words in zip(self._places.items(), arrays[len(_AROUND) :], strict=True)
        }
        columns: Mapping[str, Any] = {**dict(zip(_AROUND, arrays, strict=False)), **measured}
        numbers = pa.array(np.arange(self._next, self._next + count))
        chunk = Chunk(numbers, columns, pa.array(self._faults, pa.string()))
        self._next += count
        self._clear()
        return chunk
