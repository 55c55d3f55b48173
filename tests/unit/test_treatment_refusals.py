"""Treatments that do not fit are refused when the contract is loaded, with file and line, all of them at once."""

from pathlib import Path

import pytest

from contracts.errors import InvalidContracts
from contracts.loading import load, load_file
from contracts.model import SmallestCell
from contracts.treatments import DateShift
from jobs.desensitise.run import MissingColumns, UndeclaredColumns, require_columns_of

COLUMN = """      - name: {name}
        businessName: 列
        description: A column.
        logicalType: {type}
        classification: sensitive
        customProperties:
{own}"""
CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: crm.visits
name: visits
version: 1.0.0
status: active
domain: crm
description:
  purpose: One row per visit.
schema:
  - name: visits
    businessName: 来访
    physicalType: table
    description: Visits.
    properties:
      - name: visit_id
        businessName: 编号
        description: Number of the visit.
        logicalType: string
        required: true
        primaryKey: true
        classification: internal
        customProperties:
          - {{property: treatment, value: {{kind: token, domain: visit, becomes: visit_key}}}}
{columns}slaProperties:
  - {{property: retention, value: 30, unit: d}}
customProperties:
  - property: accountable
    value: {{in_charge: a, operates: b, uses: [c], connects: d}}
  - property: document_control
    value: {{prepared_by: a, reviewed_by: b, approved_by: c, changes: [{{version: 1.0.0, date: "2026-11-26", change: First.}}]}}
  - property: source
    value: {{timezone: Asia/Shanghai, readers: [{{kind: csv, encodings: [utf-8]}}]}}
{more}"""
PERSON = ("phone", "string", "mobile_phone", "{kind: token, domain: phone, becomes: phone_key}")
NORTH = ("north", "number", "coordinate", "{kind: grid, metres: 1000, axis: latitude, becomes: north_grid}")
EAST = ("east", "number", "coordinate", "{kind: grid, metres: 1000, axis: longitude, becomes: east_grid}")
SEEN = ("seen_at", "timestamp", None, "{kind: truncate_date, to: day, becomes: seen_on}")


def column(name, logical_type, identifier, treatment):
    own = f"          - {{property: identifier, value: {identifier}}}\n" if identifier else ""
    own += f"          - {{property: treatment, value: {treatment}}}\n"
    return COLUMN.format(name=name, type=logical_type, own=own)


def written(folder: Path, *columns: tuple, more: str = "") -> Path:
    path = folder / "crm" / "visits.odcs.yaml"
    path.parent.mkdir(parents=True)
    text = CONTRACT.format(columns="".join(column(*each) for each in columns), more=more)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> InvalidContracts:
    with pytest.raises(InvalidContracts) as refused:
        load_file(path)
    return refused.value


@pytest.mark.parametrize(
    ("logical_type", "identifier", "treatment", "message"),
    [
        ("string", None, "{kind: round, to: 10}", "treatment round fits bigint, double, decimal, not string"),
        ("integer", None, "{kind: round, to: 0.5}", "whole numbers cannot be rounded to 0.5"),
        ("integer", "account_number", "{kind: round, to: 10}", "round is for columns that are no identifier, not for account"),
        ("number", None, "{kind: top_bottom_code, bottom: 9, top: 1}", "the bottom must lie below the top"),
        ("integer", None, "{kind: top_bottom_code, top: 1.5}", "the ends of whole numbers are whole numbers"),
        ("date", None, "{kind: top_bottom_code, top: 1}", "treatment top_bottom_code fits"),
        ("string", None, "{kind: registered_domain}", "is for url, not for a column without an identifier"),
        ("string", "ip", "{kind: registered_domain}", "treatment registered_domain is for url, not for ip"),
        ("string", "url", "{kind: ip_prefix}", "treatment ip_prefix is for ip, not for url"),
        ("integer", "ip", "{kind: ip_prefix}", "treatment ip_prefix fits string, not bigint"),
        ("string", "person_name", "{kind: scrub}", "scrub is for columns that are no identifier, free_text, not for person_name"),
        ("string", "url", "{kind: mask, head: 3}", "treatment mask does not do for url"),
        ("string", "free_text", "{kind: token, domain: x, becomes: y}", "treatment token does not do for free_text"),
        ("number", None, "{kind: grid, metres: 10, axis: latitude}", "treatment grid is for coordinate"),
        ("string", None, "{kind: date_shift, person: phone, becomes: y}", "treatment date_shift fits date, timestamp"),
        ("date", None, "{kind: date_shift, person: nobody, becomes: y}", "'nobody' must be a column that becomes a token"),
        ("date", None, "{kind: date_shift, person: odd, becomes: y}", "'odd' must be a column that becomes a token"),
    ],
)  # fmt: skip
def test_a_treatment_that_does_not_fit_its_column_is_refused_with_file_and_line(
    tmp_path, logical_type, identifier, treatment, message
):
    path = written(tmp_path, PERSON, ("odd", logical_type, identifier, treatment))
    error = refusal(path)
    assert message in str(error)
    line = next(
        n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if "name: odd" in text
    )
    assert {(problem.file, problem.line) for problem in error.problems} == {(path, line)}


@pytest.mark.parametrize(
    "treatment",
    [
        "{kind: round}",
        "{kind: round, to: 0}",
        "{kind: top_bottom_code}",
        "{kind: date_shift, becomes: y}",
        "{kind: date_shift, person: phone, days: 3, becomes: y}",
        "{kind: scrub, keep: names}",
    ],
)
def test_a_treatment_without_its_arguments_is_refused(tmp_path, treatment):
    error = refusal(written(tmp_path, PERSON, ("odd", "number", None, treatment)))
    assert "its arguments do not fit" in str(error)


def test_every_misfit_of_a_contract_is_reported_at_once(tmp_path):
    columns = [
        ("one", "string", None, "{kind: round, to: 10}"),
        ("two", "string", "ip", "{kind: registered_domain}"),
        ("three", "date", None, "{kind: date_shift, person: nobody, becomes: y}"),
    ]
    assert len(refusal(written(tmp_path, *columns)).problems) == 3


CELL = "  - property: smallest_cell\n    value: {{latitude: north, longitude: {east}, people: {people}, at_least: 10, {rest}}}\n"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (CELL.format(east="north", people="phone", rest="period: seen_at"), "'north' must be a column with the treatment grid of axis longitude"),
        (CELL.format(east="west", people="phone", rest="period: seen_at"), "'west' must be a column with the treatment grid"),
        (CELL.format(east="east", people="seen_at", rest="period: seen_at"), "'seen_at' must be a column that becomes a token"),
        (CELL.format(east="east", people="phone", rest="period: phone"), "the period 'phone' must be a column that is truncated"),
        (CELL.format(east="east", people="phone", rest="coarser_metres: [3000]"), "squares of 3000 m must be an even multiple of 1000 m wide"),
        (CELL.format(east="east", people="phone", rest="coarser_metres: [4000, 2000]"), "squares of 2000 m must be an even multiple of 4000 m wide"),
    ],
)  # fmt: skip
def test_a_smallest_cell_that_leans_on_the_wrong_columns_is_refused(tmp_path, cell, message):
    error = refusal(written(tmp_path, PERSON, NORTH, EAST, SEEN, more=cell))
    assert message in str(error)
    assert len(error.problems) == 1


def test_what_fits_is_taken_as_it_is_declared(tmp_path):
    cell = CELL.format(east="east", people="phone", rest="period: seen_at, coarser_metres: [4000]")
    came = ("came_on", "date", None, "{kind: date_shift, person: phone, days: 30, becomes: came_on_shifted}")
    contract = load_file(written(tmp_path, PERSON, NORTH, EAST, SEEN, came, more=cell))
    assert contract.smallest_cell == SmallestCell("north", "east", (1000, 4000), 10, "phone", "seen_at")
    assert contract.field("came_on").treatment == DateShift(person="phone", days=30, becomes="came_on_shifted")
    assert contract.desensitised_columns["came_on_shifted"] == "date"
    assert contract.token_domains == ("phone", "visit")


def test_a_column_that_is_gone_from_raw_or_unknown_to_the_contract_stops_the_treatment():
    customers = load("crm.customers")
    held = list(customers.raw_columns)
    require_columns_of(customers, held)
    without = [name for name in held if name not in ("contact_phone", "batch_id")]
    with pytest.raises(
        MissingColumns, match=r"treats contact_phone, batch_id, and raw\.crm_customers has no"
    ) as refused:
        require_columns_of(customers, without)
    assert "lakewarden replay crm.customers" in str(refused.value)
    with pytest.raises(UndeclaredColumns, match=r"has 1 columns that customers\.odcs\.yaml lacks") as refused:
        require_columns_of(customers, [*held, "13800138000"])
    assert "13800138000" not in str(refused.value)
