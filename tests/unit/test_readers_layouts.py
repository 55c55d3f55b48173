"""Records without header: which layout a file has, what lands of each record, what is refused; no value in a message."""

import random
from pathlib import Path

import pytest

from contracts.loading import load
from contracts.model import Contract, Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from jobs.ingest.readers.lines import BLOCK_BYTES
from tests.unit.reading import contract, read_bytes, text

SHORT = {"name": "short", "columns": ["id", "UNUSED", "name"]}
LONG = {
    "name": "long",
    "columns": ["id", "UNUSED", "EXTRA", "name", "amount", "day"],
    "may_end_after": ["name"],
}


def piped(*layouts: dict[str, object], delimiter: str = "|") -> Contract:
    options = {"encodings": ["utf-8", "gb18030"], "delimiter": delimiter, "layouts": list(layouts or (SHORT,))}
    return contract(Reader("csv", options), ignored=["UNUSED", "EXTRA"])


def test_fields_are_found_by_their_place(tmp_path: Path) -> None:
    got = read_bytes(text("a1|x|甲", "a2||", "a3|x|="), tmp_path, piped())
    assert got.cells == [("a1", "甲", None, None, None), ("a2", None, None, None, None), ("a3", "=", None, None, None)]
    assert (got.numbers, got.faults) == ([1, 2, 3], {})


@pytest.mark.parametrize("delimiter", ["|", "\t", "\x01", ","])
def test_any_agreed_delimiter_is_used_and_is_no_control_character(tmp_path: Path, delimiter: str) -> None:
    got = read_bytes(text(delimiter.join(("a1", "x", "甲"))), tmp_path, piped(delimiter=delimiter))
    assert (got.cells[0][:2], got.faults) == (("a1", "甲"), {})


def test_a_quote_is_a_letter(tmp_path: Path) -> None:
    got = read_bytes(text('a1|x|"甲', 'a2|x|"乙"'), tmp_path, piped())
    assert [cells[1] for cells in got.cells] == ['"甲', '"乙"']


def test_the_number_of_fields_tells_the_version(tmp_path: Path) -> None:
    agreed = piped(SHORT, LONG)
    assert read_bytes(text("a1|x|甲"), tmp_path, agreed).cells == [("a1", "甲", None, None, None)]
    got = read_bytes(text("a1|x|y|甲|1.5|2026-01-31", "a2|x|y|乙"), tmp_path, agreed)
    assert got.cells == [("a1", "甲", "1.5", "2026-01-31", None), ("a2", "乙", None, None, None)]
    assert got.faults == {}, "a record may end where its layout says so, and what would follow is NULL"


def test_a_file_has_one_version_so_that_a_delimiter_in_a_text_makes_no_record_of_another(tmp_path: Path) -> None:
    got = read_bytes(text("a1|x|甲", "a2|x|乙", "a3|x|丙|丁", "a4|x|戊"), tmp_path, piped(SHORT, LONG))
    assert got.faults == {3: RowFaultReason.RAGGED_ROW}
    assert [cells[1] for cells in got.cells] == ["甲", "乙", "丙", "戊"]


def test_records_of_a_wrong_length_are_faults_of_their_rows(tmp_path: Path) -> None:
    got = read_bytes(text("a1|x|甲", "a2|x", "", "a3", "a4|x|乙|z", "a5|x|丙"), tmp_path, piped())
    assert got.faults == dict.fromkeys((2, 3, 4), RowFaultReason.RAGGED_ROW)
    assert [(row["source_row_number"], row["id"]) for row in got.rows] == [(n, f"a{n}") for n in range(1, 6)]


def test_a_file_of_no_known_length_is_refused(tmp_path: Path) -> None:
    got = read_bytes(text("13800138000|欧阳测试", "a2|x"), tmp_path, piped(SHORT, LONG))
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_LAYOUT, "most have 2, agreed 3, 4, 6")


def test_a_wrong_delimiter_is_named(tmp_path: Path) -> None:
    got = read_bytes(text("13800138000\tx\t欧阳测试"), tmp_path, piped())
    assert (got.fault, got.detail) == (FileFaultReason.WRONG_DELIMITER, "U+0009, not U+007C")


def test_a_header_where_none_was_agreed_is_a_fault(tmp_path: Path) -> None:
    assert read_bytes(text("id|UNUSED|name", "a1|x|甲"), tmp_path, piped()).faults == {
        1: RowFaultReason.REPEATED_HEADER
    }


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_all_line_ends_give_the_same_rows(tmp_path: Path, ends: str, last: str) -> None:
    content = ends.join(["a1|x|甲\u2028乙", "a2|x|丙"]) + (ends if last else "")
    got = read_bytes(content.encode(), tmp_path, piped())
    assert [cells[:2] for cells in got.cells] == [("a1", "甲\u2028乙"), ("a2", "丙")]
    assert got.numbers == [1, 2]


def test_gb18030_is_read_although_its_second_bytes_look_like_delimiters(tmp_path: Path) -> None:
    content = "a1|x|瓅㐂\n".encode("gb18030")  # 瓅 ends in a vertical bar, 㐂 has four bytes
    assert content.count(b"|") == 3, "the case proves nothing otherwise"
    assert read_bytes(content, tmp_path, piped()).cells[0][1] == "瓅㐂"


def test_control_characters_are_faults_of_their_row(tmp_path: Path) -> None:
    got = read_bytes(text("a1|x|\0", "a2|\0|甲", "a3|x|\x1b["), tmp_path, piped())
    assert got.faults == dict.fromkeys((1, 3), RowFaultReason.CONTROL_CHARACTER), "a column nobody reads is not judged"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert read_bytes(content, tmp_path, piped()).fault == FileFaultReason.EMPTY


def test_a_cell_above_the_length_is_a_fault_and_a_record_above_a_block_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(text("a1|x|甲", f"a2|x|{'长' * 131_073}", f"a3|x|{'长' * 131_072}"), tmp_path, piped())
    assert got.faults == {2: RowFaultReason.CELL_TOO_LONG}
    got = read_bytes(text("a1|x|甲", f"a2|x|{'x' * (2 * BLOCK_BYTES)}", "a3|x|乙"), tmp_path, piped())
    assert (got.fault, got.detail) == (FileFaultReason.RECORD_TOO_LONG, f"more than {BLOCK_BYTES} bytes")


@pytest.mark.parametrize("seed", range(3))
def test_every_record_is_in_exactly_one_row_over_many_blocks(tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - test data
    ragged = {number for number in range(1, 60_001) if drawn.random() < 0.02}
    lines = [f"a{n}|{'u' * drawn.randrange(60)}|甲" + ("|z" if n in ragged else "") for n in range(1, 60_001)]
    content = drawn.choice(["\n", "\r\n"]).join(lines).encode()
    assert len(content) > 2 * BLOCK_BYTES, "one block would prove nothing"
    got = read_bytes(content, tmp_path, piped())
    assert got.numbers == list(range(1, 60_001))
    assert set(got.faults) == ragged
    assert all((row["id"], row["name"]) == (f"a{row['source_row_number']}", "甲") for row in got.rows)


def record(dataset: str, layout: int = 0, width: int | None = None, **given: str) -> str:
    """A record of one of our own contracts; fields that are not given are empty."""
    options = load(dataset).source.readers[0].options
    columns = options["layouts"][layout]["columns"][:width]
    assert set(given) <= set(columns)
    return "|".join(given.get(column, "") for column in columns)


SEEN = {"XDR_ID": "0a1b", "IMSI": "460001234567890", "IMEI": "86123456789012", "MSISDN": "8613800138000"}


@pytest.mark.parametrize(("layout", "width"), [(0, 38), (0, 46), (0, 110), (1, 39), (1, 47), (1, 111)])
def test_a_record_of_s1_mme_ends_after_any_of_its_bearers(tmp_path: Path, layout: int, width: int) -> None:
    given = SEEN | {"PROCEDURE_STRAT_TIME": "1767139200123", "CELL_ID": "25601", "EPS_BEARER_CNT": "1"}
    line = record("network.xdr_s1_mme", layout, width, **given)
    assert line.count("|") == width - 1
    got = read_bytes(text(line), tmp_path, load("network.xdr_s1_mme"))
    assert (got.fault, got.faults) == (None, {})
    row = got.rows[0]
    assert (row["record_id"], row["imsi"], row["started_at"], row["eci"]) == (
        "0a1b", "460001234567890", "1767139200123", "25601",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dataset", "widths"),
    [
        ("network.xdr_s1_mme", {*range(38, 111, 8), *range(39, 112, 8)}),
        ("network.xdr_s1u_http", {76, 77}),
        ("network.xdr_s1u_dns", {59}),
        ("network.xdr_uu", set(range(26, 49, 2))),
        ("network.xdr_x2", set(range(22, 45, 2))),
    ],
)
def test_our_layouts_have_the_lengths_of_their_records(tmp_path: Path, dataset: str, widths: set[int]) -> None:
    got = read_bytes(text("1|2"), tmp_path, load(dataset))
    assert got.detail == f"most have 2, agreed {', '.join(str(width) for width in sorted(widths))}"


def test_what_somebody_read_and_to_whom_it_went_never_leaves_landing(tmp_path: Path) -> None:
    given = SEEN | {"COOKIE": "secret", "REFER_URI": "secret", "KEY_WORD": "secret", "TITLE": "secret"}
    got = read_bytes(text(record("network.xdr_s1u_http", **given)), tmp_path, load("network.xdr_s1u_http"))
    assert "secret" not in str(got.rows)
