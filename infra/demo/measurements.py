"""Cell measurements (性能测量) as 3GPP TS 32.435 XML: one file per city and six hours, hourly results.

The files of one hour are the same bytes whenever they are made: a folder that is read again brings files already known.
"""

import math
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from infra.demo.cells import CELLS_PER_SITE, Cell, cells_of
from infra.demo.planting import Tally
from infra.demo.randomness import key_of, mixed, stream
from infra.demo.regions import City
from infra.demo.setting import Setting
from infra.demo.writing import text_file

DATASET = "network.cell_measurements"
COUNTERS = (
    "RRC.ConnEstabAtt.Sum",
    "RRC.ConnEstabSucc.Sum",
    "ERAB.RelActNbr",
    "ERAB.RelAbnormal",
    "DRB.PdcpSduVolumeDL",
    "CELL.AvailableTime",
)
_ZONE = timezone(timedelta(hours=8))
_HOURS = 6
_NAMESPACE = "http://www.3gpp.org/ftp/specs/archive/32_series/32.435#measCollec"
# How busy each local hour is, midnight first; the busiest is 1.
_LOAD = (0.25, 0.16, 0.11, 0.09, 0.09, 0.13, 0.25, 0.45, 0.62, 0.70, 0.74, 0.78,
         0.84, 0.78, 0.73, 0.74, 0.77, 0.84, 0.92, 0.97, 1.00, 0.98, 0.80, 0.48)  # fmt: skip
_SUSPECT_SHARE, _NULL_SHARE = 0.004, 0.002
_INDEXED_EVERY = 4


class _Block(NamedTuple):
    """What one file tells of: a city and six hours of a day."""

    setting: Setting
    city: City
    cells: list[Cell]
    start: datetime

    @property
    def is_indexed(self) -> bool:
        """Whether names and values pair by number (`measType p`, `r p`) and not by place in two lists."""
        return (self.start.toordinal() + self.start.hour // _HOURS + int(self.city.code) // 100) % _INDEXED_EVERY == 0


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the day's files and yield the growing tally after every measured object and hour."""
    tally = Tally()
    for city, cells in cells_of(setting).items():
        for day in setting.measured_days:
            for hour in range(0, 24, _HOURS):
                block = _Block(setting, city, cells, _moment(day, hour))
                yield from _write_file(block, folder, tally)


def _moment(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=_ZONE)


def _write_file(block: _Block, folder: Path, tally: Tally) -> Iterator[Tally]:
    end = block.start + timedelta(hours=_HOURS)
    name = f"A{block.start:%Y%m%d.%H%M%z}-{end:%H%M%z}_CITY{block.city.code}.xml"
    with text_file(folder / name) as out:
        out.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<measCollecFile xmlns="{_NAMESPACE}">\n'
            '  <fileHeader fileFormatVersion="32.435 V10.0" vendorName="Demo" dnPrefix="SubNetwork=1">\n'
            f'    <fileSender localDn="OMC-{block.city.code}" elementType="EMS"/>\n'
            f'    <measCollec beginTime="{block.start.isoformat()}"/>\n  </fileHeader>\n'
        )
        for site in range(0, len(block.cells), CELLS_PER_SITE):
            cells = block.cells[site : site + CELLS_PER_SITE]
            out.write(
                f'  <measData>\n    <managedElement localDn="ManagedElement={cells[0].enodeb_id}" swVersion="R21"/>\n'
            )
            for step in range(_HOURS):
                out.write(_hour(block, cells, block.start + timedelta(hours=step), tally, indexed=block.is_indexed))
                yield tally
            out.write("  </measData>\n")
        out.write(
            f'  <fileFooter>\n    <measCollec endTime="{end.isoformat()}"/>\n  </fileFooter>\n</measCollecFile>\n'
        )
    tally.files.append(name)


def _hour(block: _Block, cells: list[Cell], start: datetime, tally: Tally, *, indexed: bool) -> str:
    """One measInfo: the cells of a site in one hour; in the indexed form or as lists, as the standard allows both."""
    end = (start + timedelta(hours=1)).isoformat()
    types = (
        "".join(f'      <measType p="{place}">{name}</measType>\n' for place, name in enumerate(COUNTERS, 1))
        if indexed
        else f"      <measTypes>{' '.join(COUNTERS)}</measTypes>\n"
    )
    lines = [
        (
            '    <measInfo measInfoId="EUtranCellFDD">\n      <job jobId="hourly"/>\n'
            f'      <granPeriod duration="PT3600S" endTime="{end}"/>\n      <repPeriod duration="PT3600S"/>\n{types}'
        )
    ]
    for cell in cells:
        lines += _value(block, cell, start, tally, indexed=indexed)
    lines.append("    </measInfo>\n")
    return "".join(lines)


def _value(block: _Block, cell: Cell, start: datetime, tally: Tally, *, indexed: bool) -> list[str]:
    """The measValue of a cell, once or (an exact duplicate) twice, with a row per counter; a few name no object."""
    hour = start.toordinal() * 24 + start.hour
    rng = stream(block.setting.seed, "pm", cell.enodeb_id, cell.cell_id, hour)
    results = _results(rng, block.setting.seed, cell, start)
    share = block.setting.bad_share
    dice = rng.random()
    # At most one nameless object per site and hour: two could be equal, and then count as duplicates too.
    reason = "measured_object.missing" if cell.cell_id == 1 and dice < share / 2 else None
    copies = 2 if not reason and dice > 1 - share / 8 else 1
    name = f"SubNetwork=1,ManagedElement={cell.enodeb_id},ENBFunction=1,EUtranCellFDD={cell.enodeb_id}-{cell.cell_id}"
    if indexed:
        inner = "".join(f'<r p="{place}">{result}</r>' for place, result in enumerate(results, 1))
    else:
        inner = f"<measResults>{' '.join(results)}</measResults>"
    suspect = "<suspect>true</suspect>" if rng.random() < _SUSPECT_SHARE else ""
    for _ in COUNTERS:
        tally.count(reason, copies)
    return [f'      <measValue measObjLdn="{"" if reason else name}">{inner}{suspect}</measValue>\n'] * copies


def _results(rng: random.Random, seed: int, cell: Cell, start: datetime) -> list[str]:
    """Counter values as text: load by hour and week day, quality by city, outages now and then."""
    size = 0.5 + (mixed(key_of(seed, "load"), cell.enodeb_id * 4 + cell.cell_id) & 0xFFFF) / 0xFFFF
    weekend = 1.08 if start.weekday() >= 5 else 1.0
    load = _LOAD[start.hour] * size * weekend * (0.8 + 0.3 * cell.city.wealth) * rng.uniform(0.9, 1.1)
    weak = 1 - cell.city.quality
    attempts = int(6_000 * load) + 20
    failing = 0.002 + 0.022 * weak * (0.4 + 0.6 * load) * rng.uniform(0.6, 1.4)
    bearers = int(attempts * 1.35)
    dropping = 0.0008 + 0.009 * weak * (0.4 + 0.6 * load) * rng.uniform(0.6, 1.4)
    down = rng.uniform(300, 3_600) if rng.random() < 0.001 + 0.01 * weak else 0
    up = 1 - down / 3_600
    kilobytes = int(9.5e6 * load * (0.7 + 0.5 * cell.city.wealth) * up * (1 + 0.1 * math.sin(start.toordinal())))
    values = (
        int(attempts * up),
        int(attempts * up * (1 - failing)),
        int(bearers * up),
        int(bearers * up * dropping),
        kilobytes,
        int(3_600 - down),
    )
    return ["NULL" if rng.random() < _NULL_SHARE else str(value) for value in values]
