"""Squares that enough people share: a position alone in its square tells who was there, however large the square is.

Each batch is judged by itself, so what was shown once never depends on what arrives later; ADR 13 says why.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, SmallestCell
from expectations.normal_form import normalised
from jobs.desensitise.numbers import centre, square_number
from jobs.desensitise.treatments import treated

_PERIOD, _NORTH, _EAST, _PERSON = "_period", "_north", "_east", "_person"
_SQUARE = (_PERIOD, _NORTH, _EAST)


def placed(raw: DataFrame, contract: Contract) -> DataFrame:
    """The rows with both coordinates at the middle of the finest square that enough share in the period, else NULL.

    One row in, one row out. Without a `smallest_cell` in the contract the rows are as they came.
    NULL: a position with one coordinate only, and one that even the coarsest square has too few for.
    Cost: one more read of three or four columns; sorts that spill to disk, nothing held per square.
    Source: D09-3; the counts are those of this batch.
    """
    smallest = contract.smallest_cell
    if smallest is None:
        return raw
    numbered = _numbered(raw, contract, smallest)
    shown = _shown_squares(numbered, smallest).select(
        *(F.col(name).alias(f"{name}_shown") for name in _SQUARE),
        F.col("latitude").alias("_latitude"),
        F.col("longitude").alias("_longitude"),
    )
    same_square = [F.col(name).eqNullSafe(F.col(f"{name}_shown")) for name in _SQUARE]
    replaced = {smallest.latitude: F.col("_latitude"), smallest.longitude: F.col("_longitude")}
    columns = [replaced.get(name, F.col(f"`{name}`")).alias(name) for name in raw.columns]
    return numbered.join(shown, on=same_square, how="left").select(*columns)


def _numbered(raw: DataFrame, contract: Contract, smallest: SmallestCell) -> DataFrame:
    """The rows with their period, their finest square by its numbers, and the person in normal form."""
    period, person = F.lit(None).cast("date"), F.lit(None).cast("string")
    if smallest.period is not None:  # as readers will see it
        period = treated(contract.field(smallest.period), contract)
    if smallest.people is not None:
        person = normalised(F.col(f"`{smallest.people}`").cast("string"), contract.field(smallest.people).identifier)
    return raw.withColumns(
        {
            _PERIOD: period,
            _NORTH: square_number(F.col(f"`{smallest.latitude}`"), smallest.metres[0]),
            _EAST: square_number(F.col(f"`{smallest.longitude}`"), smallest.metres[0]),
            _PERSON: person,
        }
    )


def _shown_squares(numbered: DataFrame, smallest: SmallestCell) -> DataFrame:
    """One row per finest square and period that is shown at all, with the middle of the square that stands for it.

    A square with too few gives its people to the coarser one, which counts only those that no finer square shows: what
    is left of a coarser square when its finer ones are taken away is never fewer than enough.
    """
    people = numbered.where(f"{_NORTH} IS NOT NULL AND {_EAST} IS NOT NULL").groupBy(*_SQUARE, _PERSON)
    squares = people.agg(F.count(F.lit(1)).alias("rows")).withColumns(
        {"latitude": F.lit(None).cast("double"), "longitude": F.lit(None).cast("double")}
    )
    for metres in smallest.metres:
        squares = _with_squares_of(squares, smallest, metres)
    return squares.where("latitude IS NOT NULL").select(*_SQUARE, "latitude", "longitude").distinct()


def _with_squares_of(squares: DataFrame, smallest: SmallestCell, metres: float) -> DataFrame:
    """The squares with those shown that have no middle yet and reach the number at this size."""
    times = round(metres / smallest.metres[0])
    square = (_PERIOD, "north", "east", "waits")
    sized = squares.withColumns(
        {
            "north": F.floor(F.col(_NORTH) / times),
            "east": F.floor(F.col(_EAST) / times),
            "waits": F.col("latitude").isNull(),
        }
    )
    counted = sized.withColumn("counts", _counts(smallest, square))
    reached = F.sum("counts").over(Window.partitionBy(*square)) >= smallest.at_least
    judged = counted.withColumn("is_shown", F.col("waits") & reached)
    middle = {"latitude": centre(F.col("north"), metres), "longitude": centre(F.col("east"), metres)}
    return judged.select(
        *_SQUARE,
        _PERSON,
        "rows",
        *(F.when(F.col("is_shown"), new).otherwise(F.col(name)).alias(name) for name, new in middle.items()),
    )


def _counts(smallest: SmallestCell, square: tuple[str, ...]) -> Column:
    """What a row adds to its square: its rows, or 1 for the first row of a person who is known."""
    if smallest.people is None:
        return F.col("rows")
    place = F.row_number().over(Window.partitionBy(*square, _PERSON).orderBy(_NORTH, _EAST))
    return F.when((place == 1) & F.col(_PERSON).isNotNull(), 1).otherwise(0)
