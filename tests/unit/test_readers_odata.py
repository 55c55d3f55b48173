"""ODK Central's OData: groups as paths, repeats as tables of their own, edits and deletions as versions."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.forms import LESSONS, VISIT
from tests.unit.reading import Outcome, contract, read_bytes

SMALL = contract(Reader("odata_json"), ignored=["__system/*"])


def document(rows: Sequence[Mapping[str, Any]] | str, table: str = "Submissions", **more: object) -> bytes:
    """As Central writes it: the context behind the rows."""
    value = rows if isinstance(rows, str) else json.dumps(rows, ensure_ascii=False)
    behind = json.dumps({"@odata.context": f"x/$metadata#{table}", **more})[1:]
    return f'{{"value":{value},{behind}'.encode()


def submission(number: int, *, lessons: Sequence[Mapping[str, Any]] | None = None, **system: object) -> dict[str, Any]:
    stated = {
        "submissionDate": "2026-02-05T01:00:00.123Z",
        "updatedAt": None,
        "deletedAt": None,
        "submitterName": "测试丙",
    }
    visit: dict[str, Any] = {"student_count": 21, "heard_from": "education_bureau teacher", "fee": 9.5}
    visit |= {"lessons@odata.navigationLink": "x"} if lessons is None else {"lessons": list(lessons)}
    return {
        "__id": f"uuid:{number}",
        "__system": stated | {"formVersion": "v2"} | system,
        "meta": {"instanceID": f"uuid:{number}"},
        "head": {"partner_name": "欧阳测试", "region_code": "330106"},
        "class": visit,
    }


def _lessons(content: bytes, folder: Path) -> Outcome:
    return read_bytes(content, folder, LESSONS)


def test_a_submission_with_its_groups(tmp_path: Path) -> None:
    got = read_bytes(document([submission(1)]), tmp_path, VISIT)
    assert (got.fault, got.faults) == (None, {})
    row = got.rows[0]
    assert (row["submission_id"], row["form_version"], row["source_timezone"]) == ("uuid:1", "v2", "UTC")
    assert (row["partner_name"], row["student_count"], row["fee_cny"]) == ("欧阳测试", "21", "9.5")
    assert row["submitted_at"] == "2026-02-05T01:00:00.123Z"
    assert "测试丙" not in str(got.rows)


def test_an_edit_is_a_version_and_a_deletion_is_the_last_one(tmp_path: Path) -> None:
    moments = [{}, {"updatedAt": "2026-02-06T01:00:00.000Z"}, {"deletedAt": "2026-02-07T01:00:00.000Z"}]
    got = read_bytes(document([submission(1, **moment) for moment in moments]), tmp_path, VISIT)
    assert [(row["submission_id"], row["changed_at"], row["deleted_at"]) for row in got.rows] == [
        ("uuid:1", None, None),
        ("uuid:1", "2026-02-06T01:00:00.000Z", None),
        ("uuid:1", None, "2026-02-07T01:00:00.000Z"),
    ]


def test_a_repeat_comes_as_its_own_table(tmp_path: Path) -> None:
    rows = [{"__id": "l1", "__Submissions-id": "uuid:1", "timing": {"lesson_minutes": 45}}]
    got = _lessons(document(rows, "Submissions.class.lessons"), tmp_path)
    assert got.cells == [("l1", "uuid:1", None, "45")]


def test_a_repeat_inside_its_submissions_is_the_same_table(tmp_path: Path) -> None:
    first = [{"__id": "l1", "lesson_minutes": 45}, {"__id": "l2", "__Submissions-id": "uuid:1", "lesson_minutes": None}]
    content = document(
        [submission(1, lessons=first, updatedAt="2026-02-06T01:00:00.000Z"), submission(2, lessons=[]),
         submission(3, lessons=[{"__id": "l3", "lesson_minutes": 30}])]
    )  # fmt: skip
    got = _lessons(content, tmp_path)
    assert got.cells == [
        ("l1", "uuid:1", "2026-02-06T01:00:00.000Z", "45"),
        ("l2", "uuid:1", "2026-02-06T01:00:00.000Z", None),
        ("l3", "uuid:3", None, "30"),
    ]
    assert got.numbers == [1, 2, 3]


def test_a_parent_key_that_is_not_the_parents_is_a_fault(tmp_path: Path) -> None:
    row = {"__id": "l1", "__Submissions-id": "uuid:2", "lesson_minutes": 45}
    assert _lessons(document([submission(1, lessons=[row])]), tmp_path).faults == {
        1: RowFaultReason.REPEATED_VALUES_DIFFER
    }


@pytest.mark.parametrize("table", ["Submissions.teachers", "Submissions.class.lessons.pauses", "Sub"])
def test_a_document_of_another_table_is_refused(tmp_path: Path, table: str) -> None:
    got = _lessons(document([{"__id": "l1"}], table), tmp_path)
    assert (got.fault, got.detail) == (
        FileFaultReason.WRONG_STRUCTURE,
        "not the table Submissions.class.lessons and none that encloses it",
    )


def test_numbers_keep_every_digit_and_protocol_notes_are_no_columns(tmp_path: Path) -> None:
    got = read_bytes(
        document('[{"id": 12345678901234567890, "name@odata.type": "x", "amount": 1.10}]'), tmp_path, SMALL
    )
    assert got.cells == [("12345678901234567890", None, "1.10", None, None)]


@pytest.mark.parametrize(
    ("record", "fault"),
    [('{"id": "a1", "__system": {"x": 1, "x": 2}}', RowFaultReason.DUPLICATE_KEY),
     ('{"id": "a1", "name": ["x"]}', RowFaultReason.NESTED_VALUE), ('{"id": "a1", "amount": NaN}', RowFaultReason.NOT_A_NUMBER)],
)  # fmt: skip
def test_a_bad_record_leaves_the_others(tmp_path: Path, record: str, fault: str) -> None:
    got = read_bytes(document(f'[{{"id": "a0"}}, {record}, {{"id": "a2"}}]'), tmp_path, SMALL)
    assert got.faults == {2: fault}
    assert [cells[0] for cells in got.cells] == ["a0", "a1", "a2"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b'{"value": [{"id": "a1"}]}', FileFaultReason.WRONG_STRUCTURE),
     (document('[{"id": "a1"}')[:-20], FileFaultReason.MALFORMED), (document([{"id": "a1"}])[:-5], FileFaultReason.TRUNCATED),
     (document([{"id": "a1"}]) + b"{}", FileFaultReason.MALFORMED), (document('["a1"]'), FileFaultReason.WRONG_STRUCTURE),
     (document('{"id": "a1"}'), FileFaultReason.WRONG_STRUCTURE),
     (document([{"id": "a1", "g": {"欧阳": 1}}]), FileFaultReason.UNKNOWN_COLUMN)],
)  # fmt: skip
def test_what_is_no_such_document_is_refused_without_a_value(tmp_path: Path, content: bytes, fault: str) -> None:
    got = read_bytes(content, tmp_path, SMALL)
    assert got.fault == fault
    assert not {"a1", "欧阳"} & set((got.detail or "").split())


def test_a_document_may_lead_with_its_context(tmp_path: Path) -> None:
    got = read_bytes(b'{"@odata.context": "x#Submissions", "value": [{"id": "a1"}]}', tmp_path, SMALL)
    assert got.cells[0][0] == "a1"
