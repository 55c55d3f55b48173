"""A landed extract on its way to raw: its rows as text, beside the versions that are known already."""

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.databases import SourceTable, source_tables
from contracts.model import Contract
from jobs.errors import SourceChanged
from jobs.ingest.databases.cursors import is_cursor
from jobs.ingest.databases.dialect import Family
from jobs.ingest.databases.known import newest_known
from jobs.ingest.databases.planning import overlapped
from jobs.ingest.readers import RowFaultReason
from jobs.ingest.readers.batches import CONTROLS, REPLACEMENT, is_joined_by
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import ExtractMode, ExtractRow, FileRow, FileState


@dataclass(frozen=True)
class StagedExtract:
    """text: the rows in the shape that readers give files, and `arrival_date`. known: versions they may repeat."""

    text: DataFrame
    known: DataFrame | None


def staged_extract(lake: Lake, store: Path, contract: Contract, file: FileRow) -> StagedExtract:
    """The extract that lies in the store under the digest of `file`. Raises: SourceChanged."""
    table, extracts = _table_and_extracts(Ledger(lake.home), contract, file.file_sha256)
    text = _landed_text(lake, contract, table, store / file.file_sha256, file)
    place = next(place for place, extract in enumerate(extracts) if extract.file_sha256 == file.file_sha256)
    may_repeat = _may_repeat(extracts[place], extracts[:place], table, text)
    return StagedExtract(text, newest_known(lake, contract, may_repeat))


def _table_and_extracts(ledger: Ledger, contract: Contract, file_sha256: str) -> tuple[SourceTable, list[ExtractRow]]:
    for table in source_tables(contract):
        extracts = ledger.extracts(contract.id, table.name, FileState.CLAIMED, FileState.LOADED)
        if any(extract.file_sha256 == file_sha256 for extract in extracts):
            return table, extracts
    raise SourceChanged(
        f"{contract.id}: extract {file_sha256[:12]} is from a table that the contract does not name any more; "
        f'`lakewarden replay {contract.id} {file_sha256[:12]} --refuse "<reason>"` gives it up'
    )


def _landed_text(lake: Lake, contract: Contract, table: SourceTable, folder: Path, file: FileRow) -> DataFrame:
    nothing = F.lit(None).cast("string")
    rows = lake.spark.read.parquet(str(folder / "rows"))
    if (folder / "deleted").exists():
        rows = rows.unionByName(lake.spark.read.parquet(str(folder / "deleted")))
    return rows.select(
        F.lit(file.file_sha256).alias("source_file_sha256"),
        "source_row_number",
        F.lit(table.timezone).alias("source_timezone"),
        nothing.alias("file_fault"),
        nothing.alias("file_fault_detail"),
        _content_fault(contract).alias("row_fault"),
        *(F.col(f"`{field.name}`") for field in contract.fields),
    )


def _content_fault(contract: Contract) -> Column:
    """The faults that readers find in the cells of files, looked for in the same way."""
    every = F.concat_ws("", *(F.col(f"`{field.name}`") for field in contract.fields))
    joining = F.concat_ws("", *(F.col(f"`{field.name}`") for field in contract.fields if is_joined_by(field)))
    return F.when(every.rlike(CONTROLS), str(RowFaultReason.CONTROL_CHARACTER)).when(
        joining.contains(REPLACEMENT), str(RowFaultReason.DAMAGED_TEXT)
    )


def _may_repeat(extract: ExtractRow, earlier: list[ExtractRow], table: SourceTable, text: DataFrame) -> list[str]:
    """The digests of the earlier extracts whose rows this one may repeat.

    An extract of changes repeats what was read where it overlaps with those before, and only they are looked through,
    so that it does not become slower with the history; unless it holds rows without a sane cursor, which come always.
    """
    if extract.mode is ExtractMode.CHANGES and text.where(_is_always_read(extract, table)).isEmpty():
        return overlapped(extract, table, earlier)
    return [each.file_sha256 for each in earlier]


def _is_always_read(extract: ExtractRow, table: SourceTable) -> Column:
    """Whether a row was read for want of a sane cursor; of times, their texts tell which lies behind the other."""
    cursor = F.regexp_replace(f"`{table.cursor}`", "Z$", "")
    if extract.cursor_to is None or is_cursor(extract.cursor_to, Family.EXACT):
        return cursor.isNull()
    return cursor.isNull() | (cursor > extract.cursor_to.removesuffix("Z"))
