"""Exports of the vendors' management systems: counters as rows, composite cells, alarms, neighbours, drive tests."""

from pathlib import Path

import pytest

from contracts.loading import load
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.reading import CSV, contract, read_bytes, text

KPI = load("network.omc_kpi")
HUAWEI = "开始时间,周期 (分钟),网元名称,小区,小区可用时长 (秒),小区内的最大用户数 (无)"
CELL = '"eNodeB名称 = 测试一, 本地小区标识=2, 小区名称=测试一_2, eNodeB标识=500420, 小区双工模式=CELL_FDD"'
ZTE = "开始时间,网元,小区,最大RRC连接用户数_1,小区上行PDCP层流量（MB）"
COUNTED = ("enodeb_id", "cell_id", "local_cell_id", "counter_name", "counter_unit", "value")


def counted(rows: list[dict[str, str | None]]) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in COUNTED) for row in rows]


def test_each_counter_of_the_first_vendor_is_a_row_with_its_unit(tmp_path: Path) -> None:
    content = "\r\n".join([HUAWEI, f"05/03/2026 00:00:00,60,测试一,{CELL},3600,9", ""]).encode("gb18030")
    got = read_bytes(content, tmp_path, KPI)
    assert (got.fault, got.faults, got.numbers) == (None, {}, [1, 1])
    assert counted(got.rows) == [
        ("500420", None, "2", "小区可用时长", "秒", "3600"),
        ("500420", None, "2", "小区内的最大用户数", None, "9"),
    ]
    assert {(row["duplex_mode"], row["granularity_min"]) for row in got.rows} == {("CELL_FDD", "60")}


def test_the_second_vendor_ends_in_the_same_table(tmp_path: Path) -> None:
    got = read_bytes(text(ZTE, "2026/5/3 0:00,500421,3,12,1.5").decode().encode("gb18030"), tmp_path, KPI)
    assert counted(got.rows) == [
        ("500421", "3", None, "最大RRC连接用户数_1", None, "12"),
        ("500421", "3", None, "小区上行PDCP层流量", "MB", "1.5"),
    ]


def test_a_blank_behind_each_delimiter_does_not_close_the_quotes(tmp_path: Path) -> None:
    padded = text(HUAWEI.replace(",", ", "), f"05/03/2026 00:00:00, 60, 测试一, {CELL}, 3600, 9")
    got = read_bytes(padded, tmp_path, KPI)
    assert (got.fault, got.faults) == (None, {})
    assert [row[:3] for row in counted(got.rows)] == [("500420", None, "2")] * 2


def test_blanks_between_delimiter_and_quote_go_wherever_the_bytes_are_cut(tmp_path: Path) -> None:
    rows = 20_000  # several times what is read at once
    padded = text(HUAWEI, *([f"05/03/2026 00:00:00, 60, 测试一, {CELL}, 3600, 9"] * rows))
    got = read_bytes(padded, tmp_path, KPI)
    assert (got.fault, got.faults, len(got.rows)) == (None, {}, 2 * rows)
    assert {row["enodeb_id"] for row in got.rows} == {"500420"}


def test_a_record_at_fault_stays_one_row(tmp_path: Path) -> None:
    lines = (HUAWEI, f"05/03/2026 00:00:00,60,测试一,{CELL},1,2", HUAWEI, "05/03/2026,60,测试一", "合计,,,,1,2")
    got = read_bytes(text(*lines), tmp_path, KPI)
    assert got.faults == {2: RowFaultReason.REPEATED_HEADER, 3: RowFaultReason.RAGGED_ROW}
    assert sorted(got.numbers) == [1, 1, 2, 3, 4, 4]
    total = [row for row in got.rows if row["source_row_number"] == 4]
    assert {(row["enodeb_id"], row["cell_text"]) for row in total} == {(None, None)}, "a total is of no cell: missing"


def test_a_header_that_is_no_counter_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(text(f"{HUAWEI},联系电话", f"05/03/2026 00:00:00,60,测试一,{CELL},1,2,13800138000"), tmp_path, KPI)
    assert (got.fault, got.detail) == (FileFaultReason.UNKNOWN_COLUMN, "column 7 of 7")


def test_a_counter_that_is_there_twice_refuses_the_file(tmp_path: Path) -> None:
    got = read_bytes(text(f"{HUAWEI},小区可用时长（秒）", "x"), tmp_path, KPI)
    assert (got.fault, got.detail) == (FileFaultReason.REPEATED_COLUMN, "column 5, 7 of 7")


ALARMS = load("network.alarms")


def test_alarms_of_the_first_vendor_name_cell_and_code_inside_their_texts(tmp_path: Path) -> None:
    header = (
        " ,级别,告警ID,名称,网元类型,告警源,MO对象,定位信息,发生时间(NT),清除时间(NT),eNodeB ID,用户自定义标识,确认用户"
    )
    place = '"eNodeB名称=测试一, 本地小区标识=2, PCI值=342, 小区名称=测试一R_2, eNodeB标识=500628, 小区标识=50"'
    got = read_bytes(
        text(header, *(f"-,提示,29247,小区冲突,BTS,测试一,x,{place},09/19/2026 20:08:17,{cleared},500628,-,欧阳测试"
                       for cleared in ("10/09/2026 11:27:54", "未恢复"))),
        tmp_path, ALARMS,
    )  # fmt: skip
    assert (got.fault, got.faults) == (None, {}), "a column without a name may hold what means nothing"
    assert [(row["alarm_code"], row["enodeb_id"], row["cell_id"], row["local_cell_id"]) for row in got.rows] == [
        ("29247", "500628", "50", "2")
    ] * 2
    assert [row["cleared_at"] for row in got.rows] == ["10/09/2026 11:27:54", None], "an open alarm has no moment"
    assert "欧阳测试" not in str(got.rows), "who confirmed an alarm is never read"


def test_alarms_of_the_second_vendor_hold_line_breaks_and_numbers_in_brackets(tmp_path: Path) -> None:
    header = "告警级别,网元,网元内定位,告警码,发生时间,告警恢复时间,附加内容,确认/反确认用户,网元IP"
    row = '严重,测试站(甲)(500421),"机架=1,\n单板=2",小区退出服务(198094419),2026-05-03 08:30:00,,"a : 1;\nb : 2",欧阳测试,10.0.0.1'
    got = read_bytes(text(header, row).decode().encode("gb18030"), tmp_path, ALARMS)
    assert (got.fault, got.faults, got.numbers) == (None, {}, [1])
    assert (got.rows[0]["alarm_code"], got.rows[0]["enodeb_id"]) == ("198094419", "500421")
    assert got.rows[0]["alarm_object"] == "机架=1,\n单板=2"
    assert "10.0.0.1" not in str(got.rows)


NEIGHBOURS = load("network.neighbour_relations")
PAIR = ("source_cell_id", "source_local_cell_id", "target_mcc", "target_mnc", "target_enodeb_id", "target_cell_id")


@pytest.mark.parametrize(
    ("header", "row", "pair"),
    [
        ("开始时间,周期 (分钟),网元名称,邻小区,特定两小区间切换出尝试次数 (无),特定两小区间切换出成功次数 (无)",
         ('05/03/2026 00:00:00,60,测试一,"本地小区标识=1, 本地小区名称=测试_1, 移动国家码=460, 移动网络码=11, '
         'eNodeB标识=500123, 小区标识=49",10,9'),
         (None, "1", "460", "11", "500123", "49")),
        (("序号,开始时间,结束时间,查询粒度,子网,子网名称,网元,网元名称,小区,小区名称,eNodeB,eNodeB名称,邻区关系,"
         "[FDD]系统内同频切换出请求次数（小区对）,[FDD]系统内异频切换出请求次数(小区对)"),
         "1,2026/5/3 0:00,2026/5/4 0:00,1天,2,x,3,测试二,4,y,500421,z,460:11:500124:50,7,8",
         ("4", None, "460", "11", "500124", "50")),
    ],
)  # fmt: skip
def test_the_target_of_a_pair_stands_inside_its_text(
    tmp_path: Path, header: str, row: str, pair: tuple[str | None, ...]
) -> None:
    got = read_bytes(text(header, row), tmp_path, NEIGHBOURS)
    assert (got.fault, got.faults) == (None, {})
    assert tuple(got.rows[0][name] for name in PAIR) == pair


def test_a_drive_test_lands_with_its_nulls_for_conform(tmp_path: Path) -> None:
    header = ("Timestamp,Longitude,Latitude,Speed,Operatorname,CellID,NetworkMode,RSRP,RSRQ,SNR,CQI,RSSI,DL_bitrate,"
              "UL_bitrate,State,PINGAVG,PINGMIN,PINGMAX,PINGSTDEV,PINGLOSS,CELLHEX,NODEHEX,LACHEX,RAWCELLID,NRxRSRP,"
              "NRxRSRQ")  # fmt: skip
    row = "2026.05.03_08.30.00,120.1,30.2,5,测试网,1,4G,-95,-11,-,-,-,100,20,I,-,-,-,-,-,1,C8,1A2B,51201,-,-"
    got = read_bytes(text(header, row), tmp_path, load("network.drive_tests"))
    assert (got.fault, got.faults) == (None, {})
    names = ("measured_at", "longitude", "latitude", "rsrp_dbm", "snr_db", "enodeb_id", "tac", "eci")
    assert tuple(got.rows[0][name] for name in names) == (
        "2026.05.03_08.30.00", "120.1", "30.2", "-95", "-", "C8", "1A2B", "51201",
    )  # fmt: skip


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+2", "@SUM(1)", "-7", "\t=1"])
def test_a_formula_is_a_text_like_any_other(tmp_path: Path, formula: str) -> None:
    assert read_bytes(text("编号,名称", f"a1,{formula}"), tmp_path, contract(CSV)).cells[0][1] == formula


def test_a_cell_above_the_length_is_a_fault_of_its_row(tmp_path: Path) -> None:
    got = read_bytes(text("编号,名称", "a1,甲", f'a2,"{"长" * 131_073}"', "a3,乙"), tmp_path, contract(CSV))
    assert got.faults == {2: RowFaultReason.CELL_TOO_LONG}
