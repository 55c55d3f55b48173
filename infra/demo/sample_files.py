"""The sample rows of a dataset as a file of each kind that a person or a form server would send."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from contracts.model import Contract, Field, Reader
from infra.demo.planting import Tally
from infra.demo.samples import ROWS, NoSample, Value, rows
from infra.demo.writing import RowFile, csv_file, json_file, xlsx_file

_SHEET = "样例"
_CHINESE = re.compile(r"[一-鿿]")
_TIME_PATTERN = re.compile(r"'([^']*)'|\[[^\]]*\]|yyyy|MM|dd|HH|mm|ss|XXX")
_DIRECTIVES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "XXX": "+08:00"}


def write(contract: Contract, day: date, folder: Path) -> Iterator[Tally]:
    """Write the first kind of file that the contract names, as it arrives on `day`, and yield its tally: all rows good.

    Raises: NoSample.
    """
    path = write_file(contract, contract.source.readers[0], day, folder)
    yield Tally(rows=ROWS, files=[path.name])


def write_file(contract: Contract, reader: Reader, day: date, folder: Path, *, encoding: str = "utf-8-sig") -> Path:
    """Write the sample rows as the file that `reader` takes; `encoding` is that of delimited text.

    Raises: NoSample for a kind of file that is no table of rows, such as measurement XML.
    """
    if reader.kind not in _KINDS:
        raise NoSample(f"{contract.id}: a contract alone makes no file of kind {reader.kind}")
    kind = _KINDS[reader.kind]
    path = folder / f"{contract.label}.{kind.suffix}"
    names = [kind.name(field) for field in contract.fields]
    with _opened(path, reader, names, encoding) as file:
        for values in rows(contract, day):
            file.write([kind.written(field, values[field.name]) for field in contract.fields])
    return path


def header(field: Field) -> str:
    """The column's Chinese name in real files, where it has one."""
    return next((alias for alias in field.aliases if _CHINESE.search(alias)), (*field.aliases, field.name)[0])


def question(field: Field) -> str:
    """The column's key in a form server's answers: a system key or a grouped question, else its plain name."""
    return next((alias for alias in field.aliases if alias.startswith("_") or "/" in alias), field.name)


def _opened(path: Path, reader: Reader, names: list[str], encoding: str) -> AbstractContextManager[RowFile]:
    if reader.kind == "xlsx":
        return xlsx_file(path, names, str(reader.options.get("sheet", _SHEET)))
    return json_file(path, names) if reader.kind == "kobo_json" else csv_file(path, names, encoding)


def _as_text(field: Field, value: Value) -> object:
    """The value as people type it: the source's words in place of codes, days and moments in the agreed form."""
    match value:
        case bool():
            return _word(field, str(value).lower(), "是" if value else "否")
        case str():
            return _word(field, value, value)
        case list():
            return "、".join(_word(field, code, code) for code in value)
        case date():
            return value.strftime(_directives(field))
    return value


def _as_cell(field: Field, value: Value) -> object:
    """The value as a workbook keeps it, where days and moments are no texts."""
    return value if isinstance(value, date) else _as_text(field, value)


def _as_answer(field: Field, value: Value) -> object:
    """The value as a form server gives it: everything text, codes in place of words, several joined by a blank."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(value)
        case date():
            return _as_text(field, value)
    return str(value)


def _word(field: Field, code: str, otherwise: str) -> str:
    """The source's word for a code, the first of several."""
    return next((word for word, meant in field.codes.items() if meant == code), otherwise)


def _directives(field: Field) -> str:
    """The field's first format for `strftime`; ISO where the contract leaves it open."""
    if not field.formats:
        return "%Y-%m-%d" if field.type == "date" else "%Y-%m-%d %H:%M:%S"
    return _TIME_PATTERN.sub(lambda found: found[1] or _DIRECTIVES.get(found[0], ""), field.formats[0])


class _Kind(NamedTuple):
    """How one kind of file is written: the end of its name, what a column is called, how a value looks."""

    suffix: str
    name: Callable[[Field], str]
    written: Callable[[Field, Value], object]


_KINDS = {
    "csv": _Kind("csv", header, _as_text),
    "xlsx": _Kind("xlsx", header, _as_cell),
    "kobo_json": _Kind("json", question, _as_answer),
}
