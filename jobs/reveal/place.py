"""The requester's own restricted place: one folder per person, one workbook per request, gone when the grant ends."""

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from jobs.approval.deadline import BUSINESS_TIME
from jobs.reveal.rules import Reveal
from jobs.storage.whole_files import write_private

_OURS = re.compile(r"(?P<reveal_id>[0-9a-f]{16})\.(?:xlsx|draft)|openpyxl\..*")
_WIDTH = 36  # characters: a token


class Place:
    """Below `root`: `<person>/<request>.xlsx`, folders 0700 and files 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, person: str, reveal_id: str) -> Path:
        """Where the values of one request lie."""
        return self.root / person / f"{reveal_id}.xlsx"

    def put(self, person: str, reveal: Reveal, label: str, values: Mapping[str, str]) -> Path:
        """Write or replace the workbook of a request, whole or not at all. label: what the values are, in Chinese."""
        path = self.path(person, reveal.reveal_id)
        for folder in (self.root, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _scratch_in(path.parent):
            content = workbook(reveal, label, values)
        write_private(path, content)
        return path

    def sweep(self, live: Collection[str]) -> list[str]:
        """Remove the files of every request that is not among the live ones, half written ones too; returns their ids.

        What a person put there besides is left alone. Only for whoever has the turn: a writer's scratch goes too.
        """
        removed = []
        for path in sorted(self.root.glob("*/*")):
            ours = _OURS.fullmatch(path.name)
            if ours and ours["reveal_id"] not in live:
                path.unlink(missing_ok=True)
                removed += [ours["reveal_id"]] if ours["reveal_id"] else []
        return removed


def workbook(reveal: Reveal, label: str, values: Mapping[str, str]) -> bytes:
    """One sheet with token and value, one with what it is for and when it ends.

    Every cell is text, so that an 18-digit number stays whole and nothing is a formula.
    """
    book = Workbook()
    book.remove(book.active)
    until = reveal.valid_until.astimezone(BUSINESS_TIME)
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
            ("有效期至", f"{until:%Y-%m-%d %H:%M}，到期自动删除"),
            ("注意", "仅限本次用途，不得复制、转发或外传"),
        ],
    )
    content = BytesIO()
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
def _scratch_in(folder: Path) -> Iterator[None]:
    """The library writes every sheet into a temporary file first, which must not lie where all may look."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
