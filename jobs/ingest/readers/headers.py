"""Which field of the contract a column of a file stands for. A name that nobody declared refuses the file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from unicodedata import normalize

from contracts.model import Contract
from jobs.ingest.readers.faults import FileFault, FileFaultReason, positions

_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), 0x2060, 0xFEFF))


@dataclass(frozen=True)
class Placement:
    """Where the fields of a contract stand in a table.

    fields: the columns of each field found, from 0; several where one header is repeated word for word.
    unnamed: columns without a header; a value there has no meaning, so its row is ragged.
    headers: the header of each field found, to know a row that repeats them.
    """

    fields: Mapping[str, tuple[int, ...]]
    unnamed: tuple[int, ...]
    headers: Mapping[str, str]
    width: int


class ColumnNames:
    """The names of a contract's columns in source files: its fields, their aliases, and what is never read."""

    def __init__(self, contract: Contract) -> None:
        self._fields = {
            normal_name(name): field.name for field in contract.fields for name in (*field.aliases, field.name)
        }
        globs = [translate(normal_name(glob)) for glob in contract.source.ignored_columns]
        self._ignored = re.compile("|".join(globs)) if globs else None

    def field(self, header: str) -> str | None:
        """The field that the header stands for; None for any other header."""
        return self._fields.get(normal_name(header))

    def is_ignored(self, header: str) -> bool:
        """Whether the contract declares the header as never read; a declared field wins, so ask `field` first."""
        return self._ignored is not None and self._ignored.match(normal_name(header)) is not None


def normal_name(header: str) -> str:
    """A header as it is compared: compatibility forms unified, trimmed, runs of blanks as one; case matters.

    Invisible characters and blanks before a bracket go too: both differ between exports of one system.

    Example:
        >>> normal_name("  平均 单价  （元） ")
        '平均 单价(元)'
    """
    visible = normalize("NFKC", header).translate(_INVISIBLE)
    return " ".join(visible.split()).replace(" (", "(")


def place(header: Sequence[str], contract: Contract) -> Placement:
    """Find the contract's fields in a header, in any order; a header repeated word for word is one field.

    Blank headers at the end are no columns. A missing optional field is left out of the placement.
    Raises: FileFault for an unknown column, two names of one field, a missing required field; positions only.
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
    _require_one_name_each(header, found, width)
    if missing := [field.name for field in contract.fields if field.required and field.name not in found]:
        raise FileFault(FileFaultReason.MISSING_COLUMN, ", ".join(missing))
    return Placement(
        fields={field: tuple(columns) for field, columns in found.items()},
        unnamed=tuple(sorted(unnamed)),
        headers={field: header[columns[0]] for field, columns in found.items()},
        width=len(header),
    )


def _require_one_name_each(header: Sequence[str], found: Mapping[str, Sequence[int]], width: int) -> None:
    for columns in found.values():
        if len({normal_name(header[column]) for column in columns}) > 1:
            raise FileFault(FileFaultReason.REPEATED_COLUMN, positions("column", columns, width))
