"""Which extract of a table comes next: decided from the last one, from what the table is now and from the contract."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.databases import SourceTable
from contracts.model import Contract
from jobs.errors import SourceChanged, SourceWentBack
from jobs.ingest.databases.cursors import is_before, is_cursor, last_sane, stepped_back
from jobs.ingest.databases.dialect import Family
from jobs.ingest.databases.queries import Range
from jobs.storage.ledger_rows import ExtractMode, ExtractRow


@dataclass(frozen=True)
class Ends:
    """How far a table reaches now: its newest cursor, and where an extract of limited length would end."""

    newest: str | None
    bound: str | None


def next_allowed(contract: Contract, extracts: Sequence[ExtractRow]) -> datetime | None:
    """The moment from which the owner allows the next extract (D09-9); None when it is allowed at once.

    A cut extract is one piece of an extraction that goes on, so the next piece need not wait.
    """
    if not extracts or extracts[-1].is_cut or contract.source.extraction is None:
        return None
    return extracts[-1].claimed_at + timedelta(minutes=contract.source.extraction.at_most_every_minutes)


def starts_after(table: SourceTable, last: ExtractRow | None, *, whole: bool) -> str | None:
    """Where the last extract ended; None when everything is read, as at first."""
    return None if last is None or whole or table.cursor is None else last.cursor_to


def next_extract(
    contract: Contract,
    table: SourceTable,
    last: ExtractRow | None,
    ends: Ends,
    *,
    family: Family | None,
    source_columns: str,
    now: datetime,
    whole: bool,
) -> ExtractRow:
    """What is read next. A piece of a whole extract is followed by further pieces of it, until it is whole.

    Raises: SourceWentBack when the table's newest change is older than the last extract; SourceChanged when its cursor
    is none.
    """
    mode = ExtractMode.WHOLE if last is None or table.cursor is None else ExtractMode.CHANGES
    if whole:
        mode = ExtractMode.ANEW
    elif last is not None and last.is_cut:  # the next piece of the same extraction
        mode = last.mode
    after = starts_after(table, last, whole=whole)
    if table.cursor is not None and family is not None:
        _require_cursor(contract, table, ends.newest, family)
        if after is not None and (ends.newest is None or is_before(ends.newest, after)):
            raise SourceWentBack(
                f"{contract.id}: the newest change that connection '{table.connection}' has is older than what was "
                "taken from it: was it restored from a backup, or is it another database? If it is right as it is, "
                f"`lakewarden ingest {contract.id} --whole` reads all of it and finds every difference"
            )
    is_cut = ends.bound is not None and ends.bound != ends.newest
    end = ends.bound if is_cut else ends.newest
    digest = hashlib.sha256("|".join(map(str, (contract.id, table.name, mode, after, end, now.isoformat()))).encode())
    return ExtractRow(
        dataset=contract.id,
        file_sha256=digest.hexdigest(),
        source=table.name,
        mode=mode,
        cursor_from=after,
        cursor_to=end,
        is_cut=is_cut,
        source_columns=source_columns,
        contract_version=contract.version,
        claimed_at=now,
    )


def overlapped(extract: ExtractRow, table: SourceTable, earlier: Sequence[ExtractRow]) -> list[str]:
    """The digests of the earlier extracts whose rows an extract of changes may read again between its two bounds."""
    if extract.mode is not ExtractMode.CHANGES or extract.cursor_from is None:
        return [each.file_sha256 for each in earlier]
    low = stepped_back(extract.cursor_from, table.overlap)
    return [each.file_sha256 for each in earlier if each.cursor_to is None or not is_before(each.cursor_to, low)]


def range_of(extract: ExtractRow, table: SourceTable, family: Family | None) -> Range:
    """The rows that an extract reads: a little from before the last one's end, for what was committed late, to its own.

    The same claim gives the same range, however often it is read.
    """
    if table.cursor is None or family is None:
        return Range()
    low = None if extract.cursor_from is None else stepped_back(extract.cursor_from, table.overlap)
    return Range(low, extract.cursor_to, last_sane(extract.claimed_at, family, table.timezone))


def _require_cursor(contract: Contract, table: SourceTable, newest: str | None, family: Family) -> None:
    if newest is not None and not is_cursor(newest, family):
        raise SourceChanged(
            f"{contract.id}: the cursor {table.cursor} of connection '{table.connection}' is a {family} whose values "
            "do not grow as a cursor's do; choose another column"
        )
