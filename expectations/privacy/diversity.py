"""How much the quasi-identifiers tell of a sensitive value: l-diversity and t-closeness, from one group-by."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows
from pyspark.sql.types import DateType, NumericType, TimestampType

from expectations.privacy.declared import Declaration, Rows
from expectations.privacy.groups import figures


def diversity(subject: str, frame: DataFrame, declared: Declaration, *, people: str, sensitive: str) -> DataFrame:
    """The figures of the class that tells most of one sensitive column; at most three rows in FIGURE_COLUMNS.

    Shape: distinct_l (fewest different values in a class), entropy_l (e to the power of the smallest entropy of a
    class), t (largest distance of a class's distribution from the whole: ordered distance for numbers and days, equal
    distance for everything else; from 0 to 1).
    NULL: as sensitive value it is a value like any other, before the smallest one; rows whose people are hidden are
    left out, so that a class may be more diverse than what is shown of it, never less.
    Cost: a row per class and value that occurs; with ordered distance a row per class and value that exists, so a
    number with many values is declared by its band.
    Source: Machanavajjhala et al. 2007 (l), Li et al. 2007 (t); docs/privacy_measures.md.
    """
    counted = _counted(frame, declared, people, sensitive)
    is_ordered = isinstance(frame.schema[sensitive].dataType, NumericType | DateType | TimestampType)
    distances = _ordered_distances(counted) if is_ordered else _equal_distances(counted)
    worst = _entropies(counted).agg(
        F.min("distinct_values").cast("double").alias("distinct_l"), F.exp(F.min("entropy")).alias("entropy_l")
    )
    wide = worst.crossJoin(distances.agg(F.max("distance").alias("t"))).select(
        F.lit(subject).alias("subject"),
        F.lit(people).alias("people"),
        F.lit(sensitive).alias("sensitive"),
        "distinct_l",
        "entropy_l",
        "t",
    )
    return figures(wide, "distinct_l", "entropy_l", "t")


def _counted(frame: DataFrame, declared: Declaration, people: str, sensitive: str) -> DataFrame:
    """Grain: one row per class and value that occurs in it. Shape: class, value, n (people)."""
    quasi = [F.col(f"`{name}`") for name in declared.quasi_identifiers if name != sensitive]
    if declared.rows is Rows.PERSONS:
        visible, number = frame, F.count(F.lit(1))
    else:
        visible, number = frame.where(F.col(f"`{people}`") > 0), F.sum(F.col(f"`{people}`"))
    return visible.groupBy(F.struct(*quasi).alias("class"), F.col(f"`{sensitive}`").alias("value")).agg(
        number.cast("double").alias("n")
    )


def _entropies(counted: DataFrame) -> DataFrame:
    """Grain: one row per class; -Σ p ln p, put so that the size of the class need not be known beforehand."""
    n = F.col("n")
    return counted.groupBy("class").agg(
        F.count(F.lit(1)).alias("distinct_values"),
        # never below zero, which rounding would make of a class with one value
        F.greatest(F.ln(F.sum(n)) - F.sum(n * F.ln(n)) / F.sum(n), F.lit(0.0)).alias("entropy"),
    )


def _whole(counted: DataFrame) -> DataFrame:
    """The whole table's distribution.

    Grain: one row per value. Shape: whole_value, place (from 1, in order), places, share, reached (share of all up to
    this value), reached_before (sum of `reached` over the values before).
    """
    everything = Window.partitionBy(F.lit(0))  # named, for a window over all rows is meant here and needs no warning
    so_far = everything.orderBy(F.col("whole_value").asc_nulls_first())
    before = so_far.rowsBetween(Window.unboundedPreceding, -1)
    up_to_here = so_far.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    total = F.sum("n").over(everything)
    return (
        counted.groupBy(F.col("value").alias("whole_value"))
        .agg(F.sum("n").alias("n"))
        .select(
            "whole_value",
            F.row_number().over(so_far).alias("place"),
            F.count(F.lit(1)).over(everything).alias("places"),
            (F.col("n") / total).alias("share"),
            (F.sum("n").over(up_to_here) / total).alias("reached"),
        )
        .withColumn("reached_before", F.coalesce(F.sum("reached").over(before), F.lit(0.0)))
    )


def _beside_the_whole(counted: DataFrame) -> DataFrame:
    """Each class's values with their place and share in the whole table; `size` is the people of the class."""
    sized = counted.withColumn("size", F.sum("n").over(Window.partitionBy("class")))
    return sized.join(_whole(counted), F.col("value").eqNullSafe(F.col("whole_value")), "inner")


def _equal_distances(counted: DataFrame) -> DataFrame:
    """Grain: one row per class; half the sum of |q - p| is the sum of what q has too much, for both add up to 1."""
    too_much = F.greatest(F.col("n") / F.col("size") - F.col("share"), F.lit(0.0))
    return _beside_the_whole(counted).groupBy("class").agg(F.sum(too_much).alias("distance"))


def _ordered_distances(counted: DataFrame) -> DataFrame:
    """Grain: one row per class; the sum over places of |Q - P| of the cumulated shares, by the places less one.

    A class's Q stands still from each of its values to the next, so each of its rows is repeated over those places.
    """
    in_class = Window.partitionBy("class").orderBy("place")
    stretches = _beside_the_whole(counted).select(
        "class",
        "places",
        "place",
        (F.sum("n").over(in_class) / F.col("size")).alias("class_reached"),
        F.lead("place", 1).over(in_class).alias("next_place"),
        F.when(F.lag("place", 1).over(in_class).isNull(), F.col("reached_before")).otherwise(0.0).alias("before_first"),
    )
    last = F.coalesce(F.col("next_place") - 1, F.col("places"))
    repeated = stretches.select(
        "class",
        "places",
        "class_reached",
        F.posexplode(F.sequence(F.col("place"), last)).alias("nth", "at_place"),
        "before_first",
    )
    steps = _whole(counted).select(F.col("place").alias("whole_place"), F.col("reached").alias("whole_reached"))
    gap: Column = F.abs(F.col("class_reached") - F.col("whole_reached"))
    once = F.when(F.col("nth") == 0, F.col("before_first")).otherwise(0.0)
    return (
        repeated.join(steps, F.col("at_place") == F.col("whole_place"), "inner")
        .groupBy("class")
        .agg(F.coalesce(F.try_divide(F.sum(gap + once), F.max("places") - 1), F.lit(0.0)).alias("distance"))
    )
