"""The ledger on real Delta tables, without an engine: what replaces what, who waits for whom, how it stays small."""

import multiprocessing
from dataclasses import replace
from datetime import UTC, date, datetime

from deltalake import DeltaTable

from jobs.keys.record import keys_in_use
from jobs.storage import ledger as ledger_module
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState, FileRow, FileState
from jobs.storage.zones import Zone

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
FILE = FileRow("crm.customers", "ab" * 32, date(2026, 1, 31), 10, FileState.CLAIMED, "b1", NOW)
BATCH = BatchRow("crm.customers", "b1", Zone.RAW, BatchState.WRITTEN, date(2026, 1, 31), 1, 5, "0", "1.0.0", "f")


def test_an_empty_ledger_answers_every_question(ledger):
    assert ledger.files_in("crm.customers", FileState.CLAIMED) == []
    assert ledger.newest_batch("crm.customers", Zone.RAW) is None
    assert keys_in_use(ledger) == {}
    assert ledger.unfinished() == set()
    assert ledger.rows_of_batch("crm.customers", "b1") == dict.fromkeys(
        ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate"), 0
    )


def test_to_prepare_again_changes_nothing(ledger):
    ledger.record("files", [FILE])
    ledger.prepare()
    assert ledger.files_in("crm.customers", FileState.CLAIMED) == [FILE]


def test_a_row_comes_back_as_it_was_written(ledger):
    ledger.record("batches", [replace(BATCH, key_fingerprints={"customer": "0123456789ab"})])
    ledger.record("files", [FILE])
    assert ledger.newest_batch("crm.customers", Zone.RAW) == replace(
        BATCH, key_fingerprints={"customer": "0123456789ab"}
    )
    assert ledger.known_files("crm.customers", [FILE.file_sha256]) == {FILE.file_sha256: FILE}
    assert keys_in_use(ledger) == {"customer": "0123456789ab"}


def test_the_same_key_replaces_and_another_dataset_is_left_alone(ledger):
    other = replace(FILE, dataset="crm.transactions")
    ledger.record("files", [FILE, other])
    ledger.record("files", [replace(FILE, state=FileState.LOADED, rows_in=3)])
    assert ledger.files_in("crm.customers", FileState.CLAIMED) == []
    assert [file.rows_in for file in ledger.files_in("crm.customers", FileState.LOADED)] == [3]
    assert ledger.files_in("crm.transactions", FileState.CLAIMED) == [other]


def test_a_batch_waits_until_it_is_released(ledger):
    ledger.record("batches", [BATCH])
    assert ledger.waiting_batches("crm.customers") == [BATCH]
    beyond = replace(BATCH, zone=Zone.DESENSITISED)
    ledger.record("batches", [beyond])
    assert ledger.unfinished() == {"crm.customers"}
    ledger.record("batches", [replace(beyond, state=BatchState.PASSED)])
    assert ledger.unfinished() == set()


def _record_many(home, dataset):
    for number in range(8):
        Ledger(home).record("files", [replace(FILE, dataset=dataset, file_sha256=f"{number:064d}")])


def test_datasets_record_at_the_same_time_and_nothing_is_lost(ledger):
    datasets = ["crm.customers", "crm.transactions", "forms.market_feedback", "network.cell_positions"]
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_record_many, args=(ledger.home, dataset)) for dataset in datasets]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    counted = ledger.ask("SELECT dataset, count(*) AS files FROM files GROUP BY dataset ORDER BY dataset")
    assert counted == [{"dataset": dataset, "files": 8} for dataset in datasets]


def test_small_files_are_put_together_and_every_row_is_still_there(ledger, monkeypatch):
    monkeypatch.setattr(ledger_module, "_COMMITS_BETWEEN_TIDYING", 10)
    for number in range(10):
        ledger.record("files", [replace(FILE, file_sha256=f"{number:064d}")])
    assert len(DeltaTable(ledger.path("files")).file_uris()) < 5
    assert len(ledger.files_in("crm.customers", FileState.CLAIMED)) == 10


def test_a_value_in_a_question_is_a_value_and_no_sql(ledger):
    ledger.record("files", [FILE])
    assert ledger.files_in("crm.customers' OR true --", FileState.CLAIMED) == []
