"""One form through every channel: survey platforms, CSV in all its encodings; nothing about the sender comes along."""

import codecs
import json
from pathlib import Path

import pytest

from jobs.ingest.readers import FileFaultReason
from tests.unit.forms import VISIT, sheet
from tests.unit.reading import Outcome, read, read_bytes, text

SENDER = ("203.0.113.7(浙江-杭州)", "微信", "欧阳测试的朋友圈", "测试丙")
NAMES = ("submission_id", "submitted_at", "partner_name", "region_code", "student_count", "heard_from", "accepts_fee")
ANSWERED = ("欧阳测试", "330106", "21", "教育局┋其他〖测试乙说的〗", "接受")

WENJUANXING = [
    ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、合伙人", "2、区域", "3、学生人数", "4、如何得知",
     "5、是否接受收费", "总分"),
    (1, "2026/02/05 17:00:00", "123秒", SENDER[1], SENDER[2], SENDER[0], "欧阳测试", "330106", 21, ANSWERED[3], "接受", 90),
    (2, "2026/02/05 17:01:00", "99秒", SENDER[1], SENDER[2], SENDER[0], "欧阳测试", "330106", "(跳过)", "(空)", "不接受", 0),
]  # fmt: skip
JINSHUJU = [
    ("序号", "合伙人", "区域", "到课人数", "如何得知", "是否接受收费", "提交人", "提交时间", "修改时间", "填写时长", "IP"),
    (1, "欧阳测试", "330106", 21, ANSWERED[3], "接受", SENDER[3], "2026-02-05 17:00:00", None, 61, SENDER[0]),
]  # fmt: skip
ENTRY = {
    "serial_number": 1, "field_1": "欧阳测试", "field_2": "330106", "field_3": 21, "field_4": ["教育局", "其他〖测试乙说的〗"],
    "field_5": "接受", "created_at": "2026-02-05 17:00:00", "updated_at": None, "creator_name": SENDER[3],
    "info_remote_ip": SENDER[0],
}  # fmt: skip


def _said(got: Outcome) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in NAMES) for row in got.rows]


def test_a_wenjuanxing_export_lands_without_its_sender(tmp_path: Path) -> None:
    got = read(sheet(tmp_path / "b.xlsx", WENJUANXING), VISIT)
    assert (got.fault, got.faults) == (None, {})
    assert _said(got)[0] == ("wenjuanxing-1", "2026/02/05 17:00:00", *ANSWERED)
    assert not any(word in str(got.rows) for word in SENDER)


def test_the_optional_columns_of_a_wenjuanxing_export_may_be_missing(tmp_path: Path) -> None:
    kept = [place for place, name in enumerate(WENJUANXING[0]) if name not in {"来源详情", "总分"}]
    got = read(sheet(tmp_path / "b.xlsx", [[row[place] for place in kept] for row in WENJUANXING]), VISIT)
    assert [row[0] for row in _said(got)] == ["wenjuanxing-1", "wenjuanxing-2"]


def test_a_question_that_was_put_in_between_moves_no_answer(tmp_path: Path) -> None:
    header = [name.replace("4、", "6、").replace("5、", "4、").replace("6、", "5、") for name in WENJUANXING[0]]
    assert header != list(WENJUANXING[0])
    assert _said(read(sheet(tmp_path / "b.xlsx", [header, *WENJUANXING[1:]]), VISIT))[0][2:] == ANSWERED


def test_a_jinshuju_export_and_its_entries_are_the_same_submission(tmp_path: Path) -> None:
    book = read(sheet(tmp_path / "b.xlsx", JINSHUJU), VISIT)
    entries = read_bytes(json.dumps([ENTRY]).encode(), tmp_path, VISIT)
    assert _said(book) == _said(entries) == [("jinshuju-1", "2026-02-05 17:00:00", *ANSWERED)]
    assert not any(word in f"{book.rows}{entries.rows}" for word in SENDER)


def test_number_one_of_two_platforms_is_two_submissions(tmp_path: Path) -> None:
    books = (sheet(tmp_path / "a.xlsx", WENJUANXING), sheet(tmp_path / "b.xlsx", JINSHUJU))
    numbers = [read(book, VISIT).rows[0]["submission_id"] for book in books]
    assert len(set(numbers)) == 2


def test_an_answer_that_is_no_list_of_options_is_a_fault(tmp_path: Path) -> None:
    got = read_bytes(json.dumps([ENTRY | {"field_4": [{"option": "教育局"}]}]).encode(), tmp_path, VISIT)
    assert list(got.faults) == [1]


CSV = text(
    "序号,提交答卷时间,来自IP,1、合伙人,2、区域,3、学生人数,4、如何得知,5、是否接受收费",
    f"1,2026/02/05 17:00:00,{SENDER[0]},{','.join(ANSWERED)}",
).decode()


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("gb18030", b""), ("utf-16-le", codecs.BOM_UTF16_LE),
     ("utf-16-be", codecs.BOM_UTF16_BE)],
)  # fmt: skip
def test_a_csv_export_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str, mark: bytes) -> None:
    got = read_bytes(mark + CSV.encode(encoding), tmp_path, VISIT)
    assert _said(got) == [("wenjuanxing-1", "2026/02/05 17:00:00", *ANSWERED)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_refused_not_guessed(tmp_path: Path, encoding: str) -> None:
    got = read_bytes(CSV.encode(encoding), tmp_path, VISIT)
    assert got.fault in {FileFaultReason.WRONG_ENCODING, FileFaultReason.UNKNOWN_COLUMN}
    assert got.rows == []
