"""What arrived, what passed, what is stuck, what is published: one look at the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from jobs.ingest.arrival import waiting
from jobs.storage.lake import Lake, Zone
from jobs.storage.ledger import BatchState, FileState, Ledger

_MOST_SHOWN = 20


@dataclass(frozen=True)
class DatasetStatus:
    """One dataset: files waiting in the inbox, files and rows taken in, batches by how far they came."""

    dataset: str
    label: str
    waiting: int
    files: int = 0
    refused: int = 0
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    stuck_at: str = ""
    released: int = 0
    last_arrival: str = ""


@dataclass(frozen=True)
class Refusal:
    """A file that gate 1 refused, by the first characters of its digest; the reason holds positions, never values."""

    dataset: str
    file: str
    arrival_date: str
    reason: str


@dataclass(frozen=True)
class BrokenRule:
    """A rule that stopped a gate and whose batch is not mended yet."""

    dataset: str
    batch_id: str
    gate: str
    rule: str
    found: float
    allowed: float


@dataclass(frozen=True)
class PublishedMart:
    """What readers see of one mart."""

    mart: str
    rows: int
    smallest_group: int | None
    published_at: str


@dataclass(frozen=True)
class Status:
    """The whole answer; small, however long the history is."""

    datasets: list[DatasetStatus]
    refusals: list[Refusal]
    broken: list[BrokenRule]
    published: list[PublishedMart]
    quarantine_reasons: dict[str, dict[str, int]]

    def as_data(self) -> dict[str, object]:
        """Plain data for `--json`."""
        return asdict(self)


def status(lake: Lake, landing: Path, contracts: Mapping[str, Contract]) -> Status:
    """Read the ledger once per table; every figure is a sum that Spark made."""
    ledger = Ledger(lake)
    ledger.prepare()
    return Status(
        datasets=_datasets(ledger, landing, contracts),
        refusals=_refusals(ledger),
        broken=_broken(ledger),
        published=_published(ledger),
        quarantine_reasons=_reasons(lake, contracts.values()),
    )


def _total(name: str) -> Column:
    return F.coalesce(F.sum(name), F.lit(0)).alias(name)


def _datasets(ledger: Ledger, landing: Path, contracts: Mapping[str, Contract]) -> list[DatasetStatus]:
    files = ledger.read("files").groupBy("dataset").agg(
        F.count(F.lit(1)).alias("files"),
        F.count_if(F.col("state") == FileState.QUARANTINED).alias("refused"),
        F.count_if(F.col("state") == FileState.CLAIMED).alias("claimed"),
        *(_total(name) for name in ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate")),
        F.max("arrival_date").cast("string").alias("last_arrival"),
    )  # fmt: skip
    raw, beyond = F.col("zone") == Zone.RAW, F.col("zone") == Zone.DESENSITISED
    passed = F.col("state") == BatchState.PASSED
    batches = ledger.read("batches").groupBy("dataset").agg(
        F.count_if(raw & ~passed).alias("at_raw"),
        F.count_if(beyond & ~passed).alias("at_desensitised"),
        F.count_if(beyond & passed).alias("released"),
        F.count_if(raw & passed).alias("accepted"),
    )  # fmt: skip
    by_files = {row["dataset"]: row.asDict() for row in files.collect()}
    by_batches = {row["dataset"]: row.asDict() for row in batches.collect()}
    found = []
    for contract in contracts.values():
        arrived = by_files.get(contract.id, {})
        came = by_batches.get(contract.id, {})
        stuck = _stuck(arrived.pop("claimed", 0), came)
        arrived.pop("dataset", None)
        found.append(
            DatasetStatus(
                dataset=contract.id,
                label=contract.label,
                waiting=waiting(landing, contract),
                stuck_at=stuck,
                released=came.get("released", 0),
                **arrived,
            )
        )
    return found


def _stuck(claimed: int, batches: Mapping[str, int]) -> str:
    """The first place where something waits; empty when all that arrived is released."""
    if claimed:
        return "ingest"
    if batches.get("at_raw"):
        return "gate raw"
    if batches.get("at_desensitised"):
        return "gate desensitised"
    return "desensitise" if batches.get("accepted", 0) > batches.get("released", 0) else ""


def _refusals(ledger: Ledger) -> list[Refusal]:
    rows = (
        ledger.read("files")
        .where(F.col("state") == FileState.QUARANTINED)
        .orderBy(F.col("updated_at").desc())
        .limit(_MOST_SHOWN)
        .collect()
    )
    return [Refusal(r["dataset"], r["file_sha256"][:12], str(r["arrival_date"]), r["fault"] or "") for r in rows]


def _broken(ledger: Ledger) -> list[BrokenRule]:
    open_batches = ledger.read("batches").where(F.col("state") == BatchState.FAILED).select("dataset", "batch_id")
    rows = (
        ledger.read("verdicts")
        .where(~F.col("passed") & (F.col("severity") == "error"))
        .join(open_batches.distinct(), on=["dataset", "batch_id"], how="left_semi")
        .orderBy(F.col("judged_at").desc())
        .limit(_MOST_SHOWN)
        .collect()
    )
    return [BrokenRule(r["dataset"], r["batch_id"], r["gate"], r["rule"], r["found"], r["allowed"]) for r in rows]


def _published(ledger: Ledger) -> list[PublishedMart]:
    visible = ledger.read("publications").where("is_visible")
    newest = visible.agg(F.max_by("publication_id", "published_at").alias("publication_id"))
    rows = visible.join(newest, on="publication_id", how="left_semi").orderBy("mart").collect()  # one per mart
    return [PublishedMart(r["mart"], r["row_count"], r["smallest_group"], f"{r['published_at']:%F %T}") for r in rows]


def _reasons(lake: Lake, contracts: Iterable[Contract]) -> dict[str, dict[str, int]]:
    """How many quarantined rows each dataset has by fault; a row with two faults counts for both."""
    found = {}
    for contract in contracts:
        if not lake.exists(Zone.QUARANTINE, contract.table):
            continue
        counted = (
            lake.read(Zone.QUARANTINE, contract.table)
            .select(F.explode("faults").alias("fault"))
            .groupBy("fault")
            .count()
            .orderBy(F.col("count").desc(), "fault")
            .limit(_MOST_SHOWN)
        )
        if rows := counted.collect():
            found[contract.id] = {row["fault"]: row["count"] for row in rows}
    return found


def is_healthy(found: Status) -> bool:
    """Whether nothing is stuck and no rule is broken; refused files alone do not stop the lake."""
    return not found.broken and not any(dataset.stuck_at for dataset in found.datasets)
