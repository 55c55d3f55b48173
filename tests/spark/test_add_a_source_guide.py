"""The guide in docs/add_a_source.md, followed word for word with the files and figures it prints."""

import re
from pathlib import Path

import pytest

from contracts.generate import generated
from contracts.loading import load_file
from expectations.errors import GateFailed
from jobs.desensitise.run import desensitise
from jobs.ingest.run import ingest
from jobs.keys.ring import Keyring
from jobs.replay import replay, stored_digest
from jobs.storage.keys import KeyFiles
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone
from jobs.verify import verify_desensitised, verify_raw

pytestmark = pytest.mark.spark

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "add_a_source.md").read_text(encoding="utf-8")


def block(language):
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found, f"the guide has no {language} block"
    return found[0]


def contract_at(folder, text):
    path = folder / "crm" / "repair_requests.odcs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return load_file(path)


def test_the_guide_holds_word_for_word(lake, tmp_path):
    contract = contract_at(tmp_path / "first", block("yaml"))
    assert len(generated({contract.id: contract}, tmp_path)) == 3

    keys = KeyFiles(lake.home)
    assert Keyring(keys, Ledger(lake.home)).create_missing(contract.token_domains) == ["repair_request"]

    file = tmp_path / "repair_requests.csv"
    file.write_text(block("csv"), encoding="utf-8")
    landing = lake.home / "landing"
    inbox = landing / "crm" / "repair_requests" / "2026-11-24"
    inbox.mkdir(parents=True)
    (inbox / "repair_requests.csv").write_bytes(file.read_bytes())
    batch = ingest(lake, landing, contract, day=None, settle_seconds=0)[0]
    said = f"rows in {batch.rows_in} = loaded {batch.loaded} + quarantined {batch.quarantined} + duplicate {batch.duplicate}"
    assert said in GUIDE

    with pytest.raises(GateFailed) as stopped:
        verify_raw(lake, contract)
    assert re.search(r"quarantined_share: 0\.333333 \(allowed: 0\.2\)", str(stopped.value))
    assert "quarantined_share: 0.333333 (allowed: 0.2)" in GUIDE

    milder = block("yaml") + "  - property: limits\n    value: {max_quarantined_share: 0.5}\n"
    contract = contract_at(tmp_path / "second", milder)
    replay(lake, contract, stored_digest(file))
    ingest(lake, landing, contract, day=None, settle_seconds=0)
    assert all(verdict.passed for verdict in verify_raw(lake, contract))
    desensitise(lake, keys, contract)
    assert all(verdict.passed for verdict in verify_desensitised(lake, contract))

    shown = lake.spark.table("desensitised.crm_repair_requests")
    assert shown.count() == 2
    assert {"request_key", "caller_phone_key", "region_code", "received_on"} <= set(shown.columns)
    assert lake.read(Zone.VAULT, contract.table).count() == 1
    assert contract.id not in Ledger(lake.home).unfinished()
