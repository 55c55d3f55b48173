"""Landing to raw, through gate 1: every row of every file is loaded, in quarantine, or a declared duplicate."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import TECHNICAL_COLUMNS, Contract
from expectations.gate import Gate, judge
from jobs.errors import AllFilesRefused
from jobs.grades.holding import require_not_lowered
from jobs.ingest.arrival import store
from jobs.ingest.claim import claim
from jobs.ingest.content import contents, counts, each_by_itself, first_of_each
from jobs.ingest.databases.known import sorted_out
from jobs.ingest.databases.staging import staged_extract
from jobs.ingest.databases.sync import sync
from jobs.ingest.staging import arrived, files_of, parsed, staged
from jobs.ingest.tally import Ingested, Tally, after, checks, summed, tallies
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow
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
    folder = store(landing, contract)
    about = arrived(lake, folder, batch_id, files)
    extract = staged_extract(lake, folder, contract, *files) if contract.comes_from_databases else None
    text = extract.text if extract else parsed(about, contract, [file.size_bytes for file in files])
    stage = staged(lake, text, about, contract, staging)
    rows = sorted_out(stage, extract.text, contract, extract.known) if extract else stage
    found = each_by_itself(rows) if extract else contents(rows)
    counted = tallies(counts(found).collect())  # a row per file and fault
    tallied = [tally for tally in counted.values() if tally]
    refusals = _refusals(stage) if len(tallied) < len(counted) else {}
    outcome = [
        after(file, counted.get(number, Tally()), _told(refusals.get(number))) for number, file in enumerate(files)
    ]
    ingested = summed(batch_id, outcome)
    _forget_earlier_batches(lake, contract, batch_id, files)
    # an extract that repeats only what is known is no news: it needs no rows, no gates and no new marts
    is_news = not extract or ingested.rows_in > ingested.duplicate
    whole = rows.where(~F.col("file_number").isin(list(refusals))) if refusals else rows
    is_as_staged = rows is stage and not refusals
    if is_news:
        good = whole.where("fate = 'loaded'")
        has_repeats = any(tally.repeats for tally in tallied)
        loaded = first_of_each(good, found) if has_repeats else good
        as_staged = files_of(staging, "loaded") if is_as_staged and not has_repeats else None
        lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, batch_id, loaded, files=as_staged)
    # the same files give the same counts, so a batch that has nothing to write there never had
    if ingested.quarantined:
        bad = whole.where("fate = 'quarantined'")
        as_staged = files_of(staging, "quarantined") if is_as_staged else None
        lake.replace_batch(Zone.QUARANTINE, contract.table, QUARANTINE_COLUMNS, batch_id, bad, files=as_staged)
    if refusals:
        _quarantine_files(lake, contract, batch_id, refusals)
    ledger = Ledger(lake.home)
    verdicts = judge(checks(ingested, tallied))
    record(ledger, Gate.LANDING, contract.id, batch_id, verdicts=verdicts, rows=ingested.rows_in)
    if is_news:
        _record_batch(lake, contract, ingested, sum(tally.checksum for tally in tallied), files)
    ledger.record("files", outcome)  # last, because only this ends the claim
    shutil.rmtree(staging, ignore_errors=True)
    return ingested


def _forget_earlier_batches(lake: Lake, contract: Contract, batch_id: str, files: Sequence[FileRow]) -> None:
    """A replayed file's rows are taken anew, so those of its earlier batch go first."""
    for file in files:
        if file.rows_in is None:
            continue
        for zone in ZONES_OF_ROWS:
            if lake.exists(zone, contract.table):
                lake.delete_file(zone, contract.table, file.file_sha256, except_batch=batch_id)


def _refusals(stage: DataFrame) -> dict[int, Row]:
    """By the number of a refused file what is wrong with it; one row per refused file."""
    refused = stage.where("fate = 'refused'")
    about = refused.select("file_number", "source_file_sha256", "file_fault", "file_fault_detail")
    return {row["file_number"]: row for row in about.collect()}


def _told(refusal: Row | None) -> str | None:
    if refusal is None:
        return None
    detail = refusal["file_fault_detail"]
    return f"{refusal['file_fault']} ({detail})" if detail else str(refusal["file_fault"])


def _quarantine_files(lake: Lake, contract: Contract, batch_id: str, refusals: Mapping[int, Row]) -> None:
    rows = [
        {
            "file_sha256": refusal["source_file_sha256"],
            "batch_id": batch_id,
            "fault": refusal["file_fault"],
            "detail": refusal["file_fault_detail"],
        }
        for refusal in refusals.values()
    ]
    table = f"{contract.table}__files"
    lake.replace_few(Zone.QUARANTINE, table, _FILE_FAULT_COLUMNS, batch_id, rows)


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
