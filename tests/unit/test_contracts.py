"""Contracts: what is refused, where the mistake is said to be, and what is derived."""

import re
from pathlib import Path

import pytest

from contracts.errors import InvalidContracts, UnknownDataset
from contracts.generate import dbt_sources, generated, read_by_models
from contracts.loading import ROOT, dataset_ids, load, load_all, load_file

GOOD = (ROOT / "crm" / "transactions.odcs.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "crm" / "transactions.odcs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


FAMILIES = {"crm", "dealer", "documents", "forms", "network", "power", "registers"}


def test_all_contracts_hold_and_cover_all_families():
    contracts = load_all()
    assert {contract.family for contract in contracts.values()} == FAMILIES
    assert list(contracts) == dataset_ids()
    assert all(field.label and field.description for contract in contracts.values() for field in contract.fields)


def test_the_market_feedback_form_has_every_field_of_the_regulation():
    # 4 in the head, 28 in the body; 03a is a range, 02f has an unclear box, 03a and 03c have a flag beside the date
    assert (
        len(load("forms.market_feedback").fields) == 4 + 28 + 4 + 5
    )  # plus submission id, three moments, form version


@pytest.mark.parametrize(
    ("dataset", "source", "printed"),
    [
        ("dealer.walk_ins", "D05-3 field ", 10),
        ("dealer.a_cards", "D05-5 ", 31),
        ("dealer.lost_deals", "D05-7", 4),
        ("power.acceptances", "D07-8 (", 6),
        ("registers.housekeeping_checks", "D17-2 ", 8 + 3),  # temperature, humidity and alarms are read besides
    ],
)
def test_a_printed_form_has_every_field_of_the_regulation(dataset, source, printed):
    rules = [field.source_of_rule or "" for field in load(dataset).fields]
    assert sum(rule.startswith(source) for rule in rules) == printed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("        classification: internal\n", "", "has no classification"),
        ("classification: internal", "classification: secretish", "classification is none of"),
        ("{kind: keep}", "{kind: shred}", "'shred' is unknown"),
        ("{kind: keep}", "{kind: grid, metres: 10, axis: latitude}", "treatment grid fits"),
        ("logicalType: integer", "logicalType: whole", "logicalType is none of"),
        ("column: traded_at", "column: traded_yesterday", "speaks of 'traded_yesterday'"),
        ("        required: true\n", "        nullable: false\n", "'nullable' is not understood"),
        ("engine: lakewarden", "engine: soda", "only type custom of engine lakewarden"),
        ("id: crm.transactions", "id: crm.sales", "must say what the path says"),
        ("becomes: transaction_key", "becomes: customer_key", "is taken already"),
        ("in_charge: ", "in_command: ", "'in_charge' is a required property"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, message):
    assert old in GOOD, "the test speaks of text that the contract does not have"
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InvalidContracts) as refusal:
        load_file(path)
    assert message in str(refusal.value)
    lines = {problem.line for problem in refusal.value.problems}
    assert lines != {1} or old.startswith("id:") or GOOD.splitlines()[0].startswith(old)


def test_every_mistake_is_reported_at_once(tmp_path):
    text = GOOD.replace("classification: internal", "classification: a", 1).replace(
        "classification: sensitive", "classification: b", 1
    )
    path = written(tmp_path, text)
    with pytest.raises(InvalidContracts) as refusal:
        load_file(path)
    lines = {problem.line for problem in refusal.value.problems}
    assert lines == {line_of(text, "classification: a"), line_of(text, "classification: b")}


def test_yaml_that_cannot_be_read_names_the_line(tmp_path):
    path = written(tmp_path, "id: crm.transactions\nname: [unclosed\nstatus: active\n")
    with pytest.raises(InvalidContracts, match=r"odcs.yaml:\d+: not readable as YAML"):
        load_file(path)


def test_an_identifier_of_people_cannot_be_kept(tmp_path):
    text = GOOD.replace("{property: treatment, value: {kind: drop}}", "{property: treatment, value: {kind: keep}}")
    path = written(tmp_path, text)
    with pytest.raises(InvalidContracts, match="identifies people"):
        load_file(path)


def test_an_unknown_dataset_is_answered_with_the_known_ones():
    with pytest.raises(UnknownDataset, match=r"crm\.customers"):
        load("crm.custmers")


def test_comments_and_layout_do_not_change_the_fingerprint(tmp_path):
    commented = written(tmp_path / "a", "# a comment\n" + GOOD)
    changed = written(tmp_path / "b", GOOD.replace("version: 1.0.0", "version: 1.0.1", 1))
    original = load("crm.transactions").fingerprint
    assert load_file(commented).fingerprint == original
    assert load_file(changed).fingerprint != original


def test_generated_files_are_fresh():
    root = ROOT.parent
    files = generated(load_all(), root)
    assert len(files) == len(load_all()) + 2
    assert [path.name for path, text in files.items() if path.read_text(encoding="utf-8") != text] == []


def test_the_dbt_sources_are_the_tables_that_staging_models_read(tmp_path):
    staging = tmp_path / "dbt_project" / "models" / "staging"
    staging.mkdir(parents=True)
    (staging / "stg_crm__transactions.sql").write_text("select * from {{ source('desensitised', 'crm_transactions') }}")
    read = read_by_models(load_all(), tmp_path)
    assert [contract.id for contract in read] == ["crm.transactions"]
    assert "name: crm_transactions" in dbt_sources(read)
    assert "crm_customers" not in dbt_sources(read)


def test_a_staging_model_of_an_undeclared_table_is_refused(tmp_path):
    staging = tmp_path / "dbt_project" / "models" / "staging"
    staging.mkdir(parents=True)
    (staging / "stg_crm__sales.sql").write_text("select * from {{ source('desensitised', 'crm_sales') }}")
    with pytest.raises(UnknownDataset, match="crm_sales"):
        read_by_models(load_all(), tmp_path)


def test_the_glossary_explains_every_key_domain():
    domains = {domain for contract in load_all().values() for domain in contract.token_domains}
    lines = (ROOT.parent / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Key domains")[2]
    assert set(re.findall(r"`(\w+)`(?=[^|\n]*\|)", lines)) == domains


def test_no_personal_column_survives_untreated():
    kept = [
        f"{contract.id}.{field.name}"
        for contract in load_all().values()
        for field in contract.fields
        if field.identifier and field.treatment.kind == "keep"
    ]
    assert kept == []
