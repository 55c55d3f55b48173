"""Sample rows as machines export them: fields inside the cells of others, counters as columns, records of a layout.

A row is here a mapping from names to what stands in the cells.
"""

import re
from collections.abc import Mapping, Sequence

from contracts.delimited import COUNTER_FIELDS, PART, Layout, Part
from infra.demo.samples import NoSample

#: What stands in a column that nobody reads.
UNREAD = "0"
#: How many counters a sample file has side by side.
COUNTERS = 2

#: What a pattern lets stand around a part and a sample does without: blanks, ends of the cell, a part before.
_OPTIONAL = re.compile(r"\(\?:\^\|, \*\)|(?: |\\s)\*|[\^$]")
_ESCAPED = re.compile(r"\\(.)")
_GROUP = f"(?P<{PART}>"

Cells = Mapping[str, object]


def with_parts_inside(row: Cells, parts: Sequence[Part]) -> dict[str, object]:
    """The row without the fields that the contract reads out of others, which hold them now.

    Where several patterns find a field, the first is followed.
    Raises: NoSample for a pattern that this writer cannot follow.
    """
    followed: dict[str, Part] = {}
    for part in parts:
        followed.setdefault(part.field, part)
    cells = {name: cell for name, cell in row.items() if name not in followed}
    for part in followed.values():
        cells[part.of] = _with(str(cells[part.of]), part, str(row[part.field]))
    for part in followed.values():
        found = re.search(part.pattern, str(cells[part.of]))
        if found is None or found[PART] != str(row[part.field]):
            raise NoSample(f"no sample is known for the pattern of part '{part.field}'; add it here")
    return cells


def _with(cell: str, part: Part, value: str) -> str:
    """The cell with the part as well: all of it, behind it in brackets, or behind a comma as `name=value`."""
    before, _, after = part.pattern.partition(_GROUP)
    written = _plain(before) + value + _plain(after.partition(")")[2])
    if before.startswith("^"):
        return written
    return f"{cell}, {written}" if written[0].isalnum() else cell + written


def _plain(pattern: str) -> str:
    return _ESCAPED.sub(r"\1", _OPTIONAL.sub("", pattern))


def with_counters_beside(rows: Sequence[Cells]) -> list[dict[str, object]]:
    """Fewer and wider rows, of which a reader of counters makes as many as there were.

    Each of the first rows has the counters of all, under headers that tell their units: 样例 (秒).
    """
    counters = {f"{row['counter_name']} ({row['counter_unit']})": row["value"] for row in rows[:COUNTERS]}
    return [
        {name: cell for name, cell in row.items() if name not in COUNTER_FIELDS} | counters
        for row in rows[: len(rows) // COUNTERS]
    ]


def in_layout(row: Cells, layout: Layout) -> list[object]:
    """The cells of a whole record in the layout's order; what nobody reads is `UNREAD`."""
    return [row.get(column, UNREAD) for column in layout.columns]
