"""The ledger: what arrived, which batch it went into, how far each batch came. Holds counts and ids, never a value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from jobs.storage.lake import Lake, Zone, commit_again

TABLES: Mapping[str, Mapping[str, str]] = {
    "files": {
        "dataset": "string",
        "file_sha256": "string",
        "arrival_date": "date",
        "size_bytes": "bigint",
        "first_seen_at": "timestamp",
        "deliveries": "bigint",
        "state": "string",
        "batch_id": "string",
        "fault": "string",
        "rows_in": "bigint",
        "rows_loaded": "bigint",
        "rows_quarantined": "bigint",
        "rows_duplicate": "bigint",
        "updated_at": "timestamp",
    },
    "batches": {
        "dataset": "string",
        "batch_id": "string",
        "zone": "string",
        "state": "string",
        "arrival_date": "date",
        "table_version": "bigint",
        "row_count": "bigint",
        "content_checksum": "string",
        "contract_version": "string",
        "contract_fingerprint": "string",
        "key_fingerprints": "map<string,string>",
        "updated_at": "timestamp",
    },
    "verdicts": {
        "dataset": "string",
        "batch_id": "string",
        "gate": "string",
        "rule": "string",
        "rule_fingerprint": "string",
        "severity": "string",
        "allowed": "double",
        "found": "double",
        "row_count": "bigint",
        "passed": "boolean",
        "judged_at": "timestamp",
    },
    "publications": {
        "publication_id": "string",
        "mart": "string",
        "table_version": "bigint",
        "row_count": "bigint",
        "smallest_group": "bigint",
        "is_visible": "boolean",
        "published_at": "timestamp",
    },
}
#: The columns that tell one row of a ledger table from another; a rerun replaces, it never adds.
KEYS: Mapping[str, tuple[str, ...]] = {
    "files": ("dataset", "file_sha256"),
    "batches": ("dataset", "batch_id", "zone"),
    "verdicts": ("dataset", "batch_id", "gate", "rule"),
    "publications": ("publication_id", "mart"),
}


class FileState(StrEnum):
    """How far a landed file came."""

    CLAIMED = "claimed"
    LOADED = "loaded"
    QUARANTINED = "quarantined"


class BatchState(StrEnum):
    """How far a batch came in one zone: written, then judged by the gate behind that zone."""

    WRITTEN = "written"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class FileRow:
    """One file of one dataset; the counts obey rows_in = rows_loaded + rows_quarantined + rows_duplicate."""

    dataset: str
    file_sha256: str
    arrival_date: date
    size_bytes: int
    state: FileState
    batch_id: str | None
    first_seen_at: datetime
    deliveries: int = 1
    fault: str | None = None
    rows_in: int | None = None
    rows_loaded: int | None = None
    rows_quarantined: int | None = None
    rows_duplicate: int | None = None


@dataclass(frozen=True)
class BatchRow:
    """One batch in one zone."""

    dataset: str
    batch_id: str
    zone: str
    state: BatchState
    arrival_date: date | None
    table_version: int
    row_count: int
    content_checksum: str
    contract_version: str
    contract_fingerprint: str
    key_fingerprints: dict[str, str] | None = None


class Ledger:
    """Small Delta tables, partitioned by dataset so that tasks of different datasets never wait for each other."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.spark = lake.spark

    def prepare(self) -> None:
        """Create the tables that are missing and show them as `ops.<table>`; safe to repeat.

        The last table of `TABLES` is created last, so where it stands, all do.
        """
        if self.lake.exists(Zone.OPS, list(TABLES)[-1]):
            return
        self.spark.sql("CREATE DATABASE IF NOT EXISTS ops")
        for name, columns in TABLES.items():
            self.lake.create(Zone.OPS, name, columns, partitioned_by="dataset" if "dataset" in columns else None)
            self.spark.sql(
                f"CREATE OR REPLACE VIEW ops.{name} AS SELECT * FROM delta.`{self.lake.path(Zone.OPS, name)}`"
            )

    def read(self, table: str, dataset: str | None = None) -> DataFrame:
        """A ledger table, or its rows of one dataset."""
        frame = self.lake.read(Zone.OPS, table)
        return frame if dataset is None else frame.where(F.col("dataset") == dataset)

    @commit_again
    def record(self, table: str, rows: Iterable[Any]) -> None:
        """Insert or replace rows (dataclasses or mappings) by the table's key, in one commit."""
        now = datetime.now(UTC)
        columns = TABLES[table]
        values = [row if isinstance(row, dict) else asdict(row) for row in rows]
        if not values:
            return
        stamp = next((name for name in ("updated_at", "judged_at", "published_at") if name in columns), None)
        schema = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
        frame = self.spark.createDataFrame(
            [tuple(now if name == stamp else row.get(name) for name in columns) for row in values], schema
        )
        view = f"ledger_rows_{table}"
        frame.createOrReplaceTempView(view)
        datasets = sorted({row["dataset"] for row in values if "dataset" in row})
        # naming the partitions lets Delta see that commits of other datasets do not touch this one
        partitions = f"t.dataset IN ({', '.join(repr(d) for d in datasets)}) AND " if datasets else ""
        same = " AND ".join(f"t.`{key}` = s.`{key}`" for key in KEYS[table])
        self.spark.sql(
            f"MERGE INTO delta.`{self.lake.path(Zone.OPS, table)}` t USING {view} s ON {partitions}{same} "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )

    def known_files(self, dataset: str, sha256s: Sequence[str]) -> dict[str, FileRow]:
        """The ledger's rows of these files; as many rows as files asked for, never the history."""
        if not sha256s:
            return {}
        rows = self.read("files", dataset).where(F.col("file_sha256").isin(list(sha256s))).collect()
        return {row["file_sha256"]: _file_row(row.asDict()) for row in rows}

    def files_in(self, dataset: str, *states: FileState) -> list[FileRow]:
        """The files of a dataset in one of these states."""
        rows = self.read("files", dataset).where(F.col("state").isin(list(states))).collect()
        return [_file_row(row.asDict()) for row in rows]

    def files_beginning(self, dataset: str, prefix: str) -> list[FileRow]:
        """At most two files of a dataset whose digest begins so: one, none, or more than one."""
        rows = self.read("files", dataset).where(F.col("file_sha256").startswith(prefix.lower())).limit(2).collect()
        return [_file_row(row.asDict()) for row in rows]

    def batches_in(self, dataset: str, zone: Zone, *states: BatchState) -> list[str]:
        """The batches of a dataset that are in one of these states in a zone, oldest first."""
        rows = (
            self.read("batches", dataset)
            .where((F.col("zone") == zone) & F.col("state").isin(list(states)))
            .orderBy("updated_at", "batch_id")
            .select("batch_id")
            .collect()
        )
        return [row["batch_id"] for row in rows]

    def newest_batch(self, dataset: str, zone: Zone) -> BatchRow | None:
        """The batch of a dataset that was first recorded last in a zone, or None."""
        rows = self.read("batches", dataset).where(F.col("zone") == zone)
        row = rows.orderBy(F.col("table_version").desc(), F.col("updated_at").desc()).drop("updated_at").first()
        return None if row is None else BatchRow(**{**row.asDict(), "state": BatchState(row["state"])})

    def is_unfinished(self, dataset: str) -> bool:
        """Whether a batch of the dataset waits anywhere between its claim and its release."""
        if self.files_in(dataset, FileState.CLAIMED):
            return True
        raw = self.read("batches", dataset).where(F.col("zone") == Zone.RAW).select("batch_id")
        passed = self.read("batches", dataset).where(
            (F.col("zone") == Zone.DESENSITISED) & (F.col("state") == BatchState.PASSED)
        )
        return not raw.join(passed, on="batch_id", how="left_anti").isEmpty()

    def keys_in_use(self) -> dict[str, str]:
        """The fingerprint of the token key that each domain's data was last made with."""
        used = self.read("batches").where(F.col("key_fingerprints").isNotNull())
        each = used.select(F.explode("key_fingerprints").alias("domain", "fingerprint"), "updated_at")
        newest = each.groupBy("domain").agg(F.max_by("fingerprint", "updated_at").alias("fingerprint"))
        return {row["domain"]: row["fingerprint"] for row in newest.collect()}  # one row per domain

    def batch(self, dataset: str, batch_id: str, zone: Zone) -> BatchRow | None:
        """One batch in one zone, or None."""
        row = (
            self.read("batches", dataset)
            .where((F.col("zone") == zone) & (F.col("batch_id") == batch_id))
            .drop("updated_at")
            .first()
        )
        return None if row is None else BatchRow(**{**row.asDict(), "state": BatchState(row["state"])})


def _file_row(row: dict[str, Any]) -> FileRow:
    row.pop("updated_at")
    return FileRow(
        **{**row, "state": FileState(row["state"]), "first_seen_at": row["first_seen_at"].replace(tzinfo=UTC)}
    )
