"""Engineering parameters (工参): a workbook with the whole header of variant 1, a CSV in GB18030 with its main part."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from infra.demo.people import Canary, address, position
from infra.demo.planting import Planting, Tally
from infra.demo.randomness import shared_out, stream
from infra.demo.regions import City
from infra.demo.setting import Setting
from infra.demo.writing import csv_file, xlsx_file

DATASET = "network.engineering_parameters"
MAIN_HEADER = (
    "地市", "网格", "厂家", "制式", "TDD子帧配比", "TDD特殊子帧配比", "eNodeBID", "CELL_ID", "ECI", "CELL_NAME",
    "SectorID", "频段", "频段号", "频点", "带宽", "是否功分", "是否接室分", "天线信息", "收发类型", "共天线信息",
    "共馈线信息", "C网共站小区ID", "L网电调端口", "C网电调端口", "经度", "纬度", "天线挂高", "机械下倾角", "电下倾角",
    "总下倾角", "方位角", "范围", "水平半功率角", "天线增益", "TAC", "PCI", "PCI MOD3", "根序列索引", "参考信号功率",
    "小区半径(m)", "小区功率（华为W，中兴DBM）", "归属MME组", "归属网管", "簇编号", "开通状态",
)  # fmt: skip
EXTRA_HEADER = (
    "厂家+状态", "半径1", "频段", "半径2", "eNodeBName", "图层小区半径", "天线型号", "对应C网BSC_BTS_SEC",
    "电调端口（TR）", "电调端口（单R）", "室分RRU地址", "覆盖场景", "勘查情况", "工参修改日期", "基站编号",
)  # fmt: skip
REASONS = (
    "city_name.missing", "eci_matches_ids", "antenna_height_m.unreadable", "pci_mod3_matches", "vendor.unknown_code",
    "tilts_add_up", "pci.too_large",
)  # fmt: skip

CELLS_PER_SITE = 3
_VENDORS = ("华为", "中兴", "爱立信")
_BANDS = {
    "800M": ("L800", 5, 2452, 10),
    "1.8G": ("L1800", 3, 1825, 20),
    "2.1G": ("L2100", 1, 100, 20),
    "2.6G": ("L2600", 41, 40936, 20),
}
_SCENES = ("密集城区", "一般城区", "郊区", "校园", "高铁", "商业中心")


class Cell(NamedTuple):
    """One cell; its place in the city's list decides site and sector."""

    city: City
    enodeb_id: int
    cell_id: int


def cells_of(setting: Setting) -> dict[City, list[Cell]]:
    """The cells of each city, in proportion to its people."""
    counts = shared_out(setting.size.cells, [city.population for city in setting.cities])
    return {
        city: [
            Cell(city, 100_000 + number * 10_000 + place // CELLS_PER_SITE, place % CELLS_PER_SITE + 1)
            for place in range(count)
        ]
        for number, (city, count) in enumerate(zip(setting.cities, counts, strict=True))
    }


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the day's two files and yield the growing tally after every row; cities take turns between them."""
    tally = Tally(files=["工参_总表.xlsx", "工参_地市上报.csv"])
    planting = Planting(setting.size.cells, setting.bad_share, REASONS)
    xlsx_header = (*MAIN_HEADER, *EXTRA_HEADER)
    with (
        xlsx_file(folder / tally.files[0], xlsx_header, "工参") as book,
        csv_file(folder / tally.files[1], MAIN_HEADER, "gb18030") as sheet,
    ):
        number = 0
        for place, cells in enumerate(cells_of(setting).values()):
            for cell in cells:
                reason, copies = planting.reason(number), 1 + planting.is_repeated(number)
                row = _row(setting, cell, reason)
                for _ in range(copies):
                    if place % 2:
                        sheet.write(row)
                    else:
                        book.write([*row, *_extra(cell, row)])
                tally.count(reason, copies)
                number += 1
                yield tally
        for place, (row, reason) in enumerate(_canary_rows(setting)):
            if place % 2:
                sheet.write(row)
            else:
                book.write([*row, *[None] * len(EXTRA_HEADER)])
            tally.count(reason)
            yield tally


def _row(setting: Setting, cell: Cell, reason: str | None, at: Canary | None = None) -> list[object]:
    """One row of the main part; everything of a site follows from the site, everything of a cell from the cell."""
    site = stream(setting.seed, "site", cell.enodeb_id)
    longitude, latitude = position(site, cell.city)
    where = address(site, cell.city, site.choice(cell.city.districts)[1])
    vendor = site.choice(_VENDORS)
    if at:
        longitude, latitude, where = at["longitude"], at["latitude"], at["address"]
    own = stream(setting.seed, "cell", cell.enodeb_id, cell.cell_id)
    cells = _radio(own, cell) | _antenna(own) | {
        "地市": cell.city.name,
        "网格": f"{cell.city.name.removesuffix('市')}{site.randrange(1, 13):02d}网格",
        "厂家": vendor,
        "CELL_NAME": f"{where}_{cell.cell_id}",
        "经度": longitude,
        "纬度": latitude,
        "归属MME组": f"MME{site.randrange(1, 5)}",
        "归属网管": f"{vendor}OMC{site.randrange(1, 4)}",
        "簇编号": site.randrange(1, 60),
        "开通状态": site.choices(("已开通", "未开通", "已退网"), (96, 3, 1))[0],
    }  # fmt: skip
    if reason:
        cells |= _fault(reason, cells)
    return [cells.get(column) for column in MAIN_HEADER]


def _radio(rng: random.Random, cell: Cell) -> dict[str, object]:
    band = rng.choice(tuple(_BANDS))
    _, band_number, earfcn, bandwidth = _BANDS[band]
    pci = rng.randrange(504)
    is_tdd = band == "2.6G"
    return {
        "制式": "TDD" if is_tdd else "FDD",
        "TDD子帧配比": "SA2" if is_tdd else "-",
        "TDD特殊子帧配比": "SSP7" if is_tdd else "-",
        "eNodeBID": cell.enodeb_id,
        "CELL_ID": cell.cell_id,
        "ECI": str(cell.enodeb_id * 256 + cell.cell_id),
        "SectorID": cell.cell_id - 1,
        "频段": band,
        "频段号": band_number,
        "频点": earfcn,
        "带宽": bandwidth,
        "TAC": 20_000 + cell.enodeb_id // 100 % 40_000,
        "PCI": pci,
        "PCI MOD3": pci % 3,
        "根序列索引": rng.randrange(838),
        "参考信号功率": round(rng.uniform(9, 18.2), 1),
        "小区半径(m)": rng.choice((300, 500, 1000, 3000)),
        "小区功率（华为W，中兴DBM）": rng.choice((20, 40, 60)),
    }


def _antenna(rng: random.Random) -> dict[str, object]:
    mechanical, electrical = rng.randrange(0, 7), rng.randrange(0, 10)
    is_indoor = rng.random() < 0.18
    return {
        "是否功分": "否",
        "是否接室分": "是" if is_indoor else "否",
        "天线信息": rng.choice(("单频", "双频", "四频")),
        "收发类型": rng.choice(("2T2R", "4T4R")),
        "天线挂高": rng.randrange(12, 62),
        "机械下倾角": mechanical,
        "电下倾角": electrical,
        "总下倾角": mechanical + electrical,
        "方位角": None if is_indoor else rng.randrange(0, 361, 5),
        "水平半功率角": 65,
        "天线增益": round(rng.uniform(14, 18), 1),
    }


def _extra(cell: Cell, row: list[object]) -> list[object]:
    cells: dict[str, object] = dict(zip(MAIN_HEADER, row, strict=True))
    values: dict[str, object] = {
        "厂家+状态": f"{cells['厂家']}{cells['开通状态']}",
        "频段": cells["频段"],
        "eNodeBName": f"{cell.city.name}{cell.enodeb_id}",
        "覆盖场景": _SCENES[cell.enodeb_id % len(_SCENES)],
        "工参修改日期": "2025/6/1",
        "基站编号": cell.enodeb_id,
    }
    return [values.get(column) for column in EXTRA_HEADER]


def _fault(reason: str, cells: dict[str, object]) -> dict[str, object]:
    """The cells that make the row fail for exactly this reason."""
    faults: dict[str, dict[str, object]] = {
        "city_name.missing": {"地市": None},
        "antenna_height_m.unreadable": {"天线挂高": "约30米"},
        "vendor.unknown_code": {"厂家": "其他厂家"},
        "pci.too_large": {"PCI": 604, "PCI MOD3": 604 % 3},
        "eci_matches_ids": {"ECI": str(int(str(cells["ECI"])) + 256)},
        "pci_mod3_matches": {"PCI MOD3": (int(str(cells["PCI MOD3"])) + 1) % 3},
        "tilts_add_up": {"总下倾角": int(str(cells["总下倾角"])) + 3},
    }
    return faults[reason]


def _canary_rows(setting: Setting) -> Iterator[tuple[list[object], str | None]]:
    """A cell at the door of each planted person; the first also in a row that fails."""
    planted: list[tuple[Canary, str | None]] = [(canary, None) for canary in setting.canaries]
    planted += [(canary, "tilts_add_up") for canary in setting.canaries[:1]]
    for place, (canary, reason) in enumerate(planted):
        cell = Cell(setting.cities[place % len(setting.cities)], 990_000 + place, 1)
        yield _row(setting, cell, reason, canary), reason
