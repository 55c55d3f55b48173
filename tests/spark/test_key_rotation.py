"""From one key version to the next on real tables: killed anywhere, resumed, readers never see two versions mixed."""

import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import reduce
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from contracts.loading import load
from contracts.model import Contract
from jobs.desensitise import run as desensitise_run
from jobs.desensitise.run import desensitise, desensitised
from jobs.desensitise.vault import opened, sealed
from jobs.errors import HalfRotated, NotRemakeable
from jobs.keys import freezing, rotation
from jobs.keys.record import behind, keys_in_use, recorded, require_no_rotation
from jobs.keys.ring import Keyring
from jobs.keys.rotation import retire, retoken, rotate
from jobs.keys.server import KeyServer
from jobs.keys.verifying import altered
from jobs.prove.disguises import Kind, Secret
from jobs.prove.matching import Matcher
from jobs.prove.scanner import Scan, files_below, scan
from jobs.publish.build import build
from jobs.publish.run import publish
from jobs.storage.engine import engine
from jobs.storage.keys import SEAL, TOKEN, KeyFiles, KeyStore, padded_blocks
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from jobs.verify import verify_desensitised
from tests.conftest import ROOT, SHORT_LIVED, Platform, installation
from tests.unit.key_server import SERVER_TOKEN, KvServer, running

pytestmark = pytest.mark.spark

CUSTOMERS, SALES = load("crm.customers"), load("crm.transactions")
CONTRACTS = {contract.id: contract for contract in (CUSTOMERS, SALES)}
DOMAINS = {domain for contract in CONTRACTS.values() for domain in contract.token_domains}
PHONES = {"C1": "13800138000", "C2": "13900139000"}


@pytest.fixture(scope="module")
def telling_engine() -> Iterator[Platform]:
    """An engine that writes down all it does, which ours never do: what is not there is nowhere."""
    platform = installation(".lake-test-keys", 15254, **SHORT_LIVED)
    events = platform.home / "engine" / "events"
    platform.environment["LAKEWARDEN_ENGINE_MEMORY"] = "1g"
    platform.environment["LAKEWARDEN_ENGINE_OPTIONS"] = " ".join(
        f"--conf spark.eventLog.{name}={value}"
        for name, value in {"enabled": "true", "dir": events.as_uri(), "compress": "false", "buffer.kb": "1k"}.items()
    )
    events.mkdir(parents=True)
    try:
        platform.run("python", "-m", "infra.services.up", "engine")
        yield platform
    finally:
        platform.run("python", "-m", "infra.services.down", check=False)


@pytest.fixture(scope="module")
def session(telling_engine: Platform) -> Iterator[SparkSession]:
    with engine(telling_engine.settings) as opened_session:
        yield opened_session


@pytest.fixture
def lake(session: SparkSession, tmp_path: Path) -> Lake:
    """Two customers and two batches of what they bought, all released under version 1."""
    made = Lake(tmp_path / "lake", lambda: session)
    filled(made, KeyFiles(made.home))
    return made


def filled(lake: Lake, store: KeyStore) -> None:
    ledger = Ledger(lake.home)
    ledger.prepare()
    Keyring(store, ledger).create_missing(DOMAINS)
    put(lake, CUSTOMERS, "people", *(customer(number, phone) for number, phone in PHONES.items()))
    for number in (1, 2):
        put(lake, SALES, f"sales{number}", sale(f"T{number}", "C1"), sale(f"U{number}", "C2"))
    for contract in CONTRACTS.values():
        release(lake, store, contract)


def customer(number: str, phone: str) -> dict[str, object]:
    return {"customer_id": number, "contact_phone": phone, "customer_name": "欧阳测试"}


def sale(number: str, buyer: str) -> dict[str, object]:
    return {"transaction_id": number, "customer_id": buyer, "product_code": "P01", "quantity": 1}


def put(lake: Lake, contract: Contract, batch_id: str, *rows: dict[str, object]) -> None:
    """A batch in raw that gate 2 passed."""
    about = {
        "batch_id": batch_id, "source_file_sha256": sha256(batch_id.encode()).hexdigest(),
        "ingested_at": datetime(2026, 1, 31, tzinfo=UTC), "arrival_date": date(2026, 1, 31),
    }  # fmt: skip
    unknown = {name for row in rows for name in row} - set(contract.raw_columns)
    assert not unknown, unknown
    values = [
        tuple({**row, **about, "source_row_number": number}.get(name) for name in contract.raw_columns)
        for number, row in enumerate(rows, start=1)
    ]
    schema = ", ".join(f"`{name}` {kind}" for name, kind in contract.raw_columns.items())
    lake.replace_batch(
        Zone.RAW, contract.table, contract.raw_columns, batch_id, lake.spark.createDataFrame(values, schema)
    )
    passed = BatchRow(
        contract.id, batch_id, Zone.RAW, BatchState.PASSED, date(2026, 1, 31), 1, len(rows), "0", contract.version, "f"
    )
    Ledger(lake.home).record("batches", [passed])


def release(lake: Lake, store: KeyStore, contract: Contract) -> None:
    desensitise(lake, store, contract)
    verify_desensitised(lake, contract)


def ring_of(lake: Lake) -> Keyring:
    return Keyring(KeyFiles(lake.home), Ledger(lake.home))


def run_rotate(lake: Lake, *domains: str, forget: tuple[str, ...] = ()) -> None:
    rotate(lake, ring_of(lake), CONTRACTS, domains, forget=forget)


def run_retoken(lake: Lake, *, forget: tuple[str, ...] = ()) -> None:
    retoken(lake, ring_of(lake), CONTRACTS, forget=forget, tell=lambda _: None)


def seen(lake: Lake) -> tuple[int, set[str]]:
    """What a reader gets who joins sales with customers: the rows, and the customers' tokens in them."""
    joined = lake.spark.sql(
        "SELECT customer_key FROM desensitised.crm_transactions JOIN desensitised.crm_customers USING (customer_key)"
    ).collect()
    return len(joined), {row["customer_key"] for row in joined}


def token(lake: Lake, domain: str, value: str, version: int) -> str:
    key = KeyFiles(lake.home).find(TOKEN, domain, version)
    assert key is not None
    return hmac.new(key, value.encode(), sha256).hexdigest()[:32]


def tokens(lake: Lake, version: int) -> set[str]:
    return {token(lake, "customer", number, version) for number in PHONES}


def in_the_vault(lake: Lake, version: int) -> list[Row]:
    vault = lake.read(Zone.VAULT, CUSTOMERS.table)
    return opened(vault, ["phone"], KeyFiles(lake.home).frame(lake.spark, {"phone": version})).collect()


# --- a rotation that is really killed ---


def retoken_in_a_process(platform: Platform, lake: Lake) -> subprocess.Popen[bytes]:
    secret = lake.home / "secrets" / "connect_token"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text(platform.password("connect_token"), encoding="ascii")
    environment = {**platform.environment, "LAKE_HOME": str(lake.home)}
    command = [sys.executable, "-m", "jobs.cli", "keys", "retoken"]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_a_killed_rotation_goes_on_and_readers_never_see_two_versions(lake, telling_engine):
    ledger, store = Ledger(lake.home), KeyFiles(lake.home)
    published = lake.home / "published" / "published.duckdb"
    published.parent.mkdir()
    published.write_bytes(b"what readers have")
    assert seen(lake) == (4, tokens(lake, 1))

    run_rotate(lake, "customer", "phone")
    assert seen(lake) == (4, tokens(lake, 1))
    put(lake, SALES, "sales3", sale("T3", "C1"))
    release(lake, store, SALES)
    assert keys_in_use(ledger)["customer"] == recorded(ledger)["customer"][1].token_fingerprint
    assert seen(lake) == (4, tokens(lake, 1)), "a new batch has the new tokens and waits with the others"

    process = retoken_in_a_process(telling_engine, lake)
    waiting = len(behind(ledger))
    while len(behind(ledger)) == waiting and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    said = process.communicate()[0]
    assert process.returncode == -signal.SIGKILL, said.decode()
    assert 0 < len(behind(ledger)) < waiting, "the command was not killed in the middle"

    assert seen(lake) == (4, tokens(lake, 1))
    for refused in (lambda: build(lake, CONTRACTS, smallest_visible_group=5), lambda: publish(lake)):
        with pytest.raises(HalfRotated, match=r"half rotated.*keys retoken"):
            refused()
    with pytest.raises(HalfRotated):
        run_rotate(lake, "transaction")
    with pytest.raises(HalfRotated):
        retire(ring_of(lake), "customer", below=2)
    assert published.read_bytes() == b"what readers have"

    run_retoken(lake)
    require_no_rotation(ledger)
    assert seen(lake) == (5, tokens(lake, 2))
    assert tokens(lake, 2).isdisjoint(tokens(lake, 1))
    assert {row["value"] for row in in_the_vault(lake, 2)} == set(PHONES.values())
    assert {row["token"] for row in in_the_vault(lake, 2)} == {
        token(lake, "phone", phone, 2) for phone in PHONES.values()
    }
    assert {row["value"] for row in in_the_vault(lake, 1)} == {None}
    for domain in ("customer", "phone"):
        retire(ring_of(lake), domain, below=2)
        assert (store.find(TOKEN, domain, 1), store.find(SEAL, domain, 1)) == (None, None)
    assert altered(lake, ring_of(lake), CONTRACTS) == {CUSTOMERS.id: 0}


class Killed(BaseException):
    """Stands for a kill: no handler of ours catches it."""


#: Where a step dies, in this order: the module, the name that is called, and at which of its calls.
IN_ROTATE = [(freezing, "switching_view", 2), (freezing, "record_shown", 2), (Keyring, "record", 1)]
IN_RETOKEN = [
    (desensitise_run, "desensitised", 1), (rotation, "require_desensitised", 2), (Ledger, "record", 2),
    (rotation, "thaw", 1), (freezing, "_has_all_columns", 1), (Lake, "release", 2),
]  # fmt: skip


def dies_at(monkeypatch, place, name, call, step):
    """The step dies just before that call."""
    calls, real = [], getattr(place, name)

    def die(*arguments, **named):
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return real(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(place, name, die)
        with pytest.raises(Killed):
            step()


@pytest.mark.long
def test_a_step_may_die_between_any_two_of_its_writes(lake, monkeypatch):
    for place, name, call in IN_ROTATE:
        dies_at(monkeypatch, place, name, call, lambda: run_rotate(lake, "customer"))
        assert seen(lake) == (4, tokens(lake, 1)), name
        assert ring_of(lake).current(["customer"])["customer"].version == 1, name
    run_rotate(lake, "customer")
    old, new = (4, tokens(lake, 1)), (4, tokens(lake, 2))
    states = []
    for place, name, call in IN_RETOKEN:
        dies_at(monkeypatch, place, name, call, lambda: run_retoken(lake))
        states.append(seen(lake))
    assert states == [old] * 4 + [new] * 2, "one commit moves all readers"
    run_retoken(lake)
    assert seen(lake) == new
    assert recorded(Ledger(lake.home))["customer"][-1].version == 2
    require_no_rotation(Ledger(lake.home))


# --- what cannot be made again, and what was altered ---


@pytest.mark.long
def test_rows_without_raw_are_named_before_anything_starts_and_an_altered_vault_is_noticed(lake):
    lake.spark.sql(f"DELETE FROM delta.`{lake.path(Zone.RAW, SALES.table)}` WHERE batch_id = 'sales2'")
    with pytest.raises(NotRemakeable, match=r"crm\.transactions: 2 rows of 1 batches.*--forget crm\.transactions"):
        run_rotate(lake, "customer")
    assert KeyFiles(lake.home).find(TOKEN, "customer", 2) is None
    assert seen(lake) == (4, tokens(lake, 1))
    run_rotate(lake, "customer", forget=(SALES.id,))
    with pytest.raises(NotRemakeable, match="--forget"):
        run_retoken(lake)
    run_retoken(lake, forget=(SALES.id,))
    assert seen(lake) == (2, tokens(lake, 2))
    forgotten = Ledger(lake.home).batch(SALES.id, "sales2", Zone.DESENSITISED)
    assert (forgotten.state, forgotten.row_count) == (BatchState.PASSED, 0)

    vault, whole = lake.path(Zone.VAULT, CUSTOMERS.table), lake.version(Zone.VAULT, CUSTOMERS.table)
    assert altered(lake, ring_of(lake), CONTRACTS) == {CUSTOMERS.id: 0}
    # a seal that is right, under the token of somebody else
    lake.spark.sql(f"UPDATE delta.`{vault}` SET sealed = (SELECT max(sealed) FROM delta.`{vault}`)")
    assert altered(lake, ring_of(lake), CONTRACTS) == {CUSTOMERS.id: 1}
    lake.spark.sql(f"RESTORE delta.`{vault}` TO VERSION AS OF {whole}")
    by_hand = {
        "nothing": F.col("token"),
        "sealed": F.expr("concat(substring(sealed, 1, 20), X'00', substring(sealed, 22))"),
        "token": F.reverse("token"),
        "field": F.lit("another"),
        "key_version": F.lit(2),
    }
    rows = lake.read(Zone.VAULT, CUSTOMERS.table)
    bent = [
        rows.withColumn("token" if name == "nothing" else name, value).withColumn("batch_id", F.lit(name))
        for name, value in by_hand.items()
    ]
    key_frame = KeyFiles(lake.home).frame(lake.spark, {"phone": 1})
    found = opened(reduce(DataFrame.unionByName, bent), ["phone"], key_frame).where("value IS NOT NULL").collect()
    assert {(row["batch_id"], row["value"]) for row in found} == {("nothing", phone) for phone in PHONES.values()}


# --- no key anywhere ---


def keys_of(server: KvServer) -> list[Secret]:
    """Every key of the server as it was drawn, and as the engine reads it."""
    store = KeyServer(server.address, SERVER_TOKEN)
    found = []
    for path, versions in server.secrets.items():
        kind, domain = path.split("/")[1:]
        for version in range(1, len(versions) + 1):
            key = store.find(kind, domain, version)
            assert key is not None
            found.append(Secret(f"{kind} key {domain} v{version}", Kind.KEY, key))
            if kind == TOKEN:
                blocks = padded_blocks(key)
                found += [Secret(f"{kind} block {domain}", Kind.KEY, blocks[start : start + 32]) for start in (0, 64)]
    return found


def searched(folder: Path, matcher: Matcher) -> Scan:
    return scan(files_below(folder), folder, matcher)


def test_no_key_stands_in_a_plan_a_log_an_event_or_a_file(session, telling_engine, tmp_path, capsys):
    with running(KvServer()) as server:
        lake, store = Lake(tmp_path / "lake", lambda: session), KeyServer(server.address, SERVER_TOKEN)
        ring = Keyring(store, Ledger(lake.home))
        filled(lake, store)
        rotate(lake, ring, CONTRACTS, ["customer"], forget=())
        retoken(lake, ring, CONTRACTS, forget=(), tell=print)
        raw = lake.read(Zone.RAW, CUSTOMERS.table)
        with ring.frame(session, ring.current(CUSTOMERS.token_domains)) as frame:
            desensitised(raw, CUSTOMERS, frame).explain("extended")
            sealed(raw, CUSTOMERS, frame).explain("extended")
            assert searched(lake.home / "run", Matcher(keys_of(server))).labels, "the engine got its keys otherwise"
        matcher = Matcher(keys_of(server))

    canary = os.urandom(32)
    plain = session.range(1).select(F.sha2(F.concat(F.lit(canary), F.lit("13800138000").cast("binary")), 256))
    plain.collect()
    plain.explain("extended")
    said = capsys.readouterr().out.encode()
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "explain.txt").write_bytes(said)
    session.range(1).count()

    assert b"inner_customer" in said
    assert b"seal_phone" in said
    places = {
        "explain": tmp_path / "said", "events": telling_engine.home / "engine" / "events",
        "engine": telling_engine.home / "engine", "logs": telling_engine.home / "services", "lake": lake.home,
    }  # fmt: skip
    found = {name: searched(folder, matcher) for name, folder in places.items()}
    assert all(one.files for one in found.values()), "nothing was looked at: this would prove nothing"
    assert not any(one.hits for one in found.values()), [one.report() for one in found.values()]
    assert b"SQLExecutionStart" in b"".join(path.read_bytes() for path in files_below(places["events"]))
    # the control: a key that was written into a plan is found in the plan and in the events
    control = Matcher([Secret("a canary", Kind.KEY, canary)])
    assert [name for name, folder in places.items() if searched(folder, control).labels] == [
        "explain",
        "events",
        "engine",
    ]
