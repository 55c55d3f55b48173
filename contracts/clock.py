"""Times of day as contracts write them: cron expressions of minute, hour and weekday, for every date."""

from collections.abc import Iterable
from itertools import pairwise

from croniter import CroniterError, croniter

_EVERY = ["*"]
_MINUTES_A_DAY = 24 * 60


def minutes_of_day(cron: str) -> list[int]:
    """The minutes since midnight at which a cron expression is due, sorted; its weekdays are checked and not counted.

    Read by the library with which the scheduler reads it. Raises: ValueError with what is wrong.

    Example:
        >>> minutes_of_day("30 8-12/4 * * 1-5")
        [510, 750]
    """
    try:
        (minutes, hours, days, months, *_), _ = croniter.expand(cron)
    except CroniterError as fault:
        raise ValueError(f"'{cron}' is no cron expression: {fault}") from None
    if (days, months) != (_EVERY, _EVERY):
        raise ValueError(f"'{cron}' leaves out days of a month; it may leave out weekdays alone")
    return sorted({60 * hour + minute for hour in _numbers(hours, 24) for minute in _numbers(minutes, 60)})


def smallest_gap(crons: Iterable[str]) -> int:
    """How many minutes lie at least between two times of these expressions, as if each day were one of their days.

    Example:
        >>> smallest_gap(["30 11,17 * * *", "45 23 * * *"])
        360
    """
    times = sorted({minute for cron in crons for minute in minutes_of_day(cron)})
    return min(later - earlier for earlier, later in pairwise([*times, times[0] + _MINUTES_A_DAY]))


def _numbers(expanded: list[int | str], count: int) -> list[int]:
    return list(range(count)) if expanded == _EVERY else [int(number) for number in expanded]
