"""Statistics of measurement reports as rows: how many samples fell into each bin of a cell's distribution."""

from collections.abc import Sequence

from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.faults import RowFaultReason
from jobs.ingest.readers.long_rows import LongRows
from jobs.ingest.readers.report_identity import Report, plain_name

#: What all bins of one statistic share; beside it stand `bin_name` and `sample_count`.
_AROUND = (
    "enodeb_id", "cell_id", "earfcn", "subframe_number", "statistic_name", "period_started_at", "period_ended_at",
)  # fmt: skip


class Bins:
    """The rows of a file, numbered from 1. Bins are taken by their names, so a statistic nobody foresaw lands too."""

    def __init__(self) -> None:
        self._rows = LongRows(_AROUND, "bin_name", "sample_count")
        self._bins: list[str | None] = []

    @property
    def is_full(self) -> bool:
        """Whether it is time to take a chunk."""
        return self._rows.is_full

    def open_block(self, columns: Sequence[str], line: int) -> None:
        """The bins of the reports to come."""
        self._bins = [plain_name(column) for column in columns]

    def add(self, report: Report) -> None:
        """One row per bin; a list of counts that does not fit the bins is one faulty row."""
        around = (*report.cell[:4], report.statistic, *report.period)
        for text in report.values or (None,):
            counts = (text or "").split()
            if not counts:
                self._rows.add(around, (None,), (None,), (RowFaultReason.NOTHING_MEASURED,))
            elif len(counts) != len(self._bins):
                self._rows.add(around, (None,), (text,), (RowFaultReason.UNPAIRED_RESULTS,))
            else:
                fault = report.cell.fault
                self._rows.add(around, self._bins, counts, [fault] * len(counts) if fault else None)

    def take(self) -> Chunk:
        """All rows since the last chunk."""
        return self._rows.take()
