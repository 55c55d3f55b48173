"""The sample rows of a dataset as a file of each kind that a person, a form server or a machine would send."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from contracts.delimited import layouts, parts
from contracts.model import Contract, Field, Reader
from infra.demo.planting import Tally
from infra.demo.sample_exports import in_layout, with_counters_beside, with_parts_inside
from infra.demo.samples import ROWS, NoSample, Value, Values, rows
from infra.demo.writing import RowFile, json_file, record_file, text_file, xlsx_file

_SHEET = "样例"
_DOCUMENT = "document"
_ZONE = timezone(timedelta(hours=8))
_CHINESE = re.compile(r"[一-鿿]")
_TIME_PATTERN = re.compile(r"'([^']*)'|\[[^\]]*\]|yyyy|MM|dd|HH|mm|ss|XXX")
_DIRECTIVES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "XXX": "+08:00"}


#: The samples as they are, without a value of one's own.
_AS_THEY_ARE: Sequence[Values] = ({},) * ROWS


def write(contract: Contract, day: date, folder: Path, own: Sequence[Values] = _AS_THEY_ARE) -> Iterator[Tally]:
    """Write the first kind of file that the contract names, as it arrives on `day`, and yield its tally: all rows good.

    `own`: for each row the values that take the place of the sample's; without any row no file comes.
    Raises: NoSample.
    """
    if not own:
        yield Tally()
        return
    reader = contract.source.readers[0]
    path = write_file(contract, reader, day, folder, own=own)
    yield Tally(rows=1 if reader.kind == _DOCUMENT else len(own), files=[path.name])


def write_file(
    contract: Contract,
    reader: Reader,
    day: date,
    folder: Path,
    *,
    encoding: str = "utf-8-sig",
    own: Sequence[Values] = _AS_THEY_ARE,
) -> Path:
    """Write the sample rows as the file that `reader` takes; `encoding` is that of delimited text, `own` as in `write`.

    A document is a short text, and one record.
    Raises: NoSample for a kind of file that is no table of rows, such as measurement XML.
    """
    if reader.kind == _DOCUMENT:
        return _write_document(contract, day, folder)
    if reader.kind not in _KINDS:
        raise NoSample(f"{contract.id}: a contract alone makes no file of kind {reader.kind}")
    path = folder / f"{contract.label}.{_KINDS[reader.kind].suffix}"
    table = _table(contract, reader, _with_own(list(rows(contract, day)), own))
    with _opened(path, reader, table.header, encoding) as file:
        for row in table.rows:
            file.write(row)
    return path


def _write_document(contract: Contract, day: date, folder: Path) -> Path:
    path = folder / f"{contract.label}.txt"
    with text_file(path) as out:
        out.write(f"样例文件\n{day:%Y-%m-%d} 收到，内容为虚构。\n")
    return path


class _Table(NamedTuple):
    """What stands in a file; records of a layout have no header."""

    header: list[str]
    rows: list[list[object]]


def _with_own(samples: Sequence[Values], own: Sequence[Values]) -> list[Values]:
    return [samples[number % ROWS] | values for number, values in enumerate(own)]


def _table(contract: Contract, reader: Reader, rows: Iterable[Values]) -> _Table:
    versions = layouts(reader.options)
    kind = _RECORDS if versions else _KINDS[reader.kind]
    written = [
        with_parts_inside(
            {field.name: kind.written(field, values[field.name]) for field in contract.fields}, parts(reader.options)
        )
        for values in rows
    ]
    if "counters" in reader.options:
        written = with_counters_beside(written)
    names = {field.name: kind.name(field) for field in contract.fields}
    named = [{names.get(name, name): cell for name, cell in row.items()} for row in written]
    if versions:
        return _Table([], [in_layout(row, versions[0]) for row in named])
    return _Table(list(named[0]), [list(row.values()) for row in named])


def header(field: Field) -> str:
    """The column's Chinese name in real files, where it has one."""
    return next((alias for alias in field.aliases if _CHINESE.search(alias)), (*field.aliases, field.name)[0])


def question(field: Field) -> str:
    """The column's key in a form server's answers: a system key or a grouped question, else its plain name."""
    return next((alias for alias in field.aliases if alias.startswith("_") or "/" in alias), field.name)


def _opened(path: Path, reader: Reader, names: list[str], encoding: str) -> AbstractContextManager[RowFile]:
    if reader.kind == "xlsx":
        return xlsx_file(path, names, str(reader.options.get("sheet", _SHEET)))
    if reader.kind == "kobo_json":
        return json_file(path, names)
    between = str(reader.options.get("delimiter", ",")) + (" " if reader.options.get("is_padded") else "")
    return record_file(path, names, encoding, between)


def _as_text(field: Field, value: Value) -> object:
    """The value as people type it: the source's words in place of codes, days and moments in the agreed form."""
    match value:
        case bool():
            return _word(field, str(value).lower(), "是" if value else "否")
        case int() if "hexadecimal" in field.formats:
            return f"{value:X}"
        case str():
            return _word(field, value, value)
        case list():
            return "、".join(_word(field, code, code) for code in value)
        case date():
            return _moment(field, value)
    return value


def _moment(field: Field, value: date) -> str:
    if isinstance(value, datetime) and "epoch_ms" in field.formats:
        return f"{value.replace(tzinfo=_ZONE).timestamp() * 1000:.0f}"
    return value.strftime(_directives(field))


def _as_record(field: Field, value: Value) -> object:
    """The value as a probe writes it, which has no words for yes and no."""
    return int(value) if isinstance(value, bool) else _as_text(field, value)


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
_RECORDS = _Kind("csv", header, _as_record)
