"""Until when a request holds: a moment in China, or the end of the next working day (N1: phone within one)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from jobs.business_calendar import BUSINESS_TIME, business_date, end_of, working_days_after
from jobs.errors import RevealRefused


def end_of_next_working_day(now: datetime, announced: Mapping[date, bool]) -> datetime:
    """The midnight that ends the first working day after today, in China; today is day 0 (DEC-1).

    Raises: UnknownWorkingDays for a year of which nothing is announced.

    Example:
        >>> friday = datetime(2026, 1, 30, 15, tzinfo=BUSINESS_TIME)
        >>> end_of_next_working_day(friday, {date(2026, 1, 1): False}).isoformat()
        '2026-02-03T00:00:00+08:00'
    """
    return end_of(working_days_after(business_date(now), 1, announced, way_out="give --until, or "))


def end_of_day(now: datetime, days_later: int) -> datetime:
    """The midnight that ends the calendar day so many days after today, in China; today is day 0 (DEC-1)."""
    return end_of(business_date(now) + timedelta(days=days_later))


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
        return end_of(given.date())
    return given if given.tzinfo else given.replace(tzinfo=BUSINESS_TIME)
