"""The parts of an .xlsx around its sheets: which sheets there are, shared texts, which styles are dates."""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.markup import elements, release

#: Built-in formats of East Asian workbooks (27 is 2026年1月); their codes stand in no file and in no library's list.
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Sheet:
    """One worksheet and the archive's part that holds its cells."""

    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True)
class Workbook:
    """What is needed to read the cells of any sheet; `dates` and `durations` hold style numbers."""

    sheets: tuple[Sheet, ...]
    texts: list[str]
    dates: frozenset[int]
    durations: frozenset[int]
    counts_from_1904: bool


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """The workbook's own facts; shared texts are the only part that grows with the file.

    Raises: FileFault MALFORMED for a missing part.
    """
    book = next((target for kind, target in _relations(archive, "").values() if kind == "officeDocument"), None)
    if book is None:
        raise FileFault(FileFaultReason.MALFORMED, "no workbook part")
    parts = _relations(archive, book)
    sheets, counts_from_1904 = _sheets(archive, book, parts)
    dates, durations = _date_styles(archive, _part_of_kind(parts, "styles"))
    texts = list(_shared_texts(archive, _part_of_kind(parts, "sharedStrings")))
    return Workbook(sheets, texts, dates, durations, counts_from_1904)


def open_part(archive: zipfile.ZipFile, part: str) -> IO[bytes]:
    """One part of the archive. Raises: FileFault MALFORMED when it is missing."""
    try:
        return archive.open(part)
    except KeyError:
        raise FileFault(FileFaultReason.MALFORMED, "a part of the workbook is missing") from None


def rich_text(element: Any) -> str:
    """The text of a shared or inline string, without its phonetic guide; `_x000D_` is a carriage return."""
    if len(element) == 1 and element[0].tag.endswith("}t"):  # nearly always: one run, no guide
        return unescaped(element[0].text or "")
    space = element.tag[: -len(_local(element))]
    runs = [element.findall(f"{space}t"), element.findall(f"{space}r/{space}t")]
    text = "".join(part.text or "" for found in runs for part in found)
    return unescaped(text)


def unescaped(text: str) -> str:
    """A cell's text with its escaped characters as they are.

    Example:
        >>> unescaped("a_x0042_c")
        'aBc'
    """
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of the relations of a part (of the whole archive for no part), by their id."""
    folder, name = posixpath.split(part)
    found = {}
    with open_part(archive, posixpath.join(folder, "_rels", f"{name}.rels")) as stream:
        for element in elements(stream, ["Relationship"]):
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], target.lstrip("/"))
    return found


def _part_of_kind(parts: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for found, target in parts.values() if found == kind), None)


def _sheets(archive: zipfile.ZipFile, book: str, parts: dict[str, tuple[str, str]]) -> tuple[tuple[Sheet, ...], bool]:
    sheets, counts_from_1904 = [], False
    with open_part(archive, book) as stream:
        for element in elements(stream, ["sheet", "workbookPr"]):
            if _local(element) == "workbookPr":
                counts_from_1904 = element.get("date1904") in {"1", "true"}
                continue
            reference = next((value for key, value in element.items() if key.endswith("}id")), "")
            kind, target = parts.get(reference, ("", ""))
            if kind == "worksheet":  # chart and dialog sheets have no cells
                visible = element.get("state", "visible") == "visible"
                sheets.append(Sheet(element.get("name", ""), target, visible))
    return tuple(sheets), counts_from_1904


def _date_styles(archive: zipfile.ZipFile, part: str | None) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the cell styles that show a date or time of day, and of those that show a duration."""
    if part is None:
        return frozenset(), frozenset()
    codes, styles = dict(BUILTIN_FORMATS), []
    with open_part(archive, part) as stream:
        for element in elements(stream, ["numFmt", "xf"]):
            if _local(element) == "numFmt":
                codes[int(element.get("numFmtId"))] = element.get("formatCode")
            elif _local(element.getparent()) == "cellXfs":
                styles.append(int(element.get("numFmtId", "0")))
    return time_styles(styles, codes)


def time_styles(styles: Sequence[int], codes: Mapping[int, str]) -> tuple[frozenset[int], frozenset[int]]:
    """The places of the styles that show a date or time of day, and of those that show a duration.

    styles: the number format of each cell style; codes: what is written in the number formats that say it.
    """
    durations = {place for place, style in enumerate(styles) if is_timedelta_format(codes.get(style))}
    dates = {place for place, style in enumerate(styles) if _shows_date(style, codes.get(style))}
    return frozenset(dates - durations), frozenset(durations)


def _shows_date(style: int, code: str | None) -> bool:
    return style in _EAST_ASIAN_DATES if code is None else bool(is_date_format(code))


def _shared_texts(archive: zipfile.ZipFile, part: str | None) -> Iterator[str]:
    if part is None:
        return
    with open_part(archive, part) as stream:
        for element in elements(stream, ["si"]):
            yield rich_text(element)
            release(element)
