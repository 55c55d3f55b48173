"""What the engine's counts say of each file; docs/adr/0003-batches-and-the-ledger.md."""

from jobs.ingest.tally import Ingested, Tally, checks, tallies


def told(file_number, fate, fault=None, *, contents, copies=None, are_new=None, checksum="0"):
    """A row of `content.counts`; where not said otherwise no two rows are the same."""
    copies = contents if copies is None else copies
    return {
        "file_number": file_number, "fate": fate, "fault": fault, "contents": contents, "copies": copies,
        "are_new": copies if are_new is None else are_new, "checksum": checksum,
    }  # fmt: skip


def test_good_rows_that_repeat_earlier_ones_are_duplicates():
    found = tallies([told(0, "loaded", contents=3, copies=5, checksum="-7")])
    assert found == {0: Tally(rows_in=5, loaded=3, duplicate=2, repeats=2, checksum=-7)}


def test_a_row_with_two_faults_is_one_row_and_counts_for_both():
    found = tallies([
        told(0, "loaded", contents=1),
        told(0, "quarantined", "age.too_small", contents=2, copies=3, are_new=3, checksum="9"),
        told(0, "quarantined", "name.missing", contents=1, copies=1, are_new=0),
    ])  # fmt: skip
    faults = {"age.too_small": 3, "name.missing": 1}
    assert found == {0: Tally(rows_in=4, loaded=1, quarantined=3, faults=faults)}


def test_rows_that_an_extract_brings_again_are_duplicates_but_repeat_nothing_of_their_own():
    found = tallies([told(0, "loaded", contents=1), told(0, "duplicate", contents=2)])
    assert found == {0: Tally(rows_in=3, loaded=1, duplicate=2)}


def test_the_rows_of_a_refused_file_are_void_and_other_files_are_not():
    found = tallies([told(0, "loaded", contents=8), told(0, "refused", contents=1), told(1, "loaded", contents=2)])
    assert found == {0: None, 1: Tally(rows_in=2, loaded=2)}


def test_gate_one_adds_up_the_faults_of_all_files_and_misses_rows_that_vanished():
    ingested = Ingested("b", files=3, refused_files=1, rows_in=9, loaded=5, quarantined=3, duplicate=0)
    found = checks(ingested, [Tally(faults={"a.missing": 1}), Tally(faults={"a.missing": 1, "b.missing": 2})])
    assert {check.rule: check.found for check in found} == {
        "rows_conserved": 1, "files_refused": 1, "quarantined.a.missing": 2, "quarantined.b.missing": 2,
    }  # fmt: skip
