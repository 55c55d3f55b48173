"""Writes seeds/calendar_exceptions.csv: the days since 2018 on which the State Council's announcement says something.

All other days follow from the week: Monday to Friday are worked. The model dim_date puts the two together; a seed of
every day would cost each new installation more than several models do.

Run it with the platform environment after the library `chinesecalendar` has learned a new year, or after
`calendar_overrides.yml` has: `.venv/platform/bin/python dbt_project/generate_calendar.py`.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import chinese_calendar
import yaml
from chinese_calendar import constants

HERE = Path(__file__).parent
FIRST_DAY = dt.date(2018, 1, 1)
SATURDAY = 6
HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


class UnknownYear(Exception):
    """Neither the library nor the overrides hold the working days of a year."""


class Day(NamedTuple):
    """One calendar day; `holiday_name` is NULL (empty) on working days and on ordinary weekends."""

    date: dt.date
    is_working_day: bool
    holiday_name: str | None


class YearOfOurs(NamedTuple):
    """A year of `calendar_overrides.yml`: public holidays by day, and weekend days that are worked."""

    holidays: dict[dt.date, str]
    worked_weekend_days: frozenset[dt.date]


def library_years() -> frozenset[int]:
    """The years whose announced holidays the installed library holds."""
    return frozenset(day.year for day in constants.holidays)


def load_overrides(path: Path) -> dict[int, YearOfOurs]:
    """Years of our own, each with all its holidays: a year is taken whole from one of the two sources."""
    years = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("years") or {}
    return {
        int(year): YearOfOurs(dict(held.get("holidays") or {}), frozenset(held.get("worked_weekend_days") or ()))
        for year, held in years.items()
    }


def day_of_library(date: dt.date) -> Day:
    """The library also names the holiday that a worked weekend day makes up for; that day is no holiday."""
    is_off, english = chinese_calendar.get_holiday_detail(date)
    return Day(date, not is_off, HOLIDAY_NAMES[english] if is_off and english else None)


def day_of_ours(date: dt.date, year: YearOfOurs) -> Day:
    """A day of an overridden year: off when it is a holiday, or a weekend day that is not worked."""
    holiday = year.holidays.get(date)
    is_weekend_off = date.isoweekday() >= SATURDAY and date not in year.worked_weekend_days
    return Day(date, holiday is None and not is_weekend_off, holiday)


def days(last_year: int, overrides: dict[int, YearOfOurs]) -> Iterator[Day]:
    """Every day from FIRST_DAY to the end of `last_year`; an override wins over the library.

    Raises: UnknownYear, before any day is given.
    """
    wanted = set(range(FIRST_DAY.year, last_year + 1))
    if unknown := sorted(wanted - set(overrides) - library_years()):
        raise UnknownYear(
            f"no working days for {unknown}: add each year to {HERE.name}/calendar_overrides.yml "
            "as the State Council announced it, or update chinesecalendar"
        )
    for offset in range((dt.date(last_year, 12, 31) - FIRST_DAY).days + 1):
        date = FIRST_DAY + dt.timedelta(days=offset)
        ours = overrides.get(date.year)
        yield day_of_ours(date, ours) if ours else day_of_library(date)


def is_exception(day: Day) -> bool:
    """Whether a day is not what its place in the week says: a public holiday, or a weekend day that is worked.

    Example:
        >>> is_exception(Day(dt.date(2026, 2, 14), True, None)), is_exception(Day(dt.date(2026, 3, 7), False, None))
        (True, False)
    """
    return day.holiday_name is not None or day.is_working_day == (day.date.isoweekday() >= SATURDAY)


def seed_row(day: Day) -> list[str]:
    """The row of seeds/calendar_exceptions.csv."""
    return [day.date.isoformat(), str(day.is_working_day).lower(), day.holiday_name or ""]


def main() -> None:
    """Replace the seed; the calendar ends with the newest year that either source holds."""
    overrides = load_overrides(HERE / "calendar_overrides.yml")
    try:
        held = list(days(max(library_years() | set(overrides)), overrides))
    except UnknownYear as error:
        sys.exit(str(error))
    rows = [seed_row(day) for day in held if is_exception(day)]
    with (HERE / "seeds" / "calendar_exceptions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "is_working_day", "holiday_name"])
        writer.writerows(rows)
    print(f"seeds/calendar_exceptions.csv: {len(rows)} of the {len(held)} days to {held[-1].date}")


if __name__ == "__main__":
    main()
