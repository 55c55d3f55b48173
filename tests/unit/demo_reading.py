"""Reads the demo's files back without any of the platform's readers: a second opinion, in plain Python."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
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
        reader = {".csv": _csv_rows, ".xlsx": _xlsx_rows, ".json": _json_rows, ".xml": _xml_rows}[path.suffix]
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
    is_utf8 = path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig" if is_utf8 else "gb18030", newline="") as lines:
        reader = csv.reader(lines)
        yield from _table(next(reader), reader, contract)


def _xlsx_rows(path: Path, contract: Contract) -> Iterator[Row]:
    page = load_workbook(path, read_only=True).worksheets[0]
    lines = page.iter_rows(values_only=True)
    yield from _table([str(text) for text in next(lines)], (list(line) for line in lines), contract)


def _json_rows(path: Path, contract: Contract) -> Iterator[Row]:
    for submission in json.loads(path.read_text(encoding="utf-8")):
        named = {known_name(key, contract): value for key, value in submission.items()}
        yield {field.name: _text(named.get(field.name)) for field in contract.fields}


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
