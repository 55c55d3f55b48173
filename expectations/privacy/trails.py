"""Uniqueness of location trails: how many people are the only ones who were at a few points of their own trail."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

#: So many people are looked for; of 10,000 a share is known to one in a hundred (95 %), however many there are.
MOST_TARGETS = 10_000
#: Which points and which people are drawn. Fixed, so that the same table gives the same figure.
_SEED = 20130325


@dataclass(frozen=True)
class TrailUniqueness:
    """Of `targets` out of `persons`, the share whom `points` of their own points single out; None without anybody."""

    persons: int
    targets: int
    points: int
    unique_share: float | None


def trail_uniqueness(
    frame: DataFrame, *, person: str, places: Sequence[str], moment: str, points: int, targets: int = MOST_TARGETS
) -> TrailUniqueness:
    """Draw people and `points` of each one's (place, hour), and count those whom nobody else shares all of them with.

    Grain of the frame: any; a person, a place and an hour count once. A person with fewer points is looked for by all.
    NULL: rows without person, place or moment are no point.
    Cost: the distinct points, shuffled; then a row per drawn point and person who was there, which is at most
    targets × points × the people at the fullest point, whatever the table's size. Spark spills both; three numbers
    come back.
    Source: de Montjoye et al. 2013, unicity; D09-3, D09-5.
    """
    at = [F.col(f"`{name}`") for name in places]
    hour = F.date_trunc("hour", F.col(f"`{moment}`").cast("timestamp"))
    all_points = (
        frame.dropna(subset=[person, *places, moment])
        .select(F.col(f"`{person}`").alias("person"), F.struct(*at, hour.alias("hour")).alias("point"))
        .distinct()
    )
    people = all_points.select("person").distinct()
    drawn_people = people.orderBy(_drawn("person"), "person").limit(targets)
    own_order = Window.partitionBy("person").orderBy(_drawn("person", "point"), "point")
    drawn = (
        all_points.join(drawn_people, "person", "left_semi")
        .withColumn("turn", F.row_number().over(own_order))
        .where(F.col("turn") <= points)
        .select(F.col("person").alias("target"), "point")
    )
    answer = people.agg(F.count(F.lit(1)).alias("persons")).crossJoin(_singled_out(drawn, all_points)).collect()[0]
    looked_for = answer["targets"]
    return TrailUniqueness(answer["persons"], looked_for, points, answer["unique"] / looked_for if looked_for else None)


def _singled_out(drawn: DataFrame, all_points: DataFrame) -> DataFrame:
    """One row: how many were looked for, and whom of them only they themselves match at all of their drawn points."""
    wanted = F.count(F.lit(1)).over(Window.partitionBy("target"))
    matches = (
        drawn.withColumn("wanted", wanted)
        .join(all_points, "point", "inner")
        .groupBy("target", "person")
        .agg(F.count(F.lit(1)).alias("shared"), F.max("wanted").alias("wanted"))
        .where(F.col("shared") == F.col("wanted"))
    )
    by_target = matches.groupBy("target").agg(F.count(F.lit(1)).alias("candidates"))
    return by_target.agg(F.count(F.lit(1)).alias("targets"), F.count_if(F.col("candidates") == 1).alias("unique"))


def _drawn(*columns: str) -> Column:
    """A number that is as good as drawn, and the same for the same row."""
    return F.xxhash64(F.lit(_SEED), *columns)
