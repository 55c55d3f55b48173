"""KoboToolbox JSON: versions that drift, answers that are missing, numbers that keep their digits."""

import json
from pathlib import Path

import pytest

from contracts.loading import load
from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.reading import Outcome, contract, read_bytes

AGREED = contract(Reader("kobo_json", {"timezone": "UTC"}), ignored=["_*", "meta/*"])


def _read(content: str | bytes, folder: Path) -> Outcome:
    return read_bytes(content.encode() if isinstance(content, str) else content, folder, AGREED)


def test_a_submission_of_the_feedback_form(tmp_path: Path) -> None:
    submission = {
        "_id": 7, "_uuid": "u1", "_submission_time": "2026-01-31T08:30:00", "__version__": "v1", "_attachments": [],
        "_validation_status": {}, "_geolocation": [None, None], "formhub/uuid": "x", "meta/instanceID": "uuid:u1",
        "head/partner_name": "张三", "head/region_code": "330106", "exam/known_from": "teacher parent",
        "channel/sms_count": "12",
    }  # fmt: skip
    got = read_bytes(json.dumps([submission]).encode(), tmp_path, load("forms.market_feedback"))
    answered = {name: value for name, value in got.rows[0].items() if value is not None}
    del answered["source_file_sha256"]
    assert answered == {
        "source_row_number": 1, "source_timezone": "UTC", "submission_id": "u1", "submitted_at": "2026-01-31T08:30:00",
        "partner_name": "张三", "region_code": "330106", "known_from": "teacher parent", "sms_count": "12",
        "form_version": "v1",
    }  # fmt: skip


def test_an_array_and_a_page_give_the_same_rows(tmp_path: Path) -> None:
    array = '[{"id": "a1"}, {"id": "a2", "name": null, "is_open": true}]'
    page = f'{{"count": 2, "next": null, "previous": null, "results": {array}}}'
    assert _read(array, tmp_path).cells == _read(page, tmp_path).cells == _read("\ufeff" + array, tmp_path).cells
    assert _read(array, tmp_path).cells[1] == ("a2", None, None, None, "true")


@pytest.mark.parametrize("content", ["[]", '{"count": 0, "results": []}', " [ ] \n"])
def test_no_submission_is_no_row(tmp_path: Path, content: str) -> None:
    got = _read(content, tmp_path)
    assert (got.fault, got.batches) == (None, [])


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    got = _read(f'[{{"id": 12345678901234567890, "amount": 1.10}}, {{"id": {"9" * 5_000}}}]', tmp_path)
    assert [cells[0] for cells in got.cells] == ["12345678901234567890", "9" * 5_000]
    assert got.cells[0][2] == "1.10"
    assert got.faults == {}


def test_a_number_beyond_any_float_stays_as_it_is_written(tmp_path: Path) -> None:
    got = _read('[{"id": "a1", "amount": 1e400}, {"id": 1e400}]', tmp_path)
    assert got.cells[0][2] == "1e400", "no decimal, so its row is unreadable to conform"
    assert got.faults == {2: RowFaultReason.PRECISION_LOST}


def test_a_field_whose_type_changes_from_record_to_record_is_text_or_a_fault(tmp_path: Path) -> None:
    got = _read('[{"name": "5", "id": 1}, {"name": 5, "id": "a2"}, {"name": {"x": "y"}, "id": 3}]', tmp_path)
    assert [cells[:2] for cells in got.cells] == [("1", "5"), ("a2", "5"), ("3", None)]
    assert got.faults == {3: RowFaultReason.NESTED_VALUE}


def test_a_float_in_a_text_column_is_a_rounded_number(tmp_path: Path) -> None:
    got = _read('[{"id": 1.38e10}, {"id": 5.0}, {"id": "a3", "amount": 1.5e3}]', tmp_path)
    assert got.faults == {1: RowFaultReason.PRECISION_LOST, 2: RowFaultReason.PRECISION_LOST}


@pytest.mark.parametrize(
    ("record", "fault"),
    [('{"id": "a1", "name": "x", "name": "y"}', RowFaultReason.DUPLICATE_KEY),
     ('{"id": "a1", "amount": NaN}', RowFaultReason.NOT_A_NUMBER),
     ('{"id": "a1", "amount": -Infinity}', RowFaultReason.NOT_A_NUMBER),
     ('{"id": "a1", "name": ["x"]}', RowFaultReason.NESTED_VALUE),
     ('{"id": "a1", "name": {"x": 1}}', RowFaultReason.NESTED_VALUE),
     ('{"id": "a1", "name": "x\\ud800"}', RowFaultReason.DAMAGED_TEXT),
     ('{"id": "a1", "name": "x\\u0000"}', RowFaultReason.CONTROL_CHARACTER)],
)  # fmt: skip
def test_a_bad_submission_leaves_the_others(tmp_path: Path, record: str, fault: str) -> None:
    got = _read(f'[{{"id": "a0"}}, {record}, {{"id": "a2"}}]', tmp_path)
    assert got.faults == {2: fault}
    assert [cells[0] for cells in got.cells] == ["a0", "a1", "a2"]


def test_a_key_that_nobody_declared_is_named_by_its_place_only(tmp_path: Path) -> None:
    got = _read('[{"id": "a1"}, {"id": "a2", "_id": 1, "张三 13800138000": "x"}]', tmp_path)
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_COLUMN, "record 2, key 3")


def test_two_keys_of_one_field_must_not_say_two_things(tmp_path: Path) -> None:
    both = '{"是否开通": "是", "id": "a1", "开通状态": null}, {"id": "a2", "是否开通": "是", "开通状态": "否"}'
    got = _read(f"[{both}]", tmp_path)
    assert got.cells[0][4] == "是"
    assert got.faults == {2: RowFaultReason.REPEATED_VALUES_DIFFER}


@pytest.mark.parametrize(
    ("content", "fault"),
    [('[{"id": "a1"}', FileFaultReason.TRUNCATED), ('[{"id": "a1"}, ', FileFaultReason.TRUNCATED),
     ('[{"id": "a', FileFaultReason.TRUNCATED), ('[{"id"', FileFaultReason.TRUNCATED),
     ('{"count": 1, "results": [{"id": "a1"}]', FileFaultReason.TRUNCATED),
     ('[{"id": "a1"},]', FileFaultReason.MALFORMED), ('[{"id": "a1"} {"id": "a2"}]', FileFaultReason.MALFORMED),
     ('[{"id": "a1"}] [{"id": "a2"}]', FileFaultReason.MALFORMED), ('{"id": "a1"}\n{"id": "a2"}', FileFaultReason.WRONG_STRUCTURE),
     ('"a1 as a text"', FileFaultReason.WRONG_KIND), ("[{'id': 'a1'}]", FileFaultReason.MALFORMED),
     ('[{"id": "a1"} /* x */]', FileFaultReason.MALFORMED), ('[{"id": "a\nb"}]', FileFaultReason.MALFORMED),
     ('["a1"]', FileFaultReason.WRONG_STRUCTURE), ('{"id": "a1"}', FileFaultReason.WRONG_STRUCTURE),
     ('{"results": {"id": "a1"}}', FileFaultReason.WRONG_STRUCTURE), ('{"count": 1}', FileFaultReason.WRONG_STRUCTURE),
     ('[{"_x": ' + "[" * 100_000 + "]" * 100_000 + "}]", FileFaultReason.MALFORMED)],
)  # fmt: skip
def test_what_is_no_array_of_submissions_is_refused(tmp_path: Path, content: str, fault: str) -> None:
    got = _read(content, tmp_path)
    assert got.fault == fault
    assert "a1" not in (got.detail or "")


def test_json_is_utf8(tmp_path: Path) -> None:
    assert _read('[{"id": "张"}]'.encode("gb18030"), tmp_path).fault == FileFaultReason.WRONG_ENCODING


def test_submissions_that_lie_across_the_pieces_of_a_long_file_are_whole(tmp_path: Path) -> None:
    submissions = [{"id": f"a{number}", "name": "名" * (number % 900)} for number in range(6_000)]
    content = json.dumps(submissions, ensure_ascii=False, indent=1)
    assert len(content.encode()) > 5 << 20, "one piece would prove nothing"
    got = _read(content, tmp_path)
    assert [cells[:2] for cells in got.cells] == [(s["id"], s["name"] or None) for s in submissions]
