"""What one run of the generator makes: how much, of which day, from which seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from infra.demo.people import Canary
from infra.demo.regions import CITIES, City


@dataclass(frozen=True)
class Size:
    """Rows of each dataset before repeated and planted rows; `cities` of the table take part.

    `customers` are those of the end of the quarter; an export holds the ones registered by its day.
    """

    customers: int
    transactions: int
    feedback: int
    cells: int
    cities: int = len(CITIES)
    measured_days: int = 3


SIZES = {
    "small": Size(customers=800, transactions=3_000, feedback=240, cells=120, cities=8, measured_days=2),
    "medium": Size(customers=3_200, transactions=23_000, feedback=460, cells=120, cities=8, measured_days=2),
    "demo": Size(customers=10_000, transactions=77_000, feedback=2_900, cells=600),
    "large": Size(customers=250_000, transactions=1_900_000, feedback=77_000, cells=3_000),
}


def size_of(text: str) -> Size:
    """The named size, or one with `text` transactions and everything else in proportion; cells stay below 6,000.

    Raises: ValueError, when the text is neither a name nor a number of at least 1,000.
    """
    if text in SIZES:
        return SIZES[text]
    digits = text.replace("_", "").replace(",", "")
    smallest = 1_000
    if not digits.isdigit() or int(digits) < smallest:
        raise ValueError(f"size {text!r}: give {', '.join(SIZES)} or a number of transactions, at least {smallest}")
    rows = int(digits)
    return Size(
        customers=max(500, rows // 10),
        transactions=rows,
        feedback=max(240, rows // 100),
        cells=min(6_000, max(120, rows // 100)),
    )


@dataclass(frozen=True)
class Setting:
    """Everything a generator may depend on beside the code.

    `months` of history end on the day before `day`: two whole years and the running month, so that each month has one a
    year before it. 0 months mean that one day only, as a daily increment has it.
    """

    seed: int
    day: date
    size: Size
    months: int = 25
    bad_share: float = 0.01
    canaries: Sequence[Canary] = ()

    @property
    def cities(self) -> tuple[City, ...]:
        """The cities that take part."""
        return CITIES[: self.size.cities]

    @property
    def last_day(self) -> date:
        """The last day about which anything is told."""
        return self.day - timedelta(days=1)

    def told(self, day: date) -> date | None:
        """The day, or None for what is still to come."""
        return day if day <= self.last_day else None

    @property
    def periods(self) -> list[tuple[date, date]]:
        """First and last day of each month of history, oldest first; of a daily increment the one day."""
        if self.months == 0:
            return [(self.last_day, self.last_day)]
        starts = [month_before(self.last_day, back) for back in range(self.months - 1, -1, -1)]
        ends = [start - timedelta(days=1) for start in starts[1:]] + [self.last_day]
        return list(zip(starts, ends, strict=True))

    @property
    def measured_days(self) -> list[date]:
        """The days whose measurement files arrive, oldest first."""
        count = self.size.measured_days if self.months else 1
        return [self.day - timedelta(days=back) for back in range(count, 0, -1)]


def far_future(day: date) -> date:
    """A day that is still to come whenever the files are read; typed 2062 for 2026, it happens."""
    return date(day.year + 36, day.month, 1)


def month_before(day: date, back: int) -> date:
    """The first day of the month `back` months before that of `day`.

    Example:
        >>> month_before(date(2026, 1, 31), 2)
        datetime.date(2025, 11, 1)
    """
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
