"""Time as an organisation in China has it: its clock, its days, and which of them are worked.

Working days come from the seed that the marts have too. No library counts them: `chinesecalendar`, from which the seed
is made, lacks the years of `calendar_overrides.yml`, and the business days of numpy and pandas know no Saturday that is
worked (调休).
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.errors import UnknownWorkingDays
from jobs.settings import ROOT

BUSINESS_TIME = ZoneInfo("Asia/Shanghai")
_SATURDAY = 6
_SEED = ROOT / "dbt_project" / "seeds" / "calendar_exceptions.csv"


def business_date(moment: datetime) -> date:
    """The day that a moment belongs to.

    Example:
        >>> business_date(datetime.fromisoformat("2026-01-31T16:00:00+00:00")).isoformat()
        '2026-02-01'
    """
    return moment.astimezone(BUSINESS_TIME).date()


def end_of(day: date) -> datetime:
    """The midnight that ends a day."""
    return datetime.combine(day + timedelta(days=1), time(), BUSINESS_TIME)


def minute(moment: datetime) -> str:
    """A moment as people read it.

    Example:
        >>> minute(datetime.fromisoformat("2026-01-31T16:05:59+00:00"))
        '2026-02-01 00:05'
    """
    return f"{moment.astimezone(BUSINESS_TIME):%Y-%m-%d %H:%M}"


def announced_days(seed: Path = _SEED) -> dict[date, bool]:
    """The days on which the State Council's announcements say something: whether each is worked (调休) or off."""
    with seed.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["date"]): row["is_working_day"] == "true" for row in csv.DictReader(file)}


def working_days_after(day: date, count: int, announced: Mapping[date, bool], *, way_out: str = "") -> date:
    """The nth working day after a day, by the State Council's announcements; the day itself is day 0 (DEC-1).

    Raises: UnknownWorkingDays for a year of which nothing is announced. way_out: what else one may do then, first.

    Example:
        >>> working_days_after(date(2026, 1, 31), 2, {date(2026, 1, 1): False}).isoformat()
        '2026-02-03'
    """
    years = {known.year for known in announced}
    while count:
        day += timedelta(days=1)
        if day.year not in years:
            raise UnknownWorkingDays(
                f"the calendar does not hold the working days of {day.year}; {way_out}add the year as "
                "dbt_project/generate_calendar.py says"
            )
        count -= announced.get(day, day.isoweekday() < _SATURDAY)
    return day
