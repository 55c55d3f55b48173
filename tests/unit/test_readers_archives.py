"""Archives around files: what is in them lands as if it had come alone, and nothing that is wrong with one costs more."""

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.model import Contract, Reader
from jobs.ingest.readers import FileFaultReason
from jobs.ingest.readers.unpacking import members
from tests.unit.reading import CSV, XLSX, contract, read_bytes, row, text, workbook

AGREED = contract(CSV, XLSX, Reader("kobo_json"))
PLAIN = text("id,name", "a1,甲", "a2,乙")


def _zip(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def _outcome(content: bytes, folder: Path, agreed: Contract = AGREED) -> tuple[str | None, str | None]:
    got = read_bytes(content, folder, agreed)
    return got.fault, got.detail


@pytest.mark.parametrize("packed", [gzip.compress(PLAIN), _zip(("a.csv", PLAIN)), _zip(("a", PLAIN), method=0)])
def test_a_packed_file_lands_like_the_file_itself(tmp_path: Path, packed: bytes) -> None:
    got, plain = read_bytes(packed, tmp_path, AGREED), read_bytes(PLAIN, tmp_path, AGREED)
    assert got.cells == plain.cells
    assert got.numbers == [1, 2]


def test_gzip_of_several_parts_is_one_file(tmp_path: Path) -> None:
    assert read_bytes(gzip.compress(PLAIN) + gzip.compress(b"a3,x\n"), tmp_path, AGREED).numbers == [1, 2, 3]


def test_json_and_workbooks_may_be_packed_too(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book", {"s": row(1, "id") + row(2, "a1")}).read_bytes()
    for packed in (gzip.compress(b'[{"id": "a1"}]'), _zip(("folder/", b""), ("folder/a", book))):
        assert read_bytes(packed, tmp_path, AGREED).cells[0][0] == "a1"


def test_numbers_count_on_through_the_entries_in_their_order(tmp_path: Path) -> None:
    ragged = text("id,name", "b1,x,y", "b2,z")
    got = read_bytes(_zip(("z", PLAIN), ("y", ragged), ("x", text("编号", "c1"))), tmp_path, AGREED)
    assert sorted((line["source_row_number"], line["id"]) for line in got.rows) == [
        (1, "a1"), (2, "a2"), (3, "b1"), (4, "b2"), (5, "c1"),
    ]  # fmt: skip
    assert list(got.faults) == [3]


def test_a_fault_of_one_entry_refuses_the_archive_and_says_where(tmp_path: Path) -> None:
    packed = _zip(("a", PLAIN), ("b", text("id,秘密", "b1,x")))
    assert _outcome(packed, tmp_path) == (FileFaultReason.UNKNOWN_COLUMN, "entry 2 of 2: column 2 of 2")


@pytest.mark.parametrize("end", [1, 5, 12, -9, -8, -1])
def test_a_cut_gzip_is_truncated(tmp_path: Path, end: int) -> None:
    fault, _ = _outcome(gzip.compress(PLAIN * 50)[: end if end != 1 else 3], tmp_path)
    assert fault == FileFaultReason.TRUNCATED


def test_bytes_behind_a_gzip_are_refused_with_their_place_and_not_their_text(tmp_path: Path) -> None:
    got = _outcome(gzip.compress(PLAIN) + b"13800138000", tmp_path)
    assert got == (FileFaultReason.MALFORMED, f"gzip, after {len(PLAIN)} bytes unpacked")


def test_a_gzip_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(PLAIN))
    packed[-8] ^= 1
    assert _outcome(bytes(packed), tmp_path)[0] == FileFaultReason.MALFORMED


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: _zip(("a", content))])
def test_a_bomb_stops_at_the_size_that_the_contract_allows(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"\0" * (3 << 20))
    assert len(packed) < 4_000
    fault, detail = _outcome(packed, tmp_path, contract(CSV, mb=2))
    assert fault == FileFaultReason.TOO_LARGE
    assert detail in {"more than 2097152 bytes unpacked", "3145728 bytes unpacked, at most 2097152"}


def test_a_file_packed_a_thousand_times_lands_if_it_is_small_enough(tmp_path: Path) -> None:
    content = text("id,name", *(f"a,{' ' * 1000}" for _ in range(1_000)))
    packed = gzip.compress(content)
    assert len(content) > 200 * len(packed)
    assert len(read_bytes(packed, tmp_path, AGREED).rows) == 1_000
    assert len(read_bytes(_zip(("a", content)), tmp_path, AGREED).rows) == 1_000


@pytest.mark.parametrize(
    ("packed", "seen"),
    [(_zip(("a", _zip(("b", _zip(("c", PLAIN)))))), "a zip archive without a workbook"),
     (gzip.compress(_zip(("a", PLAIN))), "a zip archive without a workbook"),
     (gzip.compress(gzip.compress(PLAIN)), "a gzip archive"),
     (_zip(("a", gzip.compress(PLAIN))), "a gzip archive"),
     (gzip.compress(b"a.xml".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 500), "a tar archive")],
)  # fmt: skip
def test_an_archive_in_an_archive_stays_packed(tmp_path: Path, packed: bytes, seen: str) -> None:
    fault, detail = _outcome(packed, tmp_path, contract(CSV))
    assert (fault, detail) == (FileFaultReason.WRONG_KIND, f"it looks like {seen}; expected delimited text")


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    packed = bytearray(_zip(("a", PLAIN), ("b", PLAIN)))
    second = packed.rindex(b"PK\x01\x02")
    packed[second + 42 : second + 46] = struct.pack("<I", 0)  # where the second entry begins: at the first
    assert _outcome(bytes(packed), tmp_path) == (FileFaultReason.UNSAFE_ARCHIVE, "entries overlap")


@pytest.mark.parametrize("lie", [-5, 5])
def test_a_size_that_lies_is_found(tmp_path: Path, lie: int) -> None:
    packed = bytearray(_zip(("a", PLAIN)))
    entry = packed.index(b"PK\x01\x02")
    packed[entry + 24 : entry + 28] = struct.pack("<I", len(PLAIN) + lie)
    assert _outcome(bytes(packed), tmp_path)[0] == FileFaultReason.MALFORMED


def test_an_entry_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = _zip(("a", PLAIN), method=zipfile.ZIP_STORED).replace("甲".encode(), "丙".encode())
    assert _outcome(packed, tmp_path)[0] == FileFaultReason.MALFORMED


def test_an_archive_without_its_list_of_entries_is_truncated(tmp_path: Path) -> None:
    assert _outcome(_zip(("a", PLAIN))[:-30], tmp_path)[0] == FileFaultReason.TRUNCATED


@pytest.mark.parametrize("name", ["../x", "/etc/x", "C:\\x", "a/../../x", "a\\..\\x"])
def test_a_name_that_leads_outside_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.iterdir())
    assert _outcome(_zip((name, PLAIN)), tmp_path) == (FileFaultReason.UNSAFE_ARCHIVE, "1 of 1 names")
    assert {path.name for path in tmp_path.iterdir()} == {"file"}
    assert set(tmp_path.parent.iterdir()) == before


def test_a_link_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a")
    entry.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    assert _outcome(out.getvalue(), tmp_path)[0] == FileFaultReason.UNSAFE_ARCHIVE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    assert _outcome(_zip(("a", PLAIN), ("a", PLAIN)), tmp_path) == (
        FileFaultReason.UNSAFE_ARCHIVE,
        "2 entries, 1 names",
    )


def test_names_in_gbk_are_names_even_where_a_byte_looks_like_a_backslash(tmp_path: Path) -> None:
    name = "乗客.csv".encode("gbk")
    assert b"\\" in name
    packed = _zip(("x" * len(name), PLAIN)).replace(b"x" * len(name), name)
    assert len(read_bytes(packed, tmp_path, AGREED).rows) == 2


@pytest.mark.parametrize(
    "name", ["-rf", "=1+1", "a\nb", "'; rm -rf x;'", "\u202efdp.csv", "trailing.", "CON", "x" * 300]
)
def test_a_hostile_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    assert len(read_bytes(_zip((name, PLAIN)), tmp_path, AGREED).rows) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"file"}


def test_names_in_no_known_encoding_are_only_names(tmp_path: Path) -> None:
    packed = _zip(("xx", PLAIN)).replace(b"xx", b"\x81\xff")
    assert len(read_bytes(packed, tmp_path, AGREED).rows) == 2


def test_an_encrypted_entry_is_said_to_be_so(tmp_path: Path) -> None:
    packed = bytearray(_zip(("a", PLAIN)))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert _outcome(bytes(packed), tmp_path)[0] == FileFaultReason.ENCRYPTED


def test_a_method_nobody_agreed_on_is_refused(tmp_path: Path) -> None:
    packed = _zip(("a", PLAIN), method=zipfile.ZIP_LZMA)
    assert _outcome(packed, tmp_path) == (
        FileFaultReason.MALFORMED,
        "entry 1 of 1 is packed by method 14; only deflate is read",
    )


def test_an_archive_of_nothing_is_empty(tmp_path: Path) -> None:
    for packed in (_zip(), _zip(("folder/", b"")), _zip(("a", b"")), gzip.compress(b"")):
        assert _outcome(packed, tmp_path)[0] == FileFaultReason.EMPTY


def test_damage_anywhere_never_counts_a_row_too_many(tmp_path: Path) -> None:
    drawn = random.Random(7)  # noqa: S311 - test data
    packed = _zip(("a", PLAIN), ("b", PLAIN))
    for _ in range(60):
        damaged = bytearray(packed)
        damaged[drawn.randrange(len(packed))] ^= 1 << drawn.randrange(8)
        got = read_bytes(bytes(damaged), tmp_path, AGREED)
        assert got.fault or [line["id"] for line in got.rows] == ["a1", "a2", "a1", "a2"]


def test_unpacked_bytes_have_no_name_and_are_gone_after_their_turn(tmp_path: Path) -> None:
    path = tmp_path / "packed"
    path.write_bytes(_zip(("a", PLAIN), ("b", b"second")))
    given = members(path, 1 << 20)
    first = next(given).path
    assert first.read_bytes() == PLAIN
    assert first.resolve().name.endswith("(deleted)") or not first.resolve().exists()
    assert next(given).path.read_bytes() == b"second"
    assert list(given) == []
    assert {entry.name for entry in tmp_path.iterdir()} == {"packed"}
