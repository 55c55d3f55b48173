"""What a file is, by its content alone; its name is not asked."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from jobs.ingest.readers.archive import open_archive
from jobs.ingest.readers.faults import FileFault, FileFaultReason

#: The kind of a file that is taken as one record, whatever it holds.
DOCUMENT = "document"

_HEAD_BYTES = 4096
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MARK = b"\x1f\x8b"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Kinds that nobody reads here; naming them saves the sender a question.
_OTHERS = {
    GZIP_MARK: "a gzip archive",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database file",
}
_MARKUP = re.compile(rb"<[?!A-Za-z_]")
_HTML = re.compile(rb"<!doctype\s+html|<(?:html|head|body|table|meta)[\s>]", re.IGNORECASE)
# a header such as [FDD]切换次数 opens with a bracket and is no JSON
_JSON = re.compile(rb"\[\s*(?:[\[{\]\"0-9tfn-]|\Z)|\{\s*(?:[\"}]|\Z)")
#: An OData document leads with its rows or with an annotation; a page of Kobo never does.
_ODATA = re.compile(rb'\{\s*"(?:value"|@odata\.)')
_NAMES = {
    "csv": "delimited text",
    "xlsx": "a workbook (.xlsx)",
    "xls": "an old binary workbook (.xls)",
    "kobo_json": "JSON",
    "odata_json": "OData JSON",
    "pm_xml": "XML",
    "mr_xml": "XML",
}
_TAR_MARK = slice(257, 262), b"ustar"


def kind_of(path: Path, expected: Sequence[str]) -> str:
    """The kind of the file, one of those that the contract expects.

    Raises: FileFault EMPTY, ENCRYPTED, MALFORMED (a broken archive) or WRONG_KIND, which says what it seems to be.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if DOCUMENT in expected:  # any content is one record, so nothing else is expected beside it
        if not head:
            raise FileFault(FileFaultReason.EMPTY)
        return DOCUMENT
    seen = _recognised(path, head)
    for kind in expected:  # which XML it is shows at its root, so the reader says it
        if _NAMES[kind] == seen:
            return kind
    wanted = ", ".join(_NAMES[name] for name in expected)
    raise FileFault(FileFaultReason.WRONG_KIND, f"it looks like {seen}; expected {wanted}")


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is an .xlsx. Raises: FileFault WRONG_KIND for its binary sister."""
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        raise FileFault(FileFaultReason.WRONG_KIND, "it looks like a binary workbook (.xlsb); save it as .xlsx")
    return any(name.startswith("xl/") for name in names)


def _recognised(path: Path, head: bytes) -> str:
    """What to call the content."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text and len(head) < _HEAD_BYTES:
        raise FileFault(FileFaultReason.EMPTY)
    if head.startswith(ZIP_MARKS):
        with open_archive(path) as archive:
            return _NAMES["xlsx"] if is_workbook(archive) else "a zip archive without a workbook"
    if head.startswith(_OLE):
        return _kind_of_ole(path)
    if other := next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None):
        return other
    if _MARKUP.match(text):
        return "an HTML page" if _HTML.match(text) else _NAMES["pm_xml"]
    if _JSON.match(text):
        return _NAMES["odata_json" if _ODATA.match(text) else "kobo_json"]
    return "a tar archive" if head[_TAR_MARK[0]] == _TAR_MARK[1] else _NAMES["csv"]


def _kind_of_ole(path: Path) -> str:
    """What an OLE container holds. Raises: FileFault ENCRYPTED."""
    if holds_encrypted_office(path):
        raise FileFault(FileFaultReason.ENCRYPTED, "a workbook with a password; save it without")
    if _has_stream(path, "Workbook\0", "Book\0"):
        return _NAMES["xls"]
    return "an old binary Office file that is no workbook"


def holds_encrypted_office(path: Path) -> bool:
    """Whether an OLE container is the wrapper of an Office file with a password."""
    return _has_stream(path, "EncryptedPackage")


def _has_stream(path: Path, *names: str) -> bool:
    """Whether the directory of an OLE container names one of the streams."""
    with path.open("rb") as file:
        header = file.read(512)
        sector = 1 << int.from_bytes(header[30:32], "little") if header[30:32] in {b"\x09\x00", b"\x0c\x00"} else 512
        file.seek((int.from_bytes(header[48:52], "little") + 1) * sector)
        directory = file.read(8192)
    return any(name.encode("utf-16-le") in directory for name in names)
