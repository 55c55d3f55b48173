"""Files that other people wrote, beside the checkout: exact counts, as their attribution tells them."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.loading import load
from jobs.ingest.readers import FileFaultReason
from tests.unit.reading import Outcome, read

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real_input,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder shared/data beside the checkout"),
]
PM = "network.cell_measurements"
ORAN = "pm/oran/A20220418.1900-1915_seliitdus00487.xml"


def _read(dataset: str, path: str) -> Outcome:
    return read(FOLDER / path, load(dataset))


@pytest.mark.parametrize(
    ("path", "values", "standard"),
    [("valid/32.435/meas_results.xml", 3, "32.435"),
     ("valid/32.435/meas_type_and_r_many_meas_values.xml", 6, "32.435"),
     ("valid/32.435/no_sw_version.xml", 3, "32.435"),
     ("valid/28.532/meas_type_and_r.xml", 3, "28.532"),
     ("valid/28.532/meas_types_and_meas_results_many_meas_values.xml", 6, "28.532"),
     ("valid/28.532/no_measdata.xml", 0, None),
     ("filter/lte/meas_results/test.xml", 4, "32.435"),
     ("filter/lte/meas_results/expected.xml", 2, "32.435"),
     ("filter/nr/meas_type_and_r_manyinfo/test.xml", 9, "28.532"),
     ("filter/nr/meas_type_and_r_manyinfo/expected.xml", 4, "28.532")],
)  # fmt: skip
def test_valid_measurement_files(path: str, values: int, standard: str | None) -> None:
    got = _read(PM, f"pm/onap/{path}")
    assert (got.fault, got.faults, len(got.rows)) == (None, {}, values)
    assert {row["standard"] for row in got.rows} == ({standard} if standard else set())


@pytest.mark.parametrize(
    ("path", "detail"),
    [("lte/no_file_header.xml", "fileHeader is missing"),
     ("lte/no_managed_element.xml", "measData without managedElement or measEntity"),
     ("nr/no_file_header.xml", "fileHeader is missing"),
     ("nr/no_measured_entity.xml", "measData without managedElement or measEntity")],
)  # fmt: skip
def test_invalid_measurement_files(path: str, detail: str) -> None:
    got = _read(PM, f"pm/onap/invalid/{path}")
    assert (got.fault, got.detail) == (FileFaultReason.WRONG_STRUCTURE, detail)


def test_a_measurement_file_of_full_size() -> None:
    got = _read(PM, ORAN)
    assert (got.fault, got.faults) == (None, {})
    assert len(got.rows) == 2_667
    assert len({(row["measured_object"], row["counter_name"]) for row in got.rows}) == 2_667
    assert len({row["measurement_group"] for row in got.rows}) == 24
    kinds = Counter(
        "blank" if row["value_text"] is None else "number" if row["value"] else "vector" for row in got.rows
    )
    assert kinds == {"number": 2_231, "vector": 409, "blank": 27}
    vectors = [row["value_text"].split(",") for row in got.rows if row["value_text"] and not row["value"]]
    assert (min(map(len, vectors)), max(map(len, vectors))) == (3, 273)
    assert sum(not any(any(c.isdigit() for c in part) for part in vector) for vector in vectors) == 4
    assert len({row["measured_object"] for row in got.rows if row["is_suspect"] == "true"}) == 2
    assert {row["period_started_at"] for row in got.rows} == {"2022-04-18T19:00:00+00:00"}


@pytest.mark.parametrize(
    ("dataset", "name", "count"),
    [("crm.sf_accounts", "account", 10), ("crm.sf_contacts", "contact", 4), ("crm.sf_leads", "lead", 1)],
)
def test_crm_exports(dataset: str, name: str, count: int) -> None:
    got = _read(dataset, f"crm/salesforce/sf_{name}_data.csv")
    assert (got.fault, got.faults, len(got.rows)) == (None, {}, count)
    assert {row["source_timezone"] for row in got.rows} == {"UTC"}
    assert all(row[load(dataset).key[0]] for row in got.rows)


def test_a_crm_export_under_another_contract_is_refused() -> None:
    got = _read("crm.sf_leads", "crm/salesforce/sf_account_data.csv")
    assert got.fault in {FileFaultReason.UNKNOWN_COLUMN, FileFaultReason.MISSING_COLUMN}


def test_cell_positions() -> None:
    got = _read("network.cell_positions", "cells/opencellid_sample_10000.csv")
    assert (got.fault, got.faults, len(got.rows)) == (None, {}, 10_000)
    assert got.numbers == list(range(1, 10_001))
    assert Counter(row["mcc"] for row in got.rows)["262"] == 9_401
    assert {(row["radio"], row["unit_code"], row["is_changeable"]) for row in got.rows} == {("GSM", "0", "1")}
    assert len({tuple(row[name] for name in load("network.cell_positions").key) for row in got.rows}) == 10_000


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.8, 0.99])
def test_a_real_file_cut_short_never_counts_a_row(tmp_path: Path, keep: float) -> None:
    content = (FOLDER / ORAN).read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * keep)])
    assert read(tmp_path / "cut", load(PM)).fault == FileFaultReason.TRUNCATED
