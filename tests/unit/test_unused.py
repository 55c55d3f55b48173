"""Take as much as you use: columns are followed through the SQL of every model to what is published."""

from dataclasses import replace
from pathlib import Path

import pytest

from contracts.loading import load, load_all
from contracts.model import KeptFor
from jobs.settings import ROOT
from jobs.usage.lineage import columns_read
from jobs.usage.rendering import rendered
from jobs.usage.unused import Finding, excepted, findings

SALES = {
    "sale_key": "string",
    "shop": "string",
    "amount": "double",
    "sold_on": "date",
    "note": "string",
    "is_void": "boolean",
}
DBT_PROJECT = "name: small\nvars: {least: 5}\n"


def project(folder: Path, mart: str, staging: str = "", macros: str = "") -> Path:
    """A dbt project of one seed, one staging model and one mart."""
    files = {
        "dbt_project.yml": DBT_PROJECT,
        "seeds/shops.csv": "shop,town\n",
        "macros/all.sql": macros,
        "models/staging/stg_sales.sql": staging
        or "with stg_sales as (select * from {{ source('desensitised', 'crm_sales') }}) select * from stg_sales",
        "models/marts/sales/fct_sales.sql": mart,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> set[str]:
    return columns_read(rendered(folder), {"crm_sales": SALES}).get("crm_sales", set())


@pytest.mark.parametrize(
    ("mart", "used"),
    [
        ("select shop, sum(amount) as amount from {{ ref('stg_sales') }} group by shop", {"shop", "amount"}),
        ("select count(*) as n from {{ ref('stg_sales') }} where not is_void", {"is_void"}),
        ("select t.town from {{ ref('shops') }} as t left join {{ ref('stg_sales') }} as s on s.shop = t.shop", {"shop"}),
        ("select shop from {{ ref('stg_sales') }} order by sold_on", {"shop", "sold_on"}),
        (
            "select shop from {{ ref('stg_sales') }} qualify row_number() over (partition by sale_key order by sold_on) = 1",
            {"shop", "sale_key", "sold_on"},
        ),
        ("with s as (select *, upper(note) as loud from {{ ref('stg_sales') }}) select shop from s", {"shop"}),
        ("select shop from {{ ref('stg_sales') }} union all select note from {{ ref('stg_sales') }}", {"shop", "note"}),
        ("select sum(amount) filter (where shop <=> 'a') as a from {{ ref('stg_sales') }}", {"amount", "shop"}),
    ],
)  # fmt: skip
def test_a_column_is_used_where_a_mart_shows_joins_filters_or_sorts_by_it(tmp_path, mart, used):
    assert read(project(tmp_path, mart)) == used


def test_a_column_that_only_staging_passes_on_is_not_used(tmp_path):
    staging = "select sale_key, shop, note from {{ source('desensitised', 'crm_sales') }}"
    assert read(project(tmp_path, "select shop from {{ ref('stg_sales') }}", staging)) == {"shop"}


def test_what_macros_and_variables_write_is_followed_too(tmp_path):
    macros = (
        "{% macro big(column) -%} case when {{ column }} > {{ var('least') }} then {{ column }} end {%- endmacro %}"
    )
    mart = "{{ config(pre_hook='x') }} select {{ big('amount') }} as amount from {{ ref('stg_sales') }}"
    assert read(project(tmp_path, mart, macros=macros)) == {"amount"}


def test_a_model_that_no_mart_reads_uses_nothing(tmp_path):
    assert read(project(tmp_path, "select town from {{ ref('shops') }}")) == set()


def with_word(dataset: str, word: KeptFor | None, **columns: KeptFor):
    contract = load(dataset)
    fields = tuple(replace(field, kept_for=columns.get(field.name)) for field in contract.fields)
    return replace(contract, kept_for=word, fields=fields)


WORD = KeptFor("A mart that is to come.", "D09-10")


def test_an_unread_column_is_found_unless_the_contract_says_what_it_is_kept_for():
    names = {field.desensitised_name for field in load("crm.sf_leads").surviving}
    unread = next(field for field in load("crm.sf_leads").surviving if field.name == "industry")
    reads = {"crm_sf_leads": names - {unread.desensitised_name}}
    found = Finding("crm.sf_leads", "industry", is_exception=False)
    assert findings([with_word("crm.sf_leads", None)], reads) == [found]
    assert findings([with_word("crm.sf_leads", None, industry=WORD)], reads) == []
    assert findings([with_word("crm.sf_leads", WORD)], reads) == []
    assert list(excepted([with_word("crm.sf_leads", WORD)], reads)) == [("crm.sf_leads.industry", WORD)]


def test_an_exception_that_nothing_needs_any_more_is_found():
    reads = {"crm_sf_leads": {field.desensitised_name for field in load("crm.sf_leads").surviving}}
    of_column = Finding("crm.sf_leads", "industry", is_exception=True)
    assert findings([with_word("crm.sf_leads", None, industry=WORD)], reads) == [of_column]
    assert findings([with_word("crm.sf_leads", WORD)], reads) == [Finding("crm.sf_leads", "", is_exception=True)]


@pytest.fixture(scope="module")
def read_by_marts() -> dict[str, set[str]]:
    tables = {contract.table: contract.desensitised_columns for contract in load_all().values()}
    return columns_read(rendered(ROOT / "dbt_project"), tables)


def test_the_lineage_of_the_project_is_not_empty(read_by_marts):
    assert {"customer_key", "age_band", "ingested_at"} <= read_by_marts["crm_customers"]
    assert "latitude_grid" not in read_by_marts["crm_customers"]


def test_every_desensitised_column_is_used_or_its_contract_says_what_for(read_by_marts):
    assert [str(finding) for finding in findings(load_all().values(), read_by_marts)] == []
