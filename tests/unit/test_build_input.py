"""What makes the marts be built again: releases of what a model reads, and nothing else."""

from datetime import UTC, date, datetime

import pytest

from jobs.publish.inputs import Inputs, built_from, note, read_inputs
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow, FileState
from jobs.storage.zones import Zone

READ = ["crm.customers", "crm.transactions"]
DAY = date(2026, 1, 31)


def released(dataset, batch="b1"):
    return BatchRow(dataset, batch, Zone.DESENSITISED, BatchState.PASSED, DAY, 1, 5, "0", "1.0.0", "f")


def test_a_release_of_what_a_model_reads_changes_the_input(ledger):
    before = read_inputs(ledger, READ, 5).fingerprint
    assert read_inputs(ledger, READ, 5).fingerprint == before
    ledger.record("batches", [released("crm.customers")])
    after = read_inputs(ledger, READ, 5).fingerprint
    assert after != before
    assert read_inputs(ledger, READ, 6).fingerprint != after


def test_a_release_that_no_model_reads_builds_nothing(ledger):
    ledger.record("batches", [released("crm.customers")])
    before = read_inputs(ledger, READ, 5).fingerprint
    ledger.record("batches", [released("crm.complaints", "b2")])
    taken = FileRow("crm.complaints", "ab" * 32, DAY, 10, FileState.LOADED, "b2", datetime(2026, 1, 31, tzinfo=UTC))
    ledger.record("files", [taken])
    assert read_inputs(ledger, READ, 5).fingerprint == before
    assert read_inputs(ledger, [*READ, "crm.complaints"], 5).fingerprint != before


def test_only_what_is_not_as_it_was_is_named():
    before = Inputs("p", {"crm.customers": "1", "forms.market_feedback": "1"})
    after = Inputs("p", {"crm.customers": "1", "forms.market_feedback": "2"})
    assert after.changed_since(before) == {"forms.market_feedback"}
    assert before.changed_since(before) == frozenset()


@pytest.mark.parametrize(
    "before",
    [None, Inputs("another project", {"crm.customers": "1"}), Inputs("p", {})],
    ids=["none", "project", "more"],
)
def test_everything_is_built_when_it_cannot_be_told_what_changed(before):
    assert Inputs("p", {"crm.customers": "1"}).changed_since(before) is None


def test_a_note_speaks_for_its_own_build_only(tmp_path):
    (tmp_path / "marts" / ".dbt").mkdir(parents=True)
    inputs = Inputs("p", {"crm.customers": "1"})
    assert built_from(tmp_path, inputs.fingerprint) is None
    note(tmp_path, inputs)
    assert built_from(tmp_path, inputs.fingerprint) == inputs
    assert built_from(tmp_path, "of another build") is None


def test_a_second_build_of_the_same_input_is_known_as_one(tmp_path):
    (tmp_path / "marts" / ".dbt").mkdir(parents=True)
    inputs = Inputs("p", {"crm.customers": "1"})
    again = f"{inputs.fingerprint}-12"
    assert inputs.is_of(inputs.fingerprint)
    assert inputs.is_of(again)
    assert not Inputs("p", {"crm.customers": "2"}).is_of(again)
    note(tmp_path, inputs)
    assert built_from(tmp_path, again) == inputs
