"""Requests on a real ledger, with a vault of the test's own: what is written where, what ends, what a kill leaves."""

import json
import multiprocessing
import os
import signal
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from contracts.loading import load
from jobs.approval.people import People
from jobs.approval.place import Place
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.errors import GrantEnded, NeverSealed, RevealRefused, SelfApproval, UnknownPerson, VaultAltered
from jobs.reveal.desk import Desk
from jobs.reveal.rules import RevealState
from jobs.settings import RevealLimits
from jobs.storage.ledger import Ledger

NOW = datetime(2026, 1, 30, 7, tzinfo=UTC)
TOKENS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
VALUES = dict(zip(TOKENS, ("13800138000", "=1+1"), strict=True))
PURPOSE = "一个工作日内电话核对资料"
CUSTOMERS = "crm.customers"


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """wang asks, li approves; both have an account at either door."""
    made = at_the_desk(ledger)
    made.people.admit("wang", ["os:wang", "airflow:wang"], may_approve=True)
    made.people.admit("li", ["os:li", "airflow:li.na"], may_approve=True)
    return made


def at_the_desk(ledger: Ledger) -> Desk:
    audit, place = Audit(ledger, ledger.home / "elsewhere" / "heads"), Place(ledger.home / "revealed", "xlsx")
    return Desk(ledger, People(ledger), audit, place, RevealLimits(), NOW)


def asked(desk: Desk, account: str = "os:wang", **changed) -> str:
    asks = {"purpose": PURPOSE, "ticket": "KF-1", "account": account, "until": NOW + timedelta(days=1), **changed}
    return desk.request(load(CUSTOMERS), "contact_phone_key", TOKENS, **asks)[0].reveal_id


def granted(desk: Desk, **changed) -> str:
    reveal_id = asked(desk, **changed)
    desk.decide(reveal_id, RevealState.APPROVED, "airflow:li.na")
    return reveal_id


def vault(contract, field, tokens):
    assert (contract.id, field) == (CUSTOMERS, "contact_phone")
    return {token: VALUES[token] for token in tokens}


def opened(desk: Desk, reveal_id: str, account: str = "os:wang", values=vault):
    return desk.open(reveal_id, account, load, values)


def acts(desk: Desk, outcome: str) -> list[tuple[str, str]]:
    return [(entry.actor, entry.act) for entry in desk.audit._entries() if entry.outcome == outcome]


def test_the_values_lie_in_the_requesters_own_place_and_the_audit_says_so(desk):
    reveal_id = granted(desk)
    path = opened(desk, reveal_id)
    assert path == desk.place.root / "wang" / f"{reveal_id}.xlsx"
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "no scratch is left"
    cells = [[(cell.value, cell.data_type) for cell in row] for row in load_workbook(path)["数据"].iter_rows()]
    assert cells[0] == [("令牌", "s"), ("电话", "s")]
    assert cells[1:] == [[(token, "s"), (value, "s")] for token, value in VALUES.items()]
    assert "到期自动删除" in str([cell.value for cell in load_workbook(path)["说明"]["B"]])
    found = desk.find(reveal_id)
    assert (found.state, found.opened_count, found.decided_by) == (RevealState.OPENED, 2, "airflow:li.na")
    last = list(desk.audit._entries())[-1]
    assert (last.actor, last.act, last.subject, last.outcome) == ("os:wang", "reveal.open", reveal_id, "done")
    assert json.loads(last.details) == {
        "dataset": CUSTOMERS, "field": "contact_phone", "purpose": PURPOSE, "approver": "airflow:li.na", "tokens": 2,
        "values": 2,
    }  # fmt: skip
    assert desk.audit.verify().breaks == ()
    written = str([desk.ledger.ask(f"SELECT * FROM {table}") for table in ("reveals", "audit", "people")])
    assert not [value for value in VALUES.values() if value in written]


@pytest.mark.parametrize("account", ["os:wang", "airflow:wang"])
def test_nobody_approves_alone_though_there_are_two_doors(desk, account):
    reveal_id = asked(desk)
    with pytest.raises(SelfApproval):
        desk.decide(reveal_id, RevealState.APPROVED, account)
    assert desk.find(reveal_id).state is RevealState.REQUESTED
    assert acts(desk, "refused") == [(account, "reveal.approved")]
    with pytest.raises(RevealRefused, match="not approved yet"):
        opened(desk, reveal_id)


@pytest.mark.parametrize("account", ["os:nobody", "airflow:", "airflow:admin"])
def test_an_account_that_nobody_admitted_does_nothing(desk, account):
    with pytest.raises(UnknownPerson):
        asked(desk, account)
    reveal_id = asked(desk)
    for step in (
        lambda: desk.decide(reveal_id, RevealState.APPROVED, account),
        lambda: opened(desk, reveal_id, account),
        lambda: desk.revoke(reveal_id, account),
    ):
        with pytest.raises(UnknownPerson):
            step()
    assert desk.find(reveal_id).state is RevealState.REQUESTED


def test_an_account_is_one_persons(desk):
    with pytest.raises(RevealRefused, match="airflow:wang is an account of wang"):
        desk.admit("ghost", ["os:ghost", "airflow:wang"], "os:root", may_approve=True)
    desk.admit("wang", ["os:wang2"], "os:root", may_approve=False)
    assert desk.people.who("os:wang2").accounts == ("airflow:wang", "os:wang", "os:wang2")


def test_a_request_without_anybody_beside_who_may_approve_is_not_made(desk):
    desk.dismiss("li", "os:root")
    with pytest.raises(UnknownPerson, match="nobody beside you"):
        asked(desk)
    assert desk.listed(NOW - timedelta(days=1), NOW + timedelta(days=1)) == []


def test_every_step_repeated_changes_nothing(desk):
    reveal_id = granted(desk)
    granted(desk)
    opened(desk, reveal_id)
    once = desk.find(reveal_id)
    opened(desk, reveal_id)
    assert desk.find(reveal_id) == once
    assert len(desk.listed(NOW - timedelta(days=1), NOW + timedelta(days=1))) == 1


def test_what_is_past_is_refused_and_removed_even_while_its_file_is_there(desk):
    reveal_id = granted(desk)
    path = opened(desk, reveal_id)
    keepsake = path.with_name("notes.txt")
    keepsake.write_text("mine", encoding="ascii")
    later = replace(desk, now=NOW + timedelta(days=1))
    with pytest.raises(GrantEnded, match="was expired"):
        opened(later, reveal_id)
    assert not path.exists()
    assert keepsake.exists()
    assert ("lakewarden:clock", "reveal.expire") in acts(desk, "done")
    assert later.expire() == []


def test_an_expiry_that_was_killed_behind_the_ledger_is_finished_by_whatever_comes_next(desk, monkeypatch):
    path = opened(desk, granted(desk))
    later = replace(desk, now=NOW + timedelta(days=1))
    with monkeypatch.context() as broken:
        broken.delattr(Place, "sweep")
        with pytest.raises(AttributeError):
            later.expire()
    assert later.find(path.stem).state is RevealState.EXPIRED
    assert path.exists()
    asked(later, ticket="KF-2", until=later.now + timedelta(days=1))
    assert not path.exists()


def test_revoked_is_over_at_once_and_for_good(desk):
    reveal_id = granted(desk)
    path = opened(desk, reveal_id)
    desk.revoke(reveal_id, "os:li")
    assert not path.exists()
    with pytest.raises(GrantEnded, match="was revoked"):
        opened(desk, reveal_id)
    with pytest.raises(GrantEnded, match="under another ticket"):
        asked(desk)


def test_a_requester_gives_back_and_a_stranger_ends_nothing(desk):
    desk.admit("zhao", ["os:zhao"], "os:root", may_approve=False)
    reveal_id = granted(desk)
    with pytest.raises(UnknownPerson, match="ended by who asked"):
        desk.revoke(reveal_id, "os:zhao")
    assert desk.revoke(reveal_id, "airflow:wang").ended_by == "airflow:wang"


def test_who_is_dismissed_loses_what_was_granted(desk):
    reveal_id = granted(desk)
    path = opened(desk, reveal_id)
    desk.dismiss("wang", "os:root")
    assert not path.exists()
    assert desk.find(reveal_id).state is RevealState.REVOKED


@pytest.mark.parametrize("error", [NeverSealed, VaultAltered])
def test_a_vault_that_says_no_leaves_no_file_and_no_open_request(desk, error):
    def refusing(*_):
        raise error("1 of 2")

    reveal_id = granted(desk)
    with pytest.raises(error):
        opened(desk, reveal_id, values=refusing)
    assert not desk.place.root.exists()
    assert desk.find(reveal_id).state is RevealState.APPROVED
    assert acts(desk, "refused") == [("os:wang", "reveal.open")]


def _killed_before_the_file_stands(home, reveal_id):
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # the last step of writing a file
    opened(at_the_desk(Ledger(home)), reveal_id)


def test_killed_while_it_writes_the_rest_lies_in_the_requesters_place_and_goes_with_the_next_step(desk):
    reveal_id = granted(desk)
    writer = multiprocessing.get_context("spawn").Process(
        target=_killed_before_the_file_stands, args=(desk.ledger.home, reveal_id)
    )
    writer.start()
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    place = desk.place.root / "wang"
    assert [path.name for path in place.iterdir()] == [f"{reveal_id}.draft"]
    assert [entry.outcome for entry in desk.audit._entries()][-1] == "begun"
    (place / "openpyxl.k3x9").write_text("what a kill inside the library leaves", encoding="ascii")
    path = opened(desk, reveal_id)
    assert [one.name for one in place.iterdir()] == [path.name]


def test_the_list_of_a_month_names_who_is_in_charge_and_never_a_value(desk, monkeypatch):
    opened(desk, granted(desk))
    monkeypatch.setenv("LAKE_HOME", str(desk.ledger.home))
    monkeypatch.setenv("LAKEWARDEN_AUDIT_HEADS", str(desk.audit.heads))
    monkeypatch.setenv("LAKEWARDEN_REVEALED", str(desk.place.root))
    listed = json.loads(CliRunner().invoke(app, ["reveal", "list", "--month", "2026-01", "--json"]).stdout)
    assert [(row["申请人"], row["审批人"], row["责任部门"], row["打开数据"]) for row in listed] == [
        ("os:wang", "airflow:li.na", "marketing", 2)
    ]
    printed = CliRunner().invoke(app, ["reveal", "list", "--month", "2026-01"]).stdout
    assert "审计链末端" in printed
    assert "13800138000" not in printed
    assert json.loads(CliRunner().invoke(app, ["reveal", "list", "--month", "2025-12", "--json"]).stdout) == []


def test_at_the_prompt_nobody_passes_for_somebody_at_the_other_door(desk, monkeypatch):
    monkeypatch.setenv("LAKE_HOME", str(desk.ledger.home))
    monkeypatch.setenv("LAKEWARDEN_AUDIT_HEADS", str(desk.audit.heads))
    now = datetime.now(UTC)
    reveal_id = asked(replace(desk, now=now), until=now + timedelta(days=1))
    command = ["reveal", "refuse", reveal_id, "--airflow-account", "li.na"]
    assert isinstance(CliRunner().invoke(app, command).exception, UnknownPerson)
    secret = desk.ledger.home / "secrets" / "airflow_jwt"
    secret.parent.mkdir()
    secret.write_text("a secret of the scheduler", encoding="ascii")
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "another")
    assert isinstance(CliRunner().invoke(app, command).exception, UnknownPerson)
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a secret of the scheduler")
    assert CliRunner().invoke(app, command).exit_code == 0


@pytest.mark.parametrize("text", ["13800138000", "欧阳测试", "../../x"])
def test_what_is_no_id_is_not_even_written_down(desk, text):
    for step in (
        lambda: desk.decide(text, RevealState.APPROVED, "os:li"),
        lambda: opened(desk, text),
        lambda: desk.revoke(text, "os:li"),
        lambda: desk.dismiss(text, "os:li"),
        lambda: desk.admit(text, ["os:x"], "os:li", may_approve=False),
    ):
        with pytest.raises(RevealRefused) as refusal:
            step()
        assert text not in str(refusal.value)
    assert list(desk.audit._entries()) == []
