"""Great Expectations, asked the suite that a contract gives, answers rule by rule what our gate measures."""

from datetime import date

import great_expectations as gx
import pytest
from pyspark.sql import functions as F

from contracts.loading import load, load_all
from expectations.rules import faults
from expectations.suite import suite

pytestmark = pytest.mark.spark

CUSTOMERS = load("crm.customers")
GOOD = {
    "customer_id": "C1",
    "customer_name": "欧阳测试",
    "customer_kind": "person",
    "customer_category": "business",
    "approval_state": "approved",
    "region_code": "330106",
    "registered_on": date(2026, 1, 2),
}
BROKEN = {
    "customer_id.missing": {"customer_id": None},
    "customer_kind.unknown_code": {"customer_kind": "ghost"},
    "longitude.too_large": {"longitude": 500.0},
    "latitude.too_small": {"latitude": -5.0},
    "region_code.wrong_form": {"region_code": "33"},
    "customer_name.too_long": {"customer_name": "长" * 500},
    "registered_after_birth": {"birth_date": date(2020, 1, 1), "registered_on": date(2019, 1, 1)},
}


def answers(contract, frame):
    """What Great Expectations says of each rule; frames are small, so pandas holds them."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    given = suite(contract)
    asked = context.suites.add(gx.ExpectationSuite(name=given["name"], expectations=given["expectations"]))
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("raw")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame.toPandas()})
    outcome = batch.validate(asked, result_format="BOOLEAN_ONLY")
    return {
        fault: bool(result.success)
        for result in outcome.results
        for fault in result.expectation_config.meta.get("faults", ())
    }


def rows(spark, contract, *values):
    """Typed raw rows; a column that is not given is NULL."""
    schema = ", ".join(f"`{name}` {kind}" for name, kind in contract.raw_columns.items())
    return spark.createDataFrame([tuple(row.get(name) for name in contract.raw_columns) for row in values], schema)


def measured(contract, frame):
    """Whether each rule holds, as gate 2 counts it."""
    counts = frame.agg(*(F.count_if(fault).alias(name.replace(".", "__")) for name, fault in faults(contract).items()))
    return {name.replace("__", "."): count == 0 for name, count in counts.first().asDict().items()}


@pytest.mark.parametrize("rule", [None, *BROKEN])
def test_both_give_the_same_answer_to_every_rule(spark, rule):
    frame = rows(spark, CUSTOMERS, GOOD, GOOD | BROKEN.get(rule, {}))
    ours, theirs = measured(CUSTOMERS, frame), answers(CUSTOMERS, frame)
    assert len(theirs) > 20
    assert theirs == {name: ours[name] for name in theirs}
    assert [name for name, holds in theirs.items() if not holds] == ([rule] if rule else [])


@pytest.mark.parametrize("contract", load_all().values(), ids=lambda contract: contract.id)
def test_no_rule_is_left_out_in_silence(contract):
    given = suite(contract)
    expressed = {fault for expectation in given["expectations"] for fault in expectation["meta"]["faults"]}
    of_fields = {
        name for name in faults(contract) if "." in name and not name.endswith((".holds_identity", ".is_token"))
    }
    of_rows = {rule.name for rule in contract.rules}
    arrays = {f"{field.name}.unknown_code" for field in contract.fields if field.type.startswith("array")}
    assert expressed | set(given["meta"]["not_expressed"]) == (of_fields - arrays) | of_rows
