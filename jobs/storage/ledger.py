"""The ledger: what arrived, which batch it went into, how far each batch came. Holds counts and ids.

The only values in it are the cursors of extracts, which contracts allow for columns that identify nobody.

Its Delta tables are small, written and asked often, so it does without the engine: a merge takes hundredths of a
second, and `lakewarden status` answers while the engine is down. See docs/adr/0007-the-ledger-without-the-engine.md.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, Schema, write_deltalake
from deltalake.exceptions import CommitFailedError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from jobs.storage.ledger_rows import BatchRow, BatchState, ExtractMode, ExtractRow, FileRow, FileState
from jobs.storage.ledger_tables import KEYS, TABLES
from jobs.storage.zones import Zone

#: Nothing is fetched from outside to answer a question.
_SETTINGS = {"threads": "1", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_COMMITS_BETWEEN_TIDYING = 100
#: What files came to, in SQL: the counts that obey rows_in = rows_loaded + rows_quarantined + rows_duplicate.
SUMS_OF_ROWS = ", ".join(
    f"coalesce(sum({name}), 0)::BIGINT AS {name}"
    for name in ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate")
)


class Ledger:
    """Small Delta tables, partitioned by dataset so that tasks of different datasets never wait for each other."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def path(self, table: str) -> Path:
        """Where a table lies; the engine reads it there too."""
        return self.home / Zone.OPS / table

    def prepare(self) -> None:
        """Create the tables that are missing, also in a ledger that an earlier version made; safe to repeat."""
        for name, columns in TABLES.items():
            if DeltaTable.is_deltatable(str(self.path(name))):
                continue
            self.path(name).mkdir(parents=True, exist_ok=True)
            DeltaTable.create(
                self.path(name),
                schema=Schema.from_arrow(columns),
                mode="ignore",
                partition_by=["dataset"] if "dataset" in KEYS.get(name, ()) else None,
            )

    def ask(self, question: str, **parameters: object) -> list[dict[str, Any]]:
        """The answer to a question in SQL about the ledger's tables, one mapping a row; `$name` is a parameter.

        Only the columns and the datasets that the question names are read. Callers ask for few rows: a sum, the rows
        of one batch, what waits. Raises: TableNotFoundError before `prepare`.
        """
        with duckdb.connect(config=_SETTINGS) as database:
            for name in TABLES:
                if re.search(rf"\b{name}\b", question):
                    self._show(database, name)
            answer: list[dict[str, Any]] = database.sql(question, params=parameters).to_arrow_table().to_pylist()
            return answer

    def _show(self, database: duckdb.DuckDBPyConnection, name: str) -> None:
        """Let a question name the table: its newest version's files, or no row at all."""
        if files := DeltaTable(self.path(name)).file_uris():
            listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            database.execute(
                f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}], hive_partitioning = true, "
                "hive_types_autocast = false)"
            )
        else:
            database.register(name, TABLES[name].empty_table())

    def record(self, table: str, rows: Iterable[Any]) -> None:
        """Insert or replace rows (dataclasses or mappings) by the table's key, in one commit."""
        columns = TABLES[table]
        stamp = next(name for name in ("updated_at", "judged_at", "published_at") if name in columns.names)
        now = datetime.now(UTC)
        values = [{**(row if isinstance(row, dict) else asdict(row)), stamp: now} for row in rows]
        if values:
            _tidy(_merge(self.path(table), KEYS[table], pa.Table.from_pylist(values, columns)))

    def append(self, table: str, row: dict[str, Any]) -> None:
        """Add one row that nothing ever replaces, in one commit."""
        write_deltalake(self.path(table), pa.Table.from_pylist([row], TABLES[table]), mode="append")
        _tidy(DeltaTable(self.path(table)))

    def known_files(self, dataset: str, sha256s: Sequence[str]) -> dict[str, FileRow]:
        """The ledger's rows of these files; as many rows as files asked for, never the history."""
        rows = self.ask(
            "SELECT * FROM files WHERE dataset = $dataset AND file_sha256 IN (SELECT unnest($sha256s))",
            dataset=dataset,
            sha256s=list(sha256s),
        )
        return {row["file_sha256"]: _file_row(row) for row in rows}

    def files_in(self, dataset: str, *states: FileState) -> list[FileRow]:
        """The files of a dataset in one of these states."""
        rows = self.ask(
            "SELECT * FROM files WHERE dataset = $dataset AND state IN (SELECT unnest($states))",
            dataset=dataset,
            states=list(states),
        )
        return [_file_row(row) for row in rows]

    def files_beginning(self, dataset: str, prefix: str) -> list[FileRow]:
        """At most two files of a dataset whose digest begins so: one, none, or more than one."""
        rows = self.ask(
            "SELECT * FROM files WHERE dataset = $dataset AND starts_with(file_sha256, $prefix) LIMIT 2",
            dataset=dataset,
            prefix=prefix.lower(),
        )
        return [_file_row(row) for row in rows]

    def extracts(self, dataset: str, source: str, *states: FileState) -> list[ExtractRow]:
        """The extracts of a table whose files are in one of these states, oldest first."""
        rows = self.ask(
            "SELECT extracts.* FROM extracts SEMI JOIN (SELECT dataset, file_sha256 FROM files "
            "WHERE state IN (SELECT unnest($states))) USING (dataset, file_sha256) "
            "WHERE dataset = $dataset AND source = $source ORDER BY claimed_at, file_sha256",
            dataset=dataset,
            source=source,
            states=list(states or FileState),
        )
        return [ExtractRow(**{**_without_stamp(row), "mode": ExtractMode(row["mode"])}) for row in rows]

    def visible_publication(self) -> list[dict[str, Any]]:
        """What readers see: the newest publication that they were moved to, a row per mart; none before the first."""
        return self.ask(
            "SELECT * FROM publications WHERE is_visible AND publication_id = "
            "(SELECT arg_max(publication_id, published_at) FROM publications WHERE is_visible) ORDER BY mart"
        )

    def rows_of_batch(self, dataset: str, batch_id: str) -> dict[str, int]:
        """What the files of a batch came to: rows in, loaded, quarantined, duplicate; zeros for an unknown batch."""
        question = f"SELECT {SUMS_OF_ROWS} FROM files WHERE dataset = $dataset AND batch_id = $batch_id"
        return self.ask(question, dataset=dataset, batch_id=batch_id)[0]

    def batches_in(self, dataset: str, zone: Zone, *states: BatchState) -> list[BatchRow]:
        """The batches of a dataset that are in one of these states in a zone, oldest first."""
        rows = self.ask(
            "SELECT * FROM batches WHERE dataset = $dataset AND zone = $zone AND state IN (SELECT unnest($states)) "
            "ORDER BY updated_at, batch_id",
            dataset=dataset,
            zone=zone,
            states=list(states),
        )
        return [_batch_row(row) for row in rows]

    def batch(self, dataset: str, batch_id: str, zone: Zone) -> BatchRow | None:
        """One batch in one zone, or None."""
        rows = self.ask(
            "SELECT * FROM batches WHERE dataset = $dataset AND batch_id = $batch_id AND zone = $zone",
            dataset=dataset,
            batch_id=batch_id,
            zone=zone,
        )
        return _batch_row(rows[0]) if rows else None

    def newest_batch(self, dataset: str, zone: Zone) -> BatchRow | None:
        """The batch of a dataset that was first recorded last in a zone, or None."""
        rows = self.ask(
            "SELECT * FROM batches WHERE dataset = $dataset AND zone = $zone "
            "ORDER BY table_version DESC, updated_at DESC LIMIT 1",
            dataset=dataset,
            zone=zone,
        )
        return _batch_row(rows[0]) if rows else None

    def waiting_batches(self, dataset: str) -> list[BatchRow]:
        """The batches in raw that are not released, oldest first, wherever on their way they wait."""
        rows = self.ask(
            "SELECT * FROM batches WHERE dataset = $dataset AND zone = $raw AND batch_id NOT IN (SELECT batch_id "
            "FROM batches WHERE dataset = $dataset AND zone = $desensitised AND state = $passed) "
            "ORDER BY updated_at, batch_id",
            dataset=dataset,
            raw=Zone.RAW,
            desensitised=Zone.DESENSITISED,
            passed=BatchState.PASSED,
        )
        return [_batch_row(row) for row in rows]

    def unfinished(self) -> set[str]:
        """The datasets of which a batch waits anywhere between its claim and its release."""
        rows = self.ask(
            "SELECT dataset FROM files WHERE state = $claimed UNION "
            "SELECT dataset FROM batches AS taken WHERE zone = $raw AND NOT EXISTS (FROM batches AS done WHERE "
            "done.dataset = taken.dataset AND done.batch_id = taken.batch_id AND done.zone = $desensitised "
            "AND done.state = $passed)",
            claimed=FileState.CLAIMED,
            raw=Zone.RAW,
            desensitised=Zone.DESENSITISED,
            passed=BatchState.PASSED,
        )
        return {row["dataset"] for row in rows}


# Delta's optimistic commits are meant to be tried again when another one came first.
@retry(
    retry=retry_if_exception_type(CommitFailedError),
    wait=wait_random_exponential(multiplier=0.1, max=5),
    stop=stop_after_attempt(8),
    reraise=True,
)
def _merge(path: Path, keys: Sequence[str], rows: pa.Table) -> DeltaTable:
    same = [f"t.{key} = s.{key}" for key in keys]
    if "dataset" in keys:
        # naming the partitions keeps the merge out of the history of every other dataset
        datasets = ", ".join(repr(dataset) for dataset in sorted(set(rows["dataset"].to_pylist())))
        same.insert(0, f"t.dataset IN ({datasets})")
    table = DeltaTable(path)
    merge = table.merge(rows, predicate=" AND ".join(same), source_alias="s", target_alias="t", streamed_exec=False)
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
    return table


def _tidy(table: DeltaTable) -> None:
    """Every hundredth commit, put the small files of the last ones together and remove what a week ago was replaced."""
    if table.version() % _COMMITS_BETWEEN_TIDYING == 0:
        with suppress(CommitFailedError):  # somebody commits at this moment: the next hundredth will do
            table.optimize.compact()
            table.vacuum(dry_run=False)


def _file_row(row: dict[str, Any]) -> FileRow:
    return FileRow(**{**_without_stamp(row), "state": FileState(row["state"])})


def _batch_row(row: dict[str, Any]) -> BatchRow:
    keys = row["key_fingerprints"]
    return BatchRow(
        **{
            **_without_stamp(row),
            "state": BatchState(row["state"]),
            "key_fingerprints": None if keys is None else dict(keys),
        }
    )


def _without_stamp(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "updated_at"}
