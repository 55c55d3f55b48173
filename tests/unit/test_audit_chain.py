"""The audit's chain: every attack on it is located, an honest life of it is not, and nothing goes on without it."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from typer.testing import CliRunner

from jobs.audit.chain import NOTHING, Entry, Head, breaks
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.errors import AuditBroken, RevealRefused
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_tables import TABLES


@pytest.fixture
def audit(ledger: Ledger) -> Audit:
    return Audit(ledger, ledger.home / "elsewhere" / "heads")


def chain(audit: Audit, count: int) -> list[Entry]:
    for number in range(count):
        audit.record("os:li", "reveal.open", f"request {number}", "done", values=number)
    return list(audit._entries())


def heads_of(entries: list[Entry]) -> list[Head]:
    return [entry.head for entry in entries]


def found(entries: list[Entry], heads: list[Head]) -> list[int]:
    return [one.sequence for one in breaks(entries, heads)]


def rechained(entries: list[Entry]) -> list[Entry]:
    """What an intruder makes of a changed chain who knows how it is computed."""
    made: list[Entry] = []
    for number, entry in enumerate(entries, start=1):
        linked = replace(entry, sequence=number, previous_hash=made[-1].entry_hash if made else NOTHING.entry_hash)
        made.append(replace(linked, entry_hash=linked.own_hash()))
    return made


def test_a_chain_that_nobody_touched_holds_and_says_who_did_what(audit):
    entries = chain(audit, 4)
    assert [(entry.sequence, entry.actor, entry.details) for entry in entries][:2] == [
        (1, "os:li", '{"values": 0}'),
        (2, "os:li", '{"values": 1}'),
    ]
    verified = audit.verify()
    assert (verified.entry_count, verified.head, verified.breaks) == (4, entries[-1].head, ())


ATTACKS = {
    "a field edited": (lambda chain: [*chain[:2], replace(chain[2], outcome="refused"), *chain[3:]], {3}),
    "a moment edited": (lambda chain: [*chain[:2], replace(chain[2], at=chain[2].at + timedelta(hours=1)), *chain[3:]], {3, 4}),
    "an entry deleted": (lambda chain: [*chain[:2], *chain[3:]], {3, 4}),
    "two swapped": (lambda chain: [chain[0], replace(chain[2], sequence=2), replace(chain[1], sequence=3), *chain[3:]], {2, 3, 4}),
    "one inserted": (lambda chain: [*chain[:2], chain[1], *chain[2:]], {2}),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_change_inside_is_located_by_the_chain_alone_or_by_its_heads(audit, attack):
    entries = chain(audit, 6)
    change, expected = ATTACKS[attack]
    changed = change(entries)
    assert set(found(changed, [])) & expected
    assert set(found(changed, heads_of(entries))) <= expected | {one + 1 for one in expected}


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[:-2],
        lambda entries: rechained([replace(entries[0], actor="os:wang"), *entries[1:]]),
        lambda entries: rechained(entries[1:]),
        lambda _: [],
    ],
    ids=["the end cut off", "one edited and all made again", "one deleted and all made again", "emptied"],
)
def test_what_a_chain_alone_cannot_show_its_heads_show(audit, change):
    entries = chain(audit, 6)
    assert found(change(entries), []) == [], "the chain alone would show it, and the heads prove nothing"
    assert found(change(entries), heads_of(entries)) != []


def test_each_of_many_changed_entries_is_located(audit):
    entries = chain(audit, 20)
    chosen = {1, 5, 6, 11, 19, 20}
    changed = [replace(entry, subject="another") if entry.sequence in chosen else entry for entry in entries]
    assert {one.sequence for one in breaks(changed, []) if one.what == "was altered"} == chosen


def overwritten(ledger: Ledger, entries: list[Entry]) -> None:
    rows = pa.Table.from_pylist([vars(entry) for entry in entries], TABLES["audit"])
    write_deltalake(ledger.path("audit"), rows, mode="overwrite")


def test_nothing_happens_once_the_end_was_cut_off(audit):
    entries = chain(audit, 3)
    overwritten(audit.ledger, entries[:2])
    with pytest.raises(AuditBroken, match="entry 3"), audit.acting("os:li", "reveal.open", "x"):
        pytest.fail("the act went on")
    assert [one.sequence for one in audit.verify().breaks] == [3]


def test_an_older_backup_that_lived_on_is_found_in_both_places(audit):
    entries = chain(audit, 3)
    heads = audit.heads.read_bytes()
    overwritten(audit.ledger, entries[:2])
    audit.heads.unlink()
    audit.record("os:li", "reveal.open", "after the restore", "done")
    audit.heads.write_bytes(heads)
    assert [one.sequence for one in audit.verify().breaks] == [3]


def test_killed_between_the_entry_and_its_head_the_next_entry_follows(audit):
    heads = audit.heads
    chain(audit, 2)
    lines = heads.read_bytes().splitlines(keepends=True)
    heads.write_bytes(lines[0])
    audit.record("os:li", "reveal.open", "the next", "done")
    verified = audit.verify()
    assert (verified.entry_count, verified.breaks) == (3, ())


def test_an_act_whose_trace_cannot_be_kept_does_not_happen(audit):
    audit.heads.parent.parent.mkdir(parents=True, exist_ok=True)
    audit.heads.parent.write_text("no folder", encoding="ascii")  # as when the other machine is not there
    with pytest.raises(OSError), audit.acting("os:li", "reveal.open", "x"):  # noqa: PT011
        pytest.fail("the act went on")


def test_an_act_leaves_its_beginning_and_its_end_whatever_the_end(audit):
    with audit.acting("os:li", "reveal.open", "good") as counts:
        counts.update(values=2)
    with pytest.raises(RevealRefused), audit.acting("os:li", "reveal.open", "refused"):
        raise RevealRefused("no")
    with pytest.raises(ZeroDivisionError), audit.acting("os:li", "reveal.open", "failed"):
        1 / 0  # noqa: B018
    with pytest.raises(KeyboardInterrupt), audit.acting("os:li", "reveal.open", "stopped"):
        raise KeyboardInterrupt
    outcomes = [(entry.subject, entry.outcome, entry.details) for entry in audit._entries()]
    assert [outcome for outcome in outcomes if outcome[1] != "begun"] == [
        ("good", "done", '{"values": 2}'),
        ("refused", "refused", '{"why": "RevealRefused"}'),
        ("failed", "failed", '{"why": "ZeroDivisionError"}'),
    ]
    assert [subject for subject, outcome, _ in outcomes if outcome == "begun"] == [
        "good",
        "refused",
        "failed",
        "stopped",
    ]


def test_the_command_tells_every_break_and_takes_a_head_from_paper(audit, monkeypatch):
    entries = chain(audit, 3)
    monkeypatch.setenv("LAKE_HOME", str(audit.ledger.home))
    on_paper = f"{entries[1].sequence}:{entries[1].entry_hash}"
    good = CliRunner().invoke(app, ["audit", "verify", "--head", on_paper])
    assert good.exit_code == 0, good.output
    assert f"head to keep: 3:{entries[2].entry_hash}" in good.output
    overwritten(audit.ledger, rechained([replace(entries[0], actor="os:wang"), *entries[1:]]))
    bad = CliRunner().invoke(app, ["audit", "verify", "--head", on_paper])
    assert isinstance(bad.exception, AuditBroken)
    assert "entry 2 is another entry" in str(bad.exception)


def test_many_entries_stay_few_files(audit):
    chain(audit, 101)
    assert len(DeltaTable(audit.ledger.path("audit")).file_uris()) < 20
    assert audit.verify().breaks == ()
