"""Workbooks: cells as a person sees them, and every lie a workbook can tell about its size, its dates or its sheets."""

import io
import socket
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from jobs.ingest.readers.batches import LandedFile
from jobs.ingest.readers.reading import read_file
from tests.unit.reading import XLSX, contract, read, read_bytes, row, workbook

AGREED = contract(XLSX)
HEADER = row(1, "编号", "名称", "金额(元)", "日期", "是否开通")


def _number(raw: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{raw}</v></c>'


def test_a_workbook_as_a_library_writes_it(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["编号", "名称", "金额（元）", "日期", "是否开通"])
    book.active.append(["a1", "张\r\n三", 1234.5, date(2026, 1, 31), True])
    book.active.append([13800138000, None, 0.1 + 0.2, datetime(2026, 1, 31, 8, 30), False])  # noqa: DTZ001
    book.save(tmp_path / "b")
    got = read(tmp_path / "b", AGREED)
    assert got.cells == [
        ("a1", "张\r\n三", "1234.5", "2026-01-31", "true"),
        ("13800138000", None, "0.3", "2026-01-31 08:30:00", "false"),
    ]
    assert got.faults == {}


def test_the_same_cells_are_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    book = Workbook()
    for number in range(1, 400):
        book.active.append(["编号", "名称"] if number == 1 else [f"a{number}", f"<&>'\" 名{number}"])
    path = tmp_path / "b.xlsx"
    book.save(path)
    theirs = [tuple(line) for line in load_workbook(path, read_only=True).active.iter_rows(values_only=True)]
    ours = [cells[:2] for cells in read(path, AGREED).cells]
    assert len(ours) == 398
    assert ours == theirs[1:]


def test_a_dimension_that_lies_loses_no_row(tmp_path: Path) -> None:
    rows = "".join(row(number, f"a{number}") for number in range(2, 102))
    book = workbook(tmp_path / "b", {"s": HEADER + rows})
    assert b'ref="A1:A1"' in zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml")
    assert read(book, AGREED).numbers == list(range(1, 101))


def test_blank_rows_are_skipped_and_do_not_shift_the_numbers(tmp_path: Path) -> None:
    blank = '<row r="3"><c r="A3" s="0"/></row><row r="4"><c r="A4" t="inlineStr"><is><t> </t></is></c></row>'
    book = workbook(tmp_path / "b", {"s": row(1) + row(2, "编号") + blank + row(5, "a1") + row(900, "a2") + row(901)})
    got = read(book, AGREED)
    assert list(zip(got.numbers, [cells[0] for cells in got.cells], strict=True)) == [(3, "a1"), (898, "a2")]


def test_shared_texts_keep_their_runs_and_leave_the_phonetic_guide(tmp_path: Path) -> None:
    texts = ["<si><t>编号</t></si>", "<si><r><t>张</t></r><r><t>三</t></r><rPh><t>zhangsan</t></rPh></si>"]
    shared = [f'<c t="s"><v>{place}</v></c>' for place in range(2)]
    book = workbook(tmp_path / "b", {"s": row(1, shared[0]) + row(2, shared[1])}, texts=texts)
    assert read(book, AGREED).cells[0][0] == "张三"


def test_a_shared_text_that_does_not_exist_refuses_the_file(tmp_path: Path) -> None:
    book = workbook(tmp_path / "b", {"s": row(1, "编号") + row(2, '<c t="s"><v>7</v></c>')})
    assert read(book, AGREED).fault == FileFaultReason.MALFORMED


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("13800138000", "13800138000"), ("13800138000.0", "13800138000"), ("1.3800138E10", "13800138000"),
     ("123456789012345", "123456789012345"), ("0", "0"), ("-5", "-5"), ("1.50", "1.5"), ("0.00001", "0.00001"),
     ("0.30000000000000004", "0.3")],
)  # fmt: skip
def test_a_number_in_a_text_column_is_what_was_typed(tmp_path: Path, raw: str, expected: str) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, _number(raw))}), AGREED)
    assert (got.cells[0][0], got.faults) == (expected, {})


@pytest.mark.parametrize("raw", ["110101199003071234", "1.10101199003071E+17", "1E300", "1234567890123456"])
def test_a_number_too_long_to_be_exact_is_a_fault(tmp_path: Path, raw: str) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, _number(raw)) + row(3, "a2")}), AGREED)
    assert got.cells == [(None,) * 5, ("a2", *[None] * 4)]
    assert got.faults == {1: RowFaultReason.PRECISION_LOST}


def test_a_rounded_number_typed_as_text_is_a_fault(tmp_path: Path) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, "1.38E+10")}), AGREED)
    assert got.faults == {1: RowFaultReason.PRECISION_LOST}


@pytest.mark.parametrize(
    ("cell", "fault"),
    [('<c t="e"><v>#REF!</v></c>', RowFaultReason.ERROR_CELL), ("<c><f>A1+1</f></c>", RowFaultReason.UNCOMPUTED_FORMULA),
     ("<c><f>A1+1</f><v></v></c>", RowFaultReason.UNCOMPUTED_FORMULA), ("<c><v>NaN</v></c>", RowFaultReason.NOT_A_NUMBER),
     ("<c><f>1+1</f><v>2</v></c>", None), ('<c t="str"><f>""</f><v></v></c>', None)],
)  # fmt: skip
def test_errors_and_formulas_without_a_result_are_faults(tmp_path: Path, cell: str, fault: str | None) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, "a1", "", cell)}), AGREED)
    assert got.faults == ({1: fault} if fault else {})
    assert got.cells[0][0] == "a1"


@pytest.mark.parametrize(
    ("style", "raw", "date1904", "expected"),
    [(14, "46053", False, "2026-01-31"), (14, "44591", True, "2026-01-31"), (31, "46053", False, "2026-01-31"),
     (58, "46053", False, "2026-01-31"), (164, "46053", False, "2026-01-31"), (165, "46053", False, "46053"),
     (22, "46053.354166666664", False, "2026-01-31 08:30:00"), (14, "1", False, "1900-01-01"),
     (20, "0.5", False, "12:00:00"), (46, "1.5", False, "1 day, 12:00:00"), (0, "46053", False, "46053")],
)  # fmt: skip
def test_dates_are_iso_texts(tmp_path: Path, style: int, raw: str, date1904: bool, expected: str) -> None:
    custom = {164: "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", 165: "0&quot;天&quot;"}
    sheet = HEADER + row(2, "a1", "", "", _number(raw, style=1))
    got = read(workbook(tmp_path / "b", {"s": sheet}, formats=[style], custom=custom, date1904=date1904), AGREED)
    assert (got.cells[0][3], got.faults) == (expected, {})


@pytest.mark.parametrize("raw", ["60", "-1", "3000000"])
def test_a_date_that_no_calendar_has_is_a_fault_and_no_warning(
    tmp_path: Path, raw: str, recwarn: pytest.WarningsRecorder
) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, "a1", "", "", _number(raw, 1))}, formats=[14]), AGREED)
    assert got.faults == {1: RowFaultReason.IMPOSSIBLE_DATE}
    assert not recwarn.list, "a warning of the library would write the value to the engine's log"


def test_a_repeated_header_counts_once_where_its_columns_agree(tmp_path: Path) -> None:
    sheet = row(1, "编号", "名称", "名称") + row(2, "a1", "甲") + row(3, "a2", "甲", "甲") + row(4, "a3", "甲", "乙")
    got = read(workbook(tmp_path / "b", {"s": sheet}), AGREED)
    assert [cells[1] for cells in got.cells] == ["甲", "甲", "甲"]
    assert got.faults == {3: RowFaultReason.REPEATED_VALUES_DIFFER}


def test_values_outside_the_header_make_a_row_ragged(tmp_path: Path) -> None:
    sheet = row(1, "编号", "名称") + row(2, "a1", "甲", "13800138000") + row(3, "a2")
    assert read(workbook(tmp_path / "b", {"s": sheet}), AGREED).faults == {1: RowFaultReason.RAGGED_ROW}


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, "a1") + far}), AGREED)
    assert (got.fault, got.detail) == (FileFaultReason.FAR_CELLS, "column 16384")


def test_a_header_repeated_in_the_middle_is_a_fault(tmp_path: Path) -> None:
    sheet = row(1, "编号", "名称") + row(2, "a1", "甲") + row(3, "编号", "名称")
    assert read(workbook(tmp_path / "b", {"s": sheet}), AGREED).faults == {2: RowFaultReason.REPEATED_HEADER}


def test_merged_cells_refuse_the_file_where_they_are_read(tmp_path: Path) -> None:
    agreed = contract(XLSX, ignored=["备注"])
    sheet = row(1, "编号", "名称", "备注") + row(2, "a1", "甲") + row(3, "a2")
    for area, refused in (("B2:B3", True), ("A1:B1", False), ("C2:C3", False)):
        merged = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
        fault = read(workbook(tmp_path / "b", {"s": sheet + merged}), agreed).fault
        assert fault == (FileFaultReason.MERGED_CELLS if refused else None), area


def test_the_first_visible_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    sheets = {"hidden": row(1, "x"), "blank": row(1, " "), "data": row(1, "编号") + row(2, "a1"), "notes": row(1, "y")}
    got = read(workbook(tmp_path / "b", sheets, states={"hidden": "veryHidden"}), AGREED)
    assert [cells[0] for cells in got.cells] == ["a1"]


def test_the_declared_sheet_is_read(tmp_path: Path) -> None:
    sheets = {"one": row(1, "编号") + row(2, "a1"), "two": row(1, "编号") + row(2, "a2")}
    book = workbook(tmp_path / "b", sheets)
    assert read(book, contract(Reader("xlsx", {"sheet": "two"}))).cells[0][0] == "a2"
    assert read(book, contract(Reader("xlsx", {"sheet": "three"}))).fault == FileFaultReason.NO_SHEET


@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_a_second_table_is_not_passed_over_in_silence(tmp_path: Path, state: str) -> None:
    sheets = {"one": row(1, "编号") + row(2, "a1"), "two": row(1, "编号") + row(2, "a2")}
    got = read(workbook(tmp_path / "b", sheets, states={"two": state}), AGREED)
    assert (got.fault, got.detail) == (FileFaultReason.SEVERAL_SHEETS, "sheet 2 of 2")


def test_a_workbook_with_nothing_in_it_is_empty(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "b", {"s": ""}), AGREED).fault == FileFaultReason.EMPTY


def test_rows_backwards_and_cells_twice_refuse_the_file(tmp_path: Path) -> None:
    twice = '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'
    for rows in (row(3, "a1") + row(2, "a2"), row(2, "a1") + row(2, "a2"), twice):
        assert read(workbook(tmp_path / "b", {"s": HEADER + rows}), AGREED).fault == FileFaultReason.MALFORMED


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
def test_a_document_type_in_any_part_refuses_the_file(tmp_path: Path, part: str) -> None:
    bomb = b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    got = read(workbook(tmp_path / "b", {"s": HEADER}, extra={part: bomb}), AGREED)
    assert got.fault in {FileFaultReason.DOCTYPE, FileFaultReason.UNSAFE_ARCHIVE}
    if part.startswith("docProps"):
        assert got.fault == FileFaultReason.DOCTYPE


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil", "C:\\evil", "xl/../../evil"])
def test_names_that_lead_out_refuse_the_archive(tmp_path: Path, name: str) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER}, extra={name: b"<a/>"}), AGREED)
    assert got.fault == FileFaultReason.UNSAFE_ARCHIVE


def test_a_bomb_is_refused_by_its_declared_sizes(tmp_path: Path) -> None:
    ratio = read(workbook(tmp_path / "b", {"s": HEADER}, extra={"xl/media/a": b"\0" * (4 << 20)}), AGREED)
    assert (ratio.fault, ratio.detail) == (FileFaultReason.TOO_LARGE, "packed more than 200 times")
    large = workbook(tmp_path / "b", {"s": HEADER}, extra={"xl/media/a": bytes(range(256)) * (8 << 10)})
    assert read(large, contract(XLSX, mb=1)).fault == FileFaultReason.TOO_LARGE


def test_a_size_that_lies_is_found(tmp_path: Path) -> None:
    sheet = HEADER + "".join(row(number, f"a{number}") for number in range(2, 2_000))
    book = workbook(tmp_path / "b", {"s": sheet})
    entry = zipfile.ZipFile(book).getinfo("xl/worksheets/sheet1.xml")
    size = entry.file_size.to_bytes(4, "little")
    content = book.read_bytes()
    assert content.count(size) >= 1
    got = read_bytes(content.replace(size, (2_000).to_bytes(4, "little")), tmp_path, AGREED)
    assert got.fault in {FileFaultReason.UNREADABLE, FileFaultReason.TRUNCATED, FileFaultReason.MALFORMED}


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_cut_workbook_is_truncated(tmp_path: Path, keep: float) -> None:
    content = workbook(tmp_path / "b", {"s": HEADER + row(2, "a1")}).read_bytes()
    assert read_bytes(content[: int(len(content) * keep)], tmp_path, AGREED).fault == FileFaultReason.TRUNCATED


def test_broken_sheet_xml_is_told_by_its_line(tmp_path: Path) -> None:
    broken = '<?xml version="1.0"?>\n<worksheet><sheetData><row></sheetData></worksheet>'
    got = read(workbook(tmp_path / "b", {"s": broken}), AGREED)
    assert (got.fault, got.detail) == (FileFaultReason.MALFORMED, "line 2")


def test_half_a_surrogate_pair_is_a_fault_of_its_row(tmp_path: Path) -> None:
    got = read(workbook(tmp_path / "b", {"s": HEADER + row(2, "a1", "x_xD800_y") + row(3, "a2", "_x0009_")}), AGREED)
    assert got.faults == {1: RowFaultReason.DAMAGED_TEXT}
    assert got.cells[1][1] == "\t"


def test_a_dimension_that_claims_the_whole_sheet_costs_no_memory(tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>{HEADER}{row(2, "a1")}</sheetData>'
    tracemalloc.start()
    rows = _rows_in_this_process(workbook(tmp_path / "b", {"s": f"{sheet}</worksheet>"}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 1
    assert peak < 4 << 20


def _rows_in_this_process(book: Path) -> int:
    return sum(batch.num_rows for batch in read_file(AGREED, LandedFile(book, "0" * 64)))


def test_ten_million_rows_in_a_few_hundred_kilobytes_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    book = tmp_path / "b"
    workbook(book, {"s": HEADER}, extra={"xl/worksheets/sheet2.xml": b"<row><c><v>1</v></c></row>" * 600_000})
    assert book.stat().st_size < 100_000
    assert read(book, AGREED).fault == FileFaultReason.TOO_LARGE


def test_what_a_workbook_links_to_or_carries_is_never_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        away = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        link = f'<Relationships><Relationship Id="r" Type="x/image" TargetMode="External" Target="{away}"/></Relationships>'
        parts = {
            "xl/externalLinks/externalLink1.xml": f'<externalLink><ddeLink ddeService="cmd" ddeTopic="{away}"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": link,
            "xl/worksheets/_rels/sheet1.xml.rels": link,
            "xl/drawings/_rels/drawing1.xml.rels": link,
            "xl/vbaProject.bin": "Auto_Open",
            "xl/embeddings/oleObject1.bin": "object",
            "customUI/customUI.xml": f'<customUI onLoad="{away}"/>',
        }  # fmt: skip
        cell = "<c><f>[1]!'cmd|calc'</f><v>2</v></c>"
        got = read(
            workbook(tmp_path / "b", {"s": HEADER + row(2, "a1", "", cell)}, extra={n: t.encode() for n, t in parts.items()}),
            AGREED,
        )  # fmt: skip
        assert (got.fault, got.faults, got.cells) == (None, {}, [("a1", None, "2", None, None)])
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_hidden_rows_and_columns_are_read_like_all_others(tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    hidden = row(3, "a2", "乙").replace("<row ", '<row hidden="1" ')
    sheet = (
        f'<worksheet xmlns="{space}"><cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        f"{HEADER}{row(2, 'a1', '甲')}{hidden}</sheetData></worksheet>"
    )
    got = read(workbook(tmp_path / "b", {"s": sheet}), AGREED)
    assert [cells[:2] for cells in got.cells] == [("a1", "甲"), ("a2", "乙")]


def test_a_count_of_shared_texts_that_lies_is_not_believed(tmp_path: Path) -> None:
    book = workbook(tmp_path / "b", {"s": HEADER + row(2, '<c t="s"><v>0</v></c>')}, texts=["<si><t>a1</t></si>"])
    lying = _with_part(
        book, "xl/sharedStrings.xml", lambda part: part.replace(b"<sst ", b'<sst uniqueCount="4294967295" ')
    )
    assert read_bytes(lying, tmp_path, AGREED).cells[0][0] == "a1"


def _with_part(book: Path, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed, or left out where nothing stays of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for entry in archive.infolist():
            content = archive.read(entry)
            if content := change(content) if entry.filename == name else content:
                changed.writestr(entry.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_workbook_without_one_of_its_parts_is_malformed(tmp_path: Path, part: str) -> None:
    book = workbook(tmp_path / "b", {"s": HEADER + row(2, "a1")})
    got = read_bytes(_with_part(book, part, lambda _: b""), tmp_path, AGREED)
    assert got.fault in {FileFaultReason.MALFORMED, FileFaultReason.EMPTY}
    assert got.rows == []


def test_a_damaged_part_refuses_the_file(tmp_path: Path) -> None:
    content = workbook(tmp_path / "b", {"s": HEADER + row(2, "13800138000")}).read_bytes()
    start = content.index(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml")
    damaged = content[: start + 8] + b"\xff" * 8 + content[start + 16 :]
    got = read_bytes(damaged, tmp_path, AGREED)
    assert got.fault in {FileFaultReason.UNREADABLE, FileFaultReason.MALFORMED}
    assert got.rows == []


def test_a_hundred_thousand_formatted_blank_rows_are_skipped(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(3, 100_003))
    book = workbook(tmp_path / "b", {"s": HEADER + row(2, "a1") + blank + row(100_003, "a2")}, formats=[14])
    got = read(book, AGREED)
    assert [cells[0] for cells in got.cells] == ["a1", "a2"]
