"""The wide table of the benchmarks is declared as every dataset is, by rules that change: no measurement is a test."""

from collections import Counter

from tests.bench.wide import contract


def test_its_contract_is_one_that_the_rules_of_today_accept(tmp_path):
    fields = contract(tmp_path).fields
    assert Counter(field.treatment.kind for field in fields) == {
        "token": 3, "mask": 2, "seal": 1, "grid": 1, "band": 1, "keep": 4,
    }  # fmt: skip
