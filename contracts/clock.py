"""Times of day as contracts write them: cron expressions of minute, hour and weekday, in numbers, for every date."""

import re
from collections.abc import Iterable
from itertools import pairwise

_MINUTES_A_DAY = 24 * 60
_PART = re.compile(r"(?P<one>\d{1,2})|(?:\*|(?P<low>\d{1,2})-(?P<high>\d{1,2}))(?:/(?P<step>[1-9]\d?))?", re.ASCII)


def minutes_of_day(cron: str) -> list[int]:
    """The minutes since midnight at which a cron expression is due, sorted; its weekdays are checked and not counted.

    Raises: ValueError with what is wrong.

    Example:
        >>> minutes_of_day("30 8-12/4 * * 1-5")
        [510, 750]
    """
    parts = cron.split()
    if len(parts) != 5 or parts[2:4] != ["*", "*"]:  # noqa: PLR2004 - the fields of cron
        raise ValueError(f"'{cron}' is no 'minute hour * * weekday'")
    minutes, hours = _numbers(parts[0], 59), _numbers(parts[1], 23)
    _numbers(parts[4], 7)
    return sorted({60 * hour + minute for hour in hours for minute in minutes})


def smallest_gap(crons: Iterable[str]) -> int:
    """How many minutes lie at least between two times of these expressions, as if each day were one of their days.

    Example:
        >>> smallest_gap(["30 11,17 * * *", "45 23 * * *"])
        360
    """
    times = sorted({minute for cron in crons for minute in minutes_of_day(cron)})
    return min(later - earlier for earlier, later in pairwise([*times, times[0] + _MINUTES_A_DAY]))


def _numbers(field: str, highest: int) -> set[int]:
    return {number for part in field.split(",") for number in _range(part, highest)}


def _range(text: str, highest: int) -> range:
    if part := _PART.fullmatch(text):
        low, high = int(part["one"] or part["low"] or 0), int(part["one"] or part["high"] or highest)
        # 7-7 is refused: Airflow's parser takes it for every number
        if high <= highest and (part["one"] or low < high):
            return range(low, high + 1, int(part["step"] or 1))
    raise ValueError(f"'{text}' is no number, range or step from 0 to {highest}")
