"""A contract that protects a column less than rows were treated before: refused, asked for, approved, in force."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from contracts.declared import declaration_of, treatment_from
from contracts.loading import load, load_all
from contracts.model import Classification
from contracts.strength import protects_as_much
from contracts.treatments import (
    Band,
    DateShift,
    Drop,
    Grid,
    IpPrefix,
    Keep,
    Mask,
    Region,
    Round,
    Seal,
    Token,
    TopBottomCode,
    TruncateDate,
)
from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.desensitise.run import desensitise
from jobs.errors import GradeChangeRefused, GradeLowered, SelfApproval, UnknownPerson
from jobs.grades.desk import GradeDesk
from jobs.grades.holding import put_in_force, require_not_lowered
from jobs.grades.record import standing
from jobs.ingest.run import ingest
from jobs.keys.ring import Keyring
from jobs.keys.rotation import retoken, rotate
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

CUSTOMERS = load("crm.customers")
PHONE = "contact_phone"
REASON = "号码改为公开的客服总机"


def changed(name=PHONE, **how):
    """The contract of customers with another grade or treatment of one column."""
    fields = tuple(replace(field, **how) if field.name == name else field for field in CUSTOMERS.fields)
    return replace(CUSTOMERS, fields=fields)


WEAKER = changed(classification=Classification.INTERNAL)


def in_force(ledger, contract=CUSTOMERS):
    put_in_force(ledger, contract, standing(ledger, contract.id))


def no_engine():
    raise AssertionError("the engine was asked for something")


@pytest.fixture
def desk(ledger: Ledger) -> GradeDesk:
    """wang asks, li approves; the protection of today is in force."""
    made = at_the_desk(ledger)
    made.people.admit("wang", ["os:wang", "airflow:wang"], may_approve=True)
    made.people.admit("li", ["os:li"], may_approve=True)
    made.people.admit("zhou", ["os:zhou"], may_approve=False)
    in_force(ledger)
    return made


def at_the_desk(ledger: Ledger) -> GradeDesk:
    audit = Audit(ledger, ledger.home / "elsewhere" / "heads")
    return GradeDesk(ledger, People(ledger), audit, datetime.now(UTC) + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (Mask(), Keep()), (Band(edges=(18, 60)), Mask()), (Seal(domain="phone"), IpPrefix()),
        (Token(domain="phone"), Seal(domain="phone")), (Drop(), Token(domain="phone")),
        (Mask(head=1, tail=0), Mask(head=3, tail=4)), (Band(edges=(18, 60)), Band(edges=(18, 30, 60))),
        (Region(level="province"), Region(level="city")),
        (Grid(metres=1000, axis="latitude"), Grid(metres=500, axis="latitude")),
        (TruncateDate(to="year"), TruncateDate(to="month")),
        (DateShift(person="id", days=180), DateShift(person="id", days=30)), (Round(to=0.3), Round(to=0.1)),
        (TopBottomCode(bottom=0, top=80), TopBottomCode(top=90)),
    ],
)  # fmt: skip
def test_a_stronger_treatment_covers_a_weaker_one_and_not_the_other_way(new, old):
    assert protects_as_much(new, old)
    assert protects_as_much(old, old)
    assert not protects_as_much(old, new)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Token(domain="phone"), Token(domain="customer")), (Seal(domain="phone"), Seal(domain="customer")),
        (Band(edges=(18, 30)), Band(edges=(20, 40))), (Round(to=100), Round(to=30)), (Round(to=100), TopBottomCode(top=9)),
        (DateShift(person="id"), DateShift(person="phone")), (TruncateDate(to="month"), DateShift(person="id")),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_not_taken_for_as_strong(one, other):
    assert not protects_as_much(one, other)
    assert not protects_as_much(other, one)


def test_every_treatment_of_every_contract_is_read_as_it_was_written():
    treatments = {field.treatment for contract in load_all().values() for field in contract.fields}
    assert len(treatments) > 100
    for treatment in treatments:
        written = json.loads(json.dumps(declaration_of(treatment)))
        assert treatment_from(written) == replace(treatment, becomes=None)


def test_a_first_contract_and_a_stronger_one_pass_and_are_in_force_from_then_on(ledger):
    assert require_not_lowered(ledger, CUSTOMERS) == {}
    in_force(ledger)
    raised = changed(classification=Classification.CORE, treatment=Drop())
    assert require_not_lowered(ledger, raised).keys() == {field.name for field in CUSTOMERS.fields}
    require_not_lowered(ledger, CUSTOMERS)  # nothing was treated under the raised one yet
    in_force(ledger, raised)
    with pytest.raises(GradeLowered, match=f"{PHONE}: core, drop → sensitive, seal"):
        require_not_lowered(ledger, CUSTOMERS)


def test_a_column_that_is_gone_is_no_lower_grade_until_it_comes_back_weaker(ledger):
    in_force(ledger)
    without = replace(CUSTOMERS, fields=tuple(field for field in CUSTOMERS.fields if field.name != PHONE))
    require_not_lowered(ledger, without)
    in_force(ledger, without)
    with pytest.raises(GradeLowered):
        require_not_lowered(ledger, WEAKER)


def test_nothing_is_taken_treated_or_made_again_under_a_lowered_contract(ledger, tmp_path):
    in_force(ledger)
    lake, keys = Lake(ledger.home, no_engine), KeyFiles(ledger.home)
    ring = Keyring(keys, ledger)
    ring.create_missing(CUSTOMERS.token_domains)
    landing = tmp_path / "landing" / "crm" / "customers"
    landing.mkdir(parents=True)
    (landing / "customers.csv").write_text("x", encoding="utf-8")
    weaker = changed(treatment=Keep())
    for step in (
        lambda: ingest(lake, tmp_path / "landing", weaker),
        lambda: desensitise(lake, keys, weaker),
        lambda: rotate(lake, ring, {weaker.id: weaker}, weaker.token_domains[:1], forget=()),
    ):
        with pytest.raises(GradeLowered, match=r"1 columns less than before.*Nothing was taken") as refused:
            step()
        assert f"lakewarden grade request crm.customers {PHONE}" in str(refused.value)
        assert refused.value.exit_code == 65
    assert [path.name for path in landing.iterdir()] == ["customers.csv"]
    assert ledger.ask("SELECT * FROM files") == []
    assert ledger.ask("SELECT * FROM key_versions WHERE version > 1") == []


def test_a_half_rotated_store_is_not_made_whole_under_a_lowered_contract(ledger):
    ring = Keyring(KeyFiles(ledger.home), ledger)
    ring.create_missing(CUSTOMERS.token_domains)
    made = {domain: version.token_fingerprint for domain, version in ring.current(CUSTOMERS.token_domains).items()}
    ledger.record("batches", [batch(Zone.DESENSITISED, key_fingerprints=made)])
    in_force(ledger)
    ring.record(ring.make_next(CUSTOMERS.token_domains))
    lake = Lake(ledger.home, no_engine)
    with pytest.raises(GradeLowered):
        retoken(lake, ring, {WEAKER.id: WEAKER}, forget=(), tell=print)


def batch(zone, **how):
    return BatchRow(
        CUSTOMERS.id, "a", zone, BatchState.PASSED, date(2026, 1, 31), 1, 5, "0", "1.0.0", CUSTOMERS.fingerprint, **how
    )


def test_the_grades_are_in_force_before_the_first_row_is_treated(ledger):
    """So that a command that is killed while it treats has not treated under grades that nobody remembers."""
    Keyring(KeyFiles(ledger.home), ledger).create_missing(CUSTOMERS.token_domains)
    ledger.record("batches", [batch(Zone.RAW)])
    with pytest.raises(AssertionError, match="the engine was asked"):
        desensitise(Lake(ledger.home, no_engine), KeyFiles(ledger.home), CUSTOMERS)
    assert standing(ledger, CUSTOMERS.id).keys() == {field.name for field in CUSTOMERS.fields}


def test_who_asks_is_approved_by_somebody_else_and_the_audit_says_so(desk, ledger):
    desk.request(WEAKER, PHONE, reason=REASON, account="os:wang")
    with pytest.raises(GradeLowered):
        require_not_lowered(ledger, WEAKER)
    for account in ("os:wang", "airflow:wang"):
        with pytest.raises(SelfApproval):
            desk.approve(WEAKER, PHONE, account=account)
    for account in ("os:zhou", "os:nobody"):
        with pytest.raises(UnknownPerson):
            desk.approve(WEAKER, PHONE, account=account)
    with pytest.raises(GradeLowered):
        require_not_lowered(ledger, WEAKER)
    desk.approve(WEAKER, PHONE, account="os:li")
    require_not_lowered(ledger, WEAKER)
    again = desk.request(WEAKER, PHONE, reason=REASON, account="os:zhou"), desk.approve(WEAKER, PHONE, account="os:li")
    assert {(change.requester, change.decided_by) for change in again} == {("os:wang", "os:li")}
    *_, last = desk.audit._entries()
    assert (last.actor, last.act, last.subject, last.outcome) == ("os:li", "grade.approve", CUSTOMERS.id, "done")
    assert json.loads(last.details) == {
        "field": PHONE, "requester": "os:wang", "reason": REASON,
        "change": f"{PHONE}: sensitive, seal (domain=phone) → internal, seal (domain=phone)",
    }  # fmt: skip
    refused = [(entry.actor, entry.act) for entry in desk.audit._entries() if entry.outcome == "refused"]
    assert refused == [(account, "grade.approve") for account in ("os:wang", "airflow:wang", "os:zhou", "os:nobody")]
    assert desk.audit.verify().breaks == ()


def test_an_approval_is_for_the_contract_as_it_was_then_and_for_that_column(desk, ledger):
    desk.request(WEAKER, PHONE, reason=REASON, account="os:wang")
    desk.approve(WEAKER, PHONE, account="os:li")
    for edited in (
        changed(classification=Classification.PUBLIC),
        changed(classification=Classification.INTERNAL, treatment=Keep()),
        changed(classification=Classification.INTERNAL, treatment=Seal(domain="customer")),
    ):
        with pytest.raises(GradeLowered):
            require_not_lowered(ledger, edited)
        with pytest.raises(GradeChangeRefused, match="nobody has asked"):
            desk.approve(edited, PHONE, account="os:li")
    all_lower = tuple(replace(field, classification=Classification.PUBLIC) for field in WEAKER.fields)
    with pytest.raises(GradeLowered):
        require_not_lowered(ledger, replace(WEAKER, fields=all_lower))


def test_an_approval_is_spent_once_it_is_in_force(desk, ledger):
    desk.request(WEAKER, PHONE, reason=REASON, account="os:wang")
    desk.approve(WEAKER, PHONE, account="os:li")
    later = replace(desk, now=datetime.now(UTC))
    in_force(ledger, WEAKER)
    require_not_lowered(ledger, WEAKER)
    assert later.lowerings([WEAKER]) == {WEAKER.id: []}
    in_force(ledger, CUSTOMERS)  # raised again
    ledger.record("grade_changes", [asked_before(ledger)])
    with pytest.raises(GradeLowered):
        require_not_lowered(ledger, WEAKER)


def asked_before(ledger):
    """The recorded change, with the moments that a clock of today would have given it."""
    (row,) = ledger.ask("SELECT * EXCLUDE (updated_at) FROM grade_changes")
    moment = datetime.now(UTC) - timedelta(minutes=1)
    return {**row, "requested_at": moment, "decided_at": moment}


def test_there_is_nothing_to_ask_for_where_nothing_is_lowered(desk):
    for contract, column in ((CUSTOMERS, PHONE), (WEAKER, "customer_id"), (WEAKER, "no_such_column")):
        with pytest.raises(GradeChangeRefused, match="nothing to approve"):
            desk.request(contract, column, reason=REASON, account="os:wang")
    with pytest.raises(UnknownPerson):
        desk.request(WEAKER, PHONE, reason=REASON, account="os:nobody")


def test_a_reason_says_something_and_names_nobody(desk):
    for reason in ("", "无", "见 138 0013 8000", "长" * 201):
        with pytest.raises(GradeChangeRefused, match="4 to 200 characters") as refused:
            desk.request(WEAKER, PHONE, reason=reason, account="os:wang")
        assert "0013" not in str(refused.value)


def test_the_list_shows_who_asked_and_who_approved(desk, ledger, monkeypatch):
    monkeypatch.setenv("LAKE_HOME", str(ledger.home))
    monkeypatch.setenv("LAKEWARDEN_AUDIT_HEADS", str(desk.audit.heads))
    in_force(ledger, changed(classification=Classification.CORE))
    later = replace(desk, now=datetime.now(UTC) + timedelta(seconds=1))
    listed = CliRunner().invoke(app, ["grade", "list", CUSTOMERS.id]).stdout
    assert f"{PHONE}: core, seal (domain=phone) → sensitive, seal (domain=phone); not asked for" in listed
    later.request(CUSTOMERS, PHONE, reason=REASON, account="os:wang")
    later.approve(CUSTOMERS, PHONE, account="os:li")
    listed = CliRunner().invoke(app, ["grade", "list"]).stdout
    assert f"asked by os:wang: {REASON}; approved by os:li" in " ".join(listed.split())
    assert "columns protected less than before: 1" in listed
