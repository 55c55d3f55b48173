"""docs/privacy.md: no requirement of privacy is left out, and every file, test and command that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.main import get_command

from jobs.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
#: Those of docs on desensitising, confidentiality, access, grading and the end of data that concern people.
PRIVACY = {
    "D03-3", "D03-7", "D08-10", "D08-11", "D08-12", "D08-13", "D08-14", "D09-3", "D09-4", "D09-5", "D09-6", "D09-7",
    "D09-8", "D09-9", "D09-10", "D09-11", "D09-12", "D11-4", "D12-4", "D12-7", "D12-8", "D12-9", "D14-1", "D14-2",
    "D14-3", "D14-4", "D14-5", "D14-6", "D14-7", "D17-8",
}  # fmt: skip


class Row(NamedTuple):
    """One line of the first table."""

    requirement: str
    asked: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    commands: tuple[str, ...]


def quoted(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def rows() -> list[Row]:
    lines = re.findall(r"^\| (D\d\d-\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return [Row(line[0], line[1], *map(quoted, line[2:])) for line in lines]


ROWS = rows()


def named(row: Row) -> str:
    return f"{row.requirement} {row.asked[:40]}"


@cache
def functions_of(path: Path) -> set[str]:
    functions = (node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def test_no_requirement_of_privacy_is_left_out():
    assert set(re.findall(r"^\| (D\d\d-\d+) \|", PAGE, re.MULTILINE)) >= PRIVACY


def test_every_line_of_the_first_table_is_read():
    assert len(ROWS) == len(re.findall(r"^\| D\d\d-\d+ \|(?:[^|]+\|){4}$", PAGE, re.MULTILINE)) > 20


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_requirement_leads_to_files_and_tests_that_exist(row: Row):
    assert row.files, "built nowhere"
    assert [file for file in row.files if not (ROOT / file).exists()] == []
    assert row.tests, "shown by nothing"
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert functions_of(ROOT / path), test
        assert not name or name in functions_of(ROOT / path), test


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_requirement_leads_to_a_command_that_exists(row: Row):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert row.commands, "shown by no command"
    for command in row.commands:
        program, *words = command.split()
        assert program in {"lakewarden", "make"}, command
        if program == "make":
            assert words[0] in targets, command
        else:
            assert is_known(words), command


def is_known(words: list[str]) -> bool:
    """Whether the words name a command and options that it has; words that begin with < stand for what people type."""
    found = get_command(app)
    while words and hasattr(found, "commands"):
        found = found.commands.get(words.pop(0))
    options = {option for parameter in getattr(found, "params", []) for option in parameter.opts}
    return found is not None and all(word in options for word in words if word.startswith("--"))


def test_a_command_that_is_not_there_would_be_noticed():
    assert is_known(["prove", "--plant"])
    assert not is_known(["prove", "--nothing"])
    assert not is_known(["nothing"])


@pytest.mark.parametrize("file", sorted({name for name in quoted(PAGE) if "/" in name and " " not in name}))
def test_every_path_on_the_page_exists(file: str):
    assert (ROOT / file.partition("::")[0]).exists()


def test_every_test_on_the_page_exists_also_those_of_what_is_refused():
    named = {name for name in quoted(PAGE) if "::" in name}
    refused = PAGE.partition("## What is refused")[2].partition("## ")[0]
    assert len(set(quoted(refused)) & named) > 5
    for name in named:
        path, _, test = name.partition("::")
        assert test in functions_of(ROOT / path), name
