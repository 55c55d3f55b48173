"""What a contract may say of delimited text: mistakes are found when it is loaded, not when a file arrives."""

from typing import Any

import pytest

from contracts.delimited import mistakes

NAMES = {"ID": "id", "id": "id", "NAME": "name", "name": "name"}
GOOD = {"name": "a", "columns": ["ID", "UNUSED_1", "NAME"]}


def found(**options: Any) -> list[str]:
    return list(mistakes(options, NAMES, ["id"], ["UNUSED_*"]))


def test_good_options_have_no_mistakes() -> None:
    longer = {"name": "b", "columns": ["UNUSED_1", "ID", "UNUSED_2", "NAME"]}
    assert found() == []
    assert found(layouts=[GOOD, longer], parts=[{"field": "name", "of": "id", "pattern": "(?P<part>x)"}]) == []


@pytest.mark.parametrize(
    ("layouts", "mistake"),
    [
        ([GOOD, GOOD | {"name": "b"}], "layouts 'a' and 'b' cannot be told apart: both may have 3 fields"),
        ([{"name": "a", "columns": ["ID", "GHOST"]}], "layout 'a': 'GHOST' is no column, no alias and not ignored"),
        ([{"name": "a", "columns": ["ID", "NAME", "NAME"]}], "layout 'a' names 'NAME' twice"),
        ([{"name": "a", "columns": ["ID", "NAME", "name"]}], "layout 'a' has two columns for 'name'"),
        ([{"name": "a", "columns": ["NAME", "UNUSED_1"]}], "layout 'a' can lack 'id', which is required"),
        ([{"name": "a", "columns": ["NAME", "ID"], "may_end_after": ["NAME"]}],
         "layout 'a' can lack 'id', which is required"),
        ([{"name": "a", "columns": ["ID", "NAME"], "may_end_after": ["X"]}],
         "layout 'a' may not end after 'X', which it does not have"),
        ([{"name": "a", "columns": ["ID", "UNUSED_1", "NAME"], "may_end_after": ["UNUSED_1"]},
          {"name": "b", "columns": ["ID", "NAME"]}],
         "layouts 'a' and 'b' cannot be told apart: both may have 2 fields"),
    ],
)  # fmt: skip
def test_a_layout_that_cannot_be_read_is_a_mistake(layouts: list[dict[str, Any]], mistake: str) -> None:
    assert mistake in found(layouts=layouts)


@pytest.mark.parametrize(
    ("part", "mistake"),
    [
        ({"field": "ghost", "of": "id", "pattern": "(?P<part>x)"}, "a part speaks of 'ghost', which is no column"),
        ({"field": "name", "of": "id", "pattern": "(x)"}, "the pattern of part 'name' needs one group, named part"),
        ({"field": "name", "of": "id", "pattern": "(?P<part>x)(y)"},
         "the pattern of part 'name' needs one group, named part"),
        ({"field": "name", "of": "id", "pattern": "("}, "the pattern of part 'name' is no regular expression"),
    ],
)  # fmt: skip
def test_a_part_that_finds_nothing_is_a_mistake(part: dict[str, str], mistake: str) -> None:
    assert found(parts=[part]) == [mistake]


def test_counters_need_their_columns_and_a_header() -> None:
    assert found(counters=["*"]) == [
        f"counters need a column '{name}'" for name in ("counter_name", "counter_unit", "value")
    ]
    assert "records without a header have no columns of counters" in found(counters=["*"], layouts=[GOOD])
