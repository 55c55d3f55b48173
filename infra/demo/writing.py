"""Files written row by row: beside their place first, then moved, so that nobody finds half a file."""

import csv
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from openpyxl import Workbook

#: What every workbook says about its making, so that equal contents are equal bytes.
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001  # the file format has no time zone
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
_COPY_BYTES = 1 << 20

Row = Sequence[object]


class RowFile(Protocol):
    """A file that takes one row after the other."""

    def write(self, row: Row) -> None:
        """Append the row; values in the order of the header."""


@contextmanager
def csv_file(path: Path, header: Sequence[str], encoding: str) -> Iterator[RowFile]:
    """A CSV file with CRLF line ends, as spreadsheets write it; `utf-8-sig` gives the byte-order mark."""
    with _beside(path) as draft, draft.open("w", encoding=encoding, newline="") as out:
        yield _Csv(csv.writer(out), header)


@contextmanager
def record_file(path: Path, header: Sequence[str], encoding: str, between: str) -> Iterator[RowFile]:
    """Text as machines export it: cells joined by `between`, a delimiter that a blank may follow; CRLF line ends.

    Quoted is only a cell that holds the delimiter, a quote or a line end. An empty header is none.
    """
    with _beside(path) as draft, draft.open("w", encoding=encoding, newline="") as out:
        records = _Records(out, between)
        if header:
            records.write(header)
        yield records


@contextmanager
def xlsx_file(path: Path, header: Sequence[str], sheet: str) -> Iterator[RowFile]:
    """A workbook of one sheet; rows go to disk at once, the zip is made when the block ends."""
    book = Workbook(write_only=True)
    book.properties.created = _MADE_AT
    page = book.create_sheet(sheet)
    page.append(list(header))
    yield _Xlsx(page)
    with _beside(path) as draft:
        raw = draft.with_suffix(".raw")
        book.save(raw)
        _with_fixed_times(raw, draft)
        raw.unlink()


@contextmanager
def json_file(path: Path, keys: Sequence[str]) -> Iterator[RowFile]:
    """A JSON array of objects with these keys; None leaves the key out, as form servers do."""
    with _beside(path) as draft, draft.open("w", encoding="utf-8") as out:
        rows = _JsonArray(out, keys)
        yield rows
        rows.end()


@contextmanager
def text_file(path: Path) -> Iterator[TextIO]:
    """A text file in UTF-8, for what is no table."""
    with _beside(path) as draft, draft.open("w", encoding="utf-8") as out:
        yield out


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(path)


class _Csv:
    def __init__(self, writer: object, header: Sequence[str]) -> None:
        self.write = writer.writerow  # type: ignore[attr-defined]  # the csv module does not name its writer's type
        self.write(header)


class _Records:
    def __init__(self, out: TextIO, between: str) -> None:
        self._out, self._between = out, between
        self._quoted = frozenset(f'{between[0]}"\r\n')

    def write(self, row: Row) -> None:
        self._out.write(self._between.join(self._cell(value) for value in row) + "\r\n")

    def _cell(self, value: object) -> str:
        text = "" if value is None else str(value)
        return text if self._quoted.isdisjoint(text) else '"' + text.replace('"', '""') + '"'


class _Xlsx:
    def __init__(self, page: object) -> None:
        self._append = page.append  # type: ignore[attr-defined]  # openpyxl has no types

    def write(self, row: Row) -> None:
        self._append(list(row))


class _JsonArray:
    def __init__(self, out: object, keys: Sequence[str]) -> None:
        self._write = out.write  # type: ignore[attr-defined]
        self._keys = keys
        self._separator = "["

    def write(self, row: Row) -> None:
        answered: Mapping[str, object] = {k: v for k, v in zip(self._keys, row, strict=True) if v is not None}
        self._write(self._separator + "\n" + json.dumps(answered, ensure_ascii=False))
        self._separator = ","

    def end(self) -> None:
        self._write("[]\n" if self._separator == "[" else "\n]\n")


def _with_fixed_times(source: Path, target: Path) -> None:
    """Copy a workbook's zip without the moments of its making."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with old.open(name) as reader, new.open(entry, "w") as writer:
                if name == "docProps/core.xml":
                    writer.write(_without_modified(reader.read()))
                else:
                    while block := reader.read(_COPY_BYTES):
                        writer.write(block)


def _without_modified(core: bytes) -> bytes:
    head, _, rest = core.partition(b"<dcterms:modified")
    return head + rest.partition(b"</dcterms:modified>")[2] if rest else core
