"""Opened values as a workbook for the person who asked: the values, and on a second sheet what they are for."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from jobs.business_calendar import minute
from jobs.reveal.rules import Reveal

_WIDTH = 36  # characters: a token


def workbook(reveal: Reveal, label: str, values: Mapping[str, str], scratch: Path) -> bytes:
    """One sheet with token and value, one with what it is for and when it ends.

    Every cell is text, so that an 18-digit number stays whole and nothing is a formula.
    label: what the values are, in Chinese. scratch: a folder into which the requester alone may look.
    """
    book = Workbook()
    book.remove(book.active)
    content = BytesIO()
    with _temporary_files_in(scratch):
        _add_sheet(book, "数据", [("令牌", label), *values.items()])
        _add_sheet(
            book,
            "说明",
            [
                ("申请编号", reveal.reveal_id),
                ("数据集", f"{reveal.dataset} {reveal.field}"),
                ("用途", reveal.purpose),
                ("工单", reveal.ticket),
                ("申请人", reveal.requester),
                ("审批人", str(reveal.decided_by)),
                ("有效期至", f"{minute(reveal.valid_until)}，到期自动删除"),
                ("注意", "仅限本次用途，不得复制、转发或外传"),
            ],
        )
        book.save(content)
    return content.getvalue()


def _add_sheet(book: Workbook, title: str, rows: Iterable[tuple[str, str]]) -> None:
    sheet = book.create_sheet(title)
    for column in ("A", "B"):
        sheet.column_dimensions[column].width = _WIDTH
    for line, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(line, place, text)
            cell.data_type = "s"  # the library takes "=..." for a formula


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """The library writes every sheet into a temporary file first, which must not lie where all may look."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
