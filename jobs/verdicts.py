"""Verdicts into the ledger: recorded whether they passed or not, before anything is raised."""

from collections.abc import Sequence

from expectations.gate import Gate, Verdict
from jobs.storage.ledger import Ledger


def record(ledger: Ledger, gate: Gate, dataset: str, batch_id: str, *, verdicts: Sequence[Verdict], rows: int) -> None:
    """One row per rule in `ops.verdicts`; a repeated gate replaces its own verdicts."""
    ledger.record(
        "verdicts",
        [
            {
                "dataset": dataset,
                "batch_id": batch_id,
                "gate": gate.value,
                "rule": verdict.check.rule,
                "rule_fingerprint": verdict.check.fingerprint,
                "severity": verdict.check.severity.value,
                "allowed": float(verdict.check.allowed),
                "found": float(verdict.check.found),
                "row_count": rows,
                "passed": verdict.passed,
            }
            for verdict in verdicts
        ],
    )
