"""Old binary workbooks: the same table, the same faults and the same distrust as with an .xlsx."""

from pathlib import Path

import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.binary_workbook import binary_workbook
from tests.unit.reading import XLSX, contract, read, read_bytes, row, workbook

AGREED = contract(Reader("xls"), XLSX)
HEADER = ("编号", "名称", "金额（元）", "日期", "是否开通")


def test_a_table_reads_as_it_does_in_a_new_workbook(tmp_path: Path) -> None:
    old = binary_workbook(tmp_path / "old", {"表": [HEADER, ("a1", "欧阳测试", 1234.5, (46053, 1), True)]})
    cells = [f'<c s="{style}"><v>{raw}</v></c>' for raw, style in (("1234.5", 0), ("46053", 1))]
    flag = '<c t="b"><v>1</v></c>'
    new = workbook(tmp_path / "new", {"表": row(1, *HEADER) + row(2, "a1", "欧阳测试", *cells, flag)}, formats=[14])
    assert read(old, AGREED).cells == read(new, AGREED).cells == [("a1", "欧阳测试", "1234.5", "2026-01-31", "true")]


@pytest.mark.parametrize(
    ("cell", "expected", "fault"),
    [
        (13800138000.0, "13800138000", None),
        (0.1 + 0.2, "0.3", None),
        (110101199003071234.0, None, RowFaultReason.PRECISION_LOST),
        ("1.38E+10", "1.38E+10", RowFaultReason.PRECISION_LOST),
        ("#REF!", None, RowFaultReason.ERROR_CELL),
        ((46053, 3), "2026-01-31", None),
        ((46053.354166666664, 2), "2026-01-31 08:30:00", None),
        ((60, 1), None, RowFaultReason.IMPOSSIBLE_DATE),
    ],
)
def test_a_cell_in_a_text_column(tmp_path: Path, cell: object, expected: str | None, fault: str | None) -> None:
    got = read(binary_workbook(tmp_path / "b", {"表": [HEADER, ("a1", cell)]}), AGREED)  # type: ignore[list-item]
    assert (got.cells[0][1], got.faults) == (expected, {1: fault} if fault else {})


def test_dates_that_count_from_1904(tmp_path: Path) -> None:
    book = binary_workbook(tmp_path / "b", {"表": [HEADER, ("a1", None, None, (44591, 1))]}, date1904=True)
    assert read(book, AGREED).cells[0][3] == "2026-01-31"


def test_blank_rows_are_skipped_and_do_not_shift_the_numbers(tmp_path: Path) -> None:
    got = read(binary_workbook(tmp_path / "b", {"表": [(), HEADER, (), ("a1",), (" ",), ("a2",)]}), AGREED)
    assert list(zip(got.numbers, [cells[0] for cells in got.cells], strict=True)) == [(2, "a1"), (4, "a2")]


def test_a_second_sheet_with_the_table_is_not_left_out_in_silence_even_hidden(tmp_path: Path) -> None:
    rows = [HEADER, ("a1",)]
    book = binary_workbook(
        tmp_path / "b", {"说明": [("请看第二页",)], "表": rows, "旧表": rows}, hidden=["说明", "旧表"]
    )
    assert read(book, AGREED).fault == FileFaultReason.SEVERAL_SHEETS
    assert read(book, contract(Reader("xls", {"sheet": "表"}))).cells[0][0] == "a1"


def test_merged_cells_below_the_header_refuse_the_file(tmp_path: Path) -> None:
    rows = {"表": [HEADER, ("a1", "甲"), (None, "乙")]}
    assert (
        read(binary_workbook(tmp_path / "b", rows, merged=(1, 2, 0, 0)), AGREED).fault == FileFaultReason.MERGED_CELLS
    )
    assert read(binary_workbook(tmp_path / "b", rows, merged=(0, 0, 0, 4)), AGREED).fault is None


def test_a_password_is_called_one(tmp_path: Path) -> None:
    book = binary_workbook(tmp_path / "b", {"表": [HEADER, ("a1",)]}, has_password=True)
    assert read(book, AGREED).fault == FileFaultReason.ENCRYPTED


@pytest.mark.parametrize("kept", [600, 1100, 1536, 1700, 3000])
def test_a_cut_file_is_refused_and_says_no_word_of_itself(
    tmp_path: Path, kept: int, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = binary_workbook(tmp_path / "b", {"表": [HEADER, ("a1", "13800138000")]}).read_bytes()
    got = read_bytes(whole[:kept], tmp_path, AGREED)
    assert got.fault in {FileFaultReason.MALFORMED, FileFaultReason.WRONG_KIND}
    assert "13800138000" not in f"{got.detail}{capfd.readouterr()}"


def test_a_far_cell_costs_no_memory(tmp_path: Path) -> None:
    far = binary_workbook(tmp_path / "b", {"表": [HEADER, ("a1", *[None] * 254, "x")]})
    got = read(far, AGREED)
    assert got.faults == {1: RowFaultReason.RAGGED_ROW}
