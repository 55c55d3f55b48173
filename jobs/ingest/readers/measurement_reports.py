"""Measurement reports of LTE base stations: samples (MRO, MRE) and statistics (MRS), Huawei's and ZTE's dialects alike.

Both pair values with names by place: `smr` lists the names, each `v` the values; the order differs by vendor and year.
Written to published excerpts of such files; no whole file was seen.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.markup import elements, release, require_root
from jobs.ingest.readers.report_identity import Report, attributes, cell_of, plain_name, station_of
from jobs.ingest.readers.report_samples import Samples
from jobs.ingest.readers.report_statistics import Bins

_ROOT = "bulkPmMrDataFile"
_TAGS = (_ROOT, "fileHeader", "eNB", "measurement", "smr", "object")


def read_reports(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The reports of one file as the table that the reader's options name; a file of another table is refused.

    Grain: `mro` and `mre`: one row per neighbour cell of a report (per `v`). `mrs`: one row per bin of a statistic.
    Units: dBm, dB, degrees and metres as in `report_units`; bins have no edges, for files do not tell them.
    NULL: the word NIL.
    Raises: FileFault, also after some chunks: WRONG_STRUCTURE, UNKNOWN_COLUMN, REPEATED_COLUMN, and those of XML.
    """
    table = reader.options["table"]
    rows = Bins() if table == "mrs" else Samples(contract, reader.options.get("timing_advance", "steps"))
    document = _Document(table)
    with path.open("rb") as file:
        for element in elements(file, _TAGS):
            if element.tag == "smr" or rows.is_full:  # the columns change with the next block
                yield rows.take()
            document.close(element, rows)
    document.require_whole()
    yield rows.take()


class _Document:
    """What the file has said so far that holds for the reports to come."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._root: Any = None
        self._period: tuple[str | None, str | None] | None = None
        self._has_station = False
        self._station: str | None = None
        self._statistic: str | None = None
        self._has_columns = False
        self._reports = 0

    def close(self, element: Any, rows: Samples | Bins) -> None:
        """An element is whole: take what it says. What holds inside a block ends with it."""
        if self._root is None:
            self._root = require_root(element, (_ROOT,))
            if self._root.tag != _ROOT:
                raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"{_ROOT} in a namespace; it has none")
        match element.tag:
            case "object":
                rows.add(self._report(element))
                release(element)
            case "smr":
                self._open_block(element)
                rows.open_block((element.text or "").split(), element.sourceline)
            case "measurement":
                self._has_columns = False
                release(element)
            case "eNB":
                self._has_station = True
                release(element)
            case "fileHeader":
                said = attributes(element)
                self._period = said.get("startTime"), said.get("endTime")

    def require_whole(self) -> None:
        """At the file's end: there was a header and a station. Raises: FileFault WRONG_STRUCTURE."""
        if self._root is None:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root is none of {_ROOT}")
        if self._period is None:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "fileHeader is missing")
        if not self._has_station:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "eNB is missing")

    def _open_block(self, smr: Any) -> None:
        measurement = smr.getparent()
        statistic = measurement.get("mrName")
        if (statistic is not None) != (self._table == "mrs"):
            seen = "statistics (MRS)" if statistic else "samples (MRO or MRE)"
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"line {smr.sourceline}: {seen}, not {self._table}")
        self._statistic = statistic and plain_name(statistic)
        self._station = station_of(measurement.getparent())
        self._has_columns = True

    def _report(self, element: Any) -> Report:
        if self._period is None:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "fileHeader is missing")
        if not self._has_columns:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"line {element.sourceline}: an object before its smr")
        said = attributes(element)
        if self._table == "mro" and "EventType" in said:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"line {element.sourceline}: an event (MRE), not mro")
        self._reports += 1
        cell = cell_of(self._station, said.get("id") or said.get("objectId"))
        values = [part.text for part in element if part.tag == "v"]
        return Report(self._reports, cell, said, self._statistic, self._period, values)
