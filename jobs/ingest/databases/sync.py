"""Tables to raw: each table's next extract is claimed, landed and loaded like a file, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from contracts.databases import SourceTable, source_tables
from contracts.errors import LakewardenError
from contracts.model import Contract
from jobs.ingest.arrival import store
from jobs.ingest.claim import batch_id
from jobs.ingest.databases.asking import Database
from jobs.ingest.databases.columns import Answer, described, read_columns, require_same
from jobs.ingest.databases.connections import connection, secret_file
from jobs.ingest.databases.cursors import last_sane
from jobs.ingest.databases.dialect import Family
from jobs.ingest.databases.dialects import DIALECTS
from jobs.ingest.databases.landing import Reading, land
from jobs.ingest.databases.plain import plain_text_of
from jobs.ingest.databases.planning import Ends, next_allowed, next_extract, range_of, starts_after
from jobs.ingest.databases.queries import Questions, catalogue
from jobs.ingest.databases.waiting import is_now
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import ExtractRow, FileRow, FileState

Loaded = TypeVar("Loaded")
#: Loads one landed batch: lake, landing, contract, batch id, its files.
Load = Callable[[Lake, Path, Contract, str, Sequence[FileRow]], Loaded]


def sync(
    lake: Lake, landing: Path, contract: Contract, load: Load[Loaded], *, day: date | None, whole: bool
) -> list[Loaded]:
    """Load every extract that an earlier run claimed, then what each table of the dataset has to give now.

    A table that fails keeps no other from being loaded. day: any but today gives nothing. whole: read all of a table
    anew and take it as it is.
    Raises: the first table's error with the sentences of all, after the others are loaded.
    """
    if not is_now(contract, day, datetime.now(UTC)):
        return []
    done: list[Loaded] = []
    troubles: list[LakewardenError] = []
    for table in source_tables(contract):
        try:
            done.extend(_Synced(lake, landing, contract, table).extracts(load, whole=whole))
        except LakewardenError as trouble:
            troubles.append(trouble)
    if troubles:
        raise type(troubles[0])("\n".join(map(str, troubles))) from None
    return done


class _Synced:
    """One table of a dataset on its way."""

    def __init__(self, lake: Lake, landing: Path, contract: Contract, table: SourceTable) -> None:
        self._lake, self._landing, self._contract, self._table = lake, landing, contract, table
        self._ledger = Ledger(lake.home)

    def extracts(self, load: Load[Loaded], *, whole: bool) -> Iterator[Loaded]:
        """Each extract, loaded; a long one comes in pieces, each committed before the next is claimed."""
        if whole and self._is_allowed():
            self._give_up_claims()
        # one that was given up or refused is as if it had never been read: the next begins before it
        known = self._ledger.extracts(self._contract.id, self._table.name, FileState.CLAIMED, FileState.LOADED)
        claimed = {file.file_sha256: file for file in self._ledger.files_in(self._contract.id, FileState.CLAIMED)}
        for place, extract in enumerate(known):
            if file := claimed.get(extract.file_sha256):
                yield self._taken(extract, file, known[:place], load)
        while taken := self._claim(known, whole=whole):
            extract, file = taken
            yield self._taken(extract, file, known, load)
            if not extract.is_cut:
                return
            known, whole = [*known, extract], False

    def _give_up_claims(self) -> None:
        """A claim that was never landed is settled by reading everything."""
        ours = {extract.file_sha256 for extract in self._ledger.extracts(self._contract.id, self._table.name)}
        given_up = [
            replace(file, state=FileState.QUARANTINED, fault="given up: the whole table is read instead",
                    rows_in=0, rows_loaded=0, rows_quarantined=0, rows_duplicate=0)
            for file in self._ledger.files_in(self._contract.id, FileState.CLAIMED)
            if file.file_sha256 in ours and not self._folder(file).exists()
        ]  # fmt: skip
        self._ledger.record("files", given_up)

    def _is_allowed(self) -> bool:
        """Whether the owner allows an extract now; what was given up was read all the same."""
        allowed = next_allowed(self._contract, self._ledger.extracts(self._contract.id, self._table.name))
        return allowed is None or allowed <= datetime.now(UTC)

    def _claim(self, known: Sequence[ExtractRow], *, whole: bool) -> tuple[ExtractRow, FileRow] | None:
        """The next extract, in the ledger before anything is read; None when it is not its time yet."""
        is_unused = not known and not secret_file(self._lake.home, self._table.connection).exists()
        if is_unused or not self._is_allowed():
            return None
        now = datetime.now(UTC)
        last = known[-1] if known else None
        questions = self._questions
        columns = described(questions.columns)
        if last is not None and last.contract_version == self._contract.version:
            require_same(last.source_columns, columns, self._table, self._contract)
        family = self._family(questions)
        ends = self._ends(questions, starts_after(self._table, last, whole=whole), family, now)
        extract = next_extract(
            self._contract, self._table, last, ends,
            family=family, source_columns=columns, now=now, whole=whole,
        )  # fmt: skip
        file = FileRow(
            dataset=self._contract.id,
            file_sha256=extract.file_sha256,
            arrival_date=now.astimezone(ZoneInfo(self._contract.source.timezone)).date(),
            size_bytes=0,
            state=FileState.CLAIMED,
            batch_id=batch_id(self._contract, [extract.file_sha256]),
            first_seen_at=now,
        )
        self._ledger.record("extracts", [extract])
        self._ledger.record("files", [file])
        return extract, file

    def _taken(self, extract: ExtractRow, file: FileRow, earlier: Sequence[ExtractRow], load: Load[Loaded]) -> Loaded:
        """A claimed extract, landed unless it is, and loaded."""
        folder = self._folder(file)
        if not folder.exists():
            questions = self._questions
            require_same(extract.source_columns, described(questions.columns), self._table, self._contract)
            wanted = range_of(extract, self._table, self._family(questions))
            reading = Reading(self._database, questions, self._contract, self._table, extract, wanted)
            with self._database.told():
                land(self._lake, reading, file, [each.file_sha256 for each in earlier], folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        return load(self._lake, self._landing, self._contract, str(file.batch_id), [replace(file, size_bytes=size)])

    @cached_property
    def _database(self) -> Database:
        dialect = DIALECTS[self._table.dialect]
        found = connection(self._lake.home, self._table.connection, dialect)
        found.probe()
        return Database(self._lake.spark, dialect, found)

    @cached_property
    def _questions(self) -> Questions:
        """The table as it is now. Raises: SourceChanged when it is not as the contract says."""
        dialect = DIALECTS[self._table.dialect]
        answers = [
            Answer(str(name), str(kind), size, scale)
            for name, kind, size, scale in self._database.ask(catalogue(dialect, self._table))
        ]
        columns = read_columns(answers, self._table, self._contract, dialect)
        extraction = self._contract.source.extraction
        return Questions(dialect, self._table, columns, extraction.scope if extraction else ())

    def _family(self, questions: Questions) -> Family | None:
        return None if self._table.cursor is None else questions.columns[self._table.cursor].rule.family

    def _ends(self, questions: Questions, after: str | None, family: Family | None, now: datetime) -> Ends:
        if family is None:
            return Ends(None, None)
        beyond = last_sane(now, family, self._table.timezone)
        newest = self._one_cursor(questions.newest(beyond), family)
        if self._table.at_most_rows is None:
            return Ends(newest, None)
        return Ends(newest, self._one_cursor(questions.bound(after, self._table.at_most_rows, beyond), family))

    def _one_cursor(self, question: str, family: Family) -> str | None:
        value = self._database.ask(question)[0][0]
        return None if value is None else plain_text_of(value, family)

    def _folder(self, file: FileRow) -> Path:
        return store(self._landing, self._contract) / file.file_sha256
