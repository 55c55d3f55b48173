"""What the cells of a sample look like, column by column, in one job; counts come back, never a value."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from expectations.signals import with_signals

#: How many rows are looked at: enough to meet what stands in one row of a thousand some twenty times.
SAMPLE_ROWS = 20_000
#: Looking at a cell takes long and its bytes are few, for which Spark alone would see no reason to use a second core.
_PARTS = 8


@dataclass(frozen=True)
class Cells:
    """What was seen of one column.

    rows: of the sample; filled: those with a value; distinct: different values. by_signals: how many different values
    gave each set of signals. mobile_prefixes: different beginnings of three digits among mobile numbers, about.
    digits: how many cells hold a number with so many digits before the point.
    """

    rows: int
    filled: int
    distinct: int
    mobile_prefixes: int
    by_signals: Mapping[frozenset[str], int]
    digits: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many different values gave each signal."""
        found: Counter[str] = Counter()
        for signals, count in self.by_signals.items():
            found.update(dict.fromkeys(signals, count))
        return found

    def share(self, *signals: str) -> float:
        """The share of different values that gave one of the signals; 0 where there is no value."""
        with_one = sum(count for given, count in self.by_signals.items() if not given.isdisjoint(signals))
        return with_one / self.distinct if self.distinct else 0.0


def sampled(table: DataFrame, rows: int = SAMPLE_ROWS) -> DataFrame:
    """About `rows` rows of a raw table, drawn by a hash of where they came from: each time the same ones.

    Chance moves their number by its square root; a table that has no more gives all of them. Nothing is sorted.
    Shape: speaks of `source_file_sha256` and `source_row_number`.
    """
    share = rows / max(table.count(), 1)
    drawn = F.xxhash64("source_file_sha256", "source_row_number") < int(-(2**63) + share * 2**64)
    return table.where(drawn) if share < 1 else table


def measured(sample: DataFrame, columns: Sequence[str]) -> list[Cells]:
    """What is seen of each column, in the order asked. One job; equal values of a column are looked at once."""
    types = dict(sample.dtypes)
    texts = [_as_text(F.col(f"`{name}`"), types[name]) for name in columns]
    row = F.lit("row")  # a column that every row has, so that rows are counted in the same job
    cells = sample.select(F.posexplode(F.array(*texts, row)).alias("column", "value"))
    counted = by_signals(cells.repartition(_PARTS, "column", "value"), "column").collect()
    rows = next((found["cells"] for found in counted if found["column"] == len(columns)), 0)
    return [cells_of(rows, [found for found in counted if found["column"] == place]) for place in range(len(columns))]


def by_signals(cells: DataFrame, *groups: str) -> DataFrame:
    """What the text `value` looks like in each group; NULL and empty text are left out.

    Grain: one row per group, set of signals and length of a number (`digits`): `distinct` values, `cells` that hold
    one, `prefixes` about.
    """
    given = cells.where("value IS NOT NULL AND trim(value) <> ''")
    distinct = given.groupBy(*groups, "value").agg(F.count(F.lit(1)).alias("copies"))
    return (
        with_signals(distinct)
        .groupBy(*groups, "signals", "digits")
        .agg(
            F.count(F.lit(1)).alias("distinct"),
            F.sum("copies").alias("cells"),
            F.approx_count_distinct("prefix").alias("prefixes"),
        )
    )


def _as_text(value: Column, kind: str) -> Column:
    """A cell as a file would spell it; a whole number without the point that a floating one has."""
    if kind.startswith("array"):
        return F.array_join(value.cast("array<string>"), " ")
    if kind in ("double", "float"):
        whole = value.try_cast("decimal(20,0)")
        return F.when(whole == value, whole.cast("string")).otherwise(value.cast("string"))
    return value.cast("string")


def cells_of(rows: int, found: Sequence[Mapping[str, Any]]) -> Cells:
    """One column's cells of the rows that `by_signals` gave of it; rows of one set of signals are added up."""
    distinct: Counter[frozenset[str]] = Counter()
    digits: Counter[int] = Counter()
    for row in found:
        distinct[frozenset(str(row["signals"]).split())] += row["distinct"]
        if row["digits"] is not None:
            digits[row["digits"]] += row["cells"]
    return Cells(
        rows=rows,
        filled=sum(row["cells"] for row in found),
        distinct=distinct.total(),
        mobile_prefixes=max((row["prefixes"] for row in found if "mobile_phone" in row["signals"].split()), default=0),
        by_signals=distinct,
        digits=digits,
    )
