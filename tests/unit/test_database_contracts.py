"""Mistakes in how a contract says that its rows come from databases, each with its line."""

import pytest

from contracts.databases import source_tables
from contracts.errors import InvalidContracts
from contracts.loading import ROOT, load, load_file
from contracts.model import ScopeRule

GOOD = (ROOT / "crm" / "billing_accounts.odcs.yaml").read_text(encoding="utf-8")


def refusal(folder, text):
    path = folder / "crm" / "billing_accounts.odcs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidContracts) as refused:
        load_file(path)
    return refused.value


@pytest.mark.parametrize(
    ("old", "new", "message", "at"),
    [
        ("dialect: postgresql", "dialect: access", "'jdbc' is unknown or its arguments do not fit", "kind: jdbc"),
        ("table: account\n", 'table: "a\\tb"\n', "'jdbc' is unknown or its arguments do not fit", "kind: jdbc"),
        ("connection: billing", "connection: ../keys", "'jdbc' is unknown", "kind: jdbc"),
        ("column: changed_at, overlap", "column: changed, overlap", "cursor 'changed' must be a column", "cursor:"),
        ("column: changed_at, overlap", "column: balance_cny, overlap", "of type integer or date or", "cursor:"),
        ("column: changed_at, overlap", "column: account_no, overlap", "identifies somebody", "cursor:"),
        ("column: account_no, reads", "column: opened_on, reads", "parallel 'opened_on' must be", "parallel:"),
        ("deletions: is_deleted", "deletions: remark", "'remark' must be a boolean column", "deletions:"),
        ("column: opened_on, at_least", "column: born_on, at_least", "scope speaks of 'born_on'", "born_on"),
        ('at_least: "2000-01-01"', "like: x", "'None' is unknown or its arguments do not fit", "like"),
        ("        at_most_every_minutes: 60\n", "", "'at_most_every_minutes' is a required property", "extraction:"),
        ("kind: jdbc\n", "kind: jdbc\n          password: x\n", "'jdbc' is unknown", "kind: jdbc"),
        ("dialect: postgresql", "dialect: sybase", "can be cut", "at_most_rows"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, message, at):
    assert old in GOOD, "the test speaks of text that the contract does not have"
    changed = GOOD.replace(old, new, 1)
    found = refusal(tmp_path, changed)
    assert message in str(found)
    lines = changed.splitlines()
    assert any(abs(problem.line - number) <= 1 for problem in found.problems
               for number, line in enumerate(lines, start=1) if at in line)  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        ("        - {kind: csv, encodings: [utf-8]}\n", "as files or from databases, not as both"),
        (
            "        - {kind: jdbc, dialect: postgresql, connection: billing, schema: billing, table: account}\n",
            "a table is declared twice",
        ),
    ],
)
def test_readers_that_contradict_each_other_are_refused(tmp_path, reader, message):
    assert message in str(refusal(tmp_path, GOOD.replace("      readers:\n", f"      readers:\n{reader}")))


def test_a_database_without_the_word_of_its_owner_is_refused(tmp_path):
    start, end = GOOD.index("      extraction:\n"), GOOD.index("      null_texts:")
    assert "no extraction is declared" in str(refusal(tmp_path, GOOD[:start] + GOOD[end:]))


def test_files_have_no_extraction(tmp_path):
    start, end = GOOD.index("        - kind: jdbc\n"), GOOD.index("      deletions:")
    as_file = GOOD[:start] + "        - {kind: csv, encodings: [utf-8]}\n" + GOOD[end:]
    assert "'extraction' is for datasets that come from databases" in str(refusal(tmp_path, as_file))


def test_one_dataset_may_come_from_several_databases():
    orders = load("crm.service_orders")
    assert [(table.connection, dict(table.constants)) for table in source_tables(orders)] == [
        ("service_north", {"branch_code": "north"}),
        ("service_south", {"branch_code": "south"}),
    ]


def test_a_contract_says_how_often_and_what_may_be_read():
    accounts = load("crm.billing_accounts")
    assert accounts.comes_from_databases
    assert accounts.source.extraction.at_most_every_minutes == 60
    assert accounts.source.extraction.scope == (ScopeRule("opened_on", at_least="2000-01-01"),)
    assert not load("crm.customers").comes_from_databases
    assert source_tables(load("crm.customers")) == ()
