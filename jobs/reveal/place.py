"""The requester's own restricted place: one folder per person, one workbook per request, gone when the grant ends."""

import re
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from jobs.reveal.deadline import BUSINESS_TIME
from jobs.reveal.rules import Reveal
from jobs.storage.whole_files import write_private

_OURS = re.compile(r"([0-9a-f]{16})\.(?:xlsx|draft)")
_WIDTH = 36  # characters: a token


class Place:
    """Below `root`: `<person>/<request>.xlsx`, folders 0700 and files 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, person: str, reveal_id: str) -> Path:
        """Where the values of one request lie."""
        return self.root / person / f"{reveal_id}.xlsx"

    def put(self, person: str, reveal: Reveal, label: str, values: Mapping[str, str]) -> Path:
        """Write or replace the workbook of a request, whole or not at all."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.path(person, reveal.reveal_id)
        write_private(path, workbook(reveal, label, values))
        return path

    def sweep(self, live: Collection[str]) -> list[str]:
        """Remove the files of every request that is not among the live ones, half written ones too; returns their ids.

        What a person put there besides is left alone.
        """
        removed = []
        for path in sorted(self.root.glob("*/*")):
            ours = _OURS.fullmatch(path.name)
            if ours and ours[1] not in live:
                path.unlink(missing_ok=True)
                removed.append(ours[1])
        return removed


def workbook(reveal: Reveal, label: str, values: Mapping[str, str]) -> bytes:
    """One sheet with token and value, one with what it is for and when it ends.

    Every cell is text, so that an 18-digit number stays whole and nothing is a formula.
    """
    book = Workbook(write_only=True)
    answers = book.create_sheet("数据")
    answers.column_dimensions["A"].width = answers.column_dimensions["B"].width = _WIDTH
    for row in (("令牌", label), *values.items()):
        answers.append(_texts(answers, row))
    about = book.create_sheet("说明")
    about.column_dimensions["B"].width = _WIDTH
    for row in _about(reveal):
        about.append(_texts(about, row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _about(reveal: Reveal) -> list[tuple[str, str]]:
    until = reveal.valid_until.astimezone(BUSINESS_TIME)
    return [
        ("申请编号", reveal.reveal_id),
        ("数据集", f"{reveal.dataset} {reveal.field}"),
        ("用途", reveal.purpose),
        ("工单", reveal.ticket),
        ("申请人", reveal.requester),
        ("审批人", str(reveal.decided_by)),
        ("有效期至", f"{until:%Y-%m-%d %H:%M}，到期自动删除"),
        ("注意", "仅限本次用途，不得复制、转发或外传"),
    ]


def _texts(sheet: WriteOnlyWorksheet, row: tuple[str, str]) -> list[WriteOnlyCell]:
    cells = []
    for text in row:
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # the library takes "=..." for a formula
        cells.append(cell)
    return cells
