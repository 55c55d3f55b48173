"""docs/sources.md says where each source of the regulations arrives; what it says is true of the contracts and the tree."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from contracts.loading import dataset_ids, load

ROOT = Path(__file__).resolve().parents[2]
_CONTRACT = re.compile(r"\[([\w.]+)\]\(data_dictionary/([\w.]+)\.md\)")
_REQUIREMENTS = re.compile(
    r"(?:D[0-9]{2}-[0-9]{1,2}|N[0-9]{1,2}|DEC-[1-8])(?:(?:, | to )(?:D[0-9]{2}-[0-9]{1,2}|N[0-9]{1,2}|DEC-[1-8]))*"
)


class Row(NamedTuple):
    """One line of the table, as it is written."""

    source: str
    requirements: str
    contract: str
    formats: str
    test: str
    sample: str


def table(text: str) -> list[Row]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(*row) for row in cells if row[0] != "source" and not set(row[0]) <= {"-", " "}]


ROWS = table((ROOT / "docs" / "sources.md").read_text(encoding="utf-8"))
DECLARED = [row for row in ROWS if not row.contract.startswith("—")]


def contract_of(row: Row) -> str:
    found = _CONTRACT.fullmatch(row.contract)
    assert found, f"{row.source}: write [family.dataset](data_dictionary/family.dataset.md)"
    assert found[1] == found[2], row.source
    return found[1]


def path_of(cell: str) -> Path:
    assert re.fullmatch(r"`[^`]+`", cell), f"{cell} is no path in backticks"
    return ROOT / cell.strip("`")


def test_every_contract_has_a_row_and_every_row_a_contract() -> None:
    assert {contract_of(row) for row in DECLARED} == set(dataset_ids())


@pytest.mark.parametrize("row", DECLARED, ids=contract_of)
def test_a_row_names_formats_test_and_sample_that_are_there(row: Row) -> None:
    # several databases may hold one dataset
    kinds = dict.fromkeys(reader.kind for reader in load(contract_of(row)).source.readers)
    assert row.formats.split(", ") == list(kinds)
    assert path_of(row.test).is_file()
    assert path_of(row.sample).is_file()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.source)
def test_a_row_says_which_requirement_asks_for_it(row: Row) -> None:
    assert re.search(r"[一-鿿]|[A-Z]", row.source)
    assert _REQUIREMENTS.fullmatch(row.requirements)


def test_a_source_without_a_contract_says_why() -> None:
    without = [row for row in ROWS if row not in DECLARED]
    assert without, "no such source: this test would prove nothing"
    for row in without:
        assert len(row.contract.removeprefix("—").split()) >= 4, row.source
        assert (row.formats, row.test, row.sample) == ("—", "—", "—")
