"""An XLSForm as the workbook that form servers take."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from jobs.forms.xlsform import Row, XlsForm

#: What a spreadsheet would take for a formula, also once the sheet is saved as text (OWASP ASVS 1.2.10).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(form: XlsForm, path: Path) -> None:
    """Write the three sheets, every cell as text; an existing file is replaced.

    A text that begins like a formula has the mark of a typed apostrophe: it stays a text in a spreadsheet, and form
    servers read it without the mark.
    """
    book = Workbook()
    book.remove(book.active)
    for name, rows in (("survey", form.survey), ("choices", form.choices), ("settings", (form.settings,))):
        _fill(book.create_sheet(name), rows)
    book.save(path)


def _fill(sheet: Worksheet, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for line, row in enumerate([dict(zip(columns, columns, strict=True)), *rows], 1):
        for place, column in enumerate(columns, 1):
            if text := row.get(column):
                _write_text(sheet.cell(line, place), text)


def _write_text(cell: Cell, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # the library takes "=..." for a formula
    cell.quotePrefix = text.startswith(_FORMULA_STARTS)
