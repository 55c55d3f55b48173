"""Old binary workbooks (.xls): the same table as in an .xlsx, with the cells of a library. Macros are never opened.

A sheet has at most 65,536 rows of 256 columns; one sheet at a time is held. A formula brings its last result.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import get_column_letter

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.cells import Cell
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.sheet_table import SheetRow, read_table
from jobs.ingest.readers.workbook import Sheet, Workbook, time_styles

#: What xlrd calls the kinds of cells, and the letters of an .xlsx for them; empty and blank cells have none.
_LETTERS = {1: "str", 2: "n", 3: "n", 4: "b", 5: "e"}
_WITH_STYLE = (2, 3)
_FIRST_CUSTOM_FORMAT = 164
#: Above it a number of the file is not exact, and `cells` says so.
_EXACT = 1e15


def read_binary_workbook(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The records of the workbook's table, see `read_table`.

    Raises: FileFault ENCRYPTED for a password, MALFORMED for a damaged file, also after some chunks.
    """
    import xlrd  # noqa: PLC0415 - few files are so old, and each worker would load it at its start

    try:
        with xlrd.open_workbook(
            path, logfile=io.StringIO(), on_demand=True, formatting_info=True, ragged_rows=True
        ) as book:
            yield from read_table(_BinaryBook(book, _facts(book)), contract, reader)
    except xlrd.XLRDError as error:
        is_encrypted = "encrypted" in str(error)
        raise FileFault(FileFaultReason.ENCRYPTED if is_encrypted else FileFaultReason.MALFORMED) from None
    except (xlrd.compdoc.CompDocError, struct.error, AssertionError, IndexError, UnicodeDecodeError):
        raise FileFault(FileFaultReason.MALFORMED, "a damaged binary workbook") from None


@dataclass(frozen=True)
class _BinaryBook:
    book: Any
    workbook: Workbook

    def rows(self, sheet: Sheet, merged: list[str]) -> Iterator[SheetRow]:
        found = self.book.sheet_by_index(int(sheet.part))
        try:
            for row in range(found.nrows):
                yield row + 1, list(_cells(found, row))
            merged.extend(_area(*corners) for corners in found.merged_cells)
        finally:
            self.book.unload_sheet(int(sheet.part))


def _facts(book: Any) -> Workbook:
    custom = {key: form.format_str for key, form in book.format_map.items() if key >= _FIRST_CUSTOM_FORMAT}
    dates, durations = time_styles([style.format_key for style in book.xf_list], BUILTIN_FORMATS | custom)
    sheets = []
    for place, name in enumerate(book.sheet_names()):
        sheets.append(Sheet(name, str(place), book.sheet_by_index(place).visibility == 0))
        book.unload_sheet(place)
    return Workbook(tuple(sheets), [], dates, durations, counts_from_1904=book.datemode == 1)


def _cells(sheet: Any, row: int) -> Iterator[Cell]:
    for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
        if letter := _LETTERS.get(kind):
            style = sheet.cell_xf_index(row, column) if kind in _WITH_STYLE else 0
            yield Cell(column, letter, _raw(value), style, has_formula=False)


def _raw(value: str | float) -> str:
    """The value as an .xlsx writes it: a whole number without a point.

    Example:
        >>> _raw(13800138000.0), _raw(0.5)
        ('13800138000', '0.5')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return f"{value:.0f}"
    return value if isinstance(value, str) else repr(value)


def _area(first_row: int, end_row: int, first_column: int, end_column: int) -> str:
    """A merged range, whose ends are exclusive and counted from 0, as `B2:C9`."""
    return f"{get_column_letter(first_column + 1)}{first_row + 1}:{get_column_letter(end_column)}{end_row}"
