"""Landing to raw, through gate 1: every row of every file is loaded, in quarantine, or a declared duplicate."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pyspark.sql import DataFrame, DataFrameWriter, Row
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import TECHNICAL_COLUMNS, Contract, Severity
from expectations.gate import QUARANTINED_RULE, Check, Gate, judge
from jobs.errors import AllFilesRefused
from jobs.grades.holding import require_not_lowered
from jobs.ingest.arrival import store
from jobs.ingest.claim import claim
from jobs.ingest.conform import conform
from jobs.ingest.content import content_digest
from jobs.ingest.databases.known import sorted_out
from jobs.ingest.databases.staging import staged_extract
from jobs.ingest.databases.sync import sync
from jobs.ingest.readers import read_files, text_schema
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow, FileState
from jobs.storage.zones import ZONES_OF_ROWS, Zone
from jobs.verdicts import record

#: Rows of quarantine keep the text as it came, so that they can be mended; the zone is restricted like raw.
QUARANTINE_COLUMNS = {**TECHNICAL_COLUMNS, "faults": "array<string>", "row": "string"}
#: Two independent hashes of a row's content; an exact repeat inside one file is a declared duplicate.
_DIGESTS = ("content_digest", "content_digest_2")
_FILE_FAULT_COLUMNS = {
    "file_sha256": "string",
    "batch_id": "string",
    "path": "string",
    "fault": "string",
    "detail": "string",
}


@dataclass(frozen=True)
class Ingested:
    """What one batch came to, in rows and files."""

    batch_id: str
    files: int
    refused_files: int
    rows_in: int
    loaded: int
    quarantined: int
    duplicate: int


def ingest(
    lake: Lake,
    landing: Path,
    contract: Contract,
    *,
    day: date | None = None,
    settle_seconds: float = 0,
    whole: bool = False,
) -> list[Ingested]:
    """Load everything that is new, after finishing what an earlier run began; an empty list when there was nothing.

    whole: of a database, everything is read again and compared, not only what changed.
    Raises: GradeLowered before anything is taken; AllFilesRefused after the ledger and the quarantine hold why; what
    `sync` raises.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
    require_not_lowered(ledger, contract)
    if contract.comes_from_databases:
        return sync(lake, landing, contract, _load, day=day, whole=whole)
    claimed = claim(ledger, landing, contract, day=day, settle_seconds=settle_seconds)
    done = []
    for batch_id in sorted({str(file.batch_id) for file in claimed}):
        files = [file for file in claimed if file.batch_id == batch_id]
        done.append(_load(lake, landing, contract, batch_id, files))
    if done and not any(batch.files > batch.refused_files for batch in done):
        refused = sum(batch.refused_files for batch in done)
        raise AllFilesRefused(
            f"gate landing: {contract.id}: all {refused} files were refused and lie in quarantine; "
            "`lakewarden status` says why, `lakewarden replay` takes them again"
        )
    return done


def _load(lake: Lake, landing: Path, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> Ingested:
    staging = lake.home / Zone.QUARANTINE / ".staging" / f"{contract.table}-{batch_id}"
    _stage(lake, store(landing, contract), contract, batch_id, files).parquet(str(staging))
    staged = lake.spark.read.parquet(str(staging))
    refused = staged.where(F.col("file_fault").isNotNull())
    refusals = {row["source_file_sha256"]: row for row in refused.collect()}  # one row per refused file
    whole = staged.where(F.col("file_fault").isNull() & ~F.col("source_file_sha256").isin(list(refusals)))
    contents = _contents(whole)
    counts = {row["source_file_sha256"]: row for row in _counts(contents).collect()}  # one row per file
    outcome = [_after(file, refusals.get(file.file_sha256), counts.get(file.file_sha256)) for file in files]
    ingested = _summed(batch_id, outcome)
    faults = _rows_by_fault(whole) if ingested.quarantined else {}
    _forget_earlier_batches(lake, contract, batch_id, files)
    # an extract that repeats only what is known is no news: it needs no rows, no gates and no new marts
    is_news = not contract.comes_from_databases or ingested.rows_in > ingested.duplicate
    if is_news:
        good = whole.where("fate = 'loaded'")
        loaded = _first_of_each(good, contents) if any(row["repeats"] for row in counts.values()) else good
        lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, batch_id, loaded)
    # the same files give the same counts, so a batch that has nothing to write there never had
    if ingested.quarantined:
        rows = whole.where("fate = 'quarantined'")
        lake.replace_batch(Zone.QUARANTINE, contract.table, QUARANTINE_COLUMNS, batch_id, rows)
    if refusals:
        _quarantine_files(lake, contract, batch_id, refused)
    ledger = Ledger(lake.home)
    _judge(ledger, contract, ingested, faults)
    if is_news:
        _record_batch(lake, contract, ingested, sum(int(row["checksum"] or 0) for row in counts.values()), files)
    ledger.record("files", outcome)  # last, because only this ends the claim
    shutil.rmtree(staging, ignore_errors=True)
    return ingested


def _stage(lake: Lake, folder: Path, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> DataFrameWriter:
    """Every file parsed once, into typed rows with their faults; what follows reads this and never parses again."""
    extract = staged_extract(lake, folder, contract, *files) if contract.comes_from_databases else None
    read = extract.text if extract else _parsed(lake, folder, contract, files)
    text = read.withColumn("batch_id", F.lit(batch_id)).withColumn(
        "ingested_at", F.lit(max(file.first_seen_at for file in files))
    )
    columns = [F.col(f"`{field.name}`") for field in contract.fields]
    conformed = conform(text.withColumn("original_row", F.struct(*columns)), contract)
    if extract:
        judged = sorted_out(conformed, contract, extract.known)
    else:
        judged = conformed.withColumn("fate", F.when(F.size("faults") > 0, "quarantined").otherwise("loaded"))
    kept = {
        # costs too much to be made for every row
        "row": F.when(F.col("fate") == "quarantined", F.to_json("original_row")),
        **dict(zip(_DIGESTS, (content_digest(contract), F.hash(*columns)), strict=True)),
    }
    return judged.withColumns(kept).drop("original_row").write.mode("overwrite")


def _parsed(lake: Lake, folder: Path, contract: Contract, files: Sequence[FileRow]) -> DataFrame:
    """The rows of landed files, as the readers understand them."""
    wanted = lake.spark.createDataFrame(
        [(str(folder / file.file_sha256), file.file_sha256, file.arrival_date) for file in files],
        "path string, sha256 string, arrival_date date",
    )
    arrived = F.broadcast(wanted.select(F.col("sha256").alias("source_file_sha256"), "arrival_date"))
    # one partition per file up to a bound: a file is read by one worker, many small files share one
    paths = wanted.select("path", "sha256").repartition(min(len(files), 64))
    text = paths.mapInArrow(read_files(contract), _schema(contract))
    return text.join(arrived, on="source_file_sha256", how="left")


def _schema(contract: Contract) -> str:
    types = {"string": "string", "int64": "bigint"}
    return ", ".join(f"`{column.name}` {types[str(column.type)]}" for column in text_schema(contract))


def _contents(whole: DataFrame) -> DataFrame:
    """One row per file, content and fate: how many rows have it (`copies`), and the number of the first.

    Few columns are brought together here, never whole rows. A good row repeats good ones only: one at fault may look
    like it, because what cannot be read is NULL.
    """
    return whole.groupBy("source_file_sha256", *_DIGESTS, "fate").agg(
        F.count(F.lit(1)).alias("copies"), F.min("source_row_number").alias("first_row")
    )


def _first_of_each(good: DataFrame, contents: DataFrame) -> DataFrame:
    """The good rows without those that repeat an earlier one of their file."""
    repeated = contents.where("fate = 'loaded' AND copies > 1").drop("fate", "copies")
    marked = good.join(repeated, on=["source_file_sha256", *_DIGESTS], how="left")
    return marked.where("first_row IS NULL OR first_row = source_row_number")


def _counts(contents: DataFrame) -> DataFrame:
    """One row per file: its rows by fate, and a checksum of those to be loaded that does not depend on their order.

    repeats: the good rows that repeat an earlier one of their file; they are duplicates too.
    """
    copies, is_loaded = F.col("copies"), F.col("fate") == "loaded"
    repeats = F.sum(F.when(is_loaded, copies - 1).otherwise(0))
    return contents.groupBy("source_file_sha256").agg(
        F.sum(copies).alias("rows_in"),
        F.count_if(is_loaded).alias("loaded"),
        F.sum(F.when(F.col("fate") == "quarantined", copies).otherwise(0)).alias("quarantined"),
        (repeats + F.sum(F.when(F.col("fate") == "duplicate", copies).otherwise(0))).alias("duplicate"),
        repeats.alias("repeats"),
        F.sum(F.when(is_loaded, F.col(_DIGESTS[0]).cast("decimal(38,0)"))).cast("string").alias("checksum"),
    )


def _rows_by_fault(whole: DataFrame) -> dict[str, int]:
    """How many quarantined rows have each fault; a row with two counts for both. One row per fault of the contract."""
    counted = whole.where("fate = 'quarantined'").select(F.explode("faults").alias("fault")).groupBy("fault").count()
    return {row["fault"]: row["count"] for row in counted.collect()}


def _forget_earlier_batches(lake: Lake, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> None:
    """A replayed file's rows are taken anew, so those of its earlier batch go first."""
    for file in files:
        if file.rows_in is None:
            continue
        for zone in ZONES_OF_ROWS:
            if lake.exists(zone, contract.table):
                lake.delete_file(zone, contract.table, file.file_sha256, except_batch=batch_id)


def _quarantine_files(lake: Lake, contract: Contract, batch_id: str, refused: DataFrame) -> None:
    files = refused.select(
        F.col("source_file_sha256").alias("file_sha256"),
        "batch_id",
        F.lit(None).alias("path"),
        F.col("file_fault").alias("fault"),
        F.col("file_fault_detail").alias("detail"),
    )
    lake.replace_batch(Zone.QUARANTINE, f"{contract.table}__files", _FILE_FAULT_COLUMNS, batch_id, files)


def _after(file: FileRow, refusal: Row | None, counts: Row | None) -> FileRow:
    if refusal is not None:
        detail = f" ({refusal['file_fault_detail']})" if refusal["file_fault_detail"] else ""
        return replace(
            file, state=FileState.QUARANTINED, fault=f"{refusal['file_fault']}{detail}",
            rows_in=0, rows_loaded=0, rows_quarantined=0, rows_duplicate=0,
        )  # fmt: skip
    return replace(
        file,
        state=FileState.LOADED,
        fault=None,
        rows_in=counts["rows_in"] if counts else 0,
        rows_loaded=counts["loaded"] if counts else 0,
        rows_quarantined=counts["quarantined"] if counts else 0,
        rows_duplicate=counts["duplicate"] if counts else 0,
    )


def _summed(batch_id: str, files: Sequence[FileRow]) -> Ingested:
    return Ingested(
        batch_id=batch_id,
        files=len(files),
        refused_files=sum(file.state is FileState.QUARANTINED for file in files),
        rows_in=sum(file.rows_in or 0 for file in files),
        loaded=sum(file.rows_loaded or 0 for file in files),
        quarantined=sum(file.rows_quarantined or 0 for file in files),
        duplicate=sum(file.rows_duplicate or 0 for file in files),
    )


def _judge(ledger: Ledger, contract: Contract, ingested: Ingested, faults: Mapping[str, int]) -> None:
    """Gate 1's verdicts. What it sorts out lies in quarantine and stops nobody; rows that vanish would."""
    sorted_out = {"files_refused": ingested.refused_files}
    sorted_out |= {f"{QUARANTINED_RULE}{fault}": rows for fault, rows in sorted(faults.items())}
    checks = [
        Check("rows_conserved", abs(ingested.rows_in - ingested.loaded - ingested.quarantined - ingested.duplicate)),
        *(Check(rule, found, severity=Severity.WARNING) for rule, found in sorted_out.items()),
    ]
    record(ledger, Gate.LANDING, contract.id, ingested.batch_id, verdicts=judge(checks), rows=ingested.rows_in)


def _record_batch(lake: Lake, contract: Contract, ingested: Ingested, checksum: int, files: Sequence[FileRow]) -> None:
    batch = BatchRow(
        dataset=contract.id,
        batch_id=ingested.batch_id,
        zone=Zone.RAW,
        state=BatchState.WRITTEN,
        arrival_date=max(file.arrival_date for file in files),
        table_version=lake.version(Zone.RAW, contract.table),
        row_count=ingested.loaded,
        content_checksum=str(checksum),
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
    )
    Ledger(lake.home).record("batches", [batch])
