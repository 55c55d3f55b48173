"""Reads the demo's files back without any of the platform's readers: a second opinion, in plain Python."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.etree import ElementTree

from openpyxl import load_workbook

from contracts.model import Contract

Row = dict[str, Any]
_PM = "{http://www.3gpp.org/ftp/specs/archive/32_series/32.435#measCollec}"


def rows_of(folder: Path, contract: Contract) -> Iterator[tuple[str, Row]]:
    """File name and row, by the contract's columns; values are the file's text, None where there is none.

    Raises: KeyError for a header that the contract neither declares nor ignores.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        reader = {".csv": _csv_rows, ".xlsx": _xlsx_rows, ".json": _json_rows, ".xml": _xml_rows, ".txt": _document}[
            path.suffix
        ]
        for row in reader(path, contract):
            yield path.name, row


def known_name(header: str, contract: Contract) -> str | None:
    """The column that the header stands for, or None for a declared but unread one."""
    text = _compared(header)
    for field in contract.fields:
        if text in {_compared(name) for name in (field.name, *field.aliases)}:
            return field.name
    if any(fnmatchcase(text, pattern) for pattern in contract.source.ignored_columns):
        return None
    raise KeyError(header)


def _compared(header: str) -> str:
    return " ".join(normalize("NFKC", header).split())


def _table(header: list[str], lines: Iterator[list[Any]], contract: Contract) -> Iterator[Row]:
    names = [known_name(text, contract) for text in header]
    places = {name: names.index(name) for name in names if name}  # the first of a repeated header
    for line in lines:  # a workbook's line ends with its last filled cell
        yield {name: _text(line[place] if place < len(line) else None) for name, place in places.items()}


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        has_time = (value.hour, value.minute, value.second) != (0, 0, 0)
        return value.strftime("%Y-%m-%d %H:%M:%S" if has_time else "%Y-%m-%d")
    return None if value in {None, "", "-"} else str(value)


def _csv_rows(path: Path, contract: Contract) -> Iterator[Row]:
    options = next(reader.options for reader in contract.source.readers if reader.kind == "csv")
    is_utf8 = path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig" if is_utf8 else "gb18030", newline="") as lines:
        if "layouts" in options:
            records = list(csv.reader(lines, delimiter=options["delimiter"], quoting=csv.QUOTE_NONE))
            (header,) = (
                layout["columns"] for layout in options["layouts"] if len(layout["columns"]) == len(records[0])
            )
            yield from _table(header, iter(records), contract)
            return
        reader = csv.reader(lines, skipinitialspace=options.get("is_padded", False))
        for row in _counted(next(reader), reader, contract, options):
            yield _with_parts(row, options)


def _counted(
    header: list[str], lines: Iterator[list[Any]], contract: Contract, options: Mapping[str, Any]
) -> Iterator[Row]:
    """One row per line, or where the contract knows counters, one per line and counter."""
    counters = [place for place, text in enumerate(header) if _is_counter(text, contract, options)]
    if not counters:
        yield from _table(header, lines, contract)
        return
    own = [place for place in range(len(header)) if place not in counters]
    names = [*(header[place] for place in own), "counter_name", "counter_unit", "value"]
    told = {place: header[place].removesuffix(")").split(" (") for place in counters}
    unfolded = ([*(line[at] for at in own), *told[place], line[place]] for line in lines for place in counters)
    yield from _table(names, unfolded, contract)


def _is_counter(header: str, contract: Contract, options: Mapping[str, Any]) -> bool:
    try:
        known_name(header, contract)
    except KeyError:
        return any(fnmatchcase(header, pattern) for pattern in options.get("counters", ()))
    return False


def _with_parts(row: Row, options: Mapping[str, Any]) -> Row:
    """The row with what stands inside its cells; a column of its own wins, then the first pattern found."""
    for part in options.get("parts", ()):
        found = re.search(part["pattern"], row.get(part["of"]) or "")
        if found and row.get(part["field"]) is None:
            row[part["field"]] = found["part"]
    return row


def _xlsx_rows(path: Path, contract: Contract) -> Iterator[Row]:
    page = load_workbook(path, read_only=True).worksheets[0]
    lines = page.iter_rows(values_only=True)
    yield from _table([str(text) for text in next(lines)], (list(line) for line in lines), contract)


def _json_rows(path: Path, contract: Contract) -> Iterator[Row]:
    for submission in json.loads(path.read_text(encoding="utf-8")):
        named = {known_name(key, contract): value for key, value in submission.items()}
        yield {field.name: _text(named.get(field.name)) for field in contract.fields}


def _document(path: Path, contract: Contract) -> Iterator[Row]:  # noqa: ARG001  # readers have one shape
    text = path.read_text(encoding="utf-8").strip()
    yield {
        "document_id": sha256(path.read_bytes()).hexdigest(),
        "media_type": "text/plain",
        "document_kind": "document",
        "size_bytes": str(path.stat().st_size),
        "content_state": "read",
        "is_encrypted": "false",
        "text_length": str(len(text)),
        "extracted_text": text,
    }


def _xml_rows(path: Path, contract: Contract) -> Iterator[Row]:  # noqa: ARG001  # readers have one shape
    for element in ElementTree.parse(path).getroot().findall(f"{_PM}measData"):  # noqa: S314  # our own files
        for info in element.findall(f"{_PM}measInfo"):
            listed = info.find(f"{_PM}measTypes")
            counters = [item.text or "" for item in info.findall(f"{_PM}measType")]
            counters = counters if listed is None else (listed.text or "").split()
            period = info.find(f"{_PM}granPeriod")
            for value in info.findall(f"{_PM}measValue"):
                results = value.find(f"{_PM}measResults")
                texts = [item.text or "" for item in value.findall(f"{_PM}r")]
                texts = texts if results is None else (results.text or "").split()
                for counter, text in zip(counters, texts, strict=True):
                    yield {
                        "measured_object": value.get("measObjLdn") or None,
                        "measurement_group": info.get("measInfoId"),
                        "counter_name": counter,
                        "period_ended_at": period.get("endTime") if period is not None else None,
                        "granularity_s": "3600",
                        "value_text": None if text == "NULL" else text,
                        "is_suspect": value.findtext(f"{_PM}suspect") or "false",
                        "standard": "32.435",
                    }
