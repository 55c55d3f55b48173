"""Conventions of dbt_project, from its files alone: what is described, what hides small groups, what was seen to fail."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from contracts.loading import load_all
from expectations.privacy.declared import Rows, declaration

ROOT = Path(__file__).parents[2]
DBT_PROJECT = ROOT / "dbt_project"
MODEL_FILES = {path.stem: path for path in sorted(DBT_PROJECT.glob("models/**/*.sql"))}
SQL_FILES = [path for room in ("macros", "models", "tests") for path in sorted((DBT_PROJECT / room).rglob("*.sql"))]
PEOPLE_COUNTS = {
    "customer_count",
    "new_customer_count",
    "buyer_count",
    "partner_count",
    "account_count",
    "contact_count",
    "lead_count",
    "prospect_count",
    "complainant_count",
    "respondent_count",
    "connection_count",
    "employee_count",
    "least_people_count",
}


def yaml(path: Path) -> Any:
    return safe_load(path.read_text(encoding="utf-8"))


@cache
def described_models() -> dict[str, dict[str, Any]]:
    files = DBT_PROJECT.glob("models/**/*__models.yml")
    return {model["name"]: model for file in files for model in yaml(file)["models"]}


def columns_written_by(sql: str, model: str) -> list[str]:
    """The columns of the CTE that bears the model's own name, in order; rule 8 of the style asks for that CTE."""
    body = re.search(rf"\n{model} as \(\n    select\n(.*?)\n    from ", sql, re.DOTALL)
    assert body, f"{model}: the last CTE should bear the model's name and select its columns one by one"
    text = re.sub(r"--[^\n]*", "", body[1])
    text = text.replace(
        "{{ network_quality() }}", "rrc_success_share, erab_drop_share, availability_share, downlink_gb"
    )
    while (stripped := re.sub(r"\([^()]*\)|\{\{[^{}]*\}\}", "", text)) != text:
        text = stripped
    return [re.split(r"[\s.]+", column.strip())[-1] for column in text.split(",")]


def seed(name: str) -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def enum_of(dataset: str, column: str) -> dict[str, str]:
    family, name = dataset.split(".")
    contract = yaml(ROOT / "contracts" / family / f"{name}.odcs.yaml")
    (declared,) = (each for each in contract["schema"][0]["properties"] if each["name"] == column)
    return {member["value"]: member["label"] for member in declared["enum"]}


def test_every_model_is_described():
    assert len(MODEL_FILES) > 20, "hardly any model found: this test would prove nothing"
    assert set(described_models()) == set(MODEL_FILES)


@pytest.mark.parametrize("model", sorted(MODEL_FILES))
def test_every_column_that_a_model_writes_is_described_in_its_order(model):
    written = columns_written_by(MODEL_FILES[model].read_text(encoding="utf-8"), model)
    described = [column["name"] for column in described_models()[model]["columns"]]
    assert written == described


@pytest.mark.parametrize("model", sorted(MODEL_FILES))
def test_a_description_starts_with_the_grain_and_every_column_has_a_chinese_label(model):
    described = described_models()[model]
    assert described["description"].startswith("One row per ")
    for column in described["columns"]:
        assert column["description"].strip(), column["name"]
        assert re.search(r"[一-鿿]", column["config"]["meta"]["label"]), column["name"]


def test_a_mart_says_what_is_hidden_and_shows_people_through_the_one_macro_only():
    marts = [name for name, path in MODEL_FILES.items() if "marts" in path.parts and name.startswith("fct_")]
    assert marts, "no mart found: this test would prove nothing"
    for mart in marts:
        sql, described = MODEL_FILES[mart].read_text(encoding="utf-8"), described_models()[mart]
        assert re.search(r"[Hh]idden", described["description"]), mart
        people = PEOPLE_COUNTS & {column["name"] for column in described["columns"]}
        judged = {
            counted
            for test in described["data_tests"]
            if "sound" in test
            for counted in test["sound"]["arguments"].get("hidden", ())
        }
        assert people == judged, f"{mart}: each number of people needs its test"
        for column in people:
            assert re.search(rf"suppress_small_cells\((?:(?!\n\n).)*?\) }}}} as {column}\b", sql, re.DOTALL), (
                mart,
                column,
            )


def test_every_mart_says_who_is_in_it_and_by_what_they_could_be_recognised():
    marts = [name for name, path in MODEL_FILES.items() if "marts" in path.parts]
    assert marts, "no mart found: this test would prove nothing"
    for mart in marts:
        described = described_models()[mart]
        columns = [column["name"] for column in described["columns"]]
        declared = declaration(mart, columns, described.get("config", {}).get("meta", {}).get("privacy"))
        tests = [(name, of["arguments"]) for test in described["data_tests"] for name, of in test.items()]
        hidden = {people for name, arguments in tests if name == "sound" for people in arguments.get("hidden", ())}
        grains = [set(arguments["columns"]) for name, arguments in tests if name == "sound"]
        recognised_by = {*declared.quasi_identifiers, *(each.column for each in declared.sensitive)}
        assert hidden == (set(declared.people) if declared.rows is Rows.AGGREGATES else set()), mart
        assert grains, f"{mart}: without a grain a row is no group"
        if declared.rows is Rows.AGGREGATES:
            assert recognised_by in grains, f"{mart}: a row of an aggregate is a group of its quasi-identifiers"
        if declared.rows is Rows.PERSONS:
            assert set(declared.people) in grains, f"{mart}: one row per person is what its grain must test"


def test_the_threshold_stands_in_one_place():
    holders = [path for path in SQL_FILES if "smallest_visible_group" in path.read_text(encoding="utf-8")]
    assert {path.name for path in holders} == {"suppress_small_cells.sql", "sound.sql"}


def test_every_generic_test_of_ours_is_seen_to_fail_and_to_pass():
    ours = {path.stem for path in (DBT_PROJECT / "tests" / "generic").glob("*.sql")}
    assert ours, "no generic test found: this test would prove nothing"
    text = (DBT_PROJECT / "tests" / "generic_tests_fail_on_bad_rows.sql").read_text(encoding="utf-8")
    cases = re.findall(r"\('(\w+)', '[^']*',\s*test_(\w+)\(.*?\), (\d)\)", text, re.DOTALL)
    assert {name for name, called, rows in cases if name == called and int(rows) > 0} == ours
    assert {name for name, called, rows in cases if name == called and int(rows) == 0} == ours


def test_only_desensitised_tables_and_the_counts_of_the_ledger_are_read():
    read = re.findall(
        r"source\('([^']+)', '([^']+)'", "\n".join(path.read_text(encoding="utf-8") for path in SQL_FILES)
    )
    assert read, "no source found: this test would prove nothing"
    assert {schema for schema, _ in read} == {"desensitised", "ops"}
    assert {table for schema, table in read if schema == "ops"} == {"files", "batches", "verdicts"}


def test_every_dataset_has_its_name_in_the_mart_of_data_health():
    declared = {contract.id: contract.label for contract in load_all().values()}
    assert declared, "no contract found: this test would prove nothing"
    assert {row["dataset"]: row["dataset_name"] for row in seed("datasets")} == declared


@pytest.mark.parametrize(
    ("list_name", "dataset", "column"),
    [
        ("customer_kind", "crm.customers", "customer_kind"),
        ("gender", "crm.customers", "gender"),
        ("occupation", "crm.customers", "occupation"),
        ("industry", "crm.customers", "industry"),
        ("enterprise_size", "crm.customers", "enterprise_size"),
        ("channel", "crm.transactions", "channel"),
        ("target_group", "forms.market_feedback", "target_group"),
        ("department", "crm.complaints", "receiving_department"),
        ("complaint_kind", "crm.complaints", "complaint_kind"),
        ("information_source", "dealer.walk_ins", "information_source"),
        ("intention_level", "dealer.a_cards", "intention_level"),
        ("lost_reason", "dealer.lost_deals", "reason_kind"),
        ("customer_type", "power.key_account_attributes", "customer_type"),
        ("customer_priority", "power.key_account_attributes", "customer_priority"),
        ("importance", "power.key_account_attributes", "importance"),
        ("supply_voltage", "power.key_account_attributes", "supply_voltage"),
        ("load_grade", "power.key_account_attributes", "load_grade"),
        ("manager_layer", "power.key_account_attributes", "manager_layer"),
        ("service_item", "power.sla_results", "service_item"),
        ("group_type", "crm.group_customers", "group_type"),
        ("period_kind", "crm.sales_targets", "period_kind"),
        ("sales_way", "crm.sales_targets", "sales_way"),
        ("weak_aspect", "crm.satisfaction_survey", "weak_aspects"),
    ],
)
def test_code_names_are_those_of_the_contract(list_name, dataset, column):
    names = {row["code"]: row["code_name"] for row in seed("code_names") if row["list_name"] == list_name}
    assert names == enum_of(dataset, column) | {"unknown": "未知"}


def test_no_list_names_a_code_twice():
    codes = Counter((row["list_name"], row["code"]) for row in seed("code_names"))
    assert codes, "no code found: this test would prove nothing"
    assert max(codes.values()) == 1


def test_products_are_those_of_the_contract():
    assert {row["product_code"] for row in seed("products")} == set(enum_of("crm.transactions", "product_code"))


def test_regions_are_complete_and_hang_together():
    regions = seed("regions")
    provinces = {row["code"]: row for row in regions if row["level"] == "province"}
    cities = [row for row in regions if row["level"] == "city"]
    municipalities = {"110000", "120000", "310000", "500000"}
    prefectures = [row for row in cities if row["parent_code"] not in municipalities and "直辖县级" not in row["name"]]

    assert max(Counter(row["code"] for row in regions).values()) == 1
    assert (len(provinces), len(prefectures)) == (34, 333)
    assert len({row["iso_3166_2"] for row in provinces.values()}) == 34
    assert {row["parent_code"] for row in cities} <= set(provinces)
    assert all(row["code"][:2] == row["parent_code"][:2] for row in cities)
    spellings = Counter(name for row in cities if row["short_name"] for name in {row["name"], row["short_name"]})
    assert max(spellings.values()) == 1, "a spelling that stands for two cities would double their cells"
