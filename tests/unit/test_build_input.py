"""What makes the marts be built again: releases of what a model reads, and nothing else."""

from datetime import UTC, date, datetime

from jobs.publish.build import input_fingerprint
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow, FileState
from jobs.storage.zones import Zone

READ = ["crm.customers", "crm.transactions"]
DAY = date(2026, 1, 31)


def released(dataset, batch="b1"):
    return BatchRow(dataset, batch, Zone.DESENSITISED, BatchState.PASSED, DAY, 1, 5, "0", "1.0.0", "f")


def test_a_release_of_what_a_model_reads_changes_the_input(ledger):
    before = input_fingerprint(ledger, READ, 5)
    assert input_fingerprint(ledger, READ, 5) == before
    ledger.record("batches", [released("crm.customers")])
    after = input_fingerprint(ledger, READ, 5)
    assert after != before
    assert input_fingerprint(ledger, READ, 6) != after


def test_a_release_that_no_model_reads_builds_nothing(ledger):
    ledger.record("batches", [released("crm.customers")])
    before = input_fingerprint(ledger, READ, 5)
    ledger.record("batches", [released("crm.complaints", "b2")])
    taken = FileRow("crm.complaints", "ab" * 32, DAY, 10, FileState.LOADED, "b2", datetime(2026, 1, 31, tzinfo=UTC))
    ledger.record("files", [taken])
    assert input_fingerprint(ledger, READ, 5) == before
    assert input_fingerprint(ledger, [*READ, "crm.complaints"], 5) != before
