"""The periods that reports speak of, in China's calendar: which one is over, what came before."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jobs.errors import ReportRefused

_NAME = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?")


class PeriodKind(StrEnum):
    """How long a period is (N3: monthly, quarterly, yearly)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter or year; `start` is its first day."""

    start: date
    kind: PeriodKind

    @property
    def end(self) -> date:
        """The first day that is no longer in it."""
        return _months_later(self.start, _MONTHS[self.kind])

    @property
    def name(self) -> str:
        """As commands and folders have it: 2026-01, 2026Q1, 2026."""
        names = {
            PeriodKind.MONTH: f"{self.start:%Y-%m}",
            PeriodKind.QUARTER: f"{self.start:%Y}Q{(self.start.month + 2) // 3}",
            PeriodKind.YEAR: f"{self.start:%Y}",
        }
        return names[self.kind]

    @property
    def label(self) -> str:
        """As readers have it: 2026年1月, 2026年第1季度, 2026年."""
        labels = {
            PeriodKind.MONTH: f"{self.start.year}年{self.start.month}月",
            PeriodKind.QUARTER: f"{self.start.year}年第{(self.start.month + 2) // 3}季度",
            PeriodKind.YEAR: f"{self.start.year}年",
        }
        return labels[self.kind]

    def earlier(self, count: int) -> "Period":
        """The period of the same kind so many before this one."""
        return Period(_months_later(self.start, -count * _MONTHS[self.kind]), self.kind)

    @property
    def previous(self) -> "Period":
        """What 环比 compares with."""
        return self.earlier(1)

    @property
    def last_year(self) -> "Period":
        """What 同比 compares with."""
        return Period(_months_later(self.start, -_MONTHS[PeriodKind.YEAR]), self.kind)


def period(name: str) -> Period:
    """The period of this name. Raises: ReportRefused.

    Example:
        >>> [period(name).label for name in ("2026-01", "2026Q1", "2026")]
        ['2026年1月', '2026年第1季度', '2026年']
        >>> period("2026Q1").previous.name, period("2026Q1").last_year.name
        ('2025Q4', '2025Q1')
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ReportRefused("a period is given as 2026-01, 2026Q1 or 2026")
    year = int(found["year"])
    if found["month"]:
        return Period(date(year, int(found["month"]), 1), PeriodKind.MONTH)
    if found["quarter"]:
        return Period(date(year, 3 * int(found["quarter"]) - 2, 1), PeriodKind.QUARTER)
    return Period(date(year, 1, 1), PeriodKind.YEAR)


def last_finished(kind: PeriodKind, today: date) -> Period:
    """The newest period of a kind that is over.

    Example:
        >>> last_finished(PeriodKind.QUARTER, date(2026, 4, 1)).name
        '2026Q1'
    """
    first_month = today.month - (today.month - 1) % _MONTHS[kind]
    return Period(date(today.year, first_month, 1), kind).previous


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
