"""Each contract takes a file of its own sample rows, in every kind and encoding that it names, without one fault."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts.delimited import Layout, Part
from contracts.loading import load, load_all
from contracts.model import Contract, Reader, Severity
from infra.demo import sample_files
from infra.demo.sample_exports import in_layout, with_counters_beside, with_parts_inside
from infra.demo.samples import ROWS, NoSample, rows
from tests.unit.demo_judging import fault_of, warnings_of
from tests.unit.demo_reading import rows_of
from tests.unit.reading import read

DAY = date(2026, 1, 31)
CONTRACTS = load_all()
_ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030", "utf-16": "utf-16"}

KINDS = [
    pytest.param(contract, reader, _ENCODINGS[encoding], id=f"{contract.id}-{reader.kind}-{encoding}")
    for contract in CONTRACTS.values()
    for reader in contract.source.readers
    if reader.kind in {"csv", "xlsx", "kobo_json"}
    for encoding in reader.options.get("encodings", ["utf-8"])
]
TABLES = [contract for contract in CONTRACTS.values() if contract.source.readers[0].kind in {"csv", "xlsx"}]


@pytest.mark.parametrize(("contract", "reader", "encoding"), KINDS)
def test_a_sample_of_every_kind_is_taken_whole(
    contract: Contract, reader: Reader, encoding: str, tmp_path: Path
) -> None:
    path = sample_files.write_file(contract, reader, DAY, tmp_path, encoding=encoding)
    got = read(path, contract)
    assert (got.fault, got.detail, got.faults) == (None, None, {})
    assert len(got.rows) == ROWS
    said = {name for row in got.rows for name, value in row.items() if value is not None}
    assert said >= {field.name for field in contract.fields} - _left_empty(contract)


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.id)
def test_every_sample_row_meets_its_contract(contract: Contract, tmp_path: Path) -> None:
    (tally,) = sample_files.write(contract, DAY, tmp_path)
    assert tally.files == [path.name for path in tmp_path.iterdir()]
    assert tally.rows == ROWS
    found = [row for _, row in rows_of(tmp_path, contract)]
    assert [fault_of(row, contract, DAY) for row in found] == [None] * ROWS
    assert [warnings_of(row, contract, DAY) for row in found] == [[]] * ROWS
    assert len({tuple(row[name] for name in contract.key) for row in found}) == ROWS


def test_equal_days_give_equal_rows_and_another_day_moves_them() -> None:
    contract = load("crm.complaints")
    today = list(rows(contract, DAY))
    assert list(rows(contract, DAY)) == today
    moved = [row["received_on"] for row in rows(contract, DAY + timedelta(days=7))]
    assert moved == [row["received_on"] + timedelta(days=7) for row in today]


@pytest.mark.parametrize(
    ("one", "other", "column"),
    [
        ("dealer.a_cards", "dealer.follow_ups", "card_no"),
        ("power.supply_applications", "power.acceptances", "application_no"),
        ("crm.receivables", "crm.payments", "receivable_no"),
        ("crm.contact_records", "power.key_account_attributes", "customer_id"),
    ],
)
def test_samples_join(one: str, other: str, column: str) -> None:
    found = [{row[column] for row in rows(load(dataset), DAY)} for dataset in (one, other)]
    assert found[0] == found[1]


def test_a_kind_without_rows_is_refused(tmp_path: Path) -> None:
    contract = load("network.cell_measurements")
    with pytest.raises(NoSample, match="pm_xml"):
        list(sample_files.write(contract, DAY, tmp_path))


def test_a_document_of_the_sample_is_one_record_of_text(tmp_path: Path) -> None:
    contract = load("documents.files")
    (tally,) = sample_files.write(contract, DAY, tmp_path)
    got = read(tmp_path / tally.files[0], contract)
    assert (got.fault, got.faults, len(got.rows), tally.rows) == (None, {}, 1, 1)
    (found,) = (row for _, row in rows_of(tmp_path, contract))
    assert {name: got.rows[0][name] for name in found} == found, "the second opinion reads the same facts"
    assert fault_of(found, contract, DAY) is None


def test_parts_stand_inside_the_cells_that_the_contract_reads_them_from() -> None:
    parts = [
        Part("site", "cell", "站号 *= *(?P<part>[0-9]+)"),
        Part("site", "cell", "^ *(?P<part>[0-9]+) *$"),
        Part("place", "cell", "(?:^|, *)小区号 *= *(?P<part>[0-9]+)"),
        Part("code", "name", r"\((?P<part>[0-9]+)\)\s*$"),
        Part("cleared_on", "cleared", "^ *(?P<part>[0-9-]+) *$"),
    ]
    row = {"cell": "甲", "site": 7, "place": 1, "name": "退服", "code": 29, "cleared": "乙", "cleared_on": "2026-01-31"}
    assert with_parts_inside(row, parts) == {
        "cell": "甲, 站号=7, 小区号=1",
        "name": "退服(29)",
        "cleared": "2026-01-31",
    }
    with pytest.raises(NoSample, match="part 'site'"):
        with_parts_inside(row, [Part("site", "cell", "[站网]号(?P<part>[0-9]+)")])


def test_counters_stand_beside_each_other_and_are_as_many_as_the_rows_were() -> None:
    rows = [{"cell": n, "counter_name": f"c{n}", "counter_unit": "秒", "value": 10 + n} for n in range(4)]
    assert with_counters_beside(rows) == [{"cell": n, "c0 (秒)": 10, "c1 (秒)": 11} for n in range(2)]


def test_a_record_of_a_layout_has_something_in_columns_that_nobody_reads() -> None:
    assert in_layout({"B": "x", "A": None}, Layout("v1", ("A", "U", "B"))) == [None, "0", "x"]


def test_an_export_with_padding_has_a_blank_behind_each_delimiter(tmp_path: Path) -> None:
    list(sample_files.write(load("network.omc_kpi"), DAY, tmp_path))
    header, first = next(tmp_path.iterdir()).read_text(encoding="utf-8-sig").splitlines()[:2]
    assert header == "小区, 开始时间, 周期(分钟), 样例1 (比特), 样例2 (千比特)"
    cell = '"样例市测试路1号, eNodeB标识=10, 本地小区标识=10, 小区标识=10, 小区双工模式=CELL_FDD"'
    assert first == f"{cell}, 11/02/2025 09:00:00, 10, 10.0, 11.0"


def test_signalling_tells_moments_in_milliseconds_and_a_drive_test_cells_to_the_base_sixteen(tmp_path: Path) -> None:
    for dataset in ("network.xdr_uu", "network.drive_tests"):
        list(sample_files.write(load(dataset), DAY, tmp_path / dataset))
    ((_, record), *_) = rows_of(tmp_path / "network.xdr_uu", load("network.xdr_uu"))
    assert (record["started_at"], record["is_csfb"]) == ("1762045200000", "1"), "2025-11-02 09:00 in China"
    ((_, sample), *_) = rows_of(tmp_path / "network.drive_tests", load("network.drive_tests"))
    assert (sample["enodeb_id"], sample["cell_id"], sample["eci"]) == ("A", "A", str(10 * 256 + 10))


def _left_empty(contract: Contract) -> set[str]:
    """Columns of which a row may answer one only; the samples may leave the others empty."""
    groups = [rule.arguments["columns"] for rule in contract.rules if rule.kind.endswith("_one_of")]
    return {name for columns in groups for name in columns}


def test_the_second_opinion_sees_a_broken_rule_of_every_severity() -> None:
    contract = load("dealer.walk_ins")
    row = {name: str(value) for name, value in next(rows(contract, DAY)).items()}
    assert fault_of(row, contract, DAY) is None
    assert fault_of(row | {"left_at": "2025-01-01 09:00:00"}, contract, DAY) == "left_at_not_before_arrived_at"
    silent = row | {"information_source": None, "contact_kind": "visit"}
    assert fault_of(silent, contract, DAY) is None
    assert warnings_of(silent, contract, DAY) == ["information_source_when_visit"]
    assert {rule.severity for rule in contract.rules} == {Severity.ERROR, Severity.WARNING}


@pytest.mark.parametrize(
    ("dataset", "changed", "fault", "warnings"),
    [
        ("network.xdr_uu", {"bearer_count": "10"}, None, ["bearers_counted"]),
        ("network.xdr_uu", {"ended_at": "1761958800000"}, "ends_after_it_starts", []),
        ("network.xdr_uu", {"started_at": "2025-11-02 09:00:00"}, "started_at.unreadable", []),
        ("network.xdr_uu", {"imsi": "46000"}, "imsi.wrong_form", []),
        ("network.drive_tests", {"cell_id": "B"}, None, ["eci_matches_ids"]),
        ("network.omc_kpi", {"period_started_at": "02/01/2026 00:00:00"}, "period_in_the_past", []),
    ],
)
def test_the_second_opinion_knows_what_network_text_says(
    dataset: str, changed: dict[str, str], fault: str | None, warnings: list[str], tmp_path: Path
) -> None:
    contract = load(dataset)
    list(sample_files.write(contract, DAY, tmp_path))
    row = next(row for _, row in rows_of(tmp_path, contract)) | changed
    assert (fault_of(row, contract, DAY), warnings_of(row, contract, DAY)) == (fault, warnings)
