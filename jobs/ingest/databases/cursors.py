"""What can be said of a cursor's values from their text alone: which is later, what lies a little before, what is sane.

A value is in the one way of writing of `plain`: 2026-01-31T10:00:00.120000, with Z where it has a zone, or a number.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from jobs.ingest.databases.dialect import Family

#: A change that was made later than this after now was not made then.
_SANE = timedelta(days=1)
_SHAPES = {
    Family.EXACT: re.compile(r"-?[0-9]{1,38}"),
    Family.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    Family.MOMENT: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"),
    Family.ZONED: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z"),
}
_MICROSECOND = len("2026-01-31T10:00:00.123456")


def is_cursor(value: str, family: Family) -> bool:
    """Whether the text is a value that a cursor of this family may have; a day that no calendar has is none."""
    if family not in _SHAPES or not _SHAPES[family].fullmatch(value):
        return False
    try:
        return family is Family.EXACT or bool(datetime.fromisoformat(value.removesuffix("Z")[:_MICROSECOND]))
    except ValueError:
        return False


def is_before(one: str, other: str) -> bool:
    """Whether one value of a cursor lies before another of the same cursor.

    Example:
        >>> is_before("9", "10")
        True
        >>> is_before("2026-01-31T10:00:00Z", "2026-01-31T10:00:00.500000Z")
        True
    """
    if is_cursor(one, Family.EXACT):
        return int(one) < int(other)
    return one.removesuffix("Z") < other.removesuffix("Z")


def stepped_back(value: str, overlap: int) -> str:
    """The value that lies `overlap` before: seconds of a time, days of a date, steps of a number.

    Example:
        >>> stepped_back("2026-01-31T00:00:30.1234567Z", 60)
        '2026-01-30T23:59:30.123456Z'
        >>> stepped_back("2026-01-31", 1)
        '2026-01-30'
    """
    if is_cursor(value, Family.EXACT):
        return str(int(value) - overlap)
    if is_cursor(value, Family.DATE):
        return (date.fromisoformat(value) - timedelta(days=overlap)).isoformat()
    moment = datetime.fromisoformat(value.removesuffix("Z")[:_MICROSECOND]) - timedelta(seconds=overlap)
    return f"{moment.isoformat()}{'Z' if value.endswith('Z') else ''}"


def last_sane(now: datetime, family: Family, timezone: str) -> str | None:
    """The latest time that a cursor may tell now; None where a cursor is no time."""
    latest = (now + _SANE).replace(microsecond=0)
    if family is Family.ZONED:
        return f"{latest.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
    clock = latest.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return {Family.DATE: clock.date().isoformat(), Family.MOMENT: clock.isoformat()}.get(family)
