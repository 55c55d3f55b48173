"""What the ledger knows of grades: how a dataset's rows were last protected, and what somebody asked to change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.declared import declaration_of, treatment_from
from contracts.model import Classification
from contracts.strength import Protection
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import in_utc


@dataclass(frozen=True)
class Change:
    """Somebody asked to protect a column less, and perhaps somebody else agreed. Moments are UTC.

    requester, decided_by: accounts. An agreement is about exactly these two protections.
    """

    dataset: str
    field: str
    before: Protection
    after: Protection
    reason: str
    requester: str
    requested_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How a column is protected by what stands in the lake, since when, and the newest change that was asked for."""

    protection: Protection
    since: datetime
    change: Change | None = None


def standing(ledger: Ledger, dataset: str) -> dict[str, Standing]:
    """By column; a column whose rows were never treated is not here. One question to the ledger."""
    return standing_of_each(ledger, [dataset]).get(dataset, {})


def standing_of_each(ledger: Ledger, datasets: Sequence[str]) -> dict[str, dict[str, Standing]]:
    """By dataset and column, for those of the datasets whose rows were ever treated. One question to the ledger."""
    rows = ledger.ask(
        "SELECT grades.*, changes.* EXCLUDE (dataset, field, updated_at) FROM grades "
        "LEFT JOIN grade_changes AS changes USING (dataset, field) "
        "WHERE dataset IN (SELECT unnest($datasets)) ORDER BY dataset, field",
        datasets=datasets,
    )
    found: dict[str, dict[str, Standing]] = {}
    for row in rows:
        found.setdefault(row["dataset"], {})[row["field"]] = _standing(in_utc(row))
    return found


def record_in_force(ledger: Ledger, dataset: str, version: str, columns: Mapping[str, Protection]) -> None:
    """From now on these columns are protected like this by what stands in the lake."""
    ledger.record(
        "grades",
        [
            {"dataset": dataset, "field": name, "contract_version": version, **_written(protection)}
            for name, protection in columns.items()
        ],
    )


def record_change(ledger: Ledger, change: Change) -> None:
    """The newest change of a column is the one that counts."""
    ledger.record(
        "grade_changes",
        [
            {
                "dataset": change.dataset,
                "field": change.field,
                **{f"from_{name}": text for name, text in _written(change.before).items()},
                **{f"to_{name}": text for name, text in _written(change.after).items()},
                "reason": change.reason,
                "requester": change.requester,
                "requested_at": change.requested_at,
                "decided_by": change.decided_by,
                "decided_at": change.decided_at,
            }
        ],
    )


def _written(protection: Protection) -> dict[str, str]:
    return {
        "classification": str(protection.classification),
        "treatment": json.dumps(declaration_of(protection.treatment), sort_keys=True),
    }


def _read(classification: str, treatment: str) -> Protection:
    return Protection(Classification(classification), treatment_from(json.loads(treatment)))


def _standing(row: Mapping[str, Any]) -> Standing:
    change = None
    if row["requester"] is not None:
        change = Change(
            row["dataset"],
            row["field"],
            before=_read(row["from_classification"], row["from_treatment"]),
            after=_read(row["to_classification"], row["to_treatment"]),
            reason=row["reason"],
            requester=row["requester"],
            requested_at=row["requested_at"],
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
        )
    return Standing(_read(row["classification"], row["treatment"]), row["updated_at"], change)
