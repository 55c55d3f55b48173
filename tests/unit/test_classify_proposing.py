"""From findings to treatments: each kind's own, and coarser moments and amounts beside people."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.loading import load, load_file
from contracts.model import Classification
from contracts.treatments import BY_KIND, Drop, IpPrefix, Keep, Mask, RegisteredDomain, Scrub, Seal, Token
from jobs.classify.coarsening import coarser_beside_people
from jobs.classify.contract_draft import new_contract, write_draft
from jobs.classify.deciding import Confidence, Finding
from jobs.classify.files import opened
from jobs.classify.measuring import Cells
from jobs.classify.proposing import beside, propose
from jobs.classify.show import _TREATMENTS


def cells(signals="", *, filled=1000, distinct=1000, digits=None):
    return Cells(filled, filled, distinct, 9, {frozenset(signals.split()): distinct}, digits or {})


def proposed(name, kind=None, signals="", confidence=Confidence.DECISIVE, **seen):
    return propose(name, name, cells(signals, **seen), Finding(kind, confidence if kind else Confidence.NONE))


PERSON = proposed("phone", "mobile_phone", "mobile_phone mobile_phone+")
MOMENT = proposed("paid_at", None, "is:moment")
DAY = proposed("paid_on", None, "is:date", distinct=300)
#: Nearly all different, mostly of four digits before the point.
AMOUNT = proposed("amount", None, "is:number", digits={3: 300, 4: 600, 5: 100})
AGES = proposed("age", None, "is:integer is:number", distinct=95, digits={1: 90, 2: 905, 3: 5})
SCORES = proposed("score", None, "is:integer is:number", distinct=5, digits={1: 1000})
RECORDS = proposed("record_no", None, "is:integer is:number", digits={3: 995, 4: 5})
RATIOS = proposed("ratio", None, "is:number", digits={0: 1000})


@pytest.mark.parametrize(
    ("kind", "treatment"),
    [
        ("url", {"kind": "registered_domain", "becomes": "x_domain"}),
        ("ip", {"kind": "ip_prefix", "becomes": "x_network"}),
        ("free_text", {"kind": "scrub"}),
        ("person_name", {"kind": "drop"}),
        ("address", {"kind": "drop"}),
        ("resident_id", {"kind": "token", "domain": "resident", "becomes": "x_key"}),
    ],
)
def test_each_kind_has_the_treatment_of_its_own(kind, treatment):
    found = proposed("x", kind)
    assert (found.treatment, found.classification) == (treatment, Classification.SENSITIVE)


def test_a_text_column_that_only_holds_some_identifiers_is_not_scrubbed_but_dropped():
    assert proposed("x", "free_text", confidence=Confidence.LABELLED).treatment == {"kind": "drop"}


def test_beside_people_moments_shift_amounts_lose_digits_and_rare_ends_are_one_group():
    columns = [MOMENT, DAY, AMOUNT, AGES, SCORES, RECORDS, RATIOS, PERSON]
    found = {column.name: column for column in coarser_beside_people(columns)}
    assert {name: column.treatment for name, column in found.items() if column.treatment != {"kind": "keep"}} == {
        "paid_at": {"kind": "date_shift", "person": "phone", "days": 180, "becomes": "paid_at_shifted"},
        "amount": {"kind": "round", "to": 100},
        "age": {"kind": "top_bottom_code", "top": 100},
        "phone": PERSON.treatment,
    }
    assert found["age"].classification is Classification.SENSITIVE
    assert found["score"].classification is Classification.INTERNAL


def test_a_table_about_things_stays_as_it_is():
    device = proposed("imei", "imei", "imei imei+")
    assert coarser_beside_people([MOMENT, AMOUNT, AGES, device]) == [MOMENT, AMOUNT, AGES, device]


def test_the_most_personal_token_tells_whose_moments_they_are():
    resident = proposed("id_card", "resident_id")
    shifted, *_ = coarser_beside_people([MOMENT, PERSON, resident])
    assert shifted.treatment["person"] == "id_card"


def test_the_draft_of_all_of_them_holds_as_a_contract(tmp_path):
    source = tmp_path / "found.csv"
    source.write_text("phone,paid_at,amount,age,site,ip,remark\n", encoding="utf-8")
    texts = [proposed("site", "url"), proposed("ip", "ip"), proposed("remark", "free_text")]
    columns = coarser_beside_people([PERSON, MOMENT, AMOUNT, AGES, *texts])
    path = tmp_path / "crm" / "found.odcs.yaml"
    write_draft(path, new_contract(path, opened(source), columns, date(2026, 1, 31)))
    kinds = [field.treatment.kind for field in load_file(path).fields]
    assert kinds == ["token", "date_shift", "round", "top_bottom_code", "registered_domain", "ip_prefix", "scrub"]
    assert "清洗后仍可能留有姓名" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "treatment", "is_stronger"),
    [
        ("url", RegisteredDomain(), False),
        ("ip", IpPrefix(), False),
        ("free_text", Scrub(), False),
        ("free_text", Keep(), True),
        ("mobile_phone", Mask(), True),
        ("mobile_phone", Seal(domain="phone"), False),
        ("mobile_phone", Token(domain="phone"), False),
        ("mobile_phone", Drop(), False),
    ],
)
def test_a_contract_that_protects_enough_is_left_alone(kind, treatment, is_stronger):
    field = replace(load("crm.customers").field("contact_phone"), treatment=treatment)
    assert beside(field, proposed("contact_phone", kind)).is_stronger is is_stronger


def test_every_treatment_has_a_name_for_people():
    assert _TREATMENTS.keys() == BY_KIND.keys()
