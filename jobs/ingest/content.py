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
    """One row per file, content, fate and faults: how many rows have it (`copies`), and the number of the first.

    Few columns are brought together here, never whole rows. A good row repeats good ones only: one at fault may look
    like it, because what cannot be read is NULL.
    """
    return rows.groupBy("file_number", *DIGESTS, "fate", "faults").agg(
        F.count(F.lit(1)).alias("copies"), F.min("source_row_number").alias("first_row")
    )


def each_by_itself(rows: DataFrame) -> DataFrame:
    """The same shape for rows of which no two are the same, or whose fate says so already."""
    alone = {"copies": F.lit(1), "first_row": F.col("source_row_number")}
    return rows.withColumns(alone).select("file_number", *DIGESTS, "fate", "faults", *alone)


def first_of_each(good: DataFrame, found: DataFrame) -> DataFrame:
    """The good rows without those that repeat an earlier one of their file; `found` are the `contents`."""
    repeated = found.where("fate = 'loaded' AND copies > 1").select("file_number", *DIGESTS, "first_row")
    marked = good.join(repeated, on=["file_number", *DIGESTS], how="left")
    return marked.where("first_row IS NULL OR first_row = source_row_number")


def counts(found: DataFrame) -> DataFrame:
    """One row per file, fate and fault, NULL where there is none; all that `tally` needs, in one statement.

    Shape: `contents` that differ, `copies`, of these those that `are_new` because no other fault of theirs was counted
        before, and `checksum`, a sum over the contents that does not depend on their order, as text.
    """
    told = found.select(
        "file_number", "fate", "copies", DIGESTS[0], F.posexplode_outer("faults").alias("place", "fault")
    )
    is_first = F.coalesce("place", F.lit(0)) == 0
    return told.groupBy("file_number", "fate", "fault").agg(
        F.count(F.lit(1)).alias("contents"),
        F.sum("copies").alias("copies"),
        F.sum(F.when(is_first, F.col("copies")).otherwise(0)).alias("are_new"),
        F.sum(F.col(DIGESTS[0]).cast("decimal(38,0)")).cast("string").alias("checksum"),
    )
