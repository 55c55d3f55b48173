"""What a file is by its content, whatever its name says; and that nothing a parser says leaves the readers."""

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, read_files, reading
from jobs.ingest.readers.batches import LandedFile
from tests.unit.reading import CSV, XLSX, contract, read, read_bytes, row, text, workbook

BOTH = contract(XLSX, CSV)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 22 + b"\x09\x00" + b"\0" * 16 + b"\0\0\0\0" + b"\0" * 460


def test_the_extension_is_not_asked(tmp_path: Path) -> None:
    assert read_bytes(text("id", "a1"), tmp_path, BOTH, "table.xlsx").cells[0][0] == "a1"
    book = workbook(tmp_path / "table.csv", {"s": row(1, "id") + row(2, "a1")})
    assert read(book, BOTH).cells[0][0] == "a1"


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"<html><table><tr><td>13800138000</td></tr></table></html>", "an HTML page"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'\xef\xbb\xbf <meta charset="gbk"><table>', "an HTML page"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (b'[{"id": "a1"}]', "JSON"),
        (b'{"results": []}', "JSON"),
        (b"PAR1", "a Parquet file"),
        (b"a.xml".ljust(257, b"\0") + b"ustar\x0000", "a tar archive"),
        (b"%PDF-1.7", "a PDF document"),
        (_OLE, "an old binary Office file that is no workbook"),
        (_OLE + "Workbook\0".encode("utf-16-le").ljust(512, b"\0"), "an old binary workbook (.xls)"),
        (b'{"value": [], "@odata.context": "x#Submissions"}', "OData JSON"),
        (b'{"@odata.context": "x#Submissions", "value": []}', "OData JSON"),
    ],
)
def test_another_kind_is_named(tmp_path: Path, content: bytes, seen: str) -> None:
    got = read_bytes(content, tmp_path, BOTH, "sheet.xls")
    assert got.fault == FileFaultReason.WRONG_KIND
    assert got.detail == f"it looks like {seen}; expected a workbook (.xlsx), delimited text"


def test_a_kind_is_taken_only_where_the_contract_expects_it(tmp_path: Path) -> None:
    got = read_bytes(text("id", "a1"), tmp_path, contract(Reader("pm_xml")))
    assert (got.fault, got.detail) == (
        FileFaultReason.WRONG_KIND,
        "it looks like delimited text; expected XML",
    )


def test_a_header_in_brackets_is_no_json(tmp_path: Path) -> None:
    got = read_bytes(text("[FDD]次数,id", "1,a1"), tmp_path, contract(ignored=["[[]FDD]*"]))
    assert got.cells[0][0] == "a1"


def test_a_workbook_with_a_password_is_called_encrypted(tmp_path: Path) -> None:
    encrypted = _OLE + "EncryptedPackage".encode("utf-16-le").ljust(512, b"\0")
    assert read_bytes(encrypted, tmp_path, BOTH).fault == FileFaultReason.ENCRYPTED


def test_a_zip_without_a_workbook_is_refused(tmp_path: Path) -> None:
    book = workbook(tmp_path / "b", {"s": row(1, "id")})
    assert read_bytes(book.read_bytes().replace(b"xl/", b"yl/"), tmp_path, BOTH).fault == FileFaultReason.WRONG_KIND


def test_a_file_that_vanished_is_said_to_be_gone(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing", BOTH).fault == FileFaultReason.GONE


def test_an_unexpected_error_leaves_its_class_and_not_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("13800138000")

    monkeypatch.setattr(reading, "_READERS", {"csv": broken})
    (tmp_path / "file").write_bytes(text("id", "a1"))
    (row,) = next(reading.read_file(contract(), LandedFile(tmp_path / "file", "a"))).to_pylist()
    assert (row["file_fault"], row["file_fault_detail"]) == (FileFaultReason.UNREADABLE, "KeyError")


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, content in (("a", text("id", "a1")), ("b", b""), ("c", text("id", "c1"))):
        (tmp_path / name).write_bytes(content)
    asked = pa.record_batch([[str(tmp_path / name) for name in "abc"], list("abc")], names=["path", "sha256"])
    found = [row for batch in read_files(contract())(iter([asked])) for row in batch.to_pylist()]
    assert [(row["source_file_sha256"], row["id"], row["file_fault"]) for row in found] == [
        ("a", "a1", None),
        ("b", None, FileFaultReason.EMPTY),
        ("c", "c1", None),
    ]


def test_the_function_travels_to_workers_by_name() -> None:
    sent = pickle.dumps(read_files(contract()))
    assert b"jobs.ingest.readers.confined" in sent
    assert callable(pickle.loads(sent))  # noqa: S301 - made two lines above
