"""Which field of the contract a column of a file stands for. A name that nobody declared refuses the file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from unicodedata import normalize

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
    key_prefix: what goes before the record's number, see `contracts.model.Channel`; mostly nothing.
    """

    fields: Mapping[str, tuple[int, ...]]
    unnamed: tuple[int, ...]
    headers: Mapping[str, str]
    width: int
    key_prefix: str = ""


class ColumnNames:
    """The names of a contract's columns in source files: its fields, their aliases, and what is never read."""

    def __init__(self, contract: Contract) -> None:
        self._fields = {
            normal_name(name): field.name for field in contract.fields for name in (*field.aliases, field.name)
        }
        globs = [translate(normal_name(glob)) for glob in contract.source.ignored_columns]
        self._ignored = re.compile("|".join(globs)) if globs else None
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


def place(header: Sequence[str], contract: Contract) -> Placement:
    """Find the contract's fields in a header, in any order; all columns under names of one field are that field.

    Blank headers at the end are no columns. A missing optional field is left out of the placement.
    Raises: FileFault for an unknown column or a missing required field; positions only.
    """
    names = ColumnNames(contract)
    width = max((place + 1 for place, text in enumerate(header) if normal_name(text)), default=0)
    found: dict[str, list[int]] = {}
    unnamed, unknown = list(range(width, len(header))), []
    for column, text in enumerate(header[:width]):
        if not normal_name(text):
            unnamed.append(column)
        elif field := names.field(text):
            found.setdefault(field, []).append(column)
        elif not names.is_ignored(text):
            unknown.append(column)
    if unknown:
        raise FileFault(FileFaultReason.UNKNOWN_COLUMN, positions("column", unknown, width))
    if missing := [field.name for field in contract.fields if field.required and not _sources(field) & found.keys()]:
        raise FileFault(FileFaultReason.MISSING_COLUMN, ", ".join(missing))
    return Placement(
        fields={field: tuple(columns) for field, columns in found.items()},
        unnamed=tuple(sorted(unnamed)),
        headers={field: header[columns[0]] for field, columns in found.items()},
        width=len(header),
        key_prefix=names.key_prefix(header),
    )


def _sources(field: Field) -> set[str]:
    """The fields whose columns may hold what belongs here: its own, and the one it had in other versions."""
    return {field.name} | ({field.moved_from.column} if field.moved_from else set())
