"""docs/bad_input.md: 104 cases, each with tests that exist, and every reason that a file or row can be refused for."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.reading import CSV, contract, text
from tests.unit.second_count import records_in
from tests.unit.texts_within import leaked

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "bad_input.md").read_text(encoding="utf-8")
#: Tests of databases stand in files of their own, which the table names as a whole.
DATABASES = range(101, 105)


class Case(NamedTuple):
    """One line of the tables."""

    number: int
    comes: str
    we_do: str
    tests: tuple[str, ...]


def cases() -> list[Case]:
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return [Case(int(row[0]), row[1], row[2], tuple(re.findall(r"`([^`]+)`", row[3]))) for row in rows]


CASES = cases()


@cache
def names_in(path: Path) -> set[str]:
    """The names of the tests in a file: functions of Python, or unit tests of models."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        return {test["name"] for test in yaml.safe_load(content)["unit_tests"]}
    functions = (node for node in ast.parse(content).body if isinstance(node, ast.FunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def test_every_case_has_one_row() -> None:
    assert [case.number for case in CASES] == list(range(1, 105))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.number))
def test_a_case_names_tests_that_exist(case: Case) -> None:
    assert case.tests, "nothing shows this case"
    for named in case.tests:
        path, _, name = named.partition("::")
        if case.number in DATABASES:
            assert re.fullmatch(r"tests/(unit|spark)/test_database_\w+\.py", path)
        if name or case.number not in DATABASES:
            assert name in names_in(ROOT / path), named


def test_every_choice_of_our_own_has_its_reason_and_every_reason_its_choice() -> None:
    reasons = re.findall(r"^- \*\*([\d, ]+)\*\* \S", PAGE, re.MULTILINE)
    explained = [int(number) for listed in reasons for number in listed.split(", ")]
    assert len(set(explained)) == len(explained) > 10
    assert sorted(explained) == [case.number for case in CASES if "≠" in case.we_do]


def test_every_reason_is_told_in_chinese_with_what_to_do_next() -> None:
    rows = re.findall(r"^\| ([a-z][^|]+) \| ([^|]*[一-鿿][^|]*) \| ([^|]*[一-鿿][^|]*) \|$", PAGE, re.MULTILINE)
    assert [row[0] for row in rows] == [str(reason) for reason in (*FileFaultReason, *RowFaultReason)]


@pytest.mark.parametrize("message", ["column 13800138000", "cell '欧阳测试'", "near 13800138000,x"])
def test_a_message_that_quotes_its_file_is_noticed(message: str) -> None:
    assert leaked(text("id,name", "13800138000,欧阳测试"), message, {"id", "name"})
    assert not leaked(text("id,name", "13800138000,欧阳测试"), "column 2 of 2, byte 13800138", {"id", "name"})


def test_a_record_that_went_missing_is_noticed() -> None:
    assert records_in(text("id,name", "a1,甲", 'a2,"乙\n丙"', "", "a3"), contract(CSV)) == 3
