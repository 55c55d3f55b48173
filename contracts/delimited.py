"""What a contract may say of delimited text beyond a delimiter: fixed layouts, parts of cells, columns of counters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

#: The fields of a dataset that has one row per counter, filled from a counter's header and its cell.
COUNTER_FIELDS = ("counter_name", "counter_unit", "value")
#: The group of a part's pattern that holds the part.
PART = "part"


@dataclass(frozen=True)
class Layout:
    """The order of the fields in records without a header, in one version of a source.

    may_end_after: names of columns a record may end with; what would follow is NULL.
    """

    name: str
    columns: tuple[str, ...]
    may_end_after: tuple[str, ...] = ()

    @property
    def widths(self) -> frozenset[int]:
        """How many fields a whole record may have."""
        return frozenset({len(self.columns), *(self.columns.index(name) + 1 for name in self.may_end_after)})


@dataclass(frozen=True)
class Part:
    """A field that stands inside the text of another field; `pattern` has a group named `part`."""

    field: str
    of: str
    pattern: str


def layouts(options: Mapping[str, Any]) -> tuple[Layout, ...]:
    """The layouts of a reader of delimited text; none where its files have a header."""
    return tuple(
        Layout(layout["name"], tuple(layout["columns"]), tuple(layout.get("may_end_after", ())))
        for layout in options.get("layouts", ())
    )


def parts(options: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a reader of delimited text, in the order in which they are tried."""
    return tuple(Part(**part) for part in options.get("parts", ()))


def filled_fields(options: Mapping[str, Any]) -> frozenset[str]:
    """The fields that need no column of their own in a file: parts of others, or what counters give."""
    return frozenset(part.field for part in parts(options)) | frozenset(COUNTER_FIELDS if "counters" in options else ())


def mistakes(
    options: Mapping[str, Any], names: Mapping[str, str], required: Sequence[str], ignored: Sequence[str]
) -> Iterator[str]:
    """What is wrong with a reader's options, as sentences.

    names: the field by each of its names in a file. required: fields without which no row is whole.
    """
    fields = set(names.values())
    if "counters" in options:
        yield from (f"counters need a column '{name}'" for name in COUNTER_FIELDS if name not in fields)
    for part in parts(options):
        yield from _mistakes_of_part(part, fields)
    if {"layouts", "counters"} <= options.keys():
        yield "records without a header have no columns of counters"
    known = layouts(options)
    for layout in known:
        wanted = [name for name in required if name not in filled_fields(options)]
        yield from _mistakes_of_layout(layout, names, wanted, ignored)
    for position, layout in enumerate(known):
        for other in known[:position]:
            if same := _widths(layout) & _widths(other):
                listed = ", ".join(str(width) for width in sorted(same))
                yield f"layouts '{other.name}' and '{layout.name}' cannot be told apart: both may have {listed} fields"


def _widths(layout: Layout) -> frozenset[int]:
    return layout.widths if set(layout.may_end_after) <= set(layout.columns) else frozenset()


def _mistakes_of_layout(
    layout: Layout, names: Mapping[str, str], required: Sequence[str], ignored: Sequence[str]
) -> Iterator[str]:
    said = f"layout '{layout.name}'"
    found: dict[str, int] = {}
    for position, column in enumerate(layout.columns):
        if column in layout.columns[:position]:
            yield f"{said} names '{column}' twice"
        elif column in names:
            if names[column] in found:
                yield f"{said} has two columns for '{names[column]}'"
            found[names[column]] = position
        elif not any(fnmatchcase(column, glob) for glob in ignored):
            yield f"{said}: '{column}' is no column, no alias and not ignored"
    for name in layout.may_end_after:
        if name not in layout.columns:
            yield f"{said} may not end after '{name}', which it does not have"
    least = min(_widths(layout), default=0)
    for field in required:
        if found.get(field, least) >= least:
            yield f"{said} can lack '{field}', which is required"


def _mistakes_of_part(part: Part, fields: set[str]) -> Iterator[str]:
    for name in (part.field, part.of):
        if name not in fields:
            yield f"a part speaks of '{name}', which is no column"
    try:
        groups = re.compile(part.pattern).groupindex
    except re.error:
        yield f"the pattern of part '{part.field}' is no regular expression"
        return
    if set(groups) != {PART} or re.compile(part.pattern).groups != 1:
        yield f"the pattern of part '{part.field}' needs one group, named {PART}"
