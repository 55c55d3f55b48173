"""Each contract takes a file of its own sample rows, in every kind and encoding that it names, without one fault."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts.loading import load, load_all
from contracts.model import Contract, Reader, Severity
from infra.demo import sample_files
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
