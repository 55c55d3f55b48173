"""What stands in the ledger: its tables and their keys."""

from collections.abc import Mapping

import pyarrow as pa

_TEXT, _COUNT, _DAY, _MOMENT = pa.string(), pa.int64(), pa.date32(), pa.timestamp("us", "UTC")

TABLES: Mapping[str, pa.Schema] = {
    "files": pa.schema(
        {
            "dataset": _TEXT,
            "file_sha256": _TEXT,
            "arrival_date": _DAY,
            "size_bytes": _COUNT,
            "first_seen_at": _MOMENT,
            "deliveries": _COUNT,
            "state": _TEXT,
            "batch_id": _TEXT,
            "fault": _TEXT,
            "rows_in": _COUNT,
            "rows_loaded": _COUNT,
            "rows_quarantined": _COUNT,
            "rows_duplicate": _COUNT,
            "updated_at": _MOMENT,
        }
    ),
    "batches": pa.schema(
        {
            "dataset": _TEXT,
            "batch_id": _TEXT,
            "zone": _TEXT,
            "state": _TEXT,
            "arrival_date": _DAY,
            "table_version": _COUNT,
            "row_count": _COUNT,
            "content_checksum": _TEXT,
            "contract_version": _TEXT,
            "contract_fingerprint": _TEXT,
            "key_fingerprints": pa.map_(_TEXT, _TEXT),
            "updated_at": _MOMENT,
        }
    ),
    "verdicts": pa.schema(
        {
            "dataset": _TEXT,
            "batch_id": _TEXT,
            "gate": _TEXT,
            "rule": _TEXT,
            "rule_fingerprint": _TEXT,
            "severity": _TEXT,
            "allowed": pa.float64(),
            "found": pa.float64(),
            "row_count": _COUNT,
            "passed": pa.bool_(),
            "judged_at": _MOMENT,
        }
    ),
    "publications": pa.schema(
        {
            "publication_id": _TEXT,
            "mart": _TEXT,
            "table_version": _COUNT,
            "row_count": _COUNT,
            "smallest_group": _COUNT,
            "is_visible": pa.bool_(),
            "published_at": _MOMENT,
        }
    ),
    "privacy_measures": pa.schema(
        {
            "subject": _TEXT,
            "content": _TEXT,
            "people": _TEXT,
            "sensitive": _TEXT,
            "measure": _TEXT,
            "value": pa.float64(),
            "bound": pa.float64(),
            "judged_at": _MOMENT,
        }
    ),
    "extracts": pa.schema(
        {
            "dataset": _TEXT,
            "file_sha256": _TEXT,
            "source": _TEXT,
            "mode": _TEXT,
            "cursor_from": _TEXT,
            "cursor_to": _TEXT,
            "is_cut": pa.bool_(),
            "source_columns": _TEXT,
            "contract_version": _TEXT,
            "claimed_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "people": pa.schema(
        {
            "account": _TEXT,
            "person": _TEXT,
            "may_approve": pa.bool_(),
            "is_admitted": pa.bool_(),
            "updated_at": _MOMENT,
        }
    ),
    "reveals": pa.schema(
        {
            "reveal_id": _TEXT,
            "dataset": _TEXT,
            "field": _TEXT,
            "tokens": pa.list_(_TEXT),
            "purpose": _TEXT,
            "ticket": _TEXT,
            "requester": _TEXT,
            "requested_at": _MOMENT,
            "valid_until": _MOMENT,
            "state": _TEXT,
            "decided_by": _TEXT,
            "decided_at": _MOMENT,
            "opened_at": _MOMENT,
            "opened_count": _COUNT,
            "ended_by": _TEXT,
            "ended_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "exports": pa.schema(
        {
            "export_id": _TEXT,
            "mart": _TEXT,
            "columns": pa.list_(_TEXT),
            "only": pa.list_(_TEXT),
            "row_limit": _COUNT,
            "reason": _TEXT,
            "requester": _TEXT,
            "requested_at": _MOMENT,
            "valid_until": _MOMENT,
            "state": _TEXT,
            "decided_by": _TEXT,
            "decided_at": _MOMENT,
            "written_at": _MOMENT,
            "row_count": _COUNT,
            "updated_at": _MOMENT,
        }
    ),
    "grades": pa.schema(
        {
            "dataset": _TEXT,
            "field": _TEXT,
            "classification": _TEXT,
            "treatment": _TEXT,
            "contract_version": _TEXT,
            "updated_at": _MOMENT,
        }
    ),
    "grade_changes": pa.schema(
        {
            "dataset": _TEXT,
            "field": _TEXT,
            "from_classification": _TEXT,
            "from_treatment": _TEXT,
            "to_classification": _TEXT,
            "to_treatment": _TEXT,
            "reason": _TEXT,
            "requester": _TEXT,
            "requested_at": _MOMENT,
            "decided_by": _TEXT,
            "decided_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "audit": pa.schema(
        {
            "sequence": _COUNT,
            "at": _MOMENT,
            "actor": _TEXT,
            "act": _TEXT,
            "subject": _TEXT,
            "outcome": _TEXT,
            "details": _TEXT,
            "previous_hash": _TEXT,
            "entry_hash": _TEXT,
        }
    ),
    "reports": pa.schema(
        {
            "report": _TEXT,
            "period": _TEXT,
            "version": _COUNT,
            "requester": _TEXT,
            "requested_by": _TEXT,
            "drafted_at": _MOMENT,
            "publication_id": _TEXT,
            "data_published_at": _MOMENT,
            "content_sha256": _TEXT,
            "state": _TEXT,
            "corrects": _COUNT,
            "reason": _TEXT,
            "asked_by": _TEXT,
            "changes": pa.list_(pa.struct({"label": _TEXT, "before": _TEXT, "after": _TEXT})),
            "signatures": pa.list_(pa.struct({"role": _TEXT, "person": _TEXT, "account": _TEXT, "signed_at": _MOMENT})),
            "refused_by": _TEXT,
            "refused_at": _MOMENT,
            "html_sha256": _TEXT,
            "pdf_sha256": _TEXT,
            "released_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "report_deliveries": pa.schema(
        {
            "report": _TEXT,
            "period": _TEXT,
            "version": _COUNT,
            "recipient": _TEXT,
            "way": _TEXT,
            "pdf_sha256": _TEXT,
            "delivered_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "key_versions": pa.schema(
        {
            "domain": _TEXT,
            "version": _COUNT,
            "token_fingerprint": _TEXT,
            "seal_fingerprint": _TEXT,
            "is_retired": pa.bool_(),
            "updated_at": _MOMENT,
        }
    ),
    "shown_tables": pa.schema(
        {
            "dataset": _TEXT,
            "state": _TEXT,
            "table_version": _COUNT,
            "hidden_batches": pa.list_(_TEXT),
            "updated_at": _MOMENT,
        }
    ),
}
#: The columns that tell one row of a ledger table from another; a rerun replaces, it never adds. `audit` has none: it
#: is only ever added to.
KEYS: Mapping[str, tuple[str, ...]] = {
    "files": ("dataset", "file_sha256"),
    "batches": ("dataset", "batch_id", "zone"),
    "verdicts": ("dataset", "batch_id", "gate", "rule"),
    "publications": ("publication_id", "mart"),
    "privacy_measures": ("subject", "content", "people", "sensitive", "measure"),
    "extracts": ("dataset", "file_sha256"),
    "people": ("account",),
    "reveals": ("reveal_id",),
    "exports": ("export_id",),
    "grades": ("dataset", "field"),
    "grade_changes": ("dataset", "field"),
    "reports": ("report", "period", "version"),
    "report_deliveries": ("report", "period", "version", "recipient", "way"),
    "key_versions": ("domain", "version"),
    "shown_tables": ("dataset",),
}
