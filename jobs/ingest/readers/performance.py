"""Performance measurement files of 3GPP TS 32.435 and TS 28.532: one row per counter value of one object."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, Row, chunks
from jobs.ingest.readers.faults import FileFault, FileFaultReason, RowFaultReason
from jobs.ingest.readers.markup import events, release

#: What a file says of each value, by the names that a contract may use.
FIELDS = (
    "measured_object", "measurement_group", "counter_name", "period_started_at", "period_ended_at", "granularity_s",
    "value_text", "value", "is_suspect", "managed_element", "sender", "standard",
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
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.0+)?S)?)?", re.ASCII)
_SUSPECT = {None: "false", "false": "false", "0": "false", "true": "true", "1": "true"}

_Pair = tuple[RowFaultReason | None, str | None, str | None]


def read_performance(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:
    """One row per result, numbered in the file's order; a result that pairs with no counter is a faulty row.

    NULL: `value_text` for a blank result or the word NULL; `value` for everything but a plain number, so also for
        vectors, whose text stays in `value_text`; the period where the file's own words for it are not ISO 8601.
    Raises: FileFault, also after some chunks: DOCTYPE, TRUNCATED, MALFORMED, WRONG_STRUCTURE.
    """
    zone = ZoneInfo(str(reader.options.get("timezone", contract.source.timezone)))
    yield from chunks(_rows(path, zone), FIELDS)


def _rows(path: Path, zone: tzinfo) -> Iterator[Row]:
    state = _State(zone)
    number = 0
    with path.open("rb") as file:
        for event, element in events(file, _TAGS, ("start", "end")):
            local = element.tag.rpartition("}")[2]
            if event == "start":
                state.open(local, element)
            elif local == "measValue":
                before, after = state.context(element)
                for fault, counter, text in state.results(element):
                    number += 1
                    value = text if text is not None and _NUMBER.fullmatch(text) else None
                    yield number, fault, (*before[:2], counter, *before[2:], text, value, *after)
                release(element)
            else:
                state.close(local, element)
    state.require_whole()


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
    group: str | None = None
    period: tuple[str | None, str | None, str | None] = (None, None, None)
    listed: list[str] | None = None
    indexed: dict[str | None, str] = field(default_factory=dict)
    ambiguous: set[str | None] = field(default_factory=set)

    def open(self, local: str, element: Any) -> None:
        """An element begins: what the elder ones said no longer holds."""
        if self.root is None:
            self._begin(local, element)
        elif local == "measData" and self._is_of_root(element):
            if "fileHeader" not in self.seen:
                raise FileFault(FileFaultReason.WRONG_STRUCTURE, "fileHeader is missing")
            self.managed_element, self.has_element = None, False
        elif local == "measInfo":
            if not self.has_element:
                raise FileFault(FileFaultReason.WRONG_STRUCTURE, "measData without managedElement or measEntity")
            self.group, self.period = element.get("measInfoId") or None, (None, None, None)
            self.listed, self.indexed, self.ambiguous = None, {}, set()

    def close(self, local: str, element: Any) -> None:
        """An element is whole: take what it says."""
        match local:
            case "fileSender":
                self.sender = element.get("localDn") or element.get("senderName") or None
            case "fileHeader" | "fileFooter":
                self.seen.add(local)
            case "managedElement" | "measEntity":
                self.managed_element, self.has_element = element.get("localDn") or None, True
            case "granPeriod":
                self.period = _period(element.get("endTime"), element.get("duration"), self.zone)
            case "measTypes":
                self.listed = (element.text or "").split()
            case "measType":
                self._add_counter(element.get("p"), (element.text or "").strip())
            case "measInfo":
                release(element)
            case "measData" if self._is_of_root(element):
                if not self.has_element:
                    raise FileFault(FileFaultReason.WRONG_STRUCTURE, "measData without managedElement or measEntity")
                release(element)

    def context(self, value: Any) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
        """What stands before and behind a result in its row."""
        suspect = value.findtext(f"{self.space}suspect")
        said = suspect.strip() if suspect else None
        before = (value.get("measObjLdn") or None, self.group, *self.period)
        return before, (_SUSPECT.get(said, said), self.managed_element, self.sender, self.standard)

    def results(self, value: Any) -> Iterator[_Pair]:
        """Fault, counter name and text of each result; one faulty row for a list that does not fit its names."""
        listed = value.find(f"{self.space}measResults")
        if listed is None:
            yield from self._indexed_results(value)
            return
        texts = (listed.text or "").split()
        names = self.listed or []
        if len(texts) != len(names):
            yield RowFaultReason.UNPAIRED_RESULTS, None, " ".join(texts) or None
            return
        for name, text in zip(names, texts, strict=True):
            yield None, name, None if text == "NULL" else text

    def _indexed_results(self, value: Any) -> Iterator[_Pair]:
        results = [(result.get("p"), (result.text or "").strip()) for result in value.iterfind(f"{self.space}r")]
        repeated: set[str | None] = set()
        if len({index for index, _ in results}) < len(results):
            repeated = {index for index, count in Counter(index for index, _ in results).items() if count > 1}
        for index, text in results:
            name = self.indexed.get(index)
            is_paired = name is not None and index not in self.ambiguous and index not in repeated
            yield (
                None if is_paired else RowFaultReason.UNPAIRED_RESULTS,
                name,
                text if text and text != "NULL" else None,
            )

    def require_whole(self) -> None:
        """At the file's end: root, header and footer were there. Raises: FileFault WRONG_STRUCTURE."""
        if self.root is None:
            self._begin("", None)
        for part in ("fileHeader", "fileFooter"):
            if part not in self.seen:
                raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"{part} is missing")

    def _begin(self, local: str, element: Any) -> None:
        standard, namespace = _STANDARDS.get(local, ("", ""))
        if not standard or element.getparent() is not None:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root is none of {', '.join(_STANDARDS)}")
        space = element.tag[: -len(local)]
        if space not in {"", f"{{{namespace}}}"}:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root's namespace is not that of TS {standard}")
        self.root, self.space, self.standard = element.tag, space, standard

    def _is_of_root(self, element: Any) -> bool:
        """In 28.532 header and footer hold an element of the same name as the measurements."""
        parent = element.getparent()
        return parent is not None and parent.tag == self.root

    def _add_counter(self, index: str | None, name: str) -> None:
        if index is None or index in self.indexed:
            self.ambiguous.add(index)
        self.indexed[index] = name


def _period(ended: str | None, duration: str | None, zone: tzinfo) -> tuple[str | None, str | None, str | None]:
    """Begin, end and seconds of a granularity period; a time without offset is a clock in `zone`.

    An end that cannot be read stays as it is written, for the row's fault to be seen; a length becomes NULL.

    Example:
        >>> _period("2026-01-31T08:15:00+0800", "PT15M", ZoneInfo("UTC"))
        ('2026-01-31T08:00:00+08:00', '2026-01-31T08:15:00+08:00', '900')
    """
    seconds = duration_seconds(duration)
    length = None if seconds is None else str(seconds)
    try:
        end = datetime.fromisoformat((ended or "").strip())
    except ValueError:
        return None, ended or None, length
    end = end if end.tzinfo else end.replace(tzinfo=zone)
    return None if seconds is None else _written(end - timedelta(seconds=seconds)), _written(end), length


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def duration_seconds(text: str | None) -> int | None:
    """The whole seconds of an ISO 8601 duration of days and times; None for any other text.

    Example:
        >>> duration_seconds("PT1H30M"), duration_seconds("P1D"), duration_seconds("some duration")
        (5400, 86400, None)
    """
    found = _DURATION.fullmatch((text or "").strip())
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
