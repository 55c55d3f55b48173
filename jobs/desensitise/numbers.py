"""Numbers and coordinates made coarse; NULL stays NULL in all of them."""

from decimal import Decimal
from itertools import pairwise

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

#: Metres in one degree along a meridian; good to 0.6 % anywhere on Earth.
METRES_PER_DEGREE = 111_320


def band(value: Column, edges: tuple[float, ...]) -> Column:
    """The band that holds a number: `<18`, `18-29`, `>=60`; whole-number edges name the last number below the next."""
    labels = F.when(value < edges[0], f"<{edges[0]:g}")
    for low, high in pairwise(edges):
        labels = labels.when(value < high, _between(low, high))
    return labels.when(value >= edges[-1], f">={edges[-1]:g}")


def _between(low: float, high: float) -> str:
    whole = float(low).is_integer() and float(high).is_integer() and high < 1000  # noqa: PLR2004 - ages, not money
    return f"{low:g}-{high - 1:g}" if whole else f"{low:g}-<{high:g}"


def rounded(value: Column, to: float, kind: str) -> Column:
    """The nearest multiple of `to`, a half upwards; exact for whole numbers and decimals."""
    step, half = _number(to, kind), _number(int(to) // 2 if kind == "bigint" else to / 2, kind)
    multiple = value + half - F.pmod(value + half, step)
    return F.round(multiple, _decimals(to)) if kind == "double" else multiple


def top_bottom_coded(value: Column, bottom: float | None, top: float | None, kind: str) -> Column:
    """The number, or the end beyond which it lies."""
    coded = value
    if bottom is not None:
        coded = F.when(value < _number(bottom, kind), _number(bottom, kind)).otherwise(coded)
    if top is not None:
        coded = F.when(value > _number(top, kind), _number(top, kind)).otherwise(coded)
    return coded


def _number(number: float, kind: str) -> Column:
    """A literal of the column's own kind, so that decimals stay exact."""
    if kind == "bigint":
        return F.lit(int(number))
    return F.lit(Decimal(str(number))) if kind.startswith("decimal") else F.lit(float(number))


def _decimals(number: float) -> int:
    return max(-int(Decimal(str(number)).normalize().as_tuple().exponent), 0)


def grid(degrees: Column, metres: float) -> Column:
    """The middle of the square that holds a coordinate, in degrees with six decimals."""
    return centre(square_number(degrees, metres), metres)


def square_number(degrees: Column, metres: float) -> Column:
    """How many squares of this size lie between 0 degrees and the coordinate's own."""
    return F.floor(degrees.cast("double") / (metres / METRES_PER_DEGREE))


def centre(number: Column, metres: float) -> Column:
    """The middle of a square by its number, in degrees with six decimals."""
    return F.round((number + 0.5) * (metres / METRES_PER_DEGREE), 6)
