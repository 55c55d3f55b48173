"""Text in more than one encoding, or damaged: rows that can be trusted land as they are, others never as other words."""

import random
from pathlib import Path

import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from jobs.ingest.readers.lines import BLOCK_BYTES
from jobs.ingest.readers.mixed_text import first_line_of_utf8
from tests.unit.reading import CSV, contract, read_bytes

AGREED = contract(CSV)
FOREIGN, CUT_OFF = RowFaultReason.FOREIGN_ENCODING, RowFaultReason.CUT_OFF
#: In GBK two bytes that are a letter of UTF-8, in UTF-8 two bytes that are a character of GBK, and ordinary words.
IN_DOUBT = ("一", "·")
WORDS = ("张三", "李四", "欧阳测试", "浙江省杭州市", "乗客", "㐂", "测·试", "一", "·")


def lines(*parts: tuple[str, str]) -> bytes:
    """Lines, each in its own encoding."""
    return b"".join(f"{line}\n".encode(encoding) for line, encoding in parts)


@pytest.mark.parametrize(("most", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_rows_in_another_encoding_than_their_file_are_faults_and_the_others_land(
    tmp_path: Path, most: str, other: str
) -> None:
    content = lines(("编号,名称", most), ("a1,张三", most), ("a2,李四", other), ("a3,王五", most), ("a4,x", other))
    got = read_bytes(content, tmp_path, AGREED)
    assert (got.faults, got.numbers) == ({2: FOREIGN}, [1, 2, 3, 4])
    assert [cells[:2] for cells in got.cells] == [("a1", "张三"), ("a2", "�"), ("a3", "王五"), ("a4", "x")]


def test_a_line_of_utf8_in_a_text_that_decodes_as_gb18030_is_no_other_word(tmp_path: Path) -> None:
    content = lines(("编号,名称", "gb18030"), ("a1,张三", "gb18030"), ("a2,李四", "utf-8"))
    assert "李四" not in content.decode("gb18030"), "the case proves nothing otherwise"
    assert read_bytes(content, tmp_path, AGREED).faults == {2: FOREIGN}


def test_a_damaged_byte_costs_its_row(tmp_path: Path) -> None:
    content = lines(("编号,名称", "utf-8"), ("a1,张三", "utf-8")) + b"a2,\xff\n" + lines(("a3,·", "utf-8"))
    got = read_bytes(content, tmp_path, AGREED)
    assert got.faults == {2: FOREIGN}
    assert got.cells[2][1] == "·", "without a line of the other encoding nothing is in doubt"


def test_letters_of_two_bytes_are_in_doubt_beside_the_other_encoding(tmp_path: Path) -> None:
    content = lines(("编号,名称", "utf-8"), ("a1,张三", "gb18030"), ("a2,李四", "utf-8"), ("a3,一", "gb18030"))
    assert read_bytes(content, tmp_path, AGREED).faults == {1: FOREIGN, 3: FOREIGN}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_character_cut_at_the_end_of_the_file_costs_its_row_and_says_that_the_file_is_cut(
    tmp_path: Path, encoding: str
) -> None:
    whole = "编号,名称\na1,张三\na2,李四\na3,王五".encode(encoding)
    got = read_bytes(whole[:-1], tmp_path, AGREED)
    assert got.faults == {3: CUT_OFF}
    assert [cells[1] for cells in got.cells] == ["张三", "李四", "�"]
    assert read_bytes(whole, tmp_path, AGREED).faults == {}


def test_a_row_cut_inside_a_character_of_an_earlier_cell_is_cut_and_not_only_short(tmp_path: Path) -> None:
    whole = "编号,名称,日期\na1,张三,2026-01-31\na2,李四".encode()
    assert read_bytes(whole[:-1], tmp_path, AGREED).faults == {2: CUT_OFF}


def test_a_file_of_which_hardly_a_line_can_be_read_is_refused_with_offsets(tmp_path: Path) -> None:
    content = lines(("编号,名称", "utf-8"), ("a1,13800138000", "utf-8")) + b"a2,\xff\xff\n" * 2
    got = read_bytes(content, tmp_path, AGREED)
    assert got.fault == FileFaultReason.WRONG_ENCODING
    assert got.detail == "byte 32 is not utf-8; byte 32 is not gb18030"


def test_a_header_in_another_encoding_than_the_rows_refuses_the_file(tmp_path: Path) -> None:
    rows = [(f"a{number},张三", "gb18030") for number in range(3)]
    got = read_bytes(lines(("编号,名称", "utf-8"), *rows), tmp_path, AGREED)
    assert got.fault == FileFaultReason.WRONG_ENCODING


def test_what_stands_in_a_column_that_nobody_reads_is_not_judged(tmp_path: Path) -> None:
    content = lines(("编号,名称,备注", "utf-8"), ("a1,张三,x", "utf-8"), ("a2,y,李四", "gb18030"))
    got = read_bytes(content, tmp_path, contract(CSV, ignored=["备注"]))
    assert got.faults == {}
    assert got.cells[1][:2] == ("a2", "y")


def test_records_without_a_header_are_judged_in_the_same_way(tmp_path: Path) -> None:
    layout = {"name": "short", "columns": ["id", "UNUSED", "name"]}
    options = {"encodings": ["utf-8", "gb18030"], "delimiter": "|", "layouts": [layout]}
    agreed = contract(Reader("csv", options), ignored=["UNUSED"])
    content = lines(("a1|x|张三", "utf-8"), ("a2|x|瓅", "gb18030"), ("a3|x|王五", "utf-8"), ("a4|x|李四", "utf-8"))
    got = read_bytes(content[:-2], tmp_path, agreed)
    assert got.faults == {2: FOREIGN, 4: CUT_OFF}
    assert got.numbers == [1, 2, 3, 4]


def test_a_quoted_line_break_keeps_its_record_together(tmp_path: Path) -> None:
    content = lines(("编号,名称", "utf-8"), ('a1,"张三', "utf-8"), ('李四"', "gb18030"), ("a2,王五", "utf-8"))
    got = read_bytes(content, tmp_path, AGREED)
    assert (got.faults, got.numbers) == ({1: FOREIGN}, [1, 2])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_no_row_of_a_mixed_file_lands_as_another_word(tmp_path: Path, seed: int, ends: str) -> None:
    drawn = random.Random(seed)  # noqa: S311 - test data
    share = drawn.choice([0.05, 0.3])
    encodings = [drawn.choices(["gb18030", "utf-8"], [share, 1 - share])[0] for _ in range(40)]
    if seed % 2:
        encodings = ["gb18030" if encoding == "utf-8" else "utf-8" for encoding in encodings]
    words = ["".join(drawn.choices(WORDS, k=drawn.choice([1, 2]))) for _ in encodings]
    header = "utf-8" if encodings.count("utf-8") > 20 else "gb18030"
    # one row of each that leaves no doubt, and a byte that is of no encoding in a row that is neither
    rows = [("张三", header), ("李四", "utf-8"), ("李四", "gb18030"), *zip(words, encodings, strict=True)]
    content = f"编号,名称{ends}".encode(header) + b"".join(
        f"a{number},{word}{ends}".encode(encoding) for number, (word, encoding) in enumerate(rows, 1)
    )
    got = read_bytes(content, tmp_path, contract(Reader("csv", {"encodings": drawn.sample(["utf-8", "gb18030"], 2)})))
    assert got.fault is None
    assert got.numbers == list(range(1, len(rows) + 1))
    for row, (word, encoding) in zip(got.rows, rows, strict=True):
        assert row["row_fault"] == FOREIGN or row["name"] == word
        assert row["row_fault"] is None or encoding != header or word in IN_DOUBT or set(word) <= set(IN_DOUBT)


def test_a_line_of_utf8_is_found_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "file"
    gbk = "a1,张三,备注\n".encode("gb18030")
    for before in (0, 1, BLOCK_BYTES // len(gbk) - 1, BLOCK_BYTES // len(gbk) + 1):
        for line in ("李四", "·李四", "x😀", "a,b,測"):
            path.write_bytes(gbk * before + f"{line}\n".encode() + gbk)
            assert first_line_of_utf8(path) == len(gbk) * before, (before, line)
    path.write_bytes(gbk + "·\n".encode() + gbk)
    assert first_line_of_utf8(path) is None, "two bytes may be a character of GBK"
