"""The table in a workbook of any kind: which sheet it is on, where its header is, what its rows say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, Row, chunks, with_key_prefix
from jobs.ingest.readers.cells import Cell, CellReader, columns_by_letters
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason, positions
from jobs.ingest.readers.headers import normal_name, place
from jobs.ingest.readers.workbook import Sheet, Workbook

#: How far right of the header a value may stand before the whole sheet is refused.
_FAR_COLUMNS = 1_000
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})", re.ASCII)

SheetRow = tuple[int, list[Cell]]


class Book(Protocol):
    """An opened workbook file, whatever its format."""

    @property
    def workbook(self) -> Workbook:
        """What is needed to read its cells."""

    def rows(self, sheet: Sheet, merged: list[str]) -> Iterator[SheetRow]:
        """Row number from 1 and the cells with a value or formula, in order; ranges go to `merged` at the end."""


def read_table(book: Book, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """The rows below the header of the declared sheet, else of the first visible sheet that holds anything.

    Record numbers are sheet rows counted from the header, so that a person finds them; blank rows are skipped.
    The sheet's own statement of its size is not read: it may lie. Hidden rows and columns are read like all others.
    Raises: FileFault, also after some chunks.
    """
    table = _Table(book, _chosen(book, contract, reader.options.get("sheet")), contract)
    for chunk in chunks(table.rows(), tuple(table.placement.fields)):
        yield with_key_prefix(chunk, contract, table.placement.key_prefix)


def _chosen(book: Book, contract: Contract, declared: str | None) -> Sheet:
    sheets = book.workbook.sheets
    if declared is not None:
        for sheet in sheets:
            if normal_name(sheet.name) == normal_name(declared):
                return sheet
        raise FileFault(FileFaultReason.NO_SHEET, f"{len(sheets)} sheets")
    headers = {sheet: _first_row(book, sheet) for sheet in sheets}
    chosen = next((sheet for sheet, header in headers.items() if sheet.is_visible and header), None)
    if chosen is None:
        raise FileFault(FileFaultReason.EMPTY, f"{len(sheets)} sheets")
    # taking one of two tables would lose the rows of the other without a word; a hidden one counts too
    others = [place for place, (sheet, header) in enumerate(headers.items()) if sheet != chosen and header]
    if twins := [place for place in others if _fits(list(headers.values())[place], contract)]:
        raise FileFault(FileFaultReason.SEVERAL_SHEETS, positions("sheet", twins, len(headers)))
    return chosen


def first_header(book: Book) -> list[str]:
    """The header of the first visible sheet that holds anything; empty where none does."""
    headers = (_first_row(book, sheet) for sheet in book.workbook.sheets if sheet.is_visible)
    return next((header for header in headers if header), [])


def _fits(header: Sequence[str], contract: Contract) -> bool:
    try:
        place(header, contract)
    except FileFault:
        return False
    return True


def _first_row(book: Book, sheet: Sheet) -> list[str]:
    reader = CellReader(book.workbook)
    return next((_header(cells, reader) for _, cells in book.rows(sheet, []) if cells), [])


def _header(cells: Sequence[Cell], reader: CellReader) -> list[str]:
    texts = {cell.column: reader.header(cell) for cell in cells}
    has_text = any(normal_name(text) for text in texts.values())
    return [texts.get(column, "") for column in range(max(texts) + 1)] if has_text else []


class _Table:
    """A sheet whose first row with a text is the header."""

    def __init__(self, book: Book, sheet: Sheet, contract: Contract) -> None:
        self._reader = reader = CellReader(book.workbook)
        self._merged: list[str] = []
        self._rows = book.rows(sheet, self._merged)
        self._types = {field.name: field.type for field in contract.fields}
        self._null_texts = contract.source.null_texts
        for number, cells in self._rows:
            if header := _header(cells, reader) if cells else []:
                self._header_row = number
                self.placement = place(header, contract)
                return
        raise FileFault(FileFaultReason.EMPTY, "the sheet has no header")

    def rows(self) -> Iterator[Row]:
        """The rows below the header. Raises: FileFault FAR_CELLS, MERGED_CELLS at the end of the sheet."""
        headers = {field: normal_name(text) for field, text in self.placement.headers.items()}
        for number, cells in self._rows:
            if not cells:
                continue
            texts, fault = self._texts({cell.column: cell for cell in cells})
            if not fault and not any(text and text.strip() for text in texts) and self._is_blank(cells):
                continue
            if self._is_ragged(cells):
                fault = fault or RowFaultReason.RAGGED_ROW
            if all(text and normal_name(text) == header for text, header in zip(texts, headers.values(), strict=True)):
                fault = fault or RowFaultReason.REPEATED_HEADER
            yield number - self._header_row, fault, texts
        self._require_unmerged()

    def _texts(self, cells: Mapping[int, Cell]) -> tuple[list[str | None], RowFaultReason | None]:
        texts: list[str | None] = []
        fault: RowFaultReason | None = None
        for field, columns in self.placement.fields.items():
            text, problem = self._text(cells, columns, self._types[field])
            fault = fault or problem
            texts.append(text or None)
        return texts, fault

    def _text(
        self, cells: Mapping[int, Cell], columns: Sequence[int], kind: str
    ) -> tuple[str | None, RowFaultReason | None]:
        """What the columns of one field say; of a repeated header blanks say nothing and the others must agree."""
        if len(columns) == 1:
            cell = cells.get(columns[0])
            return (None, None) if cell is None else self._reader.text(cell, kind)
        read = [self._reader.text(cells[column], kind) for column in columns if column in cells]
        said = [text for text, _ in read if text and text not in self._null_texts]
        problem = next((problem for _, problem in read if problem), None)
        if len(set(said)) > 1:
            problem = problem or RowFaultReason.REPEATED_VALUES_DIFFER
        return next(iter([*said, *(text for text, _ in read)]), None), problem

    def _is_ragged(self, cells: Sequence[Cell]) -> bool:
        """Whether a value stands under no header."""
        far = [cell for cell in cells if cell.column >= self.placement.width or cell.column in self.placement.unnamed]
        outside = [cell for cell in far if self._reader.header(cell).strip()]
        if outside and max(cell.column for cell in outside) >= self.placement.width + _FAR_COLUMNS:
            raise FileFault(FileFaultReason.FAR_CELLS, f"column {max(cell.column for cell in outside) + 1}")
        return bool(outside)

    def _is_blank(self, cells: Sequence[Cell]) -> bool:
        return not any(self._reader.header(cell).strip() for cell in cells)

    def _require_unmerged(self) -> None:
        """Below the header only the first cell of a merged range has a value: the others would read as empty."""
        if merged := sum(self._is_table(text) for text in self._merged):
            raise FileFault(FileFaultReason.MERGED_CELLS, f"{merged} ranges below the header")

    def _is_table(self, area: str) -> bool:
        """Whether an area such as B2:C9 lies below the header and in a column that is read."""
        found, columns = _AREA.fullmatch(area), columns_by_letters()
        if found is None or int(found[4]) <= self._header_row:
            return False
        first, last = columns[found[1]], columns[found[3]]
        return any(first <= column <= last for read in self.placement.fields.values() for column in read)
