"""docs/traceability.md: every row names columns that its mart has, and no requirement of the marts is forgotten."""

import re
from pathlib import Path

import pytest

from dashboards.marts import read_marts
from dashboards.sources import read_yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
ANSWERED, _, UNANSWERED = PAGE.partition("## Not answered")
ROWS = re.findall(r"^\| ([^|]+) \| `(\w+)`: ([^|]+) \| ([^|]+) \|$", ANSWERED, re.MULTILINE)
MARTS = read_marts()
#: Capabilities whose home is section 13 or 15 to 20 of the requirements, and the limits of section 21 that are counted.
REQUIRED = (
    {"D04-9", "D12-3"}
    | {f"D04-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11)}
    | {f"D11-{n}" for n in (1, 2, 3, 5)}
    | {f"D13-{n}" for n in (1, 2, 3)}
    | {f"D16-{n}" for n in (1, 2, 3, 4)}
    | {f"D05-{n}" for n in range(1, 8)}
    | {f"D07-{n}" for n in range(1, 12)}
    | {"D03-9", "D03-10", "D10-3", "D10-4", "D10-5", "D10-6"}
    | {"D01-7", "D01-8", "D08-5", "D08-6", "D08-7", "D08-8"}
    | {f"N{n}" for n in range(1, 17)}
)


def ids(text: str) -> set[str]:
    return set(re.findall(r"\b(?:D\d\d-\d+|N\d+|DEC-\d+)\b", text))


def test_every_line_of_the_table_is_read():
    lines = [line for line in ANSWERED.splitlines() if (line.startswith("| ") and "`fct_" in line) or "`dim_" in line]
    assert len(ROWS) == len(lines) > 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_names_columns_of_its_mart_and_a_reader(row):
    requirements, mart, columns, reader = row
    assert ids(requirements)
    assert set(re.split(r",\s*", columns.strip())) <= set(MARTS[mart])
    for shown_by in re.split(r",\s*", reader.strip()):
        report = shown_by.removeprefix("report ")
        where = f"reports/{report}/report.yaml" if report != shown_by else f"dashboards/{shown_by}/dashboard.yaml"
        assert shown_by == "-" or (ROOT / where).is_file(), shown_by


def test_a_row_names_every_dashboard_that_shows_its_mart():
    shown = {(read_yaml(file)["mart"], file.parts[-3]) for file in (ROOT / "dashboards").glob("*/datasets/*.yaml")}
    assert shown
    named = {(mart, reader) for _, mart, _, readers in ROWS for reader in re.split(r",\s*", readers.strip())}
    answering = {mart for _, mart, *_ in ROWS}
    assert {(mart, board) for mart, board in shown if mart in answering} - named == set()


def test_no_requirement_is_forgotten_or_both_answered_and_not():
    answered = {found for requirements, *_ in ROWS for found in ids(requirements)}
    refused = ids(" ".join(re.findall(r"^\| ([^|]+) \|", UNANSWERED, re.MULTILINE)))
    assert REQUIRED - answered - refused == set()
    assert answered & refused == set()
