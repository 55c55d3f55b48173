"""Landing to raw, through gate 1: every row of every file is loaded, in quarantine, or a declared duplicate."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pyspark.sql import Column, DataFrame, DataFrameWriter, Row, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import TECHNICAL_COLUMNS, Contract, Severity
from expectations.gate import Check, Gate, judge
from jobs.errors import AllFilesRefused
from jobs.ingest.arrival import Arrival, arrivals, store, take
from jobs.ingest.conform import conform
from jobs.ingest.readers import read_files, text_schema
from jobs.storage.lake import Lake, Zone
from jobs.storage.ledger import BatchRow, BatchState, FileRow, FileState, Ledger
from jobs.verdicts import record

#: Rows of quarantine keep the text as it came, so that they can be mended; the zone is restricted like raw.
QUARANTINE_COLUMNS = {**TECHNICAL_COLUMNS, "faults": "array<string>", "row": "string"}
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


def ingest(lake: Lake, landing: Path, contract: Contract, *, day: date | None, settle_seconds: float) -> list[Ingested]:
    """Load everything that is new, after finishing what an earlier run began; an empty list when there was nothing.

    Raises: AllFilesRefused after the ledger and the quarantine hold why.
    """
    ledger = Ledger(lake)
    ledger.prepare()
    _claim(ledger, landing, contract, day=day, settle_seconds=settle_seconds)
    claimed = ledger.files_in(contract.id, FileState.CLAIMED)
    done = []
    for batch_id in sorted({str(file.batch_id) for file in claimed}):
        files = [file for file in claimed if file.batch_id == batch_id]
        done.append(_load(ledger, landing, contract, batch_id, files))
    if done and not any(batch.files > batch.refused_files for batch in done):
        refused = sum(batch.refused_files for batch in done)
        raise AllFilesRefused(
            f"gate landing: {contract.id}: all {refused} files were refused and lie in quarantine; "
            "`lakewarden status` says why, `lakewarden replay` takes them again"
        )
    return done


def _claim(ledger: Ledger, landing: Path, contract: Contract, *, day: date | None, settle_seconds: float) -> None:
    """Write what arrived into the ledger, then move it to the store; killed in between, the next run moves it."""
    found = list(arrivals(landing, contract, day=day, settle_seconds=settle_seconds))
    if not found:
        return
    known = ledger.known_files(contract.id, [arrival.sha256 for arrival in found])
    new: dict[str, Arrival] = {}
    again: dict[str, int] = {}
    for arrival in found:
        if arrival.sha256 in known or arrival.sha256 in new:
            again[arrival.sha256] = again.get(arrival.sha256, 0) + 1
        else:
            new[arrival.sha256] = arrival
    batch_id = _batch_id(contract, sorted(new))
    now = datetime.now(UTC)
    rows = [
        FileRow(
            dataset=contract.id,
            file_sha256=sha256,
            arrival_date=arrival.arrival_date,
            size_bytes=arrival.size_bytes,
            state=FileState.CLAIMED,
            batch_id=batch_id,
            first_seen_at=now,
            deliveries=1 + again.get(sha256, 0),
        )
        for sha256, arrival in new.items()
    ]
    rows += [replace(row, deliveries=row.deliveries + again[sha256]) for sha256, row in known.items()]
    ledger.record("files", rows)
    for arrival in found:
        take(arrival, landing, contract)


def _batch_id(contract: Contract, sha256s: Sequence[str]) -> str:
    """The same files under the same contract are the same batch, however often they are taken."""
    return hashlib.sha256("|".join((contract.id, contract.fingerprint, *sha256s)).encode()).hexdigest()[:16]


def _load(ledger: Ledger, landing: Path, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> Ingested:
    lake = ledger.lake
    staging = lake.home / Zone.QUARANTINE / ".staging" / f"{contract.table}-{batch_id}"
    _stage(lake, store(landing, contract), contract, batch_id, files).parquet(str(staging))
    staged = lake.spark.read.parquet(str(staging))
    refused = staged.where(F.col("file_fault").isNotNull())
    refusals = {row["source_file_sha256"]: row for row in refused.collect()}  # one row per refused file
    whole = staged.where(F.col("file_fault").isNull() & ~F.col("source_file_sha256").isin(list(refusals)))
    counts = {row["source_file_sha256"]: row for row in _counts(whole, contract).collect()}  # one row per file
    outcome = [_after(file, refusals.get(file.file_sha256), counts.get(file.file_sha256)) for file in files]
    ingested = _summed(batch_id, outcome)
    _forget_earlier_batches(lake, contract, batch_id, files)
    lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, batch_id, whole.where("fate = 'loaded'"))
    # the same files give the same counts, so a batch that has nothing to write there never had
    if ingested.quarantined:
        rows = whole.where("fate = 'quarantined'")
        lake.replace_batch(Zone.QUARANTINE, contract.table, QUARANTINE_COLUMNS, batch_id, rows)
    if refusals:
        _quarantine_files(lake, contract, batch_id, refused)
    _record_batch(ledger, contract, ingested, sum(int(row["checksum"] or 0) for row in counts.values()), files)
    ledger.record("files", outcome)
    shutil.rmtree(staging, ignore_errors=True)
    return ingested


def _stage(lake: Lake, folder: Path, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> DataFrameWriter:
    """Every file parsed once, into typed rows with their faults; what follows reads this and never parses again."""
    wanted = lake.spark.createDataFrame(
        [(str(folder / file.file_sha256), file.file_sha256, file.arrival_date) for file in files],
        "path string, sha256 string, arrival_date date",
    )
    arrived = F.broadcast(wanted.select(F.col("sha256").alias("source_file_sha256"), "arrival_date"))
    # one partition per file up to a bound: a file is read by one worker, many small files share one
    paths = wanted.select("path", "sha256").repartition(min(len(files), 64))
    text = (
        paths.mapInArrow(read_files(contract), _schema(contract))
        .join(arrived, on="source_file_sha256", how="left")
        .withColumn("batch_id", F.lit(batch_id))
        .withColumn("ingested_at", F.lit(max(file.first_seen_at for file in files)))
    )
    originals = F.to_json(F.struct(*(F.col(f"`{field.name}`") for field in contract.fields)))
    conformed = conform(text.withColumn("row", originals), contract)
    same = Window.partitionBy("source_file_sha256", *_digest(contract)).orderBy("source_row_number")
    fate = (
        F.when(F.size("faults") > 0, "quarantined").when(F.row_number().over(same) > 1, "duplicate").otherwise("loaded")
    )
    mendable = F.when(F.col("fate") == "quarantined", F.col("row"))
    return conformed.withColumn("fate", fate).withColumn("row", mendable).write.mode("overwrite")


def _schema(contract: Contract) -> str:
    types = {"string": "string", "int64": "bigint"}
    return ", ".join(f"`{column.name}` {types[str(column.type)]}" for column in text_schema(contract))


def _digest(contract: Contract) -> tuple[Column, ...]:
    """Two independent hashes of a row's content; an exact repeat inside one file is a declared duplicate."""
    columns = [F.col(f"`{field.name}`") for field in contract.fields]
    return F.xxhash64(*columns), F.hash(*columns)


def _counts(whole: DataFrame, contract: Contract) -> DataFrame:
    """One row per file: its rows by fate, and a checksum of those to be loaded that does not depend on their order."""
    columns = [F.col(f"`{field.name}`") for field in contract.fields]
    loaded = F.when(F.col("fate") == "loaded", F.xxhash64(*columns).cast("decimal(38,0)"))
    return whole.groupBy("source_file_sha256").agg(
        F.count(F.lit(1)).alias("rows_in"),
        *(F.count_if(F.col("fate") == fate).alias(fate) for fate in ("loaded", "quarantined", "duplicate")),
        F.sum(loaded).cast("string").alias("checksum"),
    )


def _forget_earlier_batches(lake: Lake, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> None:
    """A replayed file's rows are taken anew, so those of its earlier batch go first."""
    for file in files:
        if file.rows_in is None:
            continue
        for zone in (Zone.RAW, Zone.QUARANTINE, Zone.DESENSITISED, Zone.VAULT):
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


def _record_batch(
    ledger: Ledger, contract: Contract, ingested: Ingested, checksum: int, files: Sequence[FileRow]
) -> None:
    """The batch's row and gate 1's verdicts. The files' rows come last: only they end the claim."""
    batch = BatchRow(
        dataset=contract.id,
        batch_id=ingested.batch_id,
        zone=Zone.RAW,
        state=BatchState.WRITTEN,
        arrival_date=max(file.arrival_date for file in files),
        table_version=ledger.lake.version(Zone.RAW, contract.table),
        row_count=ingested.loaded,
        content_checksum=str(checksum),
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
    )
    ledger.record("batches", [batch])
    checks = [
        # a refused file does not stop the others: it lies whole in quarantine, which is what gate 1 is for
        Check("files_refused", ingested.refused_files, severity=Severity.WARNING),
        Check("rows_conserved", abs(ingested.rows_in - ingested.loaded - ingested.quarantined - ingested.duplicate)),
    ]
    record(ledger, Gate.LANDING, contract.id, ingested.batch_id, verdicts=judge(checks), rows=ingested.rows_in)
