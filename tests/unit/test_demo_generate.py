"""What the generator writes: repeatable, known to the contracts, and bad exactly where its list says so."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.families import families
from contracts.loading import load_all
from infra.demo import device_reports, generate, people
from infra.demo.market import Market, customer_id
from infra.demo.regions import CITIES
from infra.demo.setting import SIZES, Setting
from tests.unit.demo_judging import fault_of, warnings_of
from tests.unit.demo_reading import known_name, rows_of
from tests.unit.reading import read_bytes

DAY = date(2026, 1, 31)
SMALL = Setting(seed=7, day=DAY, size=SIZES["small"], canaries=(people.canary(7, 0), people.canary(7, 1)))
CONTRACTS = load_all()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("demo")
    return home, generate.generate(SMALL, home)


DATASETS = (
    "crm.customers",
    "crm.transactions",
    "forms.market_feedback",
    "network.cell_measurements",
    "network.engineering_parameters",
)
GOOD = (*generate.SAMPLED, *generate.TOLD)


def _folder(home: Path, dataset: str) -> Path:
    return home / "landing" / Path(*dataset.split(".")) / DAY.isoformat()


def _digests(home: Path) -> dict[str, str]:
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_equal_seed_and_day_give_equal_bytes(made: tuple[Path, Any], tmp_path: Path) -> None:
    generate.generate(SMALL, tmp_path)
    digests = _digests(tmp_path)
    assert len(digests) > 80
    assert digests == _digests(made[0])


def test_the_next_day_brings_new_transactions_and_forms(made: tuple[Path, Any], tmp_path: Path) -> None:
    tomorrow = replace(SMALL, day=DAY + timedelta(days=1), months=0)
    generate.generate(tomorrow, tmp_path)
    for dataset, key in (("crm.transactions", "transaction_id"), ("forms.market_feedback", "submission_id")):
        contract = CONTRACTS[dataset]
        new = {row[key] for _, row in rows_of(tmp_path / "landing" / Path(*dataset.split(".")), contract)}
        old = {row[key] for _, row in rows_of(_folder(made[0], dataset), contract)}
        assert len(new) > 200
        assert not new & old


def test_a_customer_keeps_number_and_registration_from_day_to_day() -> None:
    today, tomorrow = Market(SMALL), Market(replace(SMALL, day=DAY + timedelta(days=1)))
    for number in range(0, today.count_on(DAY), 37):
        assert today.profile(number) == tomorrow.profile(number)
        assert today.registered_on(number) == tomorrow.registered_on(number) <= DAY


@pytest.mark.parametrize("dataset", [*DATASETS, *GOOD])
def test_every_row_is_counted_and_every_file_listed(made: tuple[Path, dict[str, Any]], dataset: str) -> None:
    home, expected = made
    listed = expected["datasets"][dataset]
    assert listed["files"] == sorted(path.name for path in _folder(home, dataset).iterdir())
    assert sum(1 for _ in rows_of(_folder(home, dataset), CONTRACTS[dataset])) == listed["rows"] > 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_list_names_every_exact_duplicate(made: tuple[Path, dict[str, Any]], dataset: str) -> None:
    home, expected = made
    repeated = 0
    by_file: dict[str, Counter[str]] = {}
    for file, row in rows_of(_folder(home, dataset), CONTRACTS[dataset]):
        by_file.setdefault(file, Counter())[json.dumps(row, sort_keys=True)] += 1
    for rows in by_file.values():
        repeated += sum(count - 1 for count in rows.values())
    assert repeated == expected["datasets"][dataset]["exact_duplicates"] > 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_fail_their_contract_exactly_as_often_as_the_list_says(
    made: tuple[Path, dict[str, Any]], dataset: str
) -> None:
    home, expected = made
    faults = [fault_of(row, CONTRACTS[dataset], DAY) for _, row in rows_of(_folder(home, dataset), CONTRACTS[dataset])]
    assert Counter(filter(None, faults)) == expected["datasets"][dataset]["bad_rows_by_reason"]
    assert len(expected["datasets"][dataset]["bad_rows_by_reason"]) >= 1


@pytest.mark.parametrize("dataset", GOOD)
def test_samples_are_good_whatever_is_spoilt_elsewhere(made: tuple[Path, dict[str, Any]], dataset: str) -> None:
    home, expected = made
    contract, listed = CONTRACTS[dataset], expected["datasets"][dataset]
    rows = [row for _, row in rows_of(_folder(home, dataset), contract)]
    assert {(fault_of(row, contract, DAY), *warnings_of(row, contract, DAY)) for row in rows} == {(None,)}
    assert len({tuple(row[name] for name in contract.key) for row in rows}) == listed["good_rows"] == listed["rows"]


def test_reports_of_devices_are_what_their_reader_finds(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    home, expected = made
    contract, listed = CONTRACTS[device_reports.DATASET], expected["datasets"][device_reports.DATASET]
    outcomes = [
        read_bytes(path.read_bytes(), tmp_path, contract) for path in _folder(home, device_reports.DATASET).iterdir()
    ]
    rows = [row for outcome in outcomes for row in outcome.rows]
    assert len(rows) == listed["good_rows"] == listed["rows"] > 0
    assert not [row for row in rows if row["row_fault"] or row["file_fault"]]
    assert len({tuple(row[name] for name in contract.key) for row in rows}) == len(rows)


def test_a_file_of_every_family_lands(made: tuple[Path, dict[str, Any]]) -> None:
    home, expected = made
    landed = {path.relative_to(home / "landing").parts[0] for path in (home / "landing").rglob("*") if path.is_file()}
    assert landed == {family.name for family in families()}
    assert set(expected["datasets"]) == {*DATASETS, *GOOD, device_reports.DATASET}


@pytest.mark.parametrize("dataset", DATASETS)
def test_keys_are_unique_but_for_exact_duplicates(made: tuple[Path, dict[str, Any]], dataset: str) -> None:
    contract = CONTRACTS[dataset]
    rows = [row for _, row in rows_of(_folder(made[0], dataset), contract) if fault_of(row, contract, DAY) is None]
    keys = Counter(tuple(row[name] for name in contract.key) for row in rows)
    assert sum(count - 1 for count in keys.values()) == made[1]["datasets"][dataset]["exact_duplicates"]


def test_buyers_are_customers_registered_before_they_bought(made: tuple[Path, Any]) -> None:
    registered = {customer_id(number): Market(SMALL).registered_on(number) for number in range(SMALL.size.customers)}
    contract = CONTRACTS["crm.transactions"]
    checked = 0
    for _, row in rows_of(_folder(made[0], "crm.transactions"), contract):
        if fault_of(row, contract, DAY) is None:
            year, month, day = map(int, row["traded_at"].split(" ")[0].replace("/", "-").split("-"))
            assert registered[row["customer_id"]] <= date(year, month, day)
            checked += 1
    assert checked > 2_000


def test_cells_are_measured_where_they_stand(made: tuple[Path, Any]) -> None:
    cells = {
        f"EUtranCellFDD={row['enodeb_id']}-{row['cell_id']}"
        for _, row in rows_of(
            _folder(made[0], "network.engineering_parameters"), CONTRACTS["network.engineering_parameters"]
        )
    }
    measured = {
        row["measured_object"].rpartition(",")[2]
        for _, row in rows_of(_folder(made[0], "network.cell_measurements"), CONTRACTS["network.cell_measurements"])
        if row["measured_object"]
    }
    assert len(measured) == SMALL.size.cells
    assert measured <= cells


@pytest.mark.parametrize(
    ("dataset", "keys"),
    [
        ("crm.customers", ("name", "mobile", "resident_id", "email", "address", "longitude", "latitude")),
        ("crm.transactions", ("name", "mobile", "resident_id", "email", "address", "card")),
        ("forms.market_feedback", ("name", "mobile", "resident_id", "email", "address")),
        ("network.engineering_parameters", ("address", "longitude", "latitude")),
    ],
)
def test_every_planted_person_is_there(made: tuple[Path, Any], dataset: str, keys: tuple[str, ...]) -> None:
    contract = CONTRACTS[dataset]
    rows = list(rows_of(_folder(made[0], dataset), contract))
    text = json.dumps([row for _, row in rows], ensure_ascii=False)
    assert not [(canary["name"], key) for canary in SMALL.canaries for key in keys if str(canary[key]) not in text]  # type: ignore[literal-required]
    bad = json.dumps([row for _, row in rows if fault_of(row, contract, DAY)], ensure_ascii=False)
    assert str(SMALL.canaries[0][keys[0]]) in bad  # type: ignore[literal-required]


def test_a_finished_day_is_not_made_again_and_not_written_over(made: tuple[Path, dict[str, Any]]) -> None:
    home, expected = made
    before = _digests(home)
    assert generate.generate(SMALL, home) == expected
    with pytest.raises(generate.AlreadyThere, match="choose another day"):
        generate.generate(replace(SMALL, seed=8), home)
    assert _digests(home) == before


def test_names_of_columns_that_nobody_declared_are_found() -> None:
    assert known_name("客户编号", CONTRACTS["crm.customers"]) == "customer_id"
    with pytest.raises(KeyError):
        known_name("微信号", CONTRACTS["crm.customers"])


def test_a_small_demo_lies_in_several_provinces() -> None:
    assert len({city.province for city in SMALL.cities}) >= 6
    assert len({city.province for city in CITIES}) >= 12


def _canaries() -> Iterator[people.Canary]:
    return (people.canary(1, number) for number in range(50))


@pytest.mark.parametrize("key", ["name", "mobile", "resident_id", "email", "address", "card"])
def test_planted_people_are_told_apart(key: str) -> None:
    values = [canary[key] for canary in _canaries()]  # type: ignore[literal-required]
    assert len(set(values)) == len(values)
