"""Which field of the contract a column of a file stands for. A name that nobody declared refuses the file."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from contracts.model import Contract, Field
from jobs.ingest.readers.faults import FileFault, FileFaultReason, positions

_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), 0x2060, 0xFEFF))
_QUESTION_NUMBER = re.compile(r"\A[0-9]{1,3}、 ?", re.ASCII)


@dataclass(frozen=True)
class Placement:
    """Where the fields of a contract stand in a table.

    fields: the columns of each field found, from 0; several where a header is repeated, or where an export of all
        versions of a form has a renamed question under both names. What they say in one row must agree.
    unnamed: columns without a header; a value there has no meaning, so its row is ragged.
    headers: the header of each field found, to know a row that repeats them.
    counters: the header of each column that is a counter.
    key_prefix: what goes before the record's number, see `contracts.model.Channel`; mostly nothing.
    """

    fields: Mapping[str, tuple[int, ...]]
    unnamed: tuple[int, ...]
    headers: Mapping[str, str]
    width: int
    counters: Mapping[int, str] = field(default_factory=dict)
    key_prefix: str = ""


class ColumnNames:
    """The names of a contract's columns in source files: its fields, their aliases, and what is never read."""

    def __init__(self, contract: Contract) -> None:
        self._fields = {
            normal_name(name): field.name for field in contract.fields for name in (*field.aliases, field.name)
        }
        self._ignored = _any_of(contract.source.ignored_columns)
        self._channels = {normal_name(channel.header): channel.name for channel in contract.source.channels}

    def field(self, header: str) -> str | None:
        """The field that the header stands for; None for any other header."""
        return self._fields.get(normal_name(header))

    def is_ignored(self, header: str) -> bool:
        """Whether the contract declares the header as never read; a declared field wins, so ask `field` first."""
        return self._ignored is not None and self._ignored.match(normal_name(header)) is not None

    def key_prefix(self, headers: Iterable[str]) -> str:
        """What goes before the number of a record with these headers; an empty text outside declared channels."""
        if not self._channels:
            return ""
        written = {normal_name(header) for header in headers}
        return next((f"{name}-" for header, name in self._channels.items() if header in written), "")


def _any_of(globs: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(translate(normal_name(glob)) for glob in globs)) if globs else None


def normal_name(header: str) -> str:
    """A header as it is compared: compatibility forms unified, trimmed, runs of blanks as one; case matters.

    Invisible characters and blanks before a bracket go too: both differ between exports of one system. So does the
    number that survey platforms put before a question: a question that is put in between changes all that follow.

    Example:
        >>> normal_name("  平均 单价  （元） "), normal_name("12、所在区域")
        ('平均 单价(元)', '所在区域')
    """
    visible = normalize("NFKC", header).translate(_INVISIBLE)
    return _QUESTION_NUMBER.sub("", " ".join(visible.split())).replace(" (", "(")


def place(
    header: Sequence[str], contract: Contract, *, filled: Collection[str] = (), counters: Sequence[str] = ()
) -> Placement:
    """Find the contract's fields in a header, in any order; all columns under names of one field are that field.

    Blank headers at the end are no columns. A missing optional field is left out of the placement.
    filled: required fields that may be missing, for other columns give them. counters: headers that are counters.
    Raises: FileFault for an unknown column, a counter that is there twice, a missing required field; positions only.
    """
    names, is_counter = ColumnNames(contract), _any_of(counters)
    width = max((place + 1 for place, text in enumerate(header) if normal_name(text)), default=0)
    found: dict[str, list[int]] = {}
    unnamed, unknown = list(range(width, len(header))), []
    counted: dict[str, list[int]] = {}
    for column, text in enumerate(header[:width]):
        if not normal_name(text):
            unnamed.append(column)
        elif name := names.field(text):
            found.setdefault(name, []).append(column)
        elif names.is_ignored(text):
            continue
        elif is_counter and is_counter.match(normal_name(text)):
            counted.setdefault(normal_name(text), []).append(column)
        else:
            unknown.append(column)
    if unknown:
        raise FileFault(FileFaultReason.UNKNOWN_COLUMN, positions("column", unknown, width))
    if repeated := [column for columns in counted.values() if len(columns) > 1 for column in columns]:
        raise FileFault(FileFaultReason.REPEATED_COLUMN, positions("column", repeated, width))
    given = {*found, *filled}
    if missing := [field.name for field in contract.fields if field.required and not _sources(field) & given]:
        raise FileFault(FileFaultReason.MISSING_COLUMN, ", ".join(missing))
    return Placement(
        fields={field: tuple(columns) for field, columns in found.items()},
        unnamed=tuple(sorted(unnamed)),
        headers={field: header[columns[0]] for field, columns in found.items()},
        width=len(header),
        counters={columns[0]: name for name, columns in counted.items()},
        key_prefix=names.key_prefix(header),
    )


def repeats_header(columns: Mapping[str, Any], placement: Placement) -> Any:
    """Where a record says in every field what the header says; None where no record does, which is the rule."""
    repeats: Any = None
    for name, header in placement.headers.items():
        spellings = pa.array([header.strip(), normal_name(header)])
        same = pc.is_in(pc.utf8_trim_whitespace(columns[name]), value_set=spellings)
        repeats = same if repeats is None else pc.and_(repeats, same)
        if not pc.any(repeats).as_py():
            return None
    return repeats


def _sources(field: Field) -> set[str]:
    """The fields whose columns may hold what belongs here: its own, and the one it had in other versions."""
    return {field.name} | ({field.moved_from.column} if field.moved_from else set())
