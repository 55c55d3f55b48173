"""One extract into landing: read once, compared with what the database says of the same rows, kept as text.

An extract is a folder of the store, named like a file by its digest. It is written beside and renamed when it is whole,
so a broken read leaves nothing behind, and a replay never asks the source again.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.databases import SourceTable
from contracts.model import Contract, Severity
from expectations.gate import Check, Gate, judge, require
from jobs.ingest.databases.asking import Database
from jobs.ingest.databases.figures import Figures, compared, measures, observed, read_figures
from jobs.ingest.databases.known import Differences, differences, known_records, unread_keys
from jobs.ingest.databases.plain import plain
from jobs.ingest.databases.queries import Questions, Range, stripes
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import ExtractMode, ExtractRow, FileRow
from jobs.verdicts import record

#: Rows that tell of deleted records are numbered behind all rows that were read, so that they are the newer ones.
_BEHIND_ALL_ROWS = 1 << 48


@dataclass(frozen=True)
class Reading:
    """What is needed to read one extract: who is asked what, and which rows of the table it is about."""

    database: Database
    questions: Questions
    contract: Contract
    table: SourceTable
    extract: ExtractRow
    wanted: Range


def land(lake: Lake, reading: Reading, file: FileRow, earlier: Sequence[str], folder: Path) -> None:
    """Afterwards the extract lies in the store, whole. Safe to repeat.

    earlier: the digests of the table's extracts before this one.
    Raises: SourceUnreachable when the source breaks off; GateFailed, after the verdicts are recorded, when what was
    read is not what the source says it holds.
    """
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(parents=True, exist_ok=True)
    before = _figures(reading)
    seen = Observation()
    _rows(reading, before).observe(seen, *measures(reading.questions.columns)).write.parquet(str(draft / "rows"))
    landed = observed(seen.get, reading.questions.columns)
    # asked once more only where they differ: did the table change, or was it not read as it is?
    after = before if landed == before else _figures(reading)
    checks = compared(reading.questions.columns, before, landed, after=after)
    if reading.contract.source.deletions is not None:
        found = _look_for_deletions(lake, reading, earlier, draft)
        if found is not None:
            checks += _plausible(reading, found)
            _write_deleted(reading, found, draft)
    verdicts = judge(checks)
    batch_id, dataset = str(file.batch_id), reading.contract.id
    record(Ledger(lake.home), Gate.LANDING, dataset, batch_id, verdicts=verdicts, rows=landed.rows)
    require(
        Gate.LANDING,
        f"{dataset} batch {batch_id}, connection '{reading.table.connection}'",
        verdicts,
        next_step=f"docs/databases.md says what each means; `lakewarden ingest {dataset} --whole` reads all again.",
    )
    draft.rename(folder)


def _figures(reading: Reading) -> Figures:
    answer = reading.database.ask(reading.questions.figures(reading.wanted))
    return read_figures(answer[0], reading.questions.columns)


def _rows(reading: Reading, expected: Figures) -> DataFrame:
    """The rows as text in the contract's columns, numbered; read in as many parts at once as the contract says."""
    parts = [
        reading.database.frame(reading.questions.rows(reading.wanted, stripe))
        for stripe in stripes(*expected.ends_of(reading.table.parallel), reading.table.reads)
    ]
    names = list(reading.questions.columns)
    together = reduce(DataFrame.unionAll, parts).toDF(*names)
    texts = {name: plain(F.col(f"`{name}`"), reading.questions.columns[name].rule.family) for name in names}
    return together.select(*_fields(reading, texts, is_deleted=False), _number(0))


def _fields(reading: Reading, texts: Mapping[str, Column], *, is_deleted: bool) -> list[Column]:
    """Every field of the contract: what was read, what the contract gives, the marker of deletions, or NULL."""
    given = {name: F.lit(value) for name, value in reading.table.constants.items()}
    marker = reading.contract.source.deletions
    if marker is not None and (is_deleted or marker not in texts):
        given[marker] = F.lit(str(is_deleted).lower())
    values = {**texts, **given}
    return [values.get(f.name, F.lit(None)).cast("string").alias(f.name) for f in reading.contract.fields]


def _number(first: int) -> Column:
    return (F.monotonically_increasing_id() + F.lit(first + 1)).alias("source_row_number")


def _look_for_deletions(lake: Lake, reading: Reading, earlier: Sequence[str], draft: Path) -> Differences | None:
    """The keys of the whole table beside the known ones; None when nothing is known yet."""
    table, contract = reading.table, reading.contract
    known = known_records(lake, contract, table, earlier)
    if known is None:
        return None
    if table.cursor is None:
        # the extract is the whole table already
        keys = lake.spark.read.parquet(str(draft / "rows")).select(*contract.key)
    else:
        asked = [name for name in (*contract.key, table.cursor) if name in reading.questions.columns]
        names = list(dict.fromkeys(asked))
        answer = reading.database.frame(reading.questions.keys(names)).toDF(*names)
        texts = {name: plain(F.col(f"`{name}`"), reading.questions.columns[name].rule.family) for name in names}
        answer.select(*_fields(reading, texts, is_deleted=False)).select(
            *dict.fromkeys((*contract.key, table.cursor))
        ).write.parquet(str(draft / "keys"))
        keys = lake.spark.read.parquet(str(draft / "keys"))
    low = reading.wanted.low if reading.extract.mode is ExtractMode.CHANGES else None
    return differences(keys, known, unread_keys(lake, contract, table, earlier), contract, table, low=low)


def _plausible(reading: Reading, found: Differences) -> list[Check]:
    """Whether the table is still the one that was read. Who asks for all of it anew takes it as it is."""
    share = found.deleted / found.stood if found.stood else 0.0
    severity = Severity.WARNING if reading.extract.mode is ExtractMode.ANEW else Severity.ERROR
    return [
        Check("source.deleted_share", share, allowed=reading.contract.limits.max_deleted_share, severity=severity),
        Check("source.rows_went_back", found.went_back),
        Check("source.rows_missed", found.missed),
    ]


def _write_deleted(reading: Reading, found: Differences, draft: Path) -> None:
    if found.deleted:
        keys = {name: F.col(f"`{name}`") for name in reading.contract.key}
        told = found.deleted_keys.select(*_fields(reading, keys, is_deleted=True), _number(_BEHIND_ALL_ROWS))
        told.write.parquet(str(draft / "deleted"))
