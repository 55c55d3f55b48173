"""Periods as measurement files tell them: an end and a length of ISO 8601, in every form the standard allows."""

import re
from datetime import datetime, timedelta, tzinfo

_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.0+)?S)?)?", re.ASCII)


def period(ended: str | None, duration: str | None, zone: tzinfo) -> tuple[str | None, str | None, str | None]:
    """Begin, end and seconds of a granularity period; a time without offset is a clock in `zone`.

    An end that cannot be read stays as it is written, for the row's fault to be seen; a length becomes NULL.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> period("2026-01-31T08:15:00+0800", "PT15M", ZoneInfo("UTC"))
        ('2026-01-31T08:00:00+08:00', '2026-01-31T08:15:00+08:00', '900')
    """
    seconds = duration_seconds(duration)
    length = None if seconds is None else str(seconds)
    try:
        end = datetime.fromisoformat((ended or "").strip())
    except ValueError:
        return None, ended or None, length
    end = end if end.tzinfo else end.replace(tzinfo=zone)
    return _started(end, seconds), _written(end), length


def _started(end: datetime, seconds: int | None) -> str | None:
    if seconds is None:
        return None
    try:
        return _written(end - timedelta(seconds=seconds))
    except OverflowError:  # before the year 1
        return None


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def duration_seconds(text: str | None) -> int | None:
    """The whole seconds of an ISO 8601 duration of days and times; None for any other text.

    Example:
        >>> duration_seconds("PT1H30M"), duration_seconds("P1D"), duration_seconds("some duration")
        (5400, 86400, None)
    """
    found = _DURATION.fullmatch((text or "").strip())
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
