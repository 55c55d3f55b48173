"""Exports on a real ledger and a small published file: who may take which numbers away, what is written, what ends."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from jobs.approval.people import People
from jobs.approval.place import Place
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.errors import ExportRefused, GrantEnded, SelfApproval, UnknownPerson
from jobs.export.desk import Desk
from jobs.storage.ledger import Ledger

NOW = datetime(2026, 1, 30, 7, tzinfo=UTC)
REASON = "季度经营分析会材料"


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """wang asks, li approves; three cities are published."""
    published = ledger.home / "published" / "published.duckdb"
    publish(published)
    audit, place = Audit(ledger, ledger.home / "elsewhere" / "heads"), Place(ledger.home / "exported", "csv")
    made = Desk(ledger, People(ledger), audit, published, place, NOW)
    made.people.admit("wang", ["os:wang", "airflow:wang"], may_approve=True)
    made.people.admit("li", ["os:li"], may_approve=True)
    made.people.admit("zhao", ["os:zhao"], may_approve=False)
    return made


def publish(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as database:
        database.execute("CREATE SCHEMA mart")
        database.execute(
            "CREATE TABLE mart.fct_region_month AS SELECT * FROM (VALUES "
            "('杭州市', DATE '2026-01-01', 120.5), ('=1+1', DATE '2026-01-01', NULL), ('广州市', DATE '2025-12-01', 7)) "
            "AS rows(city_name, month_start, revenue_cny)"
        )


def asked(desk: Desk, *columns: str, account: str = "os:wang", **changed) -> str:
    asks = {"only": (), "row_limit": 10, "reason": REASON, "days": 1, **changed}
    return desk.request("fct_region_month", columns, account=account, **asks)[0].export_id


def granted(desk: Desk, *columns: str, **changed) -> str:
    export_id = asked(desk, *columns, **changed)
    desk.approve(export_id, "os:li")
    return export_id


def acts(desk: Desk, outcome: str) -> list[tuple[str, str]]:
    return [(entry.actor, entry.act) for entry in desk.audit._entries() if entry.outcome == outcome]


def test_approved_rows_lie_in_the_requesters_own_folder_and_the_audit_says_so(desk):
    path, count = desk.run(granted(desk, "city_name", "revenue_cny", only=["month_start=2026-01-01"]), "os:wang")
    assert path.parent == desk.place.root / "wang"
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert count == 2
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["city_name,revenue_cny", "'=1+1,", "杭州市,120.5"]
    done = [("os:wang", "export.request"), ("os:li", "export.approve"), ("os:wang", "export.run")]
    assert acts(desk, "done") == done
    assert desk.audit.verify().breaks == ()
    assert desk.listed()[0].row_count == 2


def test_no_more_rows_than_were_asked_for(desk):
    path, count = desk.run(granted(desk, row_limit=1), "os:wang")
    assert count == 1
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == "city_name,month_start,revenue_cny"


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("os:wang", SelfApproval),
        ("airflow:wang", SelfApproval),
        ("os:zhao", UnknownPerson),
        ("os:nobody", UnknownPerson),
    ],
)
def test_only_somebody_else_approves(desk, account, why):
    export_id = asked(desk)
    with pytest.raises(why):
        desk.approve(export_id, account)
    with pytest.raises(ExportRefused, match="not approved yet"):
        desk.run(export_id, "os:wang")
    assert not desk.place.root.exists()
    assert (account, "export.approve") in acts(desk, "refused")


def test_what_one_asked_for_another_does_not_take(desk):
    with pytest.raises(UnknownPerson):
        desk.run(granted(desk), "os:li")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"row_limit": 10_001}, "1 to 10000 rows"),
        ({"row_limit": 0}, "1 to 10000 rows"),
        ({"days": 8}, "1 to 7 days"),
        ({"reason": "要"}, "4 to 200 characters"),
        ({"reason": "给欧阳测试 13800138000 看"}, "identifier"),
        ({"only": ["city_name"]}, "column=value"),
        ({"only": ["phone=1"]}, "named columns not"),
    ],
)
def test_a_request_that_is_no_reason_or_too_much_is_refused_without_repeating_it(desk, changed, said):
    with pytest.raises(ExportRefused, match=said) as refusal:
        asked(desk, **changed)
    assert "13800138000" not in str(refusal.value)
    assert desk.listed() == []


def test_only_columns_of_published_marts(desk):
    with pytest.raises(ExportRefused, match="it has city_name, month_start, revenue_cny"):
        asked(desk, 'city_name" FROM x --')
    with pytest.raises(ExportRefused, match="no published mart"):
        desk.request("raw_customers", (), only=(), row_limit=1, reason=REASON, account="os:wang", days=1)


def test_a_value_of_a_condition_is_a_value(desk):
    _, count = desk.run(granted(desk, only=["city_name=x' OR '1'='1"]), "os:wang")
    assert count == 0


def test_the_file_goes_when_its_time_is_over(desk):
    path, _ = desk.run(granted(desk), "os:wang")
    kept = path.with_name("my notes.txt")
    kept.write_text("mine")
    later = replace(desk, now=NOW + timedelta(days=3))
    assert [one.state for one in later.expire()] == ["written"]
    assert not path.exists()
    assert kept.exists()
    with pytest.raises(GrantEnded, match="ask anew"):
        later.run(later.listed()[0].export_id, "os:wang")


def test_an_end_takes_the_drafts_of_a_kill_too_and_no_other_csv_of_the_persons(desk):
    path, _ = desk.run(granted(desk), "os:wang")
    draft, theirs = path.with_suffix(".draft"), path.with_name("budget.csv")
    draft.write_text("city_name,reve", encoding="ascii")
    theirs.write_text("mine", encoding="ascii")
    desk.expire()
    assert path.exists(), "its time is not over"
    replace(desk, now=NOW + timedelta(days=3)).expire()
    assert [one.name for one in path.parent.iterdir()] == [theirs.name]


def test_a_column_that_left_the_mart_is_not_guessed(desk):
    export_id = granted(desk, "revenue_cny")
    desk.published.unlink()
    with duckdb.connect(str(desk.published)) as database:
        database.execute("CREATE SCHEMA mart; CREATE TABLE mart.fct_region_month AS SELECT 1 AS other")
    with pytest.raises(ExportRefused, match="not published with these columns"):
        desk.run(export_id, "os:wang")


def test_a_stranger_at_the_prompt_is_told_what_to_do(ledger: Ledger, monkeypatch):
    monkeypatch.setenv("LAKE_HOME", str(ledger.home))
    said = CliRunner().invoke(app, ["export", "request", "fct_region_month", "--reason", REASON])
    assert isinstance(said.exception, UnknownPerson)
    assert "reveal admit" in str(said.exception)


def test_the_clock_ends_exports_without_being_anybody(ledger: Ledger, monkeypatch):
    monkeypatch.setenv("LAKE_HOME", str(ledger.home))
    said = CliRunner().invoke(app, ["export", "expire"])
    assert said.exit_code == 0, said.output
    assert "exports expired: 0" in said.output
