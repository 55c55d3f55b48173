"""Performance measurement files of 3GPP TS 32.435 and TS 28.532: one row per counter value of one object."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.long_rows import LongRows
from jobs.ingest.readers.markup import elements, release, require_root
from jobs.ingest.readers.periods import period

#: What the results of one object share, by the names that a contract may use; beside it stand `counter_name`,
#: `value_text` and `value`.
_SHARED = (
    "measured_object", "measurement_group", "period_started_at", "period_ended_at", "granularity_s", "is_suspect",
    "managed_element", "sender", "standard",
)  # fmt: skip

_32_435 = "http://www.3gpp.org/ftp/specs/archive/32_series/32.435#measCollec"
_28_532 = "http://www.3gpp.org/ftp/specs/archive/28_series/28.532#measData"
#: The root and its namespace decide; the version that a file states can contradict them.
_STANDARDS: Mapping[str, tuple[str, str]] = {
    "measCollecFile": ("32.435", _32_435),
    "measDataFile": ("28.532", _28_532),
}
_TAGS = (
    *_STANDARDS, "fileHeader", "fileSender", "fileFooter", "measData", "managedElement", "measEntity", "measInfo",
    "granPeriod", "measTypes", "measType", "measValue",
)  # fmt: skip
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"
_SUSPECT = {None: "false", "false": "false", "0": "false", "true": "true", "1": "true"}
_NOTHING = pa.array(["", "NULL"])

#: The counters, texts and faults of one object's results; no faults where all pair.
_Results = tuple[Sequence[str | None], Sequence[str | None], Sequence[RowFaultReason | None] | None]


def read_performance(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """One row per result, numbered in the file's order; a result that pairs with no counter is a faulty row.

    NULL: `value_text` for a blank result or the word NULL; `value` for everything but a plain number, so also for
        vectors, whose text stays in `value_text`; the period where the file's own words for it are not ISO 8601.
    Raises: FileFault, also after some chunks: DOCTYPE, TRUNCATED, MALFORMED, WRONG_STRUCTURE.
    """
    zone = ZoneInfo(str(reader.options.get("timezone", contract.source.timezone)))
    for chunk in _chunks(path, zone):
        yield replace(chunk, columns={**chunk.columns, **_values(chunk.columns["value_text"])})


def _values(written: Any) -> dict[str, Any]:
    """The results as the file says them, and as numbers where they are plain ones."""
    nothing = pa.scalar(None, pa.string())
    trimmed = pc.utf8_trim_whitespace(written)
    texts = pc.if_else(pc.is_in(trimmed, _NOTHING), nothing, trimmed)
    return {"value_text": texts, "value": pc.if_else(pc.match_substring_regex(texts, _NUMBER), texts, nothing)}


def _chunks(path: Path, zone: tzinfo) -> Iterator[Chunk]:
    state, rows = _State(zone), LongRows(_SHARED, "counter_name", "value_text")
    with path.open("rb") as file:
        for element in elements(file, _TAGS):
            state.close(element.tag.rpartition("}")[2], element, rows)
            if rows.is_full:
                yield rows.take()
    state.require_whole()
    yield rows.take()


@dataclass
class _Counters:
    """The names that one block gives its results: a list to pair by place, or names to pair by the number `p`."""

    listed: list[str] = field(default_factory=list)
    indexed: dict[str | None, str | None] = field(default_factory=dict)
    paired: tuple[list[str | None], list[str | None]] = field(default_factory=lambda: ([], []))

    def known(self, indices: list[str | None]) -> list[str | None] | None:
        """The names for these numbers if an object before had the same; nearly always, so it is asked first."""
        return self.paired[1] if indices == self.paired[0] else None

    def add(self, index: str | None, name: str) -> None:
        """One counter of the indexed kind; a number that is given twice names nothing."""
        self.indexed[index] = None if index is None or index in self.indexed else name

    def listed_results(self, texts: list[str]) -> _Results:
        """The results of one object by place; a list that does not fit its names is one faulty row."""
        if len(texts) == len(self.listed):
            return self.listed, texts, None
        return (None,), (" ".join(texts),), (RowFaultReason.UNPAIRED_RESULTS,)

    def indexed_results(self, results: Sequence[Any]) -> _Results:
        """The results of one object by number; those whose number is missing, repeated or unknown are faulty rows."""
        indices, texts = [result.get("p") for result in results], [result.text for result in results]
        names = [self.indexed.get(index) for index in indices]
        counts = Counter(indices)
        if len(counts) == len(indices) and None not in names:
            self.paired = indices, names
            return names, texts, None
        is_paired = [name is not None and counts[index] == 1 for index, name in zip(indices, names, strict=True)]
        return names, texts, [None if paired else RowFaultReason.UNPAIRED_RESULTS for paired in is_paired]


@dataclass
class _State:
    """What the file has said so far that holds for the values to come."""

    zone: tzinfo
    root: Any = None
    space: str = ""
    standard: str = ""
    sender: str | None = None
    seen: set[str] = field(default_factory=set)
    managed_element: str | None = None
    has_element: bool = False
    period: tuple[str | None, str | None, str | None] = (None, None, None)
    counters: _Counters = field(default_factory=_Counters)

    def close(self, local: str, element: Any, rows: LongRows) -> None:
        """An element is whole: take what it says. What holds inside a block ends with it."""
        if self.root is None:
            self._begin(element)
        match local:
            case "measValue":
                self._take(element, rows)
                release(element)
            case "fileSender":
                self.sender = element.get("localDn") or element.get("senderName") or None
            case "fileHeader" | "fileFooter":
                self.seen.add(local)
            case "managedElement" | "measEntity":
                self.managed_element, self.has_element = element.get("localDn") or None, True
            case "granPeriod":
                self.period = period(element.get("endTime"), element.get("duration"), self.zone)
            case "measTypes":
                self.counters.listed = (element.text or "").split()
            case "measType":
                self.counters.add(element.get("p"), (element.text or "").strip())
            case "measInfo":
                self._require_element()
                self.period, self.counters = (None, None, None), _Counters()
                release(element)
            case "measData" if element.getparent() is self.root:  # in 28.532 header and footer hold one too
                self._require_element()
                self.managed_element, self.has_element = None, False
                release(element)

    def require_whole(self) -> None:
        """At the file's end: root, header and footer were there. Raises: FileFault WRONG_STRUCTURE."""
        if self.root is None:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root is none of {', '.join(_STANDARDS)}")
        for part in ("fileHeader", "fileFooter"):
            if part not in self.seen:
                raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"{part} is missing")

    def _begin(self, element: Any) -> None:
        self.root = require_root(element, tuple(_STANDARDS))
        self.space, _, local = self.root.tag.rpartition("}")
        self.standard, namespace = _STANDARDS[local]
        if self.space not in {"", f"{{{namespace}"}:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root's namespace is not that of TS {self.standard}")
        self.space += "}" if self.space else ""

    def _require_element(self) -> None:
        if "fileHeader" not in self.seen:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "fileHeader is missing")
        if not self.has_element:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "measData without managedElement or measEntity")

    def _take(self, value: Any, rows: LongRows) -> None:
        """The results of one object as rows."""
        parts = list(value)
        if names := self.counters.known([part.get("p") for part in parts]):
            rows.add(self._shared(value, None), names, [part.text for part in parts])
            return
        others = {part.tag: part.text for part in parts if part.tag != f"{self.space}r"}
        shared = self._shared(value, others.get(f"{self.space}suspect"))
        if f"{self.space}measResults" in others:
            rows.add(shared, *self.counters.listed_results((others[f"{self.space}measResults"] or "").split()))
        else:
            rows.add(shared, *self.counters.indexed_results([part for part in parts if part.tag == f"{self.space}r"]))

    def _shared(self, value: Any, suspect: str | None) -> tuple[str | None, ...]:
        """What all results of an object share, in the order of `_SHARED`."""
        said = suspect.strip() if suspect else None
        group = value.getparent().get("measInfoId") or None
        return (
            value.get("measObjLdn") or None, group, *self.period, _SUSPECT.get(said, said),
            self.managed_element, self.sender, self.standard,
        )  # fmt: skip
