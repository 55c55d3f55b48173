"""One worksheet cell as text: what a person sees in it, as long as nothing was lost on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.workbook import Workbook

#: Excel keeps 15 digits; a longer number was rounded when it was typed.
_EXACT_DIGITS = 15
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
#: A day that Excel has and the calendar has not: 29 February 1900.
_NO_DAY = 60

Text = tuple[str | None, RowFaultReason | None]


class Cell(NamedTuple):
    """A cell as the sheet writes it: column from 0, the type letter, the raw value, the style's number."""

    column: int
    type: str
    raw: str | None
    style: int
    has_formula: bool


@dataclass(frozen=True)
class CellReader:
    """Turns cells of one workbook into text for a field of a given Spark type."""

    workbook: Workbook

    def text(self, cell: Cell, kind: str) -> Text:
        """The cell's text, or NULL with the fault of its row.

        Dates are ISO texts, without a time where the field is a date or the time is midnight in a string field.
        Raises: FileFault MALFORMED for a shared text that does not exist.
        """
        text, fault = cell.raw, None
        if cell.raw is None:
            fault = RowFaultReason.UNCOMPUTED_FORMULA if cell.has_formula else None
        elif cell.type == "n":
            text, fault = self._number(cell.raw, cell.style, kind)
        elif cell.type == "s":
            text = self._shared(cell.raw)
        elif cell.type == "b":
            text = "true" if cell.raw == "1" else "false"
        elif cell.type == "d":
            text, fault = _iso_date(cell.raw, kind)
        elif cell.type == "e":
            text, fault = None, RowFaultReason.ERROR_CELL
        return text, fault

    def header(self, cell: Cell) -> str:
        """The cell's text as a column name; a cell that has none is blank."""
        return self.text(cell, "string")[0] or ""

    def _shared(self, place: str) -> str:
        if not place.isdecimal() or int(place) >= len(self.workbook.texts):
            raise FileFault(FileFaultReason.MALFORMED, "a cell points to a shared text that does not exist")
        return self.workbook.texts[int(place)]

    def _number(self, raw: str, style: int, kind: str) -> Text:
        if not _NUMBER.fullmatch(raw):
            return None, RowFaultReason.NOT_A_NUMBER
        if style in self.workbook.dates:
            return self._date(float(raw), kind)
        if style in self.workbook.durations:
            return str(timedelta(seconds=round(float(raw) * 86_400))), None
        return _exact(raw) if kind in {"string", "bigint"} else (raw, None)

    def _date(self, serial: float, kind: str) -> Text:
        epoch = MAC_EPOCH if self.workbook.counts_from_1904 else WINDOWS_EPOCH
        if serial < 0 or (int(serial) == _NO_DAY and epoch is WINDOWS_EPOCH):
            return None, RowFaultReason.IMPOSSIBLE_DATE
        try:
            return _written(from_excel(serial, epoch), kind), None
        except (OverflowError, ValueError):
            return None, RowFaultReason.IMPOSSIBLE_DATE


def _exact(raw: str) -> Text:
    """A number as a person wrote it: `13800138000.0` and `1.3800138E10` are 13800138000; longer than exact is a fault.

    Example:
        >>> _exact("13800138000.0")
        ('13800138000', None)
        >>> _exact("110101199003071234")[0] is None
        True
    """
    number = Decimal(raw)
    if number and not -_EXACT_DIGITS <= number.adjusted() < _EXACT_DIGITS:
        return None, RowFaultReason.PRECISION_LOST
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}", None
    # 0.1 + 0.2 is stored with 17 digits and shown with 15
    return f"{Decimal(f'{float(raw):.15g}'):f}", None


def _iso_date(raw: str, kind: str) -> Text:
    try:
        return _written(datetime.fromisoformat(raw), kind), None
    except ValueError:
        return None, RowFaultReason.IMPOSSIBLE_DATE


def _written(moment: datetime | date | time | timedelta, kind: str) -> str:
    if not isinstance(moment, datetime):
        return str(moment)
    is_midnight = moment.time() == time()
    if is_midnight and kind != "timestamp":
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")


def columns_by_letters() -> Mapping[str, int]:
    """A growing map from column letters to the column's number from 0."""
    return _Columns()


class _Columns(dict[str, int]):
    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self[letters] = number - 1
        return number - 1
