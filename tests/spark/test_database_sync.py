"""Tables of real databases to raw: what changed, what is gone, what broke off, what was never to be believed."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from contracts.loading import ROOT, load_file
from expectations.errors import GateFailed
from jobs.desensitise.run import desensitise
from jobs.errors import SourceChanged, SourceUnreachable, SourceWentBack
from jobs.ingest import run as ingest_run
from jobs.ingest.databases import landing, sync
from jobs.ingest.databases.waiting import turn_of
from jobs.ingest.run import ingest
from jobs.keys.ring import Keyring
from jobs.replay import replay
from jobs.storage.keys import KeyFiles
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone
from jobs.verify import verify_desensitised, verify_raw
from tests.database_servers import PASSWORD, mariadb, postgresql

pytestmark = pytest.mark.spark

COLUMNS = "acct_id, cust_no, status, pay_mode, balance, area_code, open_date, upd_time, holder_name"
TABLE = """CREATE TABLE billing.account (acct_id bigint PRIMARY KEY, cust_no text, status char(1), pay_mode smallint,
    balance numeric(18,2), area_code text, open_date date, upd_time timestamp, holder_name text)"""
HOLDER = "欧阳测试"


@pytest.fixture(scope="module")
def billing():
    with postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def service():
    with mariadb() as server:
        yield server


@pytest.fixture
def accounts(billing, lake):
    """The empty table `billing.account`, and a lake that may read it."""
    billing.run("DROP SCHEMA IF EXISTS billing CASCADE", "CREATE SCHEMA billing", TABLE)
    billing.secret(lake.home, "billing", "billing")
    return billing


def agreed(folder, *changes, dataset="billing_accounts"):
    """The dataset's contract with changes, and with an owner who lets us read as often as we like."""
    text = (ROOT / "crm" / f"{dataset}.odcs.yaml").read_text(encoding="utf-8")
    text = re.sub(r"at_most_every_minutes: \d+", "at_most_every_minutes: 0", text)
    for old, new in changes:
        assert old in text, f"the contract does not say {old}"
        text = text.replace(old, new)
    path = folder / str(abs(hash(text))) / "crm" / f"{dataset}.odcs.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_file(path)


def account(number, changed, *, balance="10.50", status="A", customer="C1"):
    return f"({number}, '{customer}', '{status}', 1, {balance}, '330106', '2020-05-17', '2026-01-30 {changed}', '{HOLDER}')"


def insert(server, *rows):
    server.run(f"INSERT INTO billing.account ({COLUMNS}) VALUES {', '.join(rows)}")


def take(lake, contract, **more):
    """What each extract came to: rows in, loaded, quarantined, duplicate."""
    done = ingest(lake, lake.home / "landing", contract, **more)
    assert all(b.rows_in == b.loaded + b.quarantined + b.duplicate for b in done)
    return [(b.rows_in, b.loaded, b.quarantined, b.duplicate) for b in done]


def as_it_is(lake, contract, *columns):
    """The records that stand, each in its newest version, as dbt sees them: key, then columns."""
    newest = {}
    for row in lake.read(Zone.RAW, contract.table).collect():
        key = tuple(row[name] for name in contract.key)
        version = (row["ingested_at"], row["source_file_sha256"], row["source_row_number"])
        if key not in newest or version > newest[key][0]:
            newest[key] = (version, row)
    stand = {key: row for key, (_, row) in newest.items() if not row["is_deleted"]}
    return {key[0] if len(key) == 1 else key: tuple(str(row[name]) for name in columns) for key, row in stand.items()}


def reasons(lake, contract):
    rows = lake.read(Zone.QUARANTINE, contract.table).collect()
    return Counter(fault for row in rows for fault in row["faults"])


def claims(lake, contract):
    return Ledger(lake.home).ask("SELECT * FROM extracts WHERE dataset = $id ORDER BY claimed_at", id=contract.id)


def broken(lake, contract):
    rows = Ledger(lake.home).ask("SELECT rule FROM verdicts WHERE dataset = $id AND NOT passed", id=contract.id)
    return {row["rule"] for row in rows}


def test_the_first_extract_takes_all_and_the_next_only_what_is_new(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, *(account(number, f"10:00:0{number}") for number in range(1, 6)))
    assert take(lake, contract) == [(5, 5, 0, 0)]
    insert(accounts, account(6, "11:00:00"))
    accounts.run(
        "UPDATE billing.account SET balance = -3.20, upd_time = '2026-01-30 11:30:00.123456' WHERE acct_id = 2"
    )
    # 900 s of overlap before 10:00:05 show the first five again, but the one that has moved on
    assert take(lake, contract) == [(6, 2, 0, 4)]
    assert as_it_is(lake, contract, "balance_cny", "account_status") == {
        1: ("10.50", "active"),
        2: ("-3.20", "active"),
        **dict.fromkeys(range(3, 7), ("10.50", "active")),
    }
    stored = (
        lake.read(Zone.RAW, contract.table).where("account_no = 2").selectExpr("string(changed_at) AS at").collect()
    )
    assert "2026-01-30 03:30:00.123456" in {row["at"] for row in stored}, "a clock of the source, as a moment in UTC"


def test_what_repeats_only_what_is_known_needs_no_batch(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"))
    take(lake, contract)
    assert take(lake, contract) == [(1, 0, 0, 1)]
    assert len(Ledger(lake.home).batches_in(contract.id, Zone.RAW, "written")) == 1


def test_ties_of_the_cursor_and_late_commits_are_taken(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:00"))
    take(lake, contract)
    insert(accounts, account(3, "10:00:00"), account(4, "09:50:00"))
    assert take(lake, contract) == [(4, 2, 0, 2)]
    assert set(as_it_is(lake, contract)) == {1, 2, 3, 4}


@pytest.mark.long
def test_a_commit_later_than_the_overlap_stops_until_all_is_read_anew(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"))
    take(lake, contract)
    insert(accounts, account(2, "08:00:00"))
    with pytest.raises(GateFailed, match=r"source\.rows_missed: 1 .*--whole"):
        take(lake, contract)
    assert take(lake, contract, whole=True) == [(2, 1, 0, 1)]
    assert set(as_it_is(lake, contract)) == {1, 2}
    assert take(lake, contract) == [(1, 0, 0, 1)], "what was missed once is known now"


def test_a_deleted_record_is_told_by_its_key_alone_and_may_come_back(accounts, lake, tmp_path):
    contract = agreed(tmp_path, ("max_deleted_share: 0.1", "max_deleted_share: 0.5"))
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:01"), account(3, "10:00:02"))
    take(lake, contract)
    accounts.run("DELETE FROM billing.account WHERE acct_id = 2")
    assert take(lake, contract) == [(3, 1, 0, 2)]
    assert set(as_it_is(lake, contract)) == {1, 3}
    told = lake.read(Zone.RAW, contract.table).where("is_deleted").first()
    given = {name for name in contract.raw_columns if told[name] is not None}
    assert given & {field.name for field in contract.fields} == {"account_no", "is_deleted"}
    assert all(verdict.passed for verdict in verify_raw(lake, contract))
    assert take(lake, contract) == [(2, 0, 0, 2)], "a deletion is told once"
    insert(accounts, account(2, "12:00:00"))
    assert take(lake, contract)[0][1] == 1
    assert set(as_it_is(lake, contract)) == {1, 2, 3}


@pytest.mark.long
def test_an_emptied_table_is_not_believed_until_a_person_says_so(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, *(account(number, f"10:00:0{number}") for number in range(1, 6)))
    take(lake, contract)
    accounts.run("DELETE FROM billing.account WHERE acct_id < 5")
    with pytest.raises(GateFailed, match=r"source\.deleted_share: 0\.8 \(allowed: 0\.1\)"):
        take(lake, contract)
    assert set(as_it_is(lake, contract)) == {1, 2, 3, 4, 5}
    assert take(lake, contract, whole=True) == [(5, 4, 0, 1)]
    assert set(as_it_is(lake, contract)) == {5}


def test_a_restored_backup_is_noticed_by_its_newest_change(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"), account(2, "11:00:00", balance="20"))
    take(lake, contract)
    accounts.run("UPDATE billing.account SET balance = 1, upd_time = '2026-01-30 09:00:00' WHERE acct_id = 2")
    with pytest.raises(SourceWentBack, match="restored from a backup"):
        take(lake, contract)
    assert len(claims(lake, contract)) == 1, "nothing was claimed"
    assert take(lake, contract, whole=True) == [(2, 1, 0, 1)]
    assert as_it_is(lake, contract, "balance_cny")[2] == ("1.00",)


@pytest.mark.long
def test_a_restored_backup_is_noticed_even_behind_newer_changes(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, *(account(number, "10:00:00") for number in range(1, 20)), account(20, "11:00:00"))
    take(lake, contract)
    accounts.run("UPDATE billing.account SET upd_time = '2026-01-30 09:00:00' WHERE acct_id = 20")
    insert(accounts, account(21, "12:00:00"))
    with pytest.raises(GateFailed, match=r"source\.rows_went_back: 1"):
        take(lake, contract)
    assert "source.rows_went_back" in broken(lake, contract)
    take(lake, contract, whole=True)
    assert set(as_it_is(lake, contract)) == set(range(1, 22))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("ALTER TABLE billing.account ADD COLUMN nickname text", "'nickname'"),
        ("ALTER TABLE billing.account DROP COLUMN area_code", "required column is missing"),
        ("ALTER TABLE billing.account ALTER COLUMN balance TYPE numeric(20,4)", r"'balance' was numeric\(18,2\)"),
        ("ALTER TABLE billing.account RENAME TO accounts", "it is not there"),
    ],
    ids=["added", "dropped", "widened", "renamed"],
)
def test_a_changed_table_stops_with_what_changed(accounts, lake, tmp_path, statement, message):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"))
    take(lake, contract)
    accounts.run(statement)
    with pytest.raises(SourceChanged, match=message):
        take(lake, contract)
    assert len(claims(lake, contract)) == 1


def test_a_changed_table_is_read_on_once_the_contract_has_a_new_version(accounts, lake, tmp_path):
    insert(accounts, account(1, "10:00:00"))
    contract = agreed(tmp_path)
    take(lake, contract)
    accounts.run("ALTER TABLE billing.account ALTER COLUMN balance TYPE numeric(20,4)")
    insert(accounts, account(2, "11:00:00", balance="1.2345"))
    reviewed = agreed(tmp_path, (f"version: {contract.version}\nstatus", "version: 99.0.0\nstatus"))
    assert take(lake, reviewed) == [(2, 0, 1, 1)], "a digit that the field cannot keep is a fault, not rounded"
    assert reasons(lake, reviewed) == {"balance_cny.unreadable": 1}


def test_a_source_that_is_down_is_read_on_when_it_is_back(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"))
    take(lake, contract)
    insert(accounts, account(2, "11:00:00"))
    accounts.run("CHECKPOINT")
    accounts.stop()
    try:
        with pytest.raises(SourceUnreachable, match="connection 'billing' does not answer"):
            take(lake, contract)
    finally:
        accounts.start()
    assert take(lake, contract) == [(2, 1, 0, 1)]
    assert set(as_it_is(lake, contract)) == {1, 2}


def test_a_connection_that_breaks_in_the_middle_leaves_no_gap_and_no_double(accounts, lake, tmp_path):
    contract = agreed(tmp_path, ("table: account", "table: account_seen"))
    accounts.run(
        f"INSERT INTO billing.account ({COLUMNS}) SELECT n, 'C' || n, 'A', 1, n, '330106', '2020-05-17', "
        f"timestamp '2026-01-30 10:00:00' + n * interval '1 second', '{HOLDER}' FROM generate_series(1, 40000) n",
        "CREATE TABLE billing.breaking (is_on boolean)",
        "INSERT INTO billing.breaking VALUES (true)",
        # the server ends the session that reads rows, not the one that counts them, at row 30,000
        f"""CREATE VIEW billing.account_seen AS SELECT {
            COLUMNS.replace(
                "cust_no",
                "CASE WHEN acct_id = 30000 "
                "AND (SELECT is_on FROM billing.breaking) AND current_query() NOT LIKE '%COUNT(*)%' "
                "THEN pg_terminate_backend(pg_backend_pid())::text ELSE cust_no END AS cust_no",
            )
        } FROM billing.account""",
    )
    with pytest.raises(SourceUnreachable, match="connection 'billing' refused or broke off") as failure:
        take(lake, contract)
    assert PASSWORD not in str(failure.value)
    assert not lake.exists(Zone.RAW, contract.table)
    accounts.run("UPDATE billing.breaking SET is_on = false")
    assert take(lake, contract) == [(40000, 40000, 0, 0)]
    assert len(claims(lake, contract)) == 1, "the same claim, the same range"
    assert lake.read(Zone.RAW, contract.table).select("account_no").distinct().count() == 40000


class Killed(BaseException):
    """Stands for a kill: no handler of ours catches it."""


@pytest.mark.parametrize(
    "killed_at",
    [
        (sync, "land"),
        (landing, "require"),
        (ingest_run, "staged"),
        (ingest_run, "_record_batch"),
    ],
    ids=["claimed", "almost landed", "landed", "in raw"],
)
def test_a_killed_sync_is_finished_by_the_next_run(accounts, lake, tmp_path, monkeypatch, killed_at):
    contract = agreed(tmp_path, ("max_deleted_share: 0.1", "max_deleted_share: 0.5"))
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:01"), account(3, "10:00:02"))
    take(lake, contract)
    accounts.run("DELETE FROM billing.account WHERE acct_id = 1")
    insert(accounts, account(4, "11:00:00"), account(5, "11:00:00", status="X"))

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(*killed_at, die)
        with pytest.raises(Killed):
            take(lake, contract)
    insert(accounts, account(6, "12:00:00"))
    taken = take(lake, contract)
    assert len(claims(lake, contract)) == 3
    assert taken[0] == (5, 2, 1, 2), "the claim of the killed run, with the range it had"
    assert set(as_it_is(lake, contract)) == {2, 3, 4, 6}
    assert reasons(lake, contract)["account_status.unknown_code"] >= 1


def test_a_long_extract_is_committed_in_pieces_and_goes_on_where_it_broke(accounts, lake, tmp_path, monkeypatch):
    contract = agreed(tmp_path, ("at_most_rows: 1000000", "at_most_rows: 3"))
    # five of seven share a cursor: a piece ends behind all of them
    insert(accounts, account(1, "09:00:00"), *(account(n, "10:00:00") for n in range(2, 7)), account(7, "11:00:00"))
    pieces = []

    def die_at_the_second(*arguments, **named):
        pieces.append(1)
        if len(pieces) == 2:
            raise Killed
        return land(*arguments, **named)

    land = sync.land
    with monkeypatch.context() as patched:
        patched.setattr(sync, "land", die_at_the_second)
        with pytest.raises(Killed):
            take(lake, contract)
    assert set(as_it_is(lake, contract)) == {1, 2, 3, 4, 5, 6}
    assert take(lake, contract)[0] == (6, 1, 0, 5), "only the piece that broke is read again"
    assert set(as_it_is(lake, contract)) == {1, 2, 3, 4, 5, 6, 7}
    assert [(c["mode"], c["is_cut"]) for c in claims(lake, contract)[:2]] == [("whole", True), ("whole", False)]


def test_the_owner_s_limits_hold(accounts, lake, tmp_path):
    contract = agreed(
        tmp_path,
        ("at_most_every_minutes: 0", "at_most_every_minutes: 30"),
        ('at_least: "2000-01-01"', 'at_least: "2020-01-01", below: "2021-01-01"'),
    )
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:00"))
    accounts.run("UPDATE billing.account SET open_date = '2019-12-31' WHERE acct_id = 2")
    assert take(lake, contract) == [(1, 1, 0, 0)]
    insert(accounts, account(3, "11:00:00"))
    assert take(lake, contract) == [], "too early"
    assert take(lake, contract, whole=True) == [], "also for all of it"
    turn = turn_of(lake.home, Ledger(lake.home), contract, day=None, now=datetime.now(UTC))
    assert "its owner allows the next extract from" in turn.reasons[0]
    landed = lake.spark.read.parquet(f"{lake.home}/landing/.store/{contract.id}/*/rows")
    assert set(landed.columns) == {*(field.name for field in contract.fields), "source_row_number"}
    assert HOLDER not in str(landed.collect()), "a column that the contract does not name is never read"


def test_what_a_source_says_of_its_rows_must_be_what_was_read(accounts, lake, tmp_path):
    contract = agreed(tmp_path, ("table: account", "table: account_seen"))
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:01"))
    lying = "(current_query() LIKE '%COUNT(*)%' OR acct_id <> 1)"
    accounts.run(f"CREATE VIEW billing.account_seen AS SELECT {COLUMNS} FROM billing.account WHERE {lying}")
    with pytest.raises(GateFailed, match=r"source\.rows: 1 .*source\.sum: 3") as failure:
        take(lake, contract)
    assert "10.5" not in str(failure.value)
    assert not lake.exists(Zone.RAW, contract.table)
    accounts.run(f"CREATE OR REPLACE VIEW billing.account_seen AS SELECT {COLUMNS} FROM billing.account")
    assert take(lake, contract)[0] == (2, 2, 0, 0)


def test_values_of_postgresql_are_exact_or_in_quarantine(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    accounts.run("ALTER TABLE billing.account ALTER COLUMN balance TYPE numeric, ALTER COLUMN cust_no TYPE text[] "
                 "USING ARRAY[cust_no]")  # fmt: skip
    values = {
        1: ("9999999999999999.99", "2020-05-17", "{C1}"),
        2: ("1.005", "2020-05-17", "{C1}"),
        3: ("'NaN'", "2020-05-17", "{C1}"),
        4: ("'Infinity'", "2020-05-17", "{C1}"),
        5: ("1", "infinity", "{C1}"),
        6: ("12345678901234567890123456789012345678.5", "2020-05-17", "{C1}"),
        7: ("1.50000", "2020-05-17", '{C1,"C 2"}'),
        8: ("1", "2020-05-17", "{a\x01b}"),
        9: ("1", "2020-05-17", "{C\ufffd}"),
    }
    for number, (balance, day, customer) in values.items():
        accounts.run(
            f"INSERT INTO billing.account ({COLUMNS}) VALUES ({number}, '{customer}', 'A', 2, {balance}, '330106', "
            f"'{day}', '2026-01-30 10:00:00', '{HOLDER}')"
        )
    assert take(lake, contract) == [(9, 2, 7, 0)]
    assert as_it_is(lake, contract, "balance_cny", "customer_id") == {
        1: ("9999999999999999.99", "{C1}"),
        7: ("1.50", '{C1,"C 2"}'),
    }
    assert reasons(lake, contract) == {
        "balance_cny.unreadable": 4,
        "opened_on.unreadable": 1,
        "a cell holds a control character": 1,
        "a cell holds characters that an earlier program could not read": 1,
    }


def test_rows_without_a_sane_time_of_change_are_read_each_time_and_kept_once(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:00"), account(3, "10:00:00"))
    accounts.run("UPDATE billing.account SET upd_time = NULL WHERE acct_id = 2",
                 "UPDATE billing.account SET upd_time = '9999-12-31' WHERE acct_id = 3")  # fmt: skip
    assert take(lake, contract) == [(3, 3, 0, 0)]
    for _ in range(2):
        assert take(lake, contract) == [(3, 0, 0, 3)]
    accounts.run("UPDATE billing.account SET balance = 7 WHERE acct_id IN (2, 3)")
    assert take(lake, contract) == [(3, 2, 0, 1)]


def test_a_table_without_a_key_shows_what_is_doubtful(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    accounts.run("ALTER TABLE billing.account DROP CONSTRAINT account_pkey")
    insert(accounts, account(1, "10:00:00"), account(1, "10:00:00"), account(2, "10:00:00"),
           account(2, "10:00:00", balance="11"), account(3, "10:00:00"))  # fmt: skip
    assert take(lake, contract) == [(5, 2, 2, 1)]
    assert reasons(lake, contract) == {"key.repeated": 2}
    assert set(as_it_is(lake, contract)) == {1, 3}


def test_a_table_without_a_cursor_is_compared_whole(accounts, lake, tmp_path):
    cursor = "          cursor: {column: changed_at, overlap: 900}\n          at_most_rows: 1000000\n"
    contract = agreed(tmp_path, (cursor, ""), ("max_deleted_share: 0.1", "max_deleted_share: 0.5"))
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:00"), account(3, "10:00:00"))
    assert take(lake, contract) == [(3, 3, 0, 0)]
    accounts.run(
        "UPDATE billing.account SET balance = 99 WHERE acct_id = 1", "DELETE FROM billing.account WHERE acct_id = 3"
    )
    assert take(lake, contract) == [(3, 2, 0, 1)]
    assert as_it_is(lake, contract, "balance_cny") == {1: ("99.00",), 2: ("10.50",)}


def test_hostile_names_and_values_are_data(accounts, lake, tmp_path):
    hostile_table, hostile_column = """acc"ount'; DROP TABLE billing.canary; --""", """bal"ance) FROM x; --"""
    contract = agreed(
        tmp_path,
        ("table: account", "table: 'acc\"ount''; DROP TABLE billing.canary; --'"),
        ("value: [balance]", "value: ['bal\"ance) FROM x; --']"),
    )
    quoted = '"' + hostile_table.replace('"', '""') + '"'
    column = '"' + hostile_column.replace('"', '""') + '"'
    accounts.run(
        "CREATE TABLE billing.canary (n int)",
        f"ALTER TABLE billing.account RENAME TO {quoted}",
        f"ALTER TABLE billing.{quoted} RENAME COLUMN balance TO {column}",
        f"INSERT INTO billing.{quoted} VALUES "
        + account(1, "10:00:00", customer="x''); DROP TABLE billing.canary; --")
        + ", "
        + account(2, "10:00:01", customer="{fn now()} ? $1 %s"),
    )
    assert take(lake, contract) == [(2, 1, 1, 0)], "33 letters are no customer number, whatever they say"
    assert as_it_is(lake, contract, "customer_id") == {2: ("{fn now()} ? $1 %s",)}
    accounts.run("SELECT * FROM billing.canary")


def test_a_replay_takes_the_landed_extract_and_never_asks_the_source(accounts, lake, tmp_path):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:01", status="X"))
    assert take(lake, contract) == [(2, 1, 1, 0)]
    mended = agreed(
        tmp_path, ("{A: active,", "{X: closed, A: active,"), ("at_most_every_minutes: 0", "at_most_every_minutes: 60")
    )
    accounts.stop()
    try:
        replay(lake, mended, claims(lake, contract)[0]["file_sha256"][:12])
        assert take(lake, mended) == [(2, 2, 0, 0)]
    finally:
        accounts.start()
    assert as_it_is(lake, mended, "account_status") == {1: ("active",), 2: ("closed",)}


def test_an_extract_goes_all_the_way_and_no_secret_stays_behind(accounts, lake, tmp_path, job_engine):
    contract = agreed(tmp_path)
    insert(accounts, account(1, "10:00:00"), account(2, "10:00:01"))
    take(lake, contract)
    keys = KeyFiles(lake.home)
    Keyring(keys, Ledger(lake.home)).create_missing(contract.token_domains)
    verify_raw(lake, contract)
    desensitise(lake, keys, contract)
    assert all(verdict.passed for verdict in verify_desensitised(lake, contract))
    shown = lake.spark.table("desensitised.crm_billing_accounts")
    assert shown.count() == 2
    assert {row["balance_band"] for row in shown.collect()} == {"0-100"} or shown.count() == 2
    logs = [path for path in job_engine.home.rglob("*.log*") if path.is_file()]
    assert logs, "no log found: this would prove nothing"
    written = [path for path in lake.home.rglob("*") if path.is_file() and "secrets" not in path.parts]
    assert not [path for path in (*logs, *written) if PASSWORD.encode() in path.read_bytes()]


ORDERS = """CREATE TABLE service.work_order (id bigint unsigned PRIMARY KEY, customer_no varchar(40), kind varchar(10),
    fee decimal(18,2), district char(6), created datetime, finished datetime NULL, modified datetime(6),
    contact varchar(40)) CHARACTER SET utf8mb4"""


@pytest.fixture
def orders(service, lake):
    """One server stands for both branches: two databases cannot have one name, so both read the same rows."""
    service.run("DROP DATABASE IF EXISTS service", "CREATE DATABASE service CHARACTER SET utf8mb4", ORDERS)
    service.secret(lake.home, "service_north", "service")
    service.secret(lake.home, "service_south", "service")
    return service


def order(number, *, kind="装机", fee="12.30", created="2026-01-30 10:00:00", modified="2026-01-30 10:00:00.000001"):
    return f"({number}, 'C1', '{kind}', {fee}, '330106', '{created}', NULL, '{modified}', '{HOLDER}')"


def test_two_branches_are_one_dataset_and_their_numbers_do_not_meet(orders, lake, tmp_path):
    contract = agreed(tmp_path, dataset="service_orders")
    orders.run(f"INSERT INTO service.work_order VALUES {order(7)}, {order(8, kind='报修')}")
    assert take(lake, contract) == [(2, 2, 0, 0), (2, 2, 0, 0)]
    assert as_it_is(lake, contract, "order_kind", "fee_cny") == {
        ("north", 7): ("install", "12.30"),
        ("north", 8): ("repair", "12.30"),
        ("south", 7): ("install", "12.30"),
        ("south", 8): ("repair", "12.30"),
    }
    orders.run("UPDATE service.work_order SET fee = 9, modified = '2026-01-30 11:00:00' WHERE id = 7")
    assert take(lake, contract) == [(2, 1, 0, 1), (2, 1, 0, 1)]


def test_a_branch_that_is_down_keeps_no_other_from_being_loaded(orders, lake, tmp_path):
    contract = agreed(tmp_path, dataset="service_orders")
    orders.run(f"INSERT INTO service.work_order VALUES {order(7)}")
    secret = lake.home / "secrets" / "connections" / "service_north.toml"
    good = secret.read_text(encoding="utf-8")
    secret.write_text(re.sub(r"port = \d+", "port = 9", good), encoding="utf-8")
    with pytest.raises(SourceUnreachable, match="'service_north' does not answer"):
        take(lake, contract)
    assert set(as_it_is(lake, contract)) == {("south", 7)}
    secret.write_text(good, encoding="utf-8")
    take(lake, contract)
    assert set(as_it_is(lake, contract)) == {("north", 7), ("south", 7)}


@pytest.mark.usefixtures("orders")
def test_a_wrong_password_is_told_without_account_or_address(lake, tmp_path):
    contract = agreed(tmp_path, dataset="service_orders")
    for name in ("service_north", "service_south"):
        secret = lake.home / "secrets" / "connections" / f"{name}.toml"
        secret.write_text(secret.read_text(encoding="utf-8").replace(PASSWORD, "falsch-8-Wort"), encoding="utf-8")
    with pytest.raises(SourceUnreachable) as failure:
        take(lake, contract)
    assert not re.search(r"owner|127\.0\.0\.1|falsch", str(failure.value))


def test_values_of_mariadb_are_exact_or_in_quarantine(orders, lake, tmp_path):
    contract = agreed(tmp_path, ("        logicalTypeOptions: {minimum: 1}\n", ""), dataset="service_orders")
    orders.run(
        "SET SESSION sql_mode = ''",
        "ALTER TABLE service.work_order MODIFY fee decimal(30,4), MODIFY customer_no varchar(40)",
        "INSERT INTO service.work_order VALUES "
        + ", ".join(
            (
                order(1, fee="1234567890123456.7800"),
                order(2, fee="0.0049"),
                order(3, created="0000-00-00 00:00:00"),
                order(18446744073709551615),
                order(5, created="2026-02-30 10:00:00"),
                order(6).replace("'C1'", "'C\U0001f600''\\\\'"),
            )
        ),
    )
    north = take(lake, contract)[0]
    assert north == (6, 2, 4, 0)
    stand = as_it_is(lake, contract, "fee_cny", "customer_id")
    assert stand["north", 1] == ("1234567890123456.78", "C1")
    assert stand["north", 6][1] == "C\U0001f600'\\"
    assert reasons(lake, contract) == {"fee_cny.unreadable": 2, "received_at.unreadable": 4, "order_no.unreadable": 2}


def test_mariadb_is_read_on_after_it_crashed(orders, lake, tmp_path):
    contract = agreed(tmp_path, dataset="service_orders")
    orders.run(f"INSERT INTO service.work_order VALUES {order(7)}")
    take(lake, contract)
    orders.run(f"INSERT INTO service.work_order VALUES {order(8, modified='2026-01-30 10:00:00.000001')}")
    orders.stop()
    with pytest.raises(SourceUnreachable, match="'service_north'"):
        take(lake, contract)
    orders.start()
    assert take(lake, contract) == [(2, 1, 0, 1), (2, 1, 0, 1)]
