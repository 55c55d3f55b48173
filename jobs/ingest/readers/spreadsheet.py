"""Workbooks (.xlsx): the rows of one sheet, streamed from its XML. Macros, links and pictures are never opened."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.model import Contract, Reader
from jobs.ingest.readers.archive import (
    open_archive,
    require_no_document_types,
    require_plausible_ratio,
    require_safe,
)
from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.cells import Cell, columns_by_letters
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.markup import elements, release
from jobs.ingest.readers.sheet_table import SheetRow, first_header, read_table
from jobs.ingest.readers.workbook import Sheet, Workbook, open_part, read_workbook, rich_text, unescaped


def read_spreadsheet(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The records of the workbook's table, see `read_table`. Raises: FileFault, also after some chunks."""
    with _opened(path, contract.limits.max_file_mb << 20) as book:
        yield from read_table(book, contract, reader)


def spreadsheet_header(path: Path, most_bytes: int) -> list[str]:
    """The header of the first visible sheet that holds anything. Raises: FileFault for what is unsafe to open."""
    with _opened(path, most_bytes) as book:
        return first_header(book)


@contextmanager
def _opened(path: Path, most_bytes: int) -> Iterator["_ZippedBook"]:
    with open_archive(path) as archive:
        require_safe(archive, path.stat().st_size, most_bytes)
        require_plausible_ratio(archive)
        require_no_document_types(archive)
        yield _ZippedBook(archive, read_workbook(archive))


@dataclass(frozen=True)
class _ZippedBook:
    archive: zipfile.ZipFile
    workbook: Workbook

    def rows(self, sheet: Sheet, merged: list[str]) -> Iterator[SheetRow]:
        return _sheet_rows(self.archive, sheet, merged)


def _sheet_rows(archive: zipfile.ZipFile, sheet: Sheet, merged: list[str]) -> Iterator[SheetRow]:
    """Row number from 1 and the cells with a value or formula, in the sheet's order; ranges go to `merged` at the end.

    Raises: FileFault MALFORMED when rows or cells come twice or backwards.
    """
    columns = columns_by_letters()
    last = 0
    with open_part(archive, sheet.part) as stream:
        for element in elements(stream, ["row", "mergeCell"]):
            if element.tag.endswith("mergeCell"):
                merged.append(element.get("ref", ""))
                continue
            number = int(element.get("r") or last + 1)
            if number <= last:
                raise FileFault(FileFaultReason.MALFORMED, f"row {number} comes after row {last}")
            last = number
            yield number, _cells(element, columns)
            release(element)


def _cells(row: Any, columns: Mapping[str, int]) -> list[Cell]:
    space = row.tag[:-3]
    value_tag, formula_tag, inline_tag = f"{space}v", f"{space}f", f"{space}is"
    cells: list[Cell] = []
    last = -1
    for element in row:
        reference = element.get("r")
        column = columns[reference.rstrip("0123456789")] if reference else last + 1
        if column <= last:
            raise FileFault(FileFaultReason.MALFORMED, f"column {column + 1} comes twice or backwards in a row")
        last = column
        kind, raw, has_formula = element.get("t", "n"), None, False
        for part in element:
            if part.tag == value_tag:
                raw = part.text or ("" if kind == "str" else None)
            elif part.tag == formula_tag:
                has_formula = True
            elif part.tag == inline_tag:
                raw = rich_text(part)
        if kind == "str" and raw is not None:
            raw = unescaped(raw)
        if raw is not None or has_formula:
            cells.append(Cell(column, kind, raw, int(element.get("s") or 0), has_formula))
    return cells
