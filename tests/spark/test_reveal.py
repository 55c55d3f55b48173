"""The vault opened on the engine: only what was asked for, all or nothing, and no altered row passes for a true one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from contracts.loading import load
from jobs.approval.accounts import account_at_the_prompt
from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.desensitise.vault import VAULT_COLUMNS, sealed
from jobs.errors import KeyMissing, NeverSealed, RevealRefused, VaultAltered
from jobs.keys.ring import Keyring
from jobs.reveal.rules import RevealState
from jobs.reveal.vault import opened
from jobs.storage.keys import SEAL, KeyFiles
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone

pytestmark = pytest.mark.spark

CUSTOMERS, COMPLAINTS = load("crm.customers"), load("crm.complaints")
PHONES = [f"1380013800{number}" for number in range(6)]
YESTERDAY, TODAY = datetime(2026, 1, 30, 8, tzinfo=UTC), datetime(2026, 1, 31, 8, tzinfo=UTC)
NEVER_SEALED = "0" * 32


def seal(lake, batch_id, phones, at=YESTERDAY):
    """A batch of raw customers, sealed; the token of each, in order."""
    about = {
        "batch_id": batch_id,
        "source_file_sha256": "ab" * 32,
        "ingested_at": at,
        "arrival_date": date(2026, 1, 30),
    }
    rows = [{"contact_phone": phone, "source_row_number": n, **about} for n, phone in enumerate(phones)]
    columns = CUSTOMERS.raw_columns
    schema = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
    raw = lake.spark.createDataFrame([tuple(row.get(name) for name in columns) for row in rows], schema)
    keys = KeyFiles(lake.home).frame(lake.spark, dict.fromkeys(CUSTOMERS.token_domains, 1))
    entries = sealed(raw, CUSTOMERS, keys)
    lake.replace_batch(Zone.VAULT, CUSTOMERS.table, VAULT_COLUMNS, batch_id, entries)
    return [row["token"] for row in vault_rows(lake, batch_id)]


def vault_rows(lake, batch_id):
    return [
        row.asDict() for row in lake.read(Zone.VAULT, CUSTOMERS.table, batch_id).orderBy("source_row_number").collect()
    ]


def open_these(lake, tokens, contract=CUSTOMERS):
    return opened(lake, Keyring(KeyFiles(lake.home), Ledger(lake.home)), contract, "contact_phone", tokens)


def test_only_what_was_asked_for_is_opened_as_it_arrived_last(lake):
    first, _, third = seal(lake, "b1", PHONES[:3])
    again, nothing = f"+86 {PHONES[0]}", None
    assert seal(lake, "b2", [again, nothing], at=TODAY) == [first], "one value, one token; nothing is no value"
    assert open_these(lake, [third, first]) == {third: PHONES[2], first: again}


def test_tokens_that_were_never_sealed_open_nothing_and_are_counted(lake):
    with pytest.raises(NeverSealed, match=r"nothing of crm\.customers"):
        open_these(lake, [NEVER_SEALED])
    (token,) = seal(lake, "b1", PHONES[:1])
    with pytest.raises(NeverSealed, match=r"2 of 3 tokens were never sealed .* number 2, 3 of the request") as refusal:
        open_these(lake, [token, NEVER_SEALED, "f" * 32])
    assert PHONES[0] not in str(refusal.value)
    with pytest.raises(NeverSealed):
        open_these(lake, [token], COMPLAINTS)  # the same domain, and another dataset's request


def test_a_row_altered_by_hand_does_not_open_whatever_was_done_to_it(lake):
    tokens = seal(lake, "b1", PHONES)
    more, one, other, emptied, gone, intact = vault_rows(lake, "b1")
    more["sealed"] = bytes(more["sealed"]) + b"\0"
    one["sealed"], other["sealed"] = other["sealed"], one["sealed"]  # each opens, if only the key were asked
    emptied["sealed"], gone["sealed"] = b"", None
    altered = [tuple(row[name] for name in VAULT_COLUMNS) for row in (more, one, other, emptied, gone, intact)]
    schema = ", ".join(f"{name} {kind}" for name, kind in VAULT_COLUMNS.items())
    lake.replace_batch(Zone.VAULT, CUSTOMERS.table, VAULT_COLUMNS, "b1", lake.spark.createDataFrame(altered, schema))

    with pytest.raises(
        VaultAltered, match=r"5 of 6 values of crm.customers contact_phone .*\(batch b1: 5\)"
    ) as refusal:
        open_these(lake, tokens)

    assert not [phone for phone in PHONES if phone in str(refusal.value)]
    assert open_these(lake, tokens[-1:]) == {tokens[-1]: PHONES[-1]}


def test_another_key_and_a_lost_one_stop_before_anything_is_opened(lake):
    tokens = seal(lake, "b1", PHONES[:2])
    key = KeyFiles(lake.home).path(SEAL, "phone")
    key.write_bytes(bytes(32))
    with pytest.raises(KeyMissing, match="not the one that data was made with"):
        open_these(lake, tokens)
    key.unlink()
    with pytest.raises(KeyMissing):
        open_these(lake, tokens)


def test_at_the_prompt_a_customer_is_phoned_back(lake, job_engine, monkeypatch, caplog):
    tokens = seal(lake, "b1", PHONES[:2])
    monkeypatch.setenv("LAKE_HOME", str(lake.home))
    monkeypatch.setenv("LAKEWARDEN_CONNECT_PORT", str(job_engine.settings.connect_port))
    secrets = lake.home / "secrets"
    secrets.mkdir()
    for name, text in (("connect_token", job_engine.settings.connect_token), ("airflow_jwt", "the scheduler's")):
        (secrets / name).write_text(text, encoding="ascii")
    said = []

    def lakewarden(*words):
        ended = CliRunner().invoke(app, ["reveal", *words])
        said.append(f"{ended.output} {ended.exception}")
        return ended

    here = account_at_the_prompt()
    lakewarden("admit", "wang", "--account", here, "--approves")
    lakewarden("admit", "li", "--account", "airflow:li.na", "--approves")
    until = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%S+00:00}"
    lakewarden(
        "request", "crm.customers", "contact_phone_key", tokens[1], "--purpose", "电话核对资料", "--ticket", "KF-1",
        "--until", until,
    )  # fmt: skip
    ledger = Ledger(lake.home)
    (asked,) = ledger.ask("SELECT reveal_id, state FROM reveals")
    assert isinstance(lakewarden("open", asked["reveal_id"]).exception, RevealRefused)
    assert lakewarden("approve", asked["reveal_id"]).exit_code != 0, "who asks may not approve"
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "the scheduler's")
    assert lakewarden("approve", asked["reveal_id"], "--airflow-account", "li.na").exit_code == 0
    assert lakewarden("open", asked["reveal_id"]).exit_code == 0, said

    file = lake.home / "restricted" / "revealed" / "wang" / f"{asked['reveal_id']}.xlsx"
    cells = [[cell.value for cell in row] for row in load_workbook(file)["数据"].iter_rows(min_row=2)]
    assert cells == [[tokens[1], PHONES[1]]]
    assert str(file.name) in said[-1].replace("\n", "")
    assert PHONES[1] not in caplog.text + "".join(said)
    assert ledger.ask("SELECT state, opened_count FROM reveals") == [{"state": RevealState.OPENED, "opened_count": 1}]
    assert Audit(ledger, lake.home / "audit" / "heads").verify().breaks == ()
    assert [person.name for person in People(ledger).everybody()] == ["li", "wang"]
    assert lakewarden("revoke", asked["reveal_id"]).exit_code == 0
    assert not file.exists()
