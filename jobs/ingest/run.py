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
from jobs.ingest.arrival import store
from jobs.ingest.claim import claim
from jobs.ingest.conform import conform
from jobs.ingest.content import DIGESTS, contents, counts, digests, each_by_itself, first_of_each
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
    Raises: AllFilesRefused after the ledger and the quarantine hold why; what `sync` raises.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
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
    folder = store(landing, contract)
    extract = staged_extract(lake, folder, contract, *files) if contract.comes_from_databases else None
    arrived = _arrived(lake, folder, batch_id, files)
    text = extract.text if extract else _parsed(arrived, contract, len(files))
    text = text.join(F.broadcast(arrived.drop("path")), on="source_file_sha256", how="left")
    _stage(text, contract).parquet(str(staging))
    staged = lake.spark.read.schema(_ddl(_staged_columns(contract))).parquet(str(staging))
    rows = sorted_out(staged, extract.text, contract, extract.known) if extract else staged
    found = each_by_itself(rows) if extract else contents(rows)
    counted = {row["file_number"]: row for row in counts(found).collect()}  # one row per file
    refused = staged.where("fate = 'refused'")
    has_refused = any(row["is_refused"] for row in counted.values())
    refusals = {row["file_number"]: row for row in refused.collect()} if has_refused else {}  # one row per refused file
    outcome = [_after(file, refusals.get(number), counted.get(number)) for number, file in enumerate(files)]
    ingested = _summed(batch_id, outcome)
    whole = rows.where(~F.col("file_number").isin(list(refusals))) if refusals else rows
    faults = _rows_by_fault(whole) if ingested.quarantined else {}
    _forget_earlier_batches(lake, contract, batch_id, files)
    # an extract that repeats only what is known is no news: it needs no rows, no gates and no new marts
    is_news = not extract or ingested.rows_in > ingested.duplicate
    if is_news:
        good = whole.where("fate = 'loaded'")
        loaded = first_of_each(good, found) if any(row["repeats"] for row in counted.values()) else good
        lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, batch_id, loaded)
    # the same files give the same counts, so a batch that has nothing to write there never had
    if ingested.quarantined:
        bad = whole.where("fate = 'quarantined'")
        lake.replace_batch(Zone.QUARANTINE, contract.table, QUARANTINE_COLUMNS, batch_id, bad)
    if refusals:
        _quarantine_files(lake, contract, batch_id, refused)
    ledger = Ledger(lake.home)
    _judge(ledger, contract, ingested, faults)
    if is_news:
        checksum = sum(int(row["checksum"] or 0) for number, row in counted.items() if number not in refusals)
        _record_batch(lake, contract, ingested, checksum, files)
    ledger.record("files", outcome)  # last, because only this ends the claim
    shutil.rmtree(staging, ignore_errors=True)
    return ingested


def _stage(text: DataFrame, contract: Contract) -> DataFrameWriter:
    """Every file parsed once, into typed rows with their faults; what follows reads this and never parses again."""
    conformed = conform(text, contract)
    fate = (
        F.when(F.col("file_fault").isNotNull(), "refused").when(F.size("faults") > 0, "quarantined").otherwise("loaded")
    )
    judged = conformed.withColumns({"fate": fate, **digests(contract)})
    return judged.select(*(f"`{name}`" for name in _staged_columns(contract))).write.mode("overwrite")


def _staged_columns(contract: Contract) -> dict[str, str]:
    return {
        **contract.raw_columns,
        "file_number": "int", "file_fault": "string", "file_fault_detail": "string",
        "faults": "array<string>", "row": "string", "fate": "string",
        **dict(zip(DIGESTS, ("bigint", "int"), strict=True)),
    }  # fmt: skip


def _arrived(lake: Lake, folder: Path, batch_id: str, files: Sequence[FileRow]) -> DataFrame:
    """One row per file: its path, its place in `files`, and what its rows carry of it and of their batch.

    Joined as data and not written into the plan: with a moment in it the code that Spark generates would be another one
    for each batch, and slow until it is compiled.
    """
    ingested_at = max(file.first_seen_at for file in files)
    return lake.spark.createDataFrame(
        [
            (str(folder / file.file_sha256), file.file_sha256, number, file.arrival_date, batch_id, ingested_at)
            for number, file in enumerate(files)
        ],
        "path string, source_file_sha256 string, file_number int, arrival_date date, batch_id string, "
        "ingested_at timestamp",
    )


def _parsed(arrived: DataFrame, contract: Contract, count: int) -> DataFrame:
    """The rows of landed files, as the readers understand them."""
    # one partition per file up to a bound: a file is read by one worker, many small files share one. Dealt out from one
    # partition they are evenly spread
    paths = arrived.select("path", F.col("source_file_sha256").alias("sha256")).coalesce(1).repartition(min(count, 64))
    types = {"string": "string", "int64": "bigint"}
    schema = {column.name: types[str(column.type)] for column in text_schema(contract)}
    return paths.mapInArrow(read_files(contract), _ddl(schema))


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


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
