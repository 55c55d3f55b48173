"""Landing to desensitised on real Delta tables: counts, bad input, reruns, replays. No value in any message."""

import json
import os
import time
from datetime import UTC, date, datetime

import pytest
from pyspark.sql.connect.client import SparkConnectClient

from contracts.loading import load
from expectations.errors import GateFailed
from jobs.desensitise.run import desensitise
from jobs.desensitise.vault import opened
from jobs.errors import AllFilesRefused, GateNotPassed, KeyMissing, NothingToReplay
from jobs.ingest import claim as ingest_claim
from jobs.ingest import run as ingest_run
from jobs.ingest.run import ingest
from jobs.ingest.staging import arrived
from jobs.keys.ring import Keyring
from jobs.replay import refuse, replay
from jobs.status import is_healthy, status
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import FileRow, FileState
from jobs.storage.zones import Zone
from jobs.verify import verify_desensitised, verify_raw

pytestmark = pytest.mark.spark

TRANSACTIONS = load("crm.transactions")
HEADER = "交易编号,客户编号,产品编码,数量,单价(元),金额(元),交易时间,交易地区,渠道,付款账号,备注"
ACCOUNT = "6222021234567890128"
NAME = "欧阳测试"


def row(number, *, quantity="1", customer="C1", remark=NAME, channel="store", code="P01"):
    amount = "100.00"
    return f"T{number},{customer},{code},{quantity},100.00,{amount},2026-01-30 10:00:00,330106,{channel},{ACCOUNT},{remark}"


def landed(lake, name, *lines, day="2026-01-31", encoding="utf-8", header=HEADER):
    path = lake.home / "landing" / "crm" / "transactions" / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join((header, *lines, "")).encode(encoding))
    return path


def take(lake, contract=TRANSACTIONS, *, day=None, settle_seconds=0.0):
    return ingest(lake, lake.home / "landing", contract, day=day, settle_seconds=settle_seconds)


def rows_of(lake, zone, contract=TRANSACTIONS):
    return lake.read(zone, contract.table)


def ledger_sums(lake, contract=TRANSACTIONS):
    sums = "sum(rows_in), sum(rows_loaded), sum(rows_quarantined), sum(rows_duplicate)"
    found = Ledger(lake.home).ask(f"SELECT {sums} FROM files WHERE dataset = $dataset", dataset=contract.id)
    return tuple(map(int, found[0].values()))


def first_file(lake, condition="true"):
    return Ledger(lake.home).ask(f"SELECT * FROM files WHERE {condition}")[0]


def test_a_batch_may_have_ten_thousand_files(lake):
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    files = [
        FileRow(TRANSACTIONS.id, f"{number:064x}", moment.date(), 1, FileState.CLAIMED, "b1", moment)
        for number in range(10_000)
    ]
    about = arrived(lake, lake.home, "b1", files)
    assert about.distinct().count() == len(files), "what a client sends along has limits"


def test_good_rows_land_and_bad_rows_lie_in_quarantine_with_their_reasons(lake):
    landed(lake, "a.csv", row(1), row(2, quantity="many"), row(3, channel="smoke"), row(4, quantity="0"), row(1))
    batch = take(lake)[0]
    assert (batch.rows_in, batch.loaded, batch.quarantined, batch.duplicate) == (5, 1, 3, 1)
    reasons = {r["source_row_number"]: r["faults"] for r in rows_of(lake, Zone.QUARANTINE).collect()}
    assert reasons == {
        2: ["quantity.unreadable"],
        3: ["channel.unknown_code"],
        4: ["quantity.too_small"],
    }
    assert ledger_sums(lake) == (5, 1, 3, 1)


def test_of_equal_rows_the_first_good_one_lands_whatever_looks_like_it(lake):
    unreadable, empty = (row(1).replace(",100.00,100.00,", f",{price},100.00,") for price in ("dear", ""))
    landed(lake, "a.csv", unreadable, empty, row(2), empty, row(2), row(2))
    batch = take(lake)[0]
    assert (batch.rows_in, batch.loaded, batch.quarantined, batch.duplicate) == (6, 2, 1, 3)
    assert sorted(r["source_row_number"] for r in rows_of(lake, Zone.RAW).collect()) == [2, 3]


def test_quarantine_keeps_the_row_so_that_it_can_be_mended(lake):
    landed(lake, "a.csv", row(1), row(2, quantity="many"))
    take(lake)
    kept = json.loads(rows_of(lake, Zone.QUARANTINE).first()["row"])
    assert kept["quantity"] == "many"
    assert kept["remark"] == NAME


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_declared_encoding_gives_the_same_rows(lake, encoding):
    landed(lake, "a.csv", row(1), row(2), encoding=encoding)
    assert take(lake)[0].loaded == 2
    assert {r["remark"] for r in rows_of(lake, Zone.RAW).collect()} == {NAME}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds nothing"),
        (f"{HEADER},{NAME}\n".encode() + row(1).encode() + b",x\n", "not declared"),
        (HEADER.replace("客户编号,", "").encode() + b"\n", "required column is missing"),
        (f"{HEADER}\n{row(1)}\n".encode("utf-16"), "encodings"),
        (f'{HEADER}\n{row(1)}\nT2,"C1,P01\n'.encode(), "ends before"),
        (b"<html><table></table></html>", "none of the kinds"),
    ],
    ids=["empty", "unknown column", "missing column", "wrong encoding", "open quote", "html"],
)
def test_a_bad_file_is_refused_whole_while_the_good_one_lands(lake, content, reason):
    path = landed(lake, "bad.csv")
    path.write_bytes(content)
    landed(lake, "good.csv", row(1))
    batch = take(lake)[0]
    assert (batch.files, batch.refused_files, batch.loaded) == (2, 1, 1)
    fault = first_file(lake, "state = 'quarantined'")["fault"]
    assert reason in fault.lower()
    assert NAME not in fault
    assert len(list((lake.home / "landing" / ".store" / TRANSACTIONS.id).iterdir())) == 2, "no bytes are lost"


def test_only_bad_files_end_the_command_with_what_to_do_next(lake):
    landed(lake, "bad.csv").write_bytes(b"")
    with pytest.raises(AllFilesRefused, match="replay"):
        take(lake)


def test_the_same_bytes_are_taken_once_whatever_they_are_called(lake):
    landed(lake, "a.csv", row(1))
    assert take(lake)[0].loaded == 1
    landed(lake, "a.csv", row(1))
    landed(lake, f"{NAME}13800138000.csv", row(1))
    assert take(lake) == []
    assert rows_of(lake, Zone.RAW).count() == 1
    assert first_file(lake)["deliveries"] == 3


def test_a_file_that_still_changes_is_left_for_the_next_run(lake):
    path = landed(lake, "a.csv", row(1))
    assert take(lake, settle_seconds=60) == []
    old = time.time() - 61
    os.utime(path, (old, old))
    assert take(lake, settle_seconds=60)[0].loaded == 1


def test_a_day_takes_its_own_folder_only(lake):
    landed(lake, "a.csv", row(1), day="2026-01-30")
    landed(lake, "b.csv", row(2), day="2026-01-31")
    assert take(lake, day=date(2026, 1, 30))[0].files == 1
    assert [r["arrival_date"] for r in rows_of(lake, Zone.RAW).collect()] == [date(2026, 1, 30)]


def test_a_header_without_rows_is_taken_as_nothing(lake):
    landed(lake, "a.csv")
    batch = take(lake)[0]
    assert (batch.rows_in, batch.refused_files) == (0, 0)


def end_state(lake):
    """What every zone holds, but for moments and random seals."""
    shown = {}
    for zone in (Zone.RAW, Zone.DESENSITISED):
        frame = rows_of(lake, zone).drop("ingested_at", "batch_id")
        shown[zone] = sorted(map(str, frame.collect()))
    return shown, ledger_sums(lake)


class Killed(BaseException):
    """Stands for a kill: no handler of ours catches it."""


@pytest.mark.parametrize("killed_before", ["take", "staged", "_forget_earlier_batches", "_record_batch", "after raw"])
def test_a_killed_ingest_is_finished_by_the_next_run(lake, monkeypatch, killed_before):
    landed(lake, "a.csv", row(1), row(2, quantity="many"), row(1), row(3), row(4), row(5))

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        if killed_before == "after raw":
            patched.setattr(Lake, "replace_batch", _die_after(Lake.replace_batch, die))
        else:
            patched.setattr(ingest_claim if killed_before == "take" else ingest_run, killed_before, die)
        with pytest.raises(Killed):
            take(lake)
    landed(lake, "b.csv", row(6))
    take(lake)
    assert all(verdict.passed for verdict in verify_raw(lake, TRANSACTIONS))
    assert ledger_sums(lake) == (7, 5, 1, 1)
    assert sorted(r["transaction_id"] for r in rows_of(lake, Zone.RAW).collect()) == ["T1", "T3", "T4", "T5", "T6"]
    assert rows_of(lake, Zone.QUARANTINE).count() == 1


def _die_after(write, die):
    def written(self, *arguments, **named):
        write(self, *arguments, **named)
        die()

    return written


def through_gate_3(lake):
    verify_raw(lake, TRANSACTIONS)
    desensitise(lake, KeyFiles(lake.home), TRANSACTIONS)
    return verify_desensitised(lake, TRANSACTIONS)


def test_desensitised_rows_hold_no_person_and_still_join(lake):
    landed(lake, "a.csv", row(1), row(2), row(3, customer="C2"))
    take(lake)
    assert all(verdict.passed for verdict in through_gate_3(lake))
    safe = rows_of(lake, Zone.DESENSITISED)
    assert set(safe.columns) == set(TRANSACTIONS.desensitised_columns)
    assert {"remark", "payer_account", "customer_id"}.isdisjoint(safe.columns)
    assert safe.select("customer_key").distinct().count() == 2
    assert not any(text in str(safe.collect()) for text in (NAME, ACCOUNT, "C1"))


def test_each_step_of_a_small_batch_asks_the_engine_a_few_times_only(lake, monkeypatch):
    asked = []

    def counting(name):
        ask = getattr(SparkConnectClient, name)
        monkeypatch.setattr(SparkConnectClient, name, lambda *these, **named: asked.append(1) or ask(*these, **named))

    counting("to_table")
    counting("execute_command")
    landed(lake, "a.csv", *(row(number) for number in range(1, 6)), row(6, quantity="many"))  # as many as gate 2 allows
    steps = {
        "ingest": take,
        "gate raw": lambda lake: verify_raw(lake, TRANSACTIONS),
        "desensitise": lambda lake: desensitise(lake, KeyFiles(lake.home), TRANSACTIONS),
        "gate desensitised": lambda lake: verify_desensitised(lake, TRANSACTIONS),
    }
    statements = {}
    for name, step in steps.items():
        asked.clear()
        step(lake)
        statements[name] = len(asked)
    assert statements == {"ingest": 2, "gate raw": 1, "desensitise": 3, "gate desensitised": 1}


def test_readers_see_a_batch_only_after_gate_3(lake):
    landed(lake, "a.csv", row(1))
    take(lake)
    verify_raw(lake, TRANSACTIONS)
    desensitise(lake, KeyFiles(lake.home), TRANSACTIONS)
    seen = lake.spark.table("desensitised.crm_transactions")
    assert seen.count() == 0
    verify_desensitised(lake, TRANSACTIONS)
    assert lake.spark.table("desensitised.crm_transactions").count() == 1


def test_nothing_is_desensitised_without_a_passing_verdict(lake):
    landed(lake, "a.csv", row(1))
    take(lake)
    with pytest.raises(GateNotPassed, match="gate raw"):
        desensitise(lake, KeyFiles(lake.home), TRANSACTIONS)
    assert not lake.exists(Zone.DESENSITISED, TRANSACTIONS.table)


def test_gate_2_stops_at_too_many_bad_rows_and_a_refused_file_lets_the_next_pass(lake):
    landed(lake, "bad.csv", row(1), row(2, quantity="many"))
    take(lake)
    with pytest.raises(GateFailed, match=r"quarantined_share: 0\.5") as failure:
        verify_raw(lake, TRANSACTIONS)
    assert "many" not in str(failure.value)
    found = status(lake.home, lake.home / "landing", {TRANSACTIONS.id: TRANSACTIONS})
    assert not is_healthy(found)
    assert found.datasets[0].stuck_at == "gate raw"
    digest = first_file(lake)["file_sha256"]
    refuse(lake, TRANSACTIONS, digest[:12], "half of its rows are broken")
    landed(lake, "good.csv", row(7))
    take(lake)
    assert all(verdict.passed for verdict in through_gate_3(lake))
    assert [r["transaction_id"] for r in rows_of(lake, Zone.RAW).collect()] == ["T7"]
    assert is_healthy(status(lake.home, lake.home / "landing", {TRANSACTIONS.id: TRANSACTIONS}))


def test_gate_3_finds_an_identity_that_survived(lake):
    # a courier writes a phone number where the code of the region should stand: gate 3 is the last to notice
    landed(lake, "a.csv", row(1))
    take(lake)
    verify_raw(lake, TRANSACTIONS)
    desensitise(lake, KeyFiles(lake.home), TRANSACTIONS)
    lake.spark.sql(
        f"UPDATE delta.`{lake.path(Zone.DESENSITISED, TRANSACTIONS.table)}` SET channel = concat('电', '１３８', '0013 8000')"
    )
    with pytest.raises(GateFailed, match=r"channel\.identity_left: 1") as failure:
        verify_desensitised(lake, TRANSACTIONS)
    assert "0013" not in str(failure.value)
    assert lake.spark.table("desensitised.crm_transactions").count() == 0


def test_an_identity_in_a_column_that_is_kept_goes_no_further_than_quarantine(lake):
    leads = load("crm.sf_leads")
    target = lake.home / "landing" / "crm" / "sf_leads" / "2026-01-31" / "leads.csv"
    target.parent.mkdir(parents=True)
    target.write_text(
        "id,_fivetran_synced,industry\n00Q000000000001AAA,2026-01-30 10:00:00,Banking\n00Q000000000002AAA,2026-01-30 10:00:00,Call １３８ 0013 8000\n",
        encoding="utf-8",
    )
    assert take(lake, leads)[0].quarantined == 1
    assert rows_of(lake, Zone.QUARANTINE, leads).first()["faults"] == ["industry.holds_identity"]
    found = status(lake.home, lake.home / "landing", {leads.id: leads})
    assert found.quarantine_reasons == {leads.id: {"industry.holds_identity": 1}}


def test_a_replay_replaces_the_rows_of_its_file_in_every_zone(lake):
    landed(lake, "a.csv", row(1), row(2))
    take(lake)
    through_gate_3(lake)
    before = end_state(lake)
    digest = first_file(lake)["file_sha256"]
    replay(lake, TRANSACTIONS, digest[:12])
    take(lake)
    through_gate_3(lake)
    after = end_state(lake)
    assert after == before
    assert rows_of(lake, Zone.RAW).count() == rows_of(lake, Zone.DESENSITISED).count() == 2
    assert lake.spark.table("desensitised.crm_transactions").count() == 2


def test_only_a_known_file_can_be_replayed(lake):
    with pytest.raises(NothingToReplay, match="0 files"):
        replay(lake, TRANSACTIONS, "0" * 12)


def test_a_lost_key_store_stops_everything_before_anything_is_written(lake):
    landed(lake, "a.csv", row(1))
    take(lake)
    through_gate_3(lake)
    lost = KeyFiles(lake.home / "elsewhere")
    with pytest.raises(KeyMissing, match="backup"):
        Keyring(lost, Ledger(lake.home)).create_missing(["customer"])
    landed(lake, "b.csv", row(2))
    take(lake)
    verify_raw(lake, TRANSACTIONS)
    with pytest.raises(KeyMissing, match="no token key for domain"):
        desensitise(lake, lost, TRANSACTIONS)
    assert rows_of(lake, Zone.DESENSITISED).count() == 1


def test_sealed_values_lie_in_the_vault_under_their_token(lake):
    customers = load("crm.customers")
    target = lake.home / "landing" / "crm" / "customers" / "2026-01-31" / "customers.csv"
    target.parent.mkdir(parents=True)
    target.write_text(
        "客户编号,客户名称,客户类型,客户类别,出生日期,统一社会信用代码,电话,地区代码,建档日期,审批状态\n"
        "C1,欧阳测试,个人,业务客户,1990-01-01,,+86 138-0013-8000,330106,2026-01-02,已审批\n"
        "C2,某某商行,企业,业务客户,,91350100M000100Y43,13900139000,330106,2026-01-02,草稿\n",
        encoding="utf-8",
    )
    assert take(lake, customers)[0].loaded == 2
    verify_raw(lake, customers)
    keys = KeyFiles(lake.home)
    desensitise(lake, keys, customers)
    assert all(verdict.passed for verdict in verify_desensitised(lake, customers) if verdict.stops)
    vault = rows_of(lake, Zone.VAULT, customers)
    found = opened(vault, ["phone"], keys.frame(lake.spark, {"phone": 1}))
    by_token = {r["token"]: r["value"] for r in found.collect()}
    shown = {r["contact_phone_key"] for r in rows_of(lake, Zone.DESENSITISED, customers).collect()}
    assert shown == set(by_token)
    assert sorted(by_token.values()) == ["+86 138-0013-8000", "13900139000"]
