"""An extract beside what raw holds of its table: what is no news, what is gone, what should have come and did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.databases import SourceTable
from contracts.model import Contract, Field
from jobs.ingest.conform import as_typed
from jobs.ingest.content import DIGESTS, content_digest
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

    Grain: one row per key. Shape: the key's columns and `known_content`.
    """
    versions = known_versions(lake, contract, extracts, known_content=content_digest(contract))
    if versions is None:
        return None
    newest = versions.groupBy(*contract.key).agg(F.max_by("known", "version").alias("known"))
    return newest.select(*contract.key, "known.*")


def known_records(lake: Lake, contract: Contract, table: SourceTable, extracts: Sequence[str]) -> DataFrame | None:
    """Every version of each record that these extracts brought into raw; None when raw has nothing of any.

    Grain: one row per key and version. Shape: the key's columns, `version`, and `known`: `is_deleted` and, where the
    table has a cursor, `cursor`.
    """
    marker = contract.source.deletions
    is_deleted = F.coalesce(F.col(f"`{marker}`"), F.lit(False)) if marker else F.lit(False)
    cursor = {} if table.cursor is None else {"cursor": F.col(f"`{table.cursor}`")}
    return known_versions(lake, contract, extracts, is_deleted=is_deleted, **cursor)


def known_versions(lake: Lake, contract: Contract, extracts: Sequence[str], **kept: Column) -> DataFrame | None:
    """What is kept of each version, as the struct `known`, with the key's columns and `version`, which grows."""
    if not extracts or not lake.exists(Zone.RAW, contract.table):
        return None
    version = F.struct("ingested_at", "source_file_sha256", "source_row_number")
    known = F.struct(*(column.alias(name) for name, column in kept.items()))
    raw = _of_extracts(lake, Zone.RAW, contract.table, extracts)
    return raw.select(*(F.col(f"`{name}`") for name in contract.key), known.alias("known"), version.alias("version"))


def sorted_out(staged: DataFrame, text: DataFrame, contract: Contract, known: DataFrame | None) -> DataFrame:
    """The staged rows of one extract with their fate: quarantined, duplicate (of a row here or a known one), or loaded.

    Two contents of one key are a fault of both rows; a row that says the record was deleted since takes no part in it.
    text: the same rows as they were landed, for `row` of those that are at fault only here.
    """
    rows = staged.select(*contract.key, "source_row_number", DIGESTS[0], _stands(contract).alias("stands"))
    doubled = _of_repeated_keys(rows, contract)
    if known is None and doubled.isEmpty():  # as nearly always: no row is judged by another
        return staged
    noticed = _judged_by_others(doubled, contract)
    if known is not None:
        old = known.select(*contract.key, F.col("known_content").alias(DIGESTS[0]))
        no_news = rows.join(old, on=[*contract.key, DIGESTS[0]], how="left_semi")
        again = no_news.select("source_row_number", F.lit(True).alias("is_again"), F.lit(False).alias("is_repeated"))
        noticed = noticed.unionByName(again)
    by_row = noticed.groupBy("source_row_number").agg(
        F.bool_or("is_again").alias("is_again"), F.bool_or("is_repeated").alias("is_repeated")
    )
    as_it_came = F.to_json(F.struct(*(F.col(f"`{field.name}`") for field in contract.fields)))
    landed = text.select("source_row_number", as_it_came.alias("row_as_it_came"))
    told = landed.join(by_row.where("is_repeated"), on="source_row_number", how="left_semi")
    judged = staged.join(by_row, on="source_row_number", how="left").join(told, on="source_row_number", how="left")
    is_repeated = F.coalesce("is_repeated", F.lit(False))
    return judged.withColumns({
        "fate": F.when(is_repeated | (F.col("fate") == "quarantined"), "quarantined")
        .when(F.coalesce("is_again", F.lit(False)), "duplicate")
        .otherwise("loaded"),
        "faults": F.when(is_repeated, F.concat("faults", F.array(F.lit(REPEATED_KEY)))).otherwise(F.col("faults")),
        "row": F.coalesce("row", "row_as_it_came"),
    })  # fmt: skip


def _stands(contract: Contract) -> Column:
    """Whether a row is about a record that is there, not about one that was deleted."""
    marker = contract.source.deletions
    return ~F.coalesce(F.col(f"`{marker}`"), F.lit(False)) if marker else F.lit(True)


def _of_repeated_keys(rows: DataFrame, contract: Contract) -> DataFrame:
    """Those rows whose key another row has too; NULL is a key like any other."""
    keys = [F.col(f"`{name}`").alias(f"repeated_{name}") for name in contract.key]
    repeated = rows.groupBy(*keys).count().where("count > 1").drop("count")
    is_same = reduce(and_, (F.col(f"`{name}`").eqNullSafe(F.col(f"repeated_{name}")) for name in contract.key))
    return rows.join(repeated, on=is_same, how="left_semi")


def _judged_by_others(rows: DataFrame, contract: Contract) -> DataFrame:
    """Whether a row says what one before it says, and whether two that stand say different things of one key."""
    content = F.col(DIGESTS[0])
    same_key = Window.partitionBy(*contract.key)
    before = F.lag(content).over(same_key.orderBy(content, "source_row_number"))
    standing = F.when(F.col("stands"), content)
    differ = F.min(standing).over(same_key) != F.max(standing).over(same_key)
    return rows.select(
        "source_row_number",
        before.eqNullSafe(content).alias("is_again"),
        (F.col("stands") & F.coalesce(differ, F.lit(False))).alias("is_repeated"),
    )


def differences(
    keys: DataFrame, known: DataFrame, unread: DataFrame, contract: Contract, table: SourceTable, *, low: str | None
) -> Differences:
    """The keys that the table has now, beside the known records.

    keys: the key of every record in scope and its cursor, as text. known: see `known_records`. unread: see
    `unread_keys`. low: where this extract begins; what lies before it and is not known was missed. None asks for
    nothing missed or gone back, because the extract reads everything again.
    """
    # one below the other and brought together once: two joins would move every key three times
    together = known.unionByName(_typed_keys(keys, contract, table), allowMissingColumns=True)
    sides = [F.max_by("known", "version").alias("known"), F.bool_or("is_there").alias("is_there")]
    if table.cursor is not None:
        sides.append(F.max("cursor_now").alias("cursor_now"))
    by_key = (
        together.unionByName(unread, allowMissingColumns=True)
        .groupBy(*contract.key)
        .agg(*sides, F.bool_or("is_unread").alias("is_unread"))
    )
    stood = F.coalesce(~F.col("known.is_deleted"), F.lit(False))
    status = F.when(stood & F.col("is_there").isNull(), _DELETED)
    if table.cursor is not None and low is not None:
        cursor, before = F.col("cursor_now"), F.col("known.cursor")
        begins = as_typed(F.lit(low), _field(contract, table.cursor), contract)
        is_unknown = ~stood | (before < cursor)
        is_old = (cursor < begins) & ~F.coalesce("is_unread", F.lit(False))
        status = status.when(stood & (cursor < before), _WENT_BACK).when(is_old & is_unknown, _MISSED)
    zoned = by_key.withColumn("source_timezone", F.lit(table.timezone))  # for `begins`
    found = zoned.select(*contract.key, stood.alias("stood"), status.alias("status"))
    counts = found.agg(
        F.count_if("stood").alias("stood"),
        *(F.count_if(F.col("status") == name).alias(name) for name in (_DELETED, _WENT_BACK, _MISSED)),
    ).collect()[0]
    texts = [_as_text(field) for field in contract.fields if field.primary_key]
    return Differences(**counts.asDict(), deleted_keys=found.where(F.col("status") == _DELETED).select(*texts))


def unread_keys(lake: Lake, contract: Contract, table: SourceTable, extracts: Sequence[str]) -> DataFrame:
    """The keys of rows that came with these extracts and lie in quarantine, so that they are not called missed.

    Grain: one row per such row. Shape: the key's columns and `is_unread`, always true.
    """
    if not lake.exists(Zone.QUARANTINE, contract.table):
        columns = ", ".join(f"`{name}` {_field(contract, name).type}" for name in contract.key)
        return lake.spark.createDataFrame([], f"{columns}, is_unread boolean")
    rows = _of_extracts(lake, Zone.QUARANTINE, contract.table, extracts)
    zoned = rows.withColumn("source_timezone", F.lit(table.timezone))
    texts = {name: F.get_json_object("row", f"$.{name}") for name in contract.key}
    read = (as_typed(text, _field(contract, name), contract).alias(name) for name, text in texts.items())
    return zoned.select(*read, F.lit(True).alias("is_unread"))


def _typed_keys(keys: DataFrame, contract: Contract, table: SourceTable) -> DataFrame:
    """The key's columns, `is_there`, and `cursor_now` where the table has a cursor; no row without a key."""
    asked = {name: name for name in contract.key} | ({} if table.cursor is None else {"cursor_now": table.cursor})
    read = (as_typed(F.col(f"`{of}`"), _field(contract, of), contract).alias(name) for name, of in asked.items())
    zoned = keys.withColumn("source_timezone", F.lit(table.timezone))
    return zoned.select(*read, F.lit(True).alias("is_there")).dropna(subset=list(contract.key))


def _field(contract: Contract, name: str) -> Field:
    return next(field for field in contract.fields if field.name == name)


def _of_extracts(lake: Lake, zone: Zone, table: str, extracts: Sequence[str]) -> DataFrame:
    ours = lake.spark.createDataFrame([(sha256,) for sha256 in extracts], "source_file_sha256 string")
    return lake.read(zone, table).join(F.broadcast(ours), on="source_file_sha256", how="left_semi")


def _as_text(field: Field) -> Column:
    value = F.col(f"`{field.name}`")
    return (F.date_format(value, _MOMENT) if field.type == "timestamp" else value.cast("string")).alias(field.name)
