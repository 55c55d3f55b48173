"""An XLSForm as the workbook that form servers take."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from jobs.forms.xlsform import Row, XlsForm


def write_workbook(form: XlsForm, path: Path) -> None:
    """Write the three sheets, every cell as text; an existing file is replaced."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in (("survey", form.survey), ("choices", form.choices), ("settings", (form.settings,))):
        _fill(book.create_sheet(name), rows)
    book.save(path)


def _fill(sheet: Worksheet, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    sheet.append(columns)
    for row in rows:
        sheet.append([row.get(column) for column in columns])
