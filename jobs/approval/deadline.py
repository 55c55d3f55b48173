"""Until when a request holds: a moment in China, or the end of the next working day (N1: phone within one)."""

import csv
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.errors import RevealRefused, UnknownWorkingDays
from jobs.settings import ROOT

BUSINESS_TIME = ZoneInfo("Asia/Shanghai")
_CALENDAR = ROOT / "dbt_project" / "seeds" / "calendar_exceptions.csv"
_SATURDAY = 6


def announced_days(seed: Path = _CALENDAR) -> dict[date, bool]:
    """The days on which the State Council's announcements say something: whether each is worked (调休) or off."""
    with seed.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["date"]): row["is_working_day"] == "true" for row in csv.DictReader(file)}


def end_of_next_working_day(now: datetime, announced: Mapping[date, bool]) -> datetime:
    """The midnight that ends the first working day after today, in China; today is day 0 (DEC-1).

    Raises: UnknownWorkingDays for a year of which nothing is announced.

    Example:
        >>> friday = datetime(2026, 1, 30, 15, tzinfo=BUSINESS_TIME)
        >>> end_of_next_working_day(friday, {date(2026, 1, 1): False}).isoformat()
        '2026-02-03T00:00:00+08:00'
    """
    day = now.astimezone(BUSINESS_TIME).date()
    while True:
        day += timedelta(days=1)
        if day.year not in {known.year for known in announced}:
            raise UnknownWorkingDays(
                f"the calendar does not hold the working days of {day.year}; give --until, or add the year as "
                "dbt_project/generate_calendar.py says"
            )
        if announced.get(day, day.isoweekday() < _SATURDAY):
            return _end_of(day)


def end_of_day(now: datetime, days_later: int) -> datetime:
    """The midnight that ends the calendar day so many days after today, in China; today is day 0 (DEC-1)."""
    return _end_of(now.astimezone(BUSINESS_TIME).date() + timedelta(days=days_later))


def moment(text: str) -> datetime:
    """What a person or the scheduler's form gave: `2026-02-02` means its end, a time without a zone is China's.

    Raises: RevealRefused.

    Example:
        >>> moment("2026-02-02").isoformat(), moment("2026-02-02T18:00").isoformat()
        ('2026-02-03T00:00:00+08:00', '2026-02-02T18:00:00+08:00')
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise RevealRefused("a moment is given as 2026-02-02 or 2026-02-02T18:00") from None
    if "T" not in text and " " not in text:
        return _end_of(given.date())
    return given if given.tzinfo else given.replace(tzinfo=BUSINESS_TIME)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), BUSINESS_TIME)
