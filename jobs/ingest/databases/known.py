"""An extract beside what raw holds of its table: what is no news, what is gone, what should have come and did not."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.databases import SourceTable, source_tables
from contracts.model import Contract, Field
from jobs.ingest.conform import as_typed
from jobs.ingest.content import content_digest
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

#: A key that stands twice in one extract with different content: nobody knows which is right.
REPEATED_KEY = "key.repeated"
#: How a key's time is written again so that it is read as the same moment.
_MOMENT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"
_DELETED, _WENT_BACK, _MISSED = "deleted", "went_back", "missed"


@dataclass(frozen=True)
class Differences:
    """Records of a table by how its keys differ from what is known; counts, and the deleted keys as text.

    stood: records that were there at the last extract. went_back: their cursor is older now than it was then.
    missed: should have come with an earlier extract and did not.
    """

    stood: int
    deleted: int
    went_back: int
    missed: int
    deleted_keys: DataFrame


def newest_known(lake: Lake, contract: Contract, extracts: Sequence[str]) -> DataFrame | None:
    """The newest version of each record that these extracts brought into raw; None when raw has nothing of any.

    Grain: one row per key. Shape: the key's columns, `known_content`, `is_known_deleted`, and `known_<field>` of every
    field that is the cursor of a table.
    """
    if not extracts or not lake.exists(Zone.RAW, contract.table):
        return None
    marker = contract.source.deletions
    cursors = sorted({table.cursor for table in source_tables(contract) if table.cursor is not None})
    kept = [
        content_digest(contract).alias("known_content"),
        (F.coalesce(F.col(f"`{marker}`"), F.lit(False)) if marker else F.lit(False)).alias("is_known_deleted"),
        *(F.col(f"`{name}`").alias(f"known_{name}") for name in cursors),
    ]
    version = F.struct("ingested_at", "source_file_sha256", "source_row_number")
    raw = _of_extracts(lake, Zone.RAW, contract.table, extracts)
    newest = raw.groupBy(*contract.key).agg(F.max_by(F.struct(*kept), version).alias("newest"))
    return newest.select(*contract.key, "newest.*")


def sorted_out(conformed: DataFrame, contract: Contract, known: DataFrame | None) -> DataFrame:
    """The rows of one extract with their fate: quarantined, duplicate (of a row here or of a known one), or loaded.

    Two contents of one key are a fault of both rows; a row that says the record was deleted since takes no part in it.
    """
    key, marker = contract.key, contract.source.deletions
    stands = ~F.coalesce(F.col(f"`{marker}`"), F.lit(False)) if marker else F.lit(True)
    standing = F.when(stands, F.col("content"))
    same_key = Window.partitionBy(*key)
    before = F.lag("content").over(same_key.orderBy("content", "source_row_number"))
    judged = (
        conformed.withColumn("content", content_digest(contract))
        .withColumn("is_again", before.eqNullSafe(F.col("content")))
        .withColumn("is_repeated", F.min(standing).over(same_key) != F.max(standing).over(same_key))
    )
    if known is None:
        judged = judged.withColumn("is_no_news", F.lit(False))
    else:
        old = known.select(*key, F.col("known_content").alias("content"), F.lit(True).alias("is_no_news"))
        judged = judged.join(old, on=[*key, "content"], how="left")
    is_repeated = stands & F.coalesce("is_repeated", F.lit(False))
    repeated = F.concat("faults", F.array(F.lit(REPEATED_KEY)))
    fate = (
        F.when(F.size("faults") > 0, "quarantined")
        .when(F.col("is_again") | F.coalesce("is_no_news", F.lit(False)), "duplicate")
        .otherwise("loaded")
    )
    faults = F.when(is_repeated, repeated).otherwise(F.col("faults"))
    return judged.withColumn("faults", faults).withColumn("fate", fate)


def differences(
    keys: DataFrame, known: DataFrame, unread: DataFrame, contract: Contract, table: SourceTable, *, low: str | None
) -> Differences:
    """The keys that the table has now, beside the known records.

    keys: the key of every record in scope and its cursor, as text. unread: see `unread_keys`. low: where this extract
    begins; what lies before it and is not known was missed. None asks for nothing missed or gone back, because the
    extract reads everything again.
    """
    key = list(contract.key)
    now = _typed_keys(keys, contract, table, low).join(unread, on=key, how="left")
    joined = known.withColumn("is_known", F.lit(True)).join(now, on=key, how="full")
    stood = F.coalesce(F.col("is_known") & ~F.col("is_known_deleted"), F.lit(False))
    status = F.when(stood & F.col("is_there").isNull(), _DELETED)
    if table.cursor is not None and low is not None:
        cursor, before = F.col("cursor_now"), F.col(f"known_{table.cursor}")
        is_unknown = ~stood | (before < cursor)
        is_old = (cursor < F.col("low")) & ~F.coalesce("is_unread", F.lit(False))
        status = status.when(stood & (cursor < before), _WENT_BACK).when(is_old & is_unknown, _MISSED)
    found = joined.select(*key, stood.alias("stood"), status.alias("status"))
    counts = found.agg(
        F.count_if("stood").alias("stood"),
        *(F.count_if(F.col("status") == name).alias(name) for name in (_DELETED, _WENT_BACK, _MISSED)),
    ).collect()[0]
    texts = [_as_text(field) for field in contract.fields if field.primary_key]
    return Differences(**counts.asDict(), deleted_keys=found.where(F.col("status") == _DELETED).select(*texts))


def unread_keys(lake: Lake, contract: Contract, table: SourceTable, extracts: Sequence[str]) -> DataFrame:
    """The keys of rows that came with these extracts and lie in quarantine, so that they are not called missed.

    Grain: one row per key. Shape: the key's columns and `is_unread`, always true.
    """
    fields = {field.name: field for field in contract.fields}
    if not lake.exists(Zone.QUARANTINE, contract.table):
        columns = ", ".join(f"`{name}` {fields[name].type}" for name in contract.key)
        return lake.spark.createDataFrame([], f"{columns}, is_unread boolean")
    rows = _of_extracts(lake, Zone.QUARANTINE, contract.table, extracts)
    zoned = rows.withColumn("source_timezone", F.lit(table.timezone))
    texts = {name: F.get_json_object("row", f"$.{name}") for name in contract.key}
    read = (as_typed(text, fields[name], contract).alias(name) for name, text in texts.items())
    return zoned.select(*read).distinct().withColumn("is_unread", F.lit(True))


def _typed_keys(keys: DataFrame, contract: Contract, table: SourceTable, low: str | None) -> DataFrame:
    """The key's columns, `is_there`, and `cursor_now` and `low` where the table has a cursor; no row without a key."""
    fields = {field.name: field for field in contract.fields}
    read = [as_typed(F.col(f"`{name}`"), fields[name], contract).alias(name) for name in contract.key]
    if table.cursor is not None:
        cursor = fields[table.cursor]
        read.append(as_typed(F.col(f"`{cursor.name}`"), cursor, contract).alias("cursor_now"))
        read.append(as_typed(F.lit(low).cast("string"), cursor, contract).alias("low"))
    zoned = keys.withColumn("source_timezone", F.lit(table.timezone))
    return zoned.select(*read, F.lit(True).alias("is_there")).dropna(subset=list(contract.key))


def _of_extracts(lake: Lake, zone: Zone, table: str, extracts: Sequence[str]) -> DataFrame:
    ours = lake.spark.createDataFrame([(sha256,) for sha256 in extracts], "source_file_sha256 string")
    return lake.read(zone, table).join(F.broadcast(ours), on="source_file_sha256", how="left_semi")


def _as_text(field: Field) -> Column:
    value = F.col(f"`{field.name}`")
    return (F.date_format(value, _MOMENT) if field.type == "timestamp" else value.cast("string")).alias(field.name)
