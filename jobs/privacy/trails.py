"""How unique the location trails of one dataset are, as analysts see it; kept until other batches are released."""

import hashlib

from contracts.loading import load_all
from contracts.model import Contract
from expectations.privacy.judging import Figure
from expectations.privacy.trails import trail_uniqueness
from jobs.errors import GateNotPassed, NoTrail
from jobs.privacy.marts import keep
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchState
from jobs.storage.zones import Zone


def measure_trails(lake: Lake, contract: Contract, *, points: int) -> list[Figure]:
    """Measure the released rows of a dataset and keep the figures; safe to repeat, and the same rows give the same.

    Shape: trail_persons, trail_targets (how many of them were looked for) and unique_with_<points>_points, the share of
    those whom that many of their own points single out.
    Raises: NoTrail when the contract names none; GateNotPassed when no batch is released.
    Source: D09-3, D09-5.
    """
    if contract.trail is None:
        with_one = ", ".join(sorted(dataset for dataset, each in load_all().items() if each.trail)) or "none"
        raise NoTrail(f"{contract.id}: its contract names no trail, so nobody is followed there. Some do: {with_one}")
    ledger = Ledger(lake.home)
    ledger.prepare()
    released = [batch.batch_id for batch in ledger.batches_in(contract.id, Zone.DESENSITISED, BatchState.PASSED)]
    if not released:
        raise GateNotPassed(f"{contract.id}: no batch is released; run `lakewarden gate desensitised {contract.id}`")
    lake.release(contract)
    trail = contract.trail
    found = trail_uniqueness(
        lake.spark.table(f"desensitised.{contract.table}"),
        person=trail.person,
        places=trail.places,
        moment=trail.moment,
        points=points,
    )
    measures: dict[str, float] = {"trail_persons": found.persons, "trail_targets": found.targets}
    if found.unique_share is not None:
        measures[f"unique_with_{points}_points"] = found.unique_share
    figures = [Figure(contract.id, trail.person, "", name, float(value)) for name, value in measures.items()]
    keep(ledger, _content(released), figures)
    return figures


def _content(released: list[str]) -> str:
    """Changes when a batch is released or taken back, whatever their order."""
    return hashlib.sha256("|".join(sorted(released)).encode()).hexdigest()[:16]
