"""Versions of a form: questions added, renamed, split, asked anew under an old name; every answer finds its column."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import InvalidContracts
from contracts.loading import load_file
from jobs.ingest.readers import TEXT_COLUMNS, RowFaultReason
from tests.unit.forms import VISIT, all_versions_export, sheet, three_versions
from tests.unit.reading import read, read_bytes


def _answers(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in TEXT_COLUMNS}


V1 = {
    "form_version": "v1", "partner_name": "欧阳测试", "area_text": "测试路一号", "student_count": "20",
}  # fmt: skip
V2 = {
    "form_version": "v2", "partner_name": "欧阳测试", "region_code": "330106", "student_count": "21", "fee_cny": "9.5",
}  # fmt: skip
V3 = {
    "form_version": "v3", "partner_name": "欧阳测试", "region_code": "330106", "student_count": "22", "fee_cny": "0",
    "class_count": "2",
}  # fmt: skip
BOOKS = [
    {**V1, "submission_id": "x1", "submitted_at": "2026-01-05 09:00:00", "heard_from": "学校老师", "accepts_fee": "接受"},
    {**V2, "submission_id": "x2", "submitted_at": "2026-02-05 09:00:00", "heard_from": "教育局┋老师、班主任", "accepts_fee": "不接受"},
    {**V3, "submission_id": "x3", "submitted_at": "2026-03-05 09:00:00", "heard_from": "家长┋其他〖找欧阳测试〗", "accepts_fee": "接受"},
]  # fmt: skip
PAGE = [
    {**V1, "submission_id": "k1", "submitted_at": "2026-01-05T01:00:00", "heard_from": "bureau", "accepts_fee": "yes"},
    {**V2, "submission_id": "k2", "submitted_at": "2026-02-05T01:00:00", "heard_from": "education_bureau teacher", "accepts_fee": "no"},
    {**V3, "submission_id": "k3", "submitted_at": "2026-03-05T01:00:00", "heard_from": "parent other", "accepts_fee": "yes"},
]  # fmt: skip


def test_three_versions_as_workbooks_and_as_json_keep_every_answer(tmp_path: Path) -> None:
    found = [read(path, VISIT) for path in three_versions(tmp_path)]
    assert [outcome.fault for outcome in found] == [None] * 4
    rows = [_answers(row) for outcome in found for row in outcome.rows]
    assert rows == [*BOOKS, *PAGE]
    assert all(outcome.faults == {} for outcome in found)


def test_an_export_of_all_versions_says_the_same(tmp_path: Path) -> None:
    got = read(all_versions_export(tmp_path), VISIT)
    assert [_answers(row) for row in got.rows] == BOOKS
    assert got.faults == {}


def test_without_its_version_an_answer_is_read_as_todays(tmp_path: Path) -> None:
    submission = {"_uuid": "k9", "_submission_time": "2026-01-05T01:00:00", "fee": "8"}
    got = read_bytes(json.dumps([submission]).encode(), tmp_path, VISIT)
    assert (got.rows[0]["fee_cny"], got.rows[0]["accepts_fee"]) == ("8", None)


def test_an_answer_under_the_old_and_the_new_name_must_be_one_answer(tmp_path: Path) -> None:
    both = [{"_uuid": "k9", "__version__": " v1 ", "fee": "yes", "class/accepts_fee": said} for said in ("yes", "no")]
    got = read_bytes(json.dumps(both).encode(), tmp_path, VISIT)
    assert [(row["accepts_fee"], row["fee_cny"]) for row in got.rows] == [("yes", None), ("yes", None)]
    assert got.faults == {2: RowFaultReason.REPEATED_VALUES_DIFFER}


def test_two_names_may_change_places(tmp_path: Path) -> None:
    swapped = {field.name: field for field in VISIT.fields}
    moved = swapped["accepts_fee"].moved_from
    assert moved
    swapped["fee_cny"] = replace(swapped["fee_cny"], moved_from=replace(moved, column="accepts_fee"))
    agreed = replace(VISIT, fields=tuple(swapped.values()))
    record = {"_uuid": "k9", "__version__": "v1", "fee": "yes", "class/accepts_fee": "7"}
    got = read_bytes(json.dumps([record]).encode(), tmp_path, agreed)
    assert (got.rows[0]["accepts_fee"], got.rows[0]["fee_cny"], got.faults) == ("yes", "7", {})


def test_a_required_column_may_come_under_the_name_it_had(tmp_path: Path) -> None:
    fields = tuple(replace(f, required=True) if f.name == "accepts_fee" else f for f in VISIT.fields)
    rows = [
        ("提交编号", "表单版本", "提交时间", "合伙人", "学生人数", "如何得知", "费用"),
        ("x1", "v1", "", "", 1, "", "接受"),
    ]
    got = read(sheet(tmp_path / "b.xlsx", rows), replace(VISIT, fields=fields))
    assert (got.fault, got.rows[0]["accepts_fee"]) == (None, "接受")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version_column: form_version", "version_column: edition", "version_column 'edition' is no column"),
        ("      version_column: form_version\n", "", "moved_from needs the source's version_column"),
        ("{column: fee_cny, versions", "{column: fees, versions", "moved_from speaks of 'fees', no other column"),
        ("{column: fee_cny, versions", "{column: accepts_fee, versions", "moved_from speaks of 'accepts_fee'"),
        ("        description: Version of the form", "        primaryKey: true\n        description: Version of", "a key of one column"),
        ("        description: Where the class was", "        required: true\n        description: Where the class was", "is retired"),
        ("page_size: 2", "page_size: 0", "0 is less than the minimum"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_depends_on_versions_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = VISIT.path.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "forms" / VISIT.path.name
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidContracts, match=message):
        load_file(path)
