"""What one would write without a reader: parse, collect rows, write Parquet. No check, no fault, one layout."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

_ROWS_AT_ONCE = 100_000
_TAGS = ("fileSender", "managedElement", "granPeriod", "measType", "measValue")


def measurements(path: Path, out: Path) -> None:
    """A row per indexed result of a performance measurement file."""

    def rows() -> Iterator[dict[str, str | None]]:
        names: dict[str, str] = {}
        about: dict[str, str | None] = {}
        for _, element in etree.iterparse(path, tag=_TAGS):
            match element.tag:
                case "fileSender":
                    about["sender"] = element.get("localDn")
                case "managedElement":
                    about["managed_element"] = element.get("localDn")
                case "granPeriod":
                    about |= {"period_ended_at": element.get("endTime"), "granularity": element.get("duration")}
                case "measType":
                    names[element.get("p")] = element.text
                case "measValue":
                    about["measured_object"] = element.get("measObjLdn")
                    for result in element.iterfind("r"):
                        yield {**about, "counter_name": names[result.get("p")], "value": result.text}
                    element.clear()

    columns = (
        "measured_object", "counter_name", "period_ended_at", "granularity", "value", "managed_element", "sender",
    )  # fmt: skip
    _write(rows(), columns, out)


def samples(path: Path, out: Path) -> None:
    """A row per `v` of a measurement report file, every column."""
    about = ("id", "MmeUeS1apId", "MmeGroupId", "MmeCode", "TimeStamp")

    def rows() -> Iterator[dict[str, str | None]]:
        names: list[str] = []
        for _, element in etree.iterparse(path, tag=("smr", "object")):
            if element.tag == "smr":
                names = element.text.split()
            elif element.tag == "object":
                said = dict(element.items())
                for value in element.iterfind("v"):
                    pairs = zip(names, value.text.split(), strict=True)
                    yield {**said, **{name: None if word == "NIL" else word for name, word in pairs}}
                element.clear()

    columns = next(element.text.split() for _, element in etree.iterparse(path, tag="smr"))
    _write(rows(), (*about, *columns), out)


def _write(rows: Iterator[dict[str, str | None]], columns: tuple[str, ...], out: Path) -> None:
    schema = pa.schema([(column, pa.string()) for column in columns])
    with pq.ParquetWriter(out, schema) as table:
        held: list[dict[str, str | None]] = []
        for row in rows:
            held.append(row)
            if len(held) == _ROWS_AT_ONCE:
                table.write_table(pa.Table.from_pylist(held, schema))
                held = []
        table.write_table(pa.Table.from_pylist(held, schema))
