"""Each rule with a row that passes and one that fails; identifiers against published examples; surviving identities."""

import pytest
from pyspark.sql import functions as F

from contracts.loading import load, load_all
from contracts.model import RowRule, Severity
from expectations import checksums
from expectations.identity import holds_identity
from expectations.rules import _ROW_RULES, faults

pytestmark = pytest.mark.spark

CASES = [
    ("at_most_sum", {"column": "a", "of": ["b", "c"]}, "3 1 2", "4 1 2"),
    ("equals_sum", {"column": "a", "of": ["b", "c"]}, "3 1 2", "4 1 2"),
    ("equals_count", {"column": "a", "of": ["b", "c"]}, "1 7 -", "2 7 -"),
    ("zero_when_all_zero", {"column": "a", "of": ["b", "c"]}, "0 0 0", "5 0 0"),
    ("at_most_one_of", {"columns": ["a", "b"]}, "1 - -", "1 1 -"),
    ("exactly_one_of", {"columns": ["a", "b"]}, "1 - -", "- - -"),
    ("not_before", {"column": "a", "other": "b"}, "2 1 0", "1 2 0"),
    ("equals_linear", {"column": "a", "terms": {"b": 256, "c": 1}}, "257 1 1", "258 1 1"),
    ("equals_modulo", {"column": "a", "of": "b", "modulus": 3}, "2 5 0", "1 5 0"),
    ("inside_china", {"latitude": "a", "longitude": "b"}, "30 120 0", "0 0 0"),
    ("coordinates_not_swapped", {"latitude": "a", "longitude": "b"}, "30 120 0", "120 30 0"),
    ("required_when", {"column": "a", "other": "b", "equals": "1"}, "7 1 0", "- 1 0"),
]


def numbers(spark, text):
    return spark.createDataFrame(
        [tuple(None if cell == "-" else int(cell) for cell in text.split())], "a int, b int, c int"
    )


@pytest.mark.parametrize(("kind", "arguments", "good", "bad"), CASES, ids=[case[0] for case in CASES])
def test_a_row_rule_passes_one_row_and_fails_the_other(spark, kind, arguments, good, bad):
    rule = RowRule("rule", kind, Severity.ERROR, "", arguments)
    fault = F.coalesce(_ROW_RULES[kind](rule, load("crm.customers")), F.lit(False))
    assert numbers(spark, good).select(fault).first()[0] is False
    assert numbers(spark, bad).select(fault).first()[0] is True


def test_every_row_rule_has_a_case_here_or_in_its_own_test():
    assert set(_ROW_RULES) == {case[0] for case in CASES} | {"not_in_future", "valid_identifier"}


def test_an_unanswered_question_breaks_no_rule(spark):
    for kind, arguments, *_ in CASES:
        if kind in {"exactly_one_of", "required_when"}:
            continue
        rule = RowRule("rule", kind, Severity.ERROR, "", arguments)
        fault = F.coalesce(_ROW_RULES[kind](rule, load("crm.customers")), F.lit(False))
        assert numbers(spark, "- - -").select(fault).first()[0] is False, kind


@pytest.mark.parametrize(
    ("position", "broken"),
    [
        ("30 120 0", set()),
        ("54 136 0", set()),
        ("120 30 0", {"coordinates_not_swapped"}),  # one fault alone says what to mend
        ("0 0 0", {"inside_china"}),
        ("51 0 0", {"inside_china"}),
        ("- 120 0", set()),
    ],
)
def test_a_position_is_outside_or_swapped_and_never_both(spark, position, broken):
    rules = {
        kind: RowRule("rule", kind, Severity.ERROR, "", {"latitude": "a", "longitude": "b"})
        for kind in ("inside_china", "coordinates_not_swapped")
    }
    judged = [
        F.coalesce(_ROW_RULES[kind](rule, load("crm.customers")), F.lit(False)).alias(kind)
        for kind, rule in rules.items()
    ]
    found = numbers(spark, position).select(*judged).first().asDict()
    assert {kind for kind, is_broken in found.items() if is_broken} == broken


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        # the example of GB 11643-1999, with a wrong check character and with an impossible date
        (checksums.resident_id, "11010519491231002X", ["110105194912310021", "110105194902300023", "1101051949123100", "99010519491231002Y"]),
        # the example of GB 32100-2015
        (checksums.uscc, "91350100M000100Y43", ["91350100M000100Y44", "91350100M000100Y4"]),
        (checksums.bank_card, "6222021234567890128", ["6222021234567890129", "62220212345678901280"]),
        (checksums.mobile_phone, "+86 138 0013 8000", ["12800138000", "138001380001"]),
        (checksums.phone_number, "0571-87654321", ["87654321"]),
        (checksums.email_address, "a@b.cn", ["a@b", "@b.cn"]),
    ],
)  # fmt: skip
def test_a_checksum_knows_the_right_value_and_refuses_the_wrong_one(spark, check, good, bad):
    rows = spark.createDataFrame([(good,), *((value,) for value in bad), (None,)], "value string")
    verdicts = [row[0] for row in rows.select(check(F.col("value"))).collect()]
    assert verdicts == [True, *([False] * len(bad)), None]


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "请回电１３８００１３８０００谢谢", "+86 138-0013-8000", "138 0013 8000", "id:11010519491231002x",
        "卡号6222021234567890128", "li.lei@example.com", "沪A12345", "京AD12345", "91350100M000100Y43", "0571-87654321",
        "imsi 460001234567890", "10.23.4.5", "138\u200b00138000", "2026-01-02 138 0013 8000", "２０２６－０１－０２　138 0013 8000",
        "2026-01\u200b-02 138-0013-8000", "０９：３０　１３８ ００１３ ８０００",
    ],
)  # fmt: skip
def test_an_identity_in_any_spelling_is_found(spark, text):
    assert spark.createDataFrame([(text,)], "value string").select(holds_identity(F.col("value"))).first()[0] is True


@pytest.mark.parametrize(
    "text",
    [
        "P01", "330100", "18-29", "2026-01-31", "12345678", "满意度很高", "SubNetwork=1,ManagedElement=100001,EUtranCellFDD=100001-2",
        "RRC.ConnEstabAtt.Sum", "1700000000000", "20260131123456", "1.2.3", "２０２６－０１－０２　１３８ ００１３",
    ],
)  # fmt: skip
def test_what_is_no_identity_is_not_taken_for_one(spark, text):
    assert spark.createDataFrame([(text,)], "value string").select(holds_identity(F.col("value"))).first()[0] is False


def test_every_contract_has_rules_that_spark_can_evaluate(spark):
    contracts = load_all()
    assert contracts
    for contract in contracts.values():
        schema = ", ".join(f"`{name}` {kind}" for name, kind in contract.raw_columns.items())
        empty = spark.createDataFrame([], schema)
        rules = {**faults(contract), **faults(contract, Severity.WARNING)}
        assert rules, contract.id
        assert empty.select(*(fault.alias(name) for name, fault in rules.items())).count() == 0
