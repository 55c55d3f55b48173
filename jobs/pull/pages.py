"""What the two kinds of form server have in common: pages in an order that goes on where it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: Where the next page begins, in the words of one kind of server; JSON, and no value of a submission but its number.
Cursor = Mapping[str, str | int | None]

#: Servers give a submission its number and moment before others can see it; what is younger waits for the next pull.
SETTLED_AFTER_S = 60


@dataclass(frozen=True)
class Page:
    """Some submissions as the server sent them. `cursor`: where to go on once they are landed."""

    content: bytes
    records: int
    cursor: Cursor


def as_utc(moment: datetime) -> str:
    """A moment in UTC as servers write it, in milliseconds.

    Example:
        >>> as_utc(datetime(2026, 2, 5, 1, tzinfo=UTC))
        '2026-02-05T01:00:00.000Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
