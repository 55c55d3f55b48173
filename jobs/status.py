"""What arrived, what passed, what is stuck, what is published: one look at the ledger."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from contracts.model import Contract
from expectations.gate import QUARANTINED_RULE
from jobs.ingest.arrival import not_taken, waiting
from jobs.storage.ledger import SUMS_OF_ROWS, Ledger
from jobs.storage.ledger_rows import BatchState, FileState
from jobs.storage.zones import Zone

_MOST_SHOWN = 20


@dataclass(frozen=True)
class DatasetStatus:
    """One dataset: files waiting in the inbox, files and rows taken in, batches by how far they came.

    `not_taken`: entries of the inbox that are no readable files and stay there.
    """

    dataset: str
    label: str
    waiting: int
    not_taken: int = 0
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


def status(home: Path, landing: Path, contracts: Mapping[str, Contract]) -> Status:
    """Ask the ledger, which needs no engine; every figure is a sum that it made."""
    ledger = Ledger(home)
    ledger.prepare()
    return Status(
        datasets=_datasets(ledger, landing, contracts),
        refusals=_refusals(ledger),
        broken=_broken(ledger),
        published=_published(ledger),
        quarantine_reasons=_reasons(ledger),
    )


def _datasets(ledger: Ledger, landing: Path, contracts: Mapping[str, Contract]) -> list[DatasetStatus]:
    files = ledger.ask(
        "SELECT dataset, count(*) AS files, count(*) FILTER (WHERE state = $refused) AS refused, "
        f"count(*) FILTER (WHERE state = $claimed) AS claimed, {SUMS_OF_ROWS}, "
        "max(arrival_date)::VARCHAR AS last_arrival FROM files GROUP BY dataset",
        refused=FileState.QUARANTINED,
        claimed=FileState.CLAIMED,
    )
    batches = ledger.ask(
        "SELECT dataset, count(*) FILTER (WHERE zone = $raw AND state <> $passed) AS at_raw, "
        "count(*) FILTER (WHERE zone = $desensitised AND state <> $passed) AS at_desensitised, "
        "count(*) FILTER (WHERE zone = $desensitised AND state = $passed) AS released, "
        "count(*) FILTER (WHERE zone = $raw AND state = $passed) AS accepted FROM batches GROUP BY dataset",
        raw=Zone.RAW,
        desensitised=Zone.DESENSITISED,
        passed=BatchState.PASSED,
    )
    by_files = {row.pop("dataset"): row for row in files}
    by_batches = {row["dataset"]: row for row in batches}
    found = []
    for contract in contracts.values():
        arrived = by_files.get(contract.id, {})
        came = by_batches.get(contract.id, {})
        stuck = _stuck(arrived.pop("claimed", 0), came)
        found.append(
            DatasetStatus(
                dataset=contract.id,
                label=contract.label,
                waiting=waiting(landing, contract),
                not_taken=not_taken(landing, contract),
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
    rows = ledger.ask(
        f"SELECT * FROM files WHERE state = $refused ORDER BY updated_at DESC LIMIT {_MOST_SHOWN}",
        refused=FileState.QUARANTINED,
    )
    return [Refusal(r["dataset"], r["file_sha256"][:12], str(r["arrival_date"]), r["fault"] or "") for r in rows]


def _broken(ledger: Ledger) -> list[BrokenRule]:
    rows = ledger.ask(
        "SELECT dataset, batch_id, gate, rule, found, allowed FROM verdicts SEMI JOIN "
        "(SELECT dataset, batch_id FROM batches WHERE state = $failed) USING (dataset, batch_id) "
        f"WHERE NOT passed AND severity = 'error' ORDER BY judged_at DESC LIMIT {_MOST_SHOWN}",
        failed=BatchState.FAILED,
    )
    return [BrokenRule(**row) for row in rows]


def _published(ledger: Ledger) -> list[PublishedMart]:
    rows = ledger.visible_publication()
    return [PublishedMart(r["mart"], r["row_count"], r["smallest_group"], f"{r['published_at']:%F %T}") for r in rows]


def _reasons(ledger: Ledger) -> dict[str, dict[str, int]]:
    """How many quarantined rows each dataset has by fault, as gate 1 counted them; a row with two counts for both."""
    rows = ledger.ask(
        "SELECT dataset, rule, sum(found)::BIGINT AS rows FROM verdicts SEMI JOIN "
        "(SELECT dataset, batch_id FROM files WHERE rows_quarantined > 0) USING (dataset, batch_id) "
        "WHERE starts_with(rule, $prefix) GROUP BY dataset, rule ORDER BY dataset, rows DESC, rule",
        prefix=QUARANTINED_RULE,
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        reasons = found.setdefault(row["dataset"], {})
        if len(reasons) < _MOST_SHOWN:
            reasons[row["rule"].removeprefix(QUARANTINED_RULE)] = row["rows"]
    return found


def is_healthy(found: Status) -> bool:
    """Whether nothing is stuck and no rule is broken; refused files alone do not stop the lake."""
    return not found.broken and not any(dataset.stuck_at for dataset in found.datasets)
