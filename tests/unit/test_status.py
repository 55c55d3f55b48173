"""What `lakewarden status` says of a ledger, without an engine, and that a program can read it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from contracts.loading import load
from jobs.status import is_healthy, status
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow, FileState
from jobs.storage.zones import Zone

CUSTOMERS = load("crm.customers")
NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
GOOD = FileRow(
    CUSTOMERS.id, "ab" * 32, date(2026, 1, 31), 10, FileState.LOADED, "b1", NOW,
    rows_in=5, rows_loaded=3, rows_quarantined=2, rows_duplicate=0,
)  # fmt: skip
BAD = replace(
    GOOD, file_sha256="cd" * 32, state=FileState.QUARANTINED, fault="the file holds nothing", rows_in=0, rows_loaded=0,
    rows_quarantined=0,
)  # fmt: skip
RAW = BatchRow(CUSTOMERS.id, "b1", Zone.RAW, BatchState.FAILED, date(2026, 1, 31), 1, 3, "0", "1.0.0", "f")


def verdict(rule, found, *, severity="error", passed=False):
    return {
        "dataset": CUSTOMERS.id, "batch_id": "b1", "gate": "raw", "rule": rule, "rule_fingerprint": "0",
        "severity": severity, "allowed": 0.0, "found": found, "row_count": 5, "passed": passed,
    }  # fmt: skip


def look(ledger):
    return status(ledger.home, ledger.home / "landing", {CUSTOMERS.id: CUSTOMERS})


def test_an_empty_lake_is_healthy(ledger):
    found = look(ledger)
    assert is_healthy(found)
    assert (found.datasets[0].files, found.datasets[0].stuck_at, found.published) == (0, "", [])


def test_what_is_stuck_refused_broken_and_quarantined_is_told(ledger):
    ledger.record("files", [GOOD, BAD])
    ledger.record("batches", [RAW])
    ledger.record(
        "verdicts",
        [verdict("quarantined_share", 0.4), verdict("quarantined.customer_id.missing", 2.0, severity="warning")],
    )
    found = look(ledger)
    assert not is_healthy(found)
    assert (found.datasets[0].stuck_at, found.datasets[0].files, found.datasets[0].refused) == ("gate raw", 2, 1)
    assert [(refusal.file, refusal.reason) for refusal in found.refusals] == [("cd" * 6, "the file holds nothing")]
    assert [(rule.rule, rule.found) for rule in found.broken] == [("quarantined_share", 0.4)]
    assert found.quarantine_reasons == {CUSTOMERS.id: {"customer_id.missing": 2}}


def test_a_program_can_read_it(ledger):
    ledger.record("files", [GOOD, BAD])
    ledger.record("batches", [RAW, replace(RAW, zone=Zone.DESENSITISED, state=BatchState.PASSED)])
    said = json.loads(json.dumps(look(ledger).as_data(), ensure_ascii=False))
    assert said["datasets"][0]["rows_in"] == 5
    assert said["datasets"][0]["released"] == 1


def test_only_the_newest_visible_publication_is_shown(ledger):
    mart = {"mart": "dim_date", "table_version": 1, "row_count": 7, "smallest_group": None}
    ledger.record("publications", [{**mart, "publication_id": "old", "is_visible": True}])
    ledger.record("publications", [{**mart, "publication_id": "new", "row_count": 8, "is_visible": True}])
    ledger.record("publications", [{**mart, "publication_id": "judged", "row_count": 9, "is_visible": False}])
    assert [(shown.mart, shown.rows) for shown in look(ledger).published] == [("dim_date", 8)]
