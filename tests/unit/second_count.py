"""How many records a file holds, counted by other means than the readers': no record may be lost without a word."""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import xlrd
from lxml import etree

from contracts.model import Contract, Reader

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ANY = "{*}"


def records_in(content: bytes, agreed: Contract) -> int:
    """The records of a file that the contract's readers take, by the grain that each of them promises."""
    readers = {reader.kind: reader for reader in agreed.source.readers}
    if "document" in readers:
        return 1
    if content.startswith(b"\x1f\x8b"):
        return records_in(gzip.decompress(content), agreed)
    if content.startswith(b"PK"):
        return _in_zip(content, agreed, readers)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _in_binary_workbook(content, readers["xls"])
    return _in_text(content.removeprefix(b"\xef\xbb\xbf").lstrip(), agreed, readers)


def _in_text(text: bytes, agreed: Contract, readers: dict[str, Reader]) -> int:
    if text.startswith(b"<"):
        root = etree.fromstring(text)
        return _in_reports(root, readers["mr_xml"], agreed) if "mr_xml" in readers else _in_measurements(root)
    if text.startswith((b"[", b"{")) and readers.keys() & {"kobo_json", "odata_json"}:
        return _in_json(text, readers.get("odata_json"))
    return _in_lines(text, readers["csv"])


def _in_lines(content: bytes, reader: Reader) -> int:
    """Quotes, delimiters and line ends are the same bytes in UTF-8 and GB18030, so each byte may be one character."""
    text = content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "latin-1")
    if "layouts" in reader.options:
        return len([line for line in re.split("[\r\n]", text) if line])
    csv.field_size_limit(1 << 30)
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=reader.options.get("delimiter", ","),
        skipinitialspace=bool(reader.options.get("is_padded")),
    )
    return sum(1 for row in rows if row) - 1


def _in_json(text: bytes, odata: Reader | None) -> int:
    found = json.loads(text, parse_int=str, parse_float=str, strict=False)
    if odata is None or not isinstance(found, dict) or "value" not in found:
        return len(found if isinstance(found, list) else found["results"])
    wanted = odata.options.get("table", "Submissions").split(".")
    enclosing = found["@odata.context"].rpartition("#")[2].split(".")
    return sum(_below(record, wanted[len(enclosing) :]) for record in found["value"])


def _below(record: Any, path: Sequence[str]) -> int:
    """The rows of the repeat at `path`; what is no list on the way there is a group."""
    if not path:
        return 1
    inner = record.get(path[0])
    if isinstance(inner, list):
        return sum(_below(row, path[1:]) for row in inner)
    return _below(inner, path[1:]) if isinstance(inner, dict) else 0


def _in_measurements(root: Any) -> int:
    """One per result; a list that does not fit its names is one."""
    count = 0
    for info in root.iter(f"{_ANY}measInfo"):
        names = (info.findtext(f"{_ANY}measTypes") or "").split()
        for value in info.iter(f"{_ANY}measValue"):
            listed = value.find(f"{_ANY}measResults")
            results = [] if listed is None else (listed.text or "").split()
            count += len(value.findall(f"{_ANY}r"))
            count += 0 if listed is None else len(results) if len(results) == len(names) else 1
    return count


def _in_reports(root: Any, reader: Reader, agreed: Contract) -> int:
    """One per text of values, or per bin; a block without an agreed column holds none."""
    known = {name for field in agreed.fields for name in (*field.aliases, field.name)}
    count = 0
    for block in root.iter("measurement"):
        columns = [column.removeprefix("MR.") for column in (block.findtext("smr") or "").split()]
        for report in block.iter("object"):
            texts = [(value.text or "").split() for value in report.iter("v")] or [[]]
            if reader.options["table"] == "mrs":
                count += sum(len(words) if len(words) == len(columns) else 1 for words in texts)
            elif known & set(columns):
                count += len(texts)
    return count


def _in_zip(content: bytes, agreed: Contract, readers: dict[str, Reader]) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" in archive.namelist():
            return _in_workbook(archive, readers["xlsx"])
        return sum(records_in(archive.read(entry), agreed) for entry in archive.infolist() if not entry.is_dir())


def _in_workbook(archive: zipfile.ZipFile, reader: Reader) -> int:
    shared = []
    if "xl/sharedStrings.xml" in archive.namelist():
        texts = etree.fromstring(archive.read("xl/sharedStrings.xml")).iterfind(f"{_ANY}si")
        shared = ["".join(part.text or "" for part in text.iter(f"{_ANY}t")) for text in texts]
    sheets = []
    for place, sheet in enumerate(etree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_ANY}sheet"), 1):
        rows = etree.fromstring(archive.read(f"xl/worksheets/sheet{place}.xml")).iter(f"{_ANY}row")
        is_visible = sheet.get("state", "visible") == "visible"
        sheets.append((sheet.get("name"), is_visible, sum(_says_something(row, shared) for row in rows)))
    return _records(sheets, reader)


def _says_something(row: Any, shared: Sequence[str]) -> bool:
    for cell in row:
        said = [part.text or "" for part in cell.iter(f"{_ANY}v", f"{_ANY}f", f"{_ANY}t")]
        if cell.get("t") == "s" and said:
            said = [shared[int(said[0])]]
        if "".join(said).strip():
            return True
    return False


def _in_binary_workbook(content: bytes, reader: Reader) -> int:
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), ragged_rows=True)
    sheets = [
        (sheet.name, not sheet.visibility, sum(any(str(v).strip() for v in row) for row in map(sheet.row_values, range(sheet.nrows))))
        for sheet in book.sheets()
    ]  # fmt: skip
    return _records(sheets, reader)


def _records(sheets: Sequence[tuple[str, bool, int]], reader: Reader) -> int:
    """The rows below the header of the declared sheet, else of the first visible one that holds anything."""
    declared = reader.options.get("sheet")
    return next(
        rows - 1 for name, is_visible, rows in sheets if (name == declared if declared else is_visible and rows)
    )
