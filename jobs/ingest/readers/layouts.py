"""Records without header and quotes: the contract says which field stands where, the number of fields which version.

A record may be shorter than its layout where the contract lets it end early, so that Arrow's CSV parser, which wants
equal records, cannot take them. Places of separators are found for a whole block, and cells cut out at once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from contracts.delimited import Layout, filled_fields, layouts
from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, also
from jobs.ingest.readers.decoding import utf8_text
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.headers import Placement, place, repeats_header
from jobs.ingest.readers.lines import whole_lines
from jobs.ingest.readers.mixed_text import with_marked_rows_at_fault

_OTHER_DELIMITERS = "|\t,;\x01"

_Places = npt.NDArray[np.int64]


class _Records(NamedTuple):
    """The records of a block: all their cells with the separator behind each, and where each record's cells are."""

    cells: Any
    is_empty: npt.NDArray[np.bool_]
    first: _Places
    widths: _Places


def read_layouts(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The records of a text without header; blank lines are none, an empty cell is NULL.

    The layout that fits most records of the first block is that of the file: one more separator inside a text would
    else make a record of one version look like one of another.
    Raises: FileFault, also after some chunks.
    """
    delimiter = str(reader.options.get("delimiter", ","))
    with utf8_text(path, reader.options["encodings"]) as text:
        version, number = None, 1
        for block in whole_lines(text.stream):
            records = _records(block, delimiter)
            if not len(records.first):
                continue
            if version is None:
                version = _Version.of(_fitting(records, layouts(reader.options), block, delimiter), contract, reader)
            chunk = version.chunk(records, number)
            yield with_marked_rows_at_fault(chunk) if text.is_marked else chunk
            number += len(records.first)
        if version is None:
            raise FileFault(FileFaultReason.EMPTY)


def _records(block: bytes, delimiter: str) -> _Records:
    if not block.endswith((b"\n", b"\r")):
        block += b"\n"
    codes = np.frombuffer(block, np.uint8)
    is_line_end = (codes == ord("\n")) | (codes == ord("\r"))
    ends = np.flatnonzero(is_line_end | (codes == ord(delimiter)))
    offsets = np.concatenate(([0], ends + 1)).astype(np.int32)
    cells = pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(block)], 0)
    is_empty = np.diff(offsets) == 1
    last = np.flatnonzero(is_line_end[ends])
    first = np.concatenate(([0], last[:-1] + 1))
    widths = last - first + 1
    is_record = (widths > 1) | ~is_empty[last]
    return _Records(cells, is_empty, first[is_record], widths[is_record])


def _fitting(records: _Records, known: Sequence[Layout], block: bytes, delimiter: str) -> Layout:
    """The layout that fits most records. Raises: FileFault where none fits any."""
    widths = Counter(records.widths.tolist())
    fits = {layout: sum(widths[width] for width in layout.widths) for layout in known}
    layout = max(fits, key=lambda layout: fits[layout])
    if fits[layout]:
        return layout
    line = block.split(b"\n", maxsplit=1)[0]
    agreed = {width for layout in known for width in layout.widths}
    for other in _OTHER_DELIMITERS:
        if other != delimiter and line.count(other.encode()) + 1 in agreed:
            raise FileFault(FileFaultReason.WRONG_DELIMITER, f"U+{ord(other):04X}, not U+{ord(delimiter):04X}")
    found = widths.most_common(1)[0][0]
    listed = ", ".join(str(width) for width in sorted(agreed))
    raise FileFault(FileFaultReason.UNKNOWN_LAYOUT, f"most have {found}, agreed {listed}")


@dataclass(frozen=True)
class _Version:
    """The layout of one file."""

    widths: tuple[int, ...]
    placement: Placement

    @classmethod
    def of(cls, layout: Layout, contract: Contract, reader: Reader) -> "_Version":
        """The layout as this contract reads it, which the contract's own checks allow."""
        placement = place(layout.columns, contract, filled=filled_fields(reader.options))
        return cls(tuple(sorted(layout.widths)), placement)

    def chunk(self, records: _Records, number: int) -> Chunk:
        """The records as columns; what a ragged one has under a name may be another column's, for the one who mends."""
        count = len(records.first)
        columns = {field: _column(records, places[0]) for field, places in self.placement.fields.items()}
        faults = also(
            pa.nulls(count, pa.string()),
            pa.array(~np.isin(records.widths, self.widths)),
            RowFaultReason.RAGGED_ROW,
        )
        if (repeats := repeats_header(columns, self.placement)) is not None:
            faults = also(faults, repeats, RowFaultReason.REPEATED_HEADER)
        return Chunk(pa.array(np.arange(number, number + count)), columns, faults)


def _column(records: _Records, place_: int) -> Any:
    """The cells at one place of all records, without their separator; NULL where one is empty or not there."""
    places = np.minimum(records.first + place_, len(records.cells) - 1)
    is_null = (records.widths <= place_) | records.is_empty[places]
    cells = pc.binary_slice(records.cells.take(pa.array(places, mask=is_null)), 0, -1)
    return cells.view(pa.string())  # the whole file was seen to decode
