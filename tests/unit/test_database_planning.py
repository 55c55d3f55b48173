"""Which extract comes next, by hand-made ledger rows: bounds, overlap, pieces, frequency, a table that went back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from jobs.errors import ConnectionMissing, SourceChanged, SourceUnreachable, SourceWentBack, StepFailed
from jobs.ingest.databases.asking import Database
from jobs.ingest.databases.columns import Answer, described, read_columns, require_same
from jobs.ingest.databases.connections import connection, secret_file
from jobs.ingest.databases.dialect import Family
from jobs.ingest.databases.dialects import DIALECTS
from jobs.ingest.databases.figures import Figures, compared, read_figures
from jobs.ingest.databases.planning import Ends, next_allowed, next_extract, overlapped, range_of
from jobs.ingest.databases.queries import Range
from jobs.ingest.databases.waiting import turn_of
from jobs.storage.ledger_rows import ExtractMode, FileRow, FileState
from tests.database_tables import contract, questions, table

NOW = datetime(2026, 1, 31, 2, tzinfo=UTC)
T1, T2, T3 = "2026-01-31T08:00:00.100000", "2026-01-31T09:00:00", "2026-01-31T09:30:00"


def planned(last=None, newest=T1, bound=None, *, asked=None, whole=False, now=NOW):
    return next_extract(
        contract(), asked or table(), last, Ends(newest, bound),
        family=Family.MOMENT, source_columns="{}", now=now, whole=whole,
    )  # fmt: skip


def test_the_first_extract_is_whole_and_each_next_begins_where_it_ended():
    first = planned()
    second = planned(first, newest=T2)
    assert (first.mode, first.cursor_from, first.cursor_to) == (ExtractMode.WHOLE, None, T1)
    assert (second.mode, second.cursor_from, second.cursor_to) == (ExtractMode.CHANGES, T1, T2)
    assert first.file_sha256 != second.file_sha256


def test_a_claim_gives_the_same_range_whenever_it_is_read():
    second = planned(planned(), newest=T2)
    # an overlap of 60 s before the last end; a day after the claim, in the clock of the source, nothing is sane
    assert range_of(second, table(), Family.MOMENT) == Range("2026-01-31T07:59:00.100000", T2, "2026-02-01T10:00:00")
    assert range_of(planned(), table(), Family.MOMENT).low is None
    assert range_of(second, table(cursor=None), None) == Range()


def test_the_same_table_read_twice_gives_two_extracts():
    assert planned().file_sha256 == planned().file_sha256
    assert planned().file_sha256 != planned(now=NOW + timedelta(seconds=1)).file_sha256


def test_a_long_extract_comes_in_pieces_that_remain_one_extraction():
    first = planned(newest=T3, bound=T1)
    second = planned(first, newest=T3, bound=T2)
    third = planned(second, newest=T3, bound=T3)
    assert [(e.mode, e.cursor_from, e.cursor_to, e.is_cut) for e in (first, second, third)] == [
        (ExtractMode.WHOLE, None, T1, True),
        (ExtractMode.WHOLE, T1, T2, True),
        (ExtractMode.WHOLE, T2, T3, False),
    ]
    assert next_allowed(contract(), [first, second]) is None, "the next piece need not wait"
    assert next_allowed(contract(), [first, second, third]) == NOW + timedelta(minutes=60)


@pytest.mark.parametrize("newest", [None, "2026-01-31T07:00:00"])
def test_a_table_that_became_older_stops(newest):
    with pytest.raises(SourceWentBack, match="--whole"):
        planned(planned(), newest=newest)


def test_a_person_has_the_whole_table_read_anew():
    anew = planned(planned(newest=T2), newest=T1, whole=True)
    assert (anew.mode, anew.cursor_from, anew.cursor_to) == (ExtractMode.ANEW, None, T1)


def test_numbers_are_compared_as_numbers():
    asked = table(cursor="account_no", overlap=2)
    first = replace(planned(), cursor_to="9")
    second = next_extract(
        contract(), asked, first, Ends("10", None), family=Family.EXACT, source_columns="{}", now=NOW, whole=False
    )
    assert range_of(second, asked, Family.EXACT) == Range("7", "10", None)


@pytest.mark.parametrize("newest", ["infinity", "0000-00-00T00:00:00", "2026-01-31T08:00:00 BC"])
def test_a_cursor_that_does_not_grow_is_none(newest):
    with pytest.raises(SourceChanged, match="choose another column"):
        planned(newest=newest)


def test_only_extracts_that_overlap_are_looked_through_for_repeats():
    old, last = planned(newest="2026-01-31T07:00:00"), planned(newest=T1)
    changes = planned(last, newest=T2)
    assert overlapped(changes, table(), [old, last]) == [last.file_sha256]
    assert overlapped(planned(last, newest=T2, whole=True), table(), [old, last]) == [old.file_sha256, last.file_sha256]


def answers(**changed):
    kinds = {"account_no": "bigint", "changed_at": "timestamp without time zone", **changed}
    return [Answer(name, kind, None, None) for name, kind in kinds.items() if kind]


def columns(*found, **reader):
    asked = replace(table(), **reader)
    return read_columns(found, asked, contract(deletions="is_deleted"), DIALECTS["postgresql"])


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], "it is not there"),
        (answers(nickname="text"), "not declared.*'nickname'"),
        (answers(account_no=None), "required column is missing"),
        (answers(changed_at=None), "no column for changed_at"),
        ([*answers(), Answer("ACCOUNT_NO", "bigint", None, None)], "stand for field account_no"),
    ],
    ids=["no table", "new column", "no key", "no cursor", "twice"],
)
def test_a_table_that_is_not_as_the_contract_says_stops(found, message):
    with pytest.raises(SourceChanged, match=message):
        columns(*found)


def test_a_type_that_nobody_reads_stops():
    asked = table("mysql")
    with pytest.raises(SourceChanged, match="of type geometry, which nobody reads"):
        read_columns(
            [*answers(changed_at="datetime(6)"), Answer("holder", "geometry", None, None)],
            asked, contract(), DIALECTS["mysql"],
        )  # fmt: skip


def test_what_the_contract_gives_need_not_be_a_column():
    found = columns(*answers(account_no=None), constants={"account_no": "7"})
    assert list(found) == ["changed_at"]


def test_a_change_of_the_table_names_the_column_and_both_types():
    before, now = described(columns(*answers())), described(columns(*answers(account_no="integer", holder="text")))
    with pytest.raises(SourceChanged, match=r"'account_no' was bigint and is integer; 'holder' was not there"):
        require_same(before, now, table(), contract())
    require_same(before, before, table(), contract())


def figures(rows, **values):
    by_field = {("account_no", name): value for name, value in {"missing": 0, "sum": 6, **values}.items()}
    return Figures(rows, by_field | {("account_no", "smallest"): 1, ("account_no", "largest"): 3})


@pytest.mark.parametrize(
    ("landed", "after", "stops"),
    [
        (figures(3), figures(3), set()),
        (figures(2), figures(3), {"source.rows"}),
        (figures(3, sum=7), figures(3), {"source.sum"}),
        (figures(3, missing=1), figures(3), {"source.missing"}),
        (figures(2), figures(2), set()),
        (figures(9), figures(2), set()),
    ],
    ids=["same", "a row is lost", "a value differs", "a value is lost", "moved", "moved and differs"],
)
def test_what_was_read_must_be_what_the_source_says(landed, after, stops):
    read = {"account_no": questions("postgresql").columns["account_no"]}
    checks = compared(read, figures(3), landed, after=after)
    broken = {check.rule for check in checks if check.found > check.allowed and check.severity == "error"}
    warned = {check.rule for check in checks if check.found > check.allowed and check.severity == "warning"}
    assert broken == stops
    assert ("source.moved_while_read" in warned) == (after.rows != 3)


def test_numbers_of_a_source_are_compared_as_numbers_and_an_empty_sum_is_none():
    read = {"balance_cny": questions("oracle").columns["balance_cny"]}
    assert read_figures(("2", "0", "1.50", ".5", "1"), read) == read_figures(("2", None, "1.5", "0.50", "1.00"), read)
    assert read_figures(("0", None, None, None, None), read).by_field["balance_cny", "sum"] is None


GOOD = 'host = "127.0.0.1"\nport = 5432\ndatabase = "billing"\nuser = "reader"\npassword = "geheim-7"\n'


def secret(home, text, mode=0o600):
    path = secret_file(home, "billing")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_a_connection_shows_nothing_of_itself(tmp_path):
    secret(tmp_path, GOOD)
    found = connection(tmp_path, "billing", DIALECTS["postgresql"])
    assert found.options(DIALECTS["postgresql"])["url"] == "jdbc:postgresql://127.0.0.1:5432/billing"
    assert str(found) == "Connection(name='billing')"


def test_a_database_beyond_this_machine_must_prove_who_it_is(tmp_path):
    secret(tmp_path, GOOD.replace("127.0.0.1", "db.example"))
    options = connection(tmp_path, "billing", DIALECTS["postgresql"]).options(DIALECTS["postgresql"])
    assert options["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        (GOOD, 0o644, "others may read it"),
        ("host =", 0o600, "not TOML"),
        (GOOD.replace("port = 5432\n", ""), 0o600, "missing or of the wrong kind: port"),
        (GOOD.replace("5432", "70000"), 0o600, "the port is none"),
        (GOOD.replace('"billing"', '"b?socketFactory=x"'), 0o600, "must not have: database"),
        (GOOD.replace("127.0.0.1", "h/x?y"), 0o600, "must not have: host"),
        (GOOD + "timeout = 3\n", 0o600, "1 entries are not understood"),
        (GOOD + '[properties]\nsocketFactory = "x"\n', 0o600, "properties may only be sslmode, sslrootcert"),
    ],
)
def test_a_secret_file_that_cannot_be_used_says_why_and_shows_nothing(tmp_path, text, mode, message):
    secret(tmp_path, text, mode)
    with pytest.raises(ConnectionMissing, match=message) as refusal:
        connection(tmp_path, "billing", DIALECTS["postgresql"])
    assert "geheim" not in str(refusal.value)
    assert "reader" not in str(refusal.value)


def test_a_database_that_is_down_is_said_to_be_within_seconds(tmp_path):
    secret(tmp_path, GOOD.replace("5432", "9"))
    with pytest.raises(SourceUnreachable, match="connection 'billing' does not answer"):
        connection(tmp_path, "billing", DIALECTS["postgresql"]).probe()


def test_an_extract_too_early_waits_and_says_until_when(ledger):
    agreed = contract()
    extract = next_extract(
        agreed, table(), None, Ends(T1, None), family=Family.MOMENT, source_columns="{}", now=NOW, whole=False
    )
    file = FileRow(agreed.id, extract.file_sha256, date(2026, 1, 31), 0, FileState.LOADED, "b", NOW)
    ledger.record("extracts", [extract])
    ledger.record("files", [file])
    early = turn_of(ledger.home, ledger, agreed, day=None, now=NOW + timedelta(minutes=59))
    assert not early.is_due
    assert early.reasons == ["connection 'billing': its owner allows the next extract from 2026-01-31 11:00 (D09-9)"]
    assert turn_of(ledger.home, ledger, agreed, day=None, now=NOW + timedelta(minutes=60)).is_due
    assert ledger.extracts(agreed.id, table().name) == [extract]


def test_a_connection_that_this_installation_does_not_use_is_no_error(ledger):
    turn = turn_of(ledger.home, ledger, contract(), day=None, now=NOW)
    assert (turn.is_due, list(turn.reasons)) == (False, ["connection 'billing' is not set up here"])


def test_a_database_cannot_tell_what_it_held_on_another_day(ledger):
    secret(ledger.home, GOOD)
    assert not turn_of(ledger.home, ledger, contract(), day=date(2026, 1, 30), now=NOW).is_due
    assert turn_of(ledger.home, ledger, contract(), day=date(2026, 1, 31), now=NOW).is_due


def test_a_connection_that_was_used_and_lost_its_secret_file_does_not_look_like_nothing_new(ledger):
    agreed = contract()
    extract = planned()
    file = FileRow(agreed.id, extract.file_sha256, date(2026, 1, 31), 0, FileState.LOADED, "b", NOW)
    ledger.record("extracts", [extract])
    ledger.record("files", [file])
    assert turn_of(ledger.home, ledger, agreed, day=None, now=NOW + timedelta(days=1)).is_due


@pytest.mark.parametrize("telling", ["spark.eventLog.enabled", "spark.ui.enabled"])
def test_an_engine_that_writes_down_what_it_is_asked_is_told_no_password(tmp_path, telling):
    secret(tmp_path, GOOD)
    dialect = DIALECTS["postgresql"]
    engine = SimpleNamespace(conf={"spark.eventLog.enabled": "false", "spark.ui.enabled": "false", telling: "true"})
    with pytest.raises(StepFailed, match=telling):
        Database(engine, dialect, connection(tmp_path, "billing", dialect))
