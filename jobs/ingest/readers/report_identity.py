"""Who a measurement report speaks of, as base station, cell, channel and connection, in every vendor's spelling."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from jobs.ingest.readers.faults import RowFaultReason
from jobs.ingest.readers.report_units import NIL

_PREFIX = "MR."
#: A base station numbers its cells from 0 to 255; a greater number holds the station's own number too.
_CELLS = 256
_MOST_DIGITS = 9


class MeasuredCell(NamedTuple):
    """The cell of an object as texts; channel and subframe only where interference was measured."""

    enodeb_id: str | None
    cell_id: str | None
    earfcn: str | None
    subframe_number: str | None
    fault: RowFaultReason | None


class Report(NamedTuple):
    """One object of a file: what it says of itself, the period of its file, and its texts of values.

    number: its place in its file, from 1.
    statistic: the name of the statistic it belongs to; None for samples.
    """

    number: int
    cell: MeasuredCell
    said: Mapping[str, str]
    statistic: str | None
    period: tuple[str | None, str | None]
    values: Sequence[str | None]


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name without the prefix that some vendors put before every name.

    Example:
        >>> plain_name("MR.LteScRSRP"), plain_name("LteScRSRP")
        ('LteScRSRP', 'LteScRSRP')
    """
    return name.removeprefix(_PREFIX)


def attributes(element: Any) -> Mapping[str, str]:
    """The attributes of an element that say something, by plain name."""
    return {plain_name(name): value for name, value in element.items() if value not in {NIL, ""}}


def station_of(enodeb: Any) -> str | None:
    """The number of the base station, from its element."""
    said = attributes(enodeb)
    return said.get("id") or said.get("eNBId")


def connection_of(said: Mapping[str, str]) -> str | None:
    """The connection of one user, unique in the network while it lasts; NULL where no user is meant."""
    number = said.get("MmeUeS1apId")
    return number and f"{said.get('MmeGroupId', '')}-{said.get('MmeCode', '')}-{number}"


@lru_cache(maxsize=4096)
def cell_of(station: str | None, object_id: str | None) -> MeasuredCell:
    """The cell that an object's id means: `cell`, or station * 256 + cell, or `cell:earfcn:subframe`.

    A cell that is no number stays as written, for its row to be refused later.

    Example:
        >>> cell_of("500001", "128000258")[:2], cell_of("500001", "2:1825:7")[1:4]
        (('500001', '2'), ('2', '1825', '7'))
        >>> cell_of("500001", "128000514").fault.name
        'FOREIGN_CELL'
    """
    number, _, rest = (object_id or "").partition(":")
    earfcn, _, subframe = rest.partition(":")
    fault = None
    if number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS and int(number) >= _CELLS:
        own, cell = divmod(int(number), _CELLS)
        fault = RowFaultReason.FOREIGN_CELL if str(own) != station else None
        number = str(cell)
    return MeasuredCell(station, number or None, earfcn or None, subframe or None, fault)
