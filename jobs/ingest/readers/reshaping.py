"""A table's cells as the contract's fields: parts out of composite cells, columns of counters as rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.delimited import COUNTER_FIELDS, PART, Part
from jobs.ingest.readers.batches import Chunk

#: A header's last bracket; headers are in normal form, so brackets are half-width.
_UNIT = re.compile(r"(?P<name>.+?)\((?P<unit>[^()]*)\)", re.DOTALL)
_NO_UNIT = {"", "无"}


class CounterName(NamedTuple):
    """What a header says of a counter; `unit` is NULL where it says none, or that there is none."""

    name: str
    unit: str | None


def counter_name(header: str) -> CounterName:
    """Name and unit of a counter; the unit is the last bracket, at the end of the header.

    Example:
        >>> counter_name("小区下行有数据传输总时长(1ms精度)(毫秒)")
        CounterName(name='小区下行有数据传输总时长(1ms精度)', unit='毫秒')
        >>> counter_name("小区内的平均用户数(无)"), counter_name("最大激活用户数_1")
        (CounterName(name='小区内的平均用户数', unit=None), CounterName(name='最大激活用户数_1', unit=None))
    """
    found = _UNIT.fullmatch(header)
    if found is None:
        return CounterName(header, None)
    return CounterName(found["name"], None if found["unit"] in _NO_UNIT else found["unit"])


def with_parts(chunk: Chunk, parts: Sequence[Part]) -> Chunk:
    """The chunk with the fields that stand inside others; a column of its own wins, then the first pattern found."""
    columns = dict(chunk.columns)
    for part in parts:
        if part.of in chunk.columns:
            found = pc.struct_field(pc.extract_regex(chunk.columns[part.of], pattern=part.pattern), PART)
            columns[part.field] = pc.coalesce(columns[part.field], found) if part.field in columns else found
    return Chunk(chunk.numbers, columns, chunk.faults)


def one_row_per_counter(chunk: Chunk, counters: Mapping[str, Any]) -> Iterator[Chunk]:
    """Each good record as one row per counter, all with the record's number; a record at fault stays one row.

    counters: the cells of each counter by its header in normal form.
    """
    is_good = pc.is_null(chunk.faults)
    if not pc.all(is_good).as_py():
        yield _only(chunk, pc.invert(is_good))
        chunk, counters = _only(chunk, is_good), {name: cells.filter(is_good) for name, cells in counters.items()}
    count = len(chunk.numbers)
    if not count:
        return
    said = [counter_name(header) for header in counters]
    record = pa.array(np.tile(np.arange(count), len(said)))
    counter = pa.array(np.repeat(np.arange(len(said)), count))
    given = (
        pa.array([name.name for name in said], pa.string()).take(counter),
        pa.array([name.unit for name in said], pa.string()).take(counter),
        pa.concat_arrays(list(counters.values())),
    )
    columns = {name: cells.take(record) for name, cells in chunk.columns.items()}
    yield Chunk(
        chunk.numbers.take(record),
        {**columns, **dict(zip(COUNTER_FIELDS, given, strict=True))},
        chunk.faults.take(record),
    )


def _only(chunk: Chunk, which: Any) -> Chunk:
    columns = {name: cells.filter(which) for name, cells in chunk.columns.items()}
    return Chunk(chunk.numbers.filter(which), columns, chunk.faults.filter(which))
