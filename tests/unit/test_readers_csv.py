"""Delimited text: what lands, what is refused, and that no record is lost between the two."""

import codecs
import csv
import io
import random
from collections import Counter
from pathlib import Path

import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from jobs.ingest.readers.faults import FileFault
from jobs.ingest.readers.lines import BLOCK_BYTES
from jobs.ingest.readers.quoting import QuoteWatch
from tests.unit.reading import CSV, contract, read_bytes, text

HEADER = "编号,名称,金额(元),日期,是否开通"


def test_columns_are_found_by_alias_in_any_order(tmp_path: Path) -> None:
    got = read_bytes(text("是否开通,金额（元）, 编号 ,名称,日期", "是,1.50,a1,甲,2026-01-31"), tmp_path, contract())
    assert got.cells == [("a1", "甲", "1.50", "2026-01-31", "是")]
    assert got.numbers == [1]
    assert got.rows[0]["source_timezone"] == "Asia/Shanghai"


def test_a_reader_may_state_its_own_time_zone(tmp_path: Path) -> None:
    utc = Reader("csv", {"encodings": ["utf-8"], "timezone": "UTC"})
    assert read_bytes(text("id", "a1"), tmp_path, contract(utc)).rows[0]["source_timezone"] == "UTC"


def test_invisible_characters_do_not_hide_a_column_and_stay_in_its_cells(tmp_path: Path) -> None:
    header, cells = "\u200b编\u200c号\u00a0,\ufeff名称", ("ａ１\u00a0", "\ufeff\u200b甲")
    got = read_bytes(text(header, ",".join(cells)), tmp_path, contract())
    assert got.cells[0][:2] == cells, "conform makes them plain, raw keeps what came"


def test_a_name_in_another_case_is_another_name(tmp_path: Path) -> None:
    got = read_bytes(text("Id,名称", "a1,甲"), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_COLUMN, "column 1 of 2")


def test_empty_cells_are_null_and_blanks_stay_for_conform(tmp_path: Path) -> None:
    got = read_bytes(text(HEADER, 'a1,,"",-, '), tmp_path, contract())
    assert got.cells == [("a1", None, None, "-", " ")]


def test_a_missing_optional_column_is_null(tmp_path: Path) -> None:
    assert read_bytes(text("编号", "a1"), tmp_path, contract()).cells == [("a1", None, None, None, None)]


def test_a_missing_required_column_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(text("名称,日期", "甲,2026-01-31"), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.MISSING_COLUMN, "id")


def test_an_unknown_column_is_named_by_its_place_only(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称,13800138000,张三", "a1,甲,x,y"), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_COLUMN, "column 3, 4 of 4")


def test_a_file_without_header_is_refused_without_a_value(tmp_path: Path) -> None:
    got = read_bytes(text("a1,张三,1.50,2026-01-31,是"), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_COLUMN, "column 1, 2, 3, 4, 5 of 5")


def test_ignored_columns_are_not_read_and_a_declared_one_wins_over_the_pattern(tmp_path: Path) -> None:
    agreed = contract(ignored=["*_c", "n*", "频段（*"])
    got = read_bytes(text("id,name,secret_c,note,频段(GHz)", "a1,甲,13800138000,b,c"), tmp_path, agreed)
    assert got.cells == [("a1", "甲", None, None, None)]


def test_a_renamed_column_may_come_under_both_names_and_must_not_say_two_things(tmp_path: Path) -> None:
    got = read_bytes(text("编号,是否开通,开通状态", "a1,是,", "a2,,否", "a3,是,是", "a4,是,否"), tmp_path, contract())
    assert [cells[4] for cells in got.cells] == ["是", "否", "是", "是"]
    assert got.faults == {4: RowFaultReason.REPEATED_VALUES_DIFFER}


def test_a_repeated_header_counts_once_where_its_columns_agree(tmp_path: Path) -> None:
    got = read_bytes(
        text("编号,名称,名称", "a1,甲,甲", "a2,甲,", "a3,,乙", "a4,甲,-", "a5,甲,乙"), tmp_path, contract()
    )
    assert [cells[1] for cells in got.cells] == ["甲", "甲", "乙", "甲", "甲"]
    assert got.faults == {5: RowFaultReason.REPEATED_VALUES_DIFFER}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("gb18030", b""), ("utf-16-le", codecs.BOM_UTF16_LE),
     ("utf-16-be", codecs.BOM_UTF16_BE)],
)  # fmt: skip
def test_allowed_encodings_are_told_apart(tmp_path: Path, encoding: str, mark: bytes) -> None:
    agreed = contract(Reader("csv", {"encodings": ["utf-8", "gb18030", "utf-16"]}))
    # 㐂 needs four bytes in GB18030; the second byte of 運 is a backslash in GBK
    content = mark + f"{HEADER}\r\na1,㐂運,1,,\r\n".encode(encoding)
    assert read_bytes(content, tmp_path, agreed).cells == [("a1", "㐂運", "1", None, None)]


def test_text_that_decodes_as_both_is_utf8(tmp_path: Path) -> None:
    content = text("id,name", "a1,鍙嬭")
    assert content.decode("gb18030") != content.decode(), "the case proves nothing otherwise"
    assert read_bytes(content, tmp_path, contract()).cells[0][1] == "鍙嬭"


def test_bytes_of_no_allowed_encoding_are_named_by_their_offset(tmp_path: Path) -> None:
    got = read_bytes(text("id,name") + b"a1,\xff\xff\n", tmp_path, contract())
    assert got.fault == FileFaultReason.WRONG_ENCODING
    assert got.detail == "byte 11 is not utf-8; byte 11 is not gb18030"


def test_a_mark_of_an_encoding_that_is_not_allowed_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(codecs.BOM_UTF16_LE + "id\na1\n".encode("utf-16-le"), tmp_path, contract())
    assert got.fault == FileFaultReason.WRONG_ENCODING


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, b"\n\n  \n"])
def test_a_file_without_anything_is_refused(tmp_path: Path, content: bytes) -> None:
    assert read_bytes(content, tmp_path, contract()).fault == FileFaultReason.EMPTY


@pytest.mark.parametrize("content", [text(HEADER), HEADER.encode(), text(HEADER, "", "")])
def test_a_header_alone_is_a_file_with_no_rows(tmp_path: Path, content: bytes) -> None:
    got = read_bytes(content, tmp_path, contract())
    assert (got.fault, got.batches) == (None, [])


def test_ragged_rows_are_kept_beside_the_good_ones_with_their_numbers(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", "a1,甲", "a2", "", 'a3,"乙\n丙"', "a4,丁,戊", "a5,己"), tmp_path, contract())
    assert sorted(got.numbers) == [1, 2, 3, 4, 5]
    assert got.faults == {2: RowFaultReason.RAGGED_ROW, 4: RowFaultReason.RAGGED_ROW}
    by_number = {row["source_row_number"]: (row["id"], row["name"]) for row in got.rows}
    assert by_number == {1: ("a1", "甲"), 2: ("a2", None), 3: ("a3", "乙\n丙"), 4: ("a4", "丁"), 5: ("a5", "己")}


@pytest.mark.parametrize("seed", range(5))
def test_every_record_is_in_exactly_one_row_over_many_blocks(tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - test data
    ragged = {number for number in range(1, 60_001) if drawn.random() < 0.02}
    lines = [f'a{n},"甲{"x" * drawn.randrange(60)}"' + (",zu viel" if n in ragged else "") for n in range(1, 60_001)]
    content = text("编号,名称", *lines)
    assert len(content) > 2 * BLOCK_BYTES, "one block would prove nothing"
    got = read_bytes(content, tmp_path, contract())
    assert got.fault is None
    assert sorted(got.numbers) == list(range(1, 60_001))
    assert set(got.faults) == ragged
    assert all(row["id"] == f"a{row['source_row_number']}" for row in got.rows)


def test_a_long_run_of_ragged_rows_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", *(["a,b,c"] * 30_000)), tmp_path, contract())
    assert got.fault == FileFaultReason.ONLY_RAGGED_ROWS


def test_a_value_under_a_blank_header_makes_its_row_ragged(tmp_path: Path) -> None:
    got = read_bytes(text("编号,,名称,", "a1,,甲,", "a2,x,乙,", "a3,,丙,y"), tmp_path, contract())
    assert got.faults == {2: RowFaultReason.RAGGED_ROW, 3: RowFaultReason.RAGGED_ROW}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_all_line_ends_give_the_same_rows(tmp_path: Path, ends: str) -> None:
    content = ends.join(["编号,名称", 'a1,"x\u2028y"', "a2,z"]).encode()
    got = read_bytes(content, tmp_path, contract())
    assert [cells[:2] for cells in got.cells] == [("a1", "x\u2028y"), ("a2", "z")]


def test_a_header_may_hold_quoted_line_breaks(tmp_path: Path) -> None:
    got = read_bytes('编号,"金额\n(元)"\na1,3\n'.encode(), tmp_path, contract())
    assert got.cells == [("a1", None, "3", None, None)]


@pytest.mark.parametrize(
    "lines",
    [('a1,"甲', "a2,乙"), ("a1,甲", 'a2,"乙'), ("a1,甲", 'a2,"', *["a,b"] * 200_000)],
)
def test_an_unclosed_quote_swallows_no_row_in_silence(tmp_path: Path, lines: tuple[str, ...]) -> None:
    got = read_bytes(text("编号,名称", *lines), tmp_path, contract())
    assert got.fault == FileFaultReason.TRUNCATED


def test_an_unclosed_quote_in_the_header_is_refused(tmp_path: Path) -> None:
    assert read_bytes(text('编号,"名称', "a1,甲"), tmp_path, contract()).fault == FileFaultReason.TRUNCATED


def test_records_that_ran_together_at_a_quote_are_refused(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", 'a1,"甲', 'a2,"乙"'), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.BROKEN_QUOTING, "byte 12 behind the header")


def test_a_quote_inside_an_unquoted_cell_is_a_letter(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", 'a1,5" pipe', 'a2,"x"', 'a3,b""c', 'a4,"say ""so"""'), tmp_path, contract())
    assert [cells[1] for cells in got.cells] == ['5" pipe', "x", 'b""c', 'say "so"']


def test_quotes_are_judged_as_a_strict_parser_judges_them_however_the_bytes_are_cut() -> None:
    drawn = random.Random(1)  # noqa: S311 - test data
    verdicts = Counter[str | None]()
    for _ in range(4_000):
        content = "".join(drawn.choices(['"', ",", "\n", "a", 'a"b', '""', '"a,b"'], [1, 3, 2, 3, 1, 1, 3], k=12))
        whole = _watched(content.encode(), 1_000, drawn)
        assert whole == _watched(content.encode(), 3, drawn) == _strictly(content), repr(content)
        verdicts[whole] += 1
    assert len(verdicts) == 3
    assert min(verdicts.values()) > 100, "each verdict has to occur"


def _watched(content: bytes, most: int, drawn: random.Random) -> str | None:
    watch, at = QuoteWatch(","), 0
    try:
        while at < len(content):
            size = drawn.randrange(1, most + 1)
            watch.feed(content[at : at + size])
            at += size
        watch.finish()
    except FileFault as fault:
        return fault.reason
    return None


def _strictly(content: str) -> str | None:
    try:
        list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except csv.Error as error:
        is_cut = "unexpected end" in str(error)
        return FileFaultReason.TRUNCATED if is_cut else FileFaultReason.BROKEN_QUOTING
    return None


def test_a_wrong_delimiter_is_named(tmp_path: Path) -> None:
    got = read_bytes(text("编号;名称;日期", "a1;甲;2026-01-31"), tmp_path, contract())
    assert (got.fault, got.detail) == (FileFaultReason.WRONG_DELIMITER, "U+003B, not U+002C")


def test_an_agreed_delimiter_is_used(tmp_path: Path) -> None:
    piped = contract(Reader("csv", {"encodings": ["utf-8"], "delimiter": "|"}))
    assert read_bytes(text("id|name", 'a1|"x|y"'), tmp_path, piped).cells[0][:2] == ("a1", "x|y")


def test_a_rounded_number_in_a_text_column_is_a_fault_and_a_hexadecimal_code_is_not(tmp_path: Path) -> None:
    got = read_bytes(text("编号,金额(元)", "1.38E+10,1", "1E5,2", "1.2E+3,1.2E+3", "a3,1.38E+10"), tmp_path, contract())
    assert got.faults == {1: RowFaultReason.PRECISION_LOST}


@pytest.mark.parametrize("damaged", ["a\0b", "a\x1bb", "\x01", "\x1f", "a\x08"])
def test_a_control_character_is_a_fault_of_its_row_alone(tmp_path: Path, damaged: str) -> None:
    got = read_bytes(text("编号,名称", "a1,甲", f"a2,{damaged}", 'a3,"x\ty"'), tmp_path, contract())
    assert got.faults == {2: RowFaultReason.CONTROL_CHARACTER}


def test_a_replacement_character_in_a_key_is_a_fault_and_in_a_text_is_not(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", "a\ufffd,甲", "a2,\ufffd"), tmp_path, contract())
    assert got.faults == {1: RowFaultReason.DAMAGED_TEXT}


def test_a_header_repeated_in_the_middle_is_a_fault(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", "a1,甲", "编号 ,名称", "编号,乙"), tmp_path, contract())
    assert got.faults == {2: RowFaultReason.REPEATED_HEADER}


def test_a_record_longer_than_a_block_is_refused(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", f"a1,{'x' * (3 * BLOCK_BYTES)}"), tmp_path, contract())
    assert got.fault == FileFaultReason.RECORD_TOO_LONG


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    got = read_bytes(b"x" * (1 << 20) + b"x", tmp_path, contract(CSV, mb=1))
    assert (got.fault, got.detail) == (FileFaultReason.TOO_LARGE, "1048577 bytes, at most 1048576")
