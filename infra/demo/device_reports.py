"""Measurement reports of devices (测量报告 MRO) as operators' systems write them: a file per city and measured day.

One quarter of an hour of each day, in which a cell hears a dozen connections; how many stand where coverage is weak
follows the quality of the city's network.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from infra.demo.cells import Cell, cells_of
from infra.demo.planting import Tally
from infra.demo.randomness import stream
from infra.demo.setting import Setting
from infra.demo.writing import text_file

DATASET = "network.mro_samples"
REPORTS_PER_CELL = 12
_COLUMNS = (
    "MR.LteScRSRP MR.LteNcRSRP MR.LteScRSRQ MR.LteNcRSRQ MR.LteScEarfcn MR.LteScPci MR.LteNcEarfcn MR.LteNcPci "
    "MR.LteScTadv MR.LteScPHR MR.LteScSinrUL"
)
_WEAK, _GOOD = (16, 30), (34, 75)  # steps of 1 dB from -141 (3GPP TS 36.133), on both sides of -110 dBm
_BEGINS, _LASTS = 10, timedelta(minutes=15)


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the measured days' files and yield the growing tally after every cell; every row is good."""
    tally = Tally()
    for city, cells in cells_of(setting).items():
        for day in setting.measured_days:
            began = datetime.combine(day, time(_BEGINS))
            name = f"TD-LTE_MRO_DEMO_{city.code}_{began:%Y%m%d%H%M%S}.xml"
            with text_file(folder / name) as out:
                out.write(
                    '<?xml version="1.0" encoding="UTF-8"?>\n<bulkPmMrDataFile>\n'
                    f'<fileHeader startTime="{began.isoformat()}" endTime="{(began + _LASTS).isoformat()}"/>\n'
                )
                for cell in cells:
                    out.write(_reports(setting, cell, day))
                    for _ in range(REPORTS_PER_CELL):
                        tally.count(None)
                    yield tally
                out.write("</bulkPmMrDataFile>\n")
            tally.files.append(name)


def _reports(setting: Setting, cell: Cell, day: date) -> str:
    """One report of each connection of a cell, with its strongest neighbour."""
    rng = stream(setting.seed, "mr", cell.enodeb_id, cell.cell_id, day.isoformat())
    weak_share = 0.02 + 0.25 * (1 - cell.city.quality) * rng.uniform(0.2, 1.8)
    lines = [f'<eNB id="{cell.enodeb_id}"><measurement><smr>{_COLUMNS}</smr>\n']
    for number in range(REPORTS_PER_CELL):
        at = datetime.combine(day, time(_BEGINS, rng.randrange(15), rng.randrange(60)))
        power = rng.randrange(*(_WEAK if rng.random() < weak_share else _GOOD))
        lines.append(
            f'<object id="{cell.cell_id}" MmeUeS1apId="{rng.randrange(10**8) * 100 + number}" MmeGroupId="1" '
            f'MmeCode="1" TimeStamp="{at.isoformat()}.000"><v>{power} {max(0, power - rng.randrange(3, 12))} '
            f"{rng.randrange(10, 30)} {rng.randrange(5, 25)} 1825 {cell.cell_id} 1825 {cell.cell_id + 3} "
            f"{rng.randrange(40)} {rng.randrange(20, 55)} {rng.randrange(12, 30)}</v></object>\n"
        )
    lines.append("</measurement></eNB>\n")
    return "".join(lines)
