"""What makes two rows of a dataset the same, and how many a batch has of each."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract

#: Two independent hashes of a row's content; an exact repeat inside one file is a declared duplicate.
DIGESTS = ("content_digest", "content_digest_2")


def content_digest(contract: Contract) -> Column:
    """A hash of the typed fields of a row.

    Where a NULL stands is part of it, because the hash itself passes over NULL: (1, NULL) and (NULL, 1) would be one.
    """
    columns = [F.col(f"`{field.name}`") for field in contract.fields]
    return F.xxhash64(*columns, *(column.isNull() for column in columns))


def digests(contract: Contract) -> dict[str, Column]:
    """Both hashes by their names."""
    columns = (F.col(f"`{field.name}`") for field in contract.fields)
    return dict(zip(DIGESTS, (content_digest(contract), F.hash(*columns)), strict=True))


def contents(rows: DataFrame) -> DataFrame:
    """One row per file, content and fate: how many rows have it (`copies`), and the number of the first.

    Few columns are brought together here, never whole rows. A good row repeats good ones only: one at fault may look
    like it, because what cannot be read is NULL.
    """
    return rows.groupBy("file_number", *DIGESTS, "fate").agg(
        F.count(F.lit(1)).alias("copies"), F.min("source_row_number").alias("first_row")
    )


def each_by_itself(rows: DataFrame) -> DataFrame:
    """The same shape for rows of which no two are the same, or whose fate says so already."""
    return rows.select(
        "file_number", *DIGESTS, "fate", F.lit(1).alias("copies"), F.col("source_row_number").alias("first_row")
    )


def first_of_each(good: DataFrame, found: DataFrame) -> DataFrame:
    """The good rows without those that repeat an earlier one of their file; `found` are the `contents`."""
    repeated = found.where("fate = 'loaded' AND copies > 1").drop("fate", "copies")
    marked = good.join(repeated, on=["file_number", *DIGESTS], how="left")
    return marked.where("first_row IS NULL OR first_row = source_row_number")


def counts(found: DataFrame) -> DataFrame:
    """One row per file: its rows by fate, and a checksum of those to be loaded that does not depend on their order.

    repeats: the good rows that repeat an earlier one of their file; they are duplicates too.
    """
    copies, is_loaded = F.col("copies"), F.col("fate") == "loaded"
    repeats = F.sum(F.when(is_loaded, copies - 1).otherwise(0))
    return found.groupBy("file_number").agg(
        F.sum(F.when(F.col("fate") != "refused", copies).otherwise(0)).alias("rows_in"),
        F.count_if(is_loaded).alias("loaded"),
        F.sum(F.when(F.col("fate") == "quarantined", copies).otherwise(0)).alias("quarantined"),
        (repeats + F.sum(F.when(F.col("fate") == "duplicate", copies).otherwise(0))).alias("duplicate"),
        repeats.alias("repeats"),
        F.sum(F.when(is_loaded, F.col(DIGESTS[0]).cast("decimal(38,0)"))).cast("string").alias("checksum"),
        F.max(F.col("fate") == "refused").alias("is_refused"),
    )
