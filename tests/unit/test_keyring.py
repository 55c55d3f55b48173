"""Which key version writes is the ledger's word; a store that has another one, or none, stops everything."""

import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from jobs.errors import HalfRotated, KeyMissing, KeyStoreRefused
from jobs.keys.airflow_secrets import AirflowSecrets
from jobs.keys.record import (
    ShownTable,
    View,
    behind,
    is_frozen,
    key_generation,
    record_shown,
    recorded,
    require_no_rotation,
)
from jobs.keys.ring import Keyring
from jobs.keys.rotation import retire
from jobs.keys.status import Standing, key_status
from jobs.storage.keys import SEAL, TOKEN, KeyFiles
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

DAY = date(2026, 1, 31)


@pytest.fixture
def ring(ledger: Ledger) -> Keyring:
    made = Keyring(KeyFiles(ledger.home), ledger)
    made.create_missing(["customer", "phone"])
    return made


def written(ledger: Ledger, batch_id: str, **fingerprints: str) -> BatchRow:
    """A released batch of customers, made with these keys."""
    row = BatchRow(
        "crm.customers", batch_id, Zone.DESENSITISED, BatchState.PASSED, DAY, 1, 5, "0", "1.0.0", "f", fingerprints
    )
    ledger.record("batches", [row])
    return row


def next_version(ring: Keyring, *domains: str) -> None:
    ring.record(ring.make_next(domains))


def test_new_domains_get_their_keys_once_and_the_ledger_knows_them(ring: Keyring) -> None:
    known = recorded(ring.ledger)
    assert {domain: [version.version for version in versions] for domain, versions in known.items()} == {
        "customer": [1],
        "phone": [1],
    }
    assert known["customer"][0].token_fingerprint != known["phone"][0].token_fingerprint
    assert ring.create_missing(["customer", "phone", "partner"]) == ["partner"]
    assert recorded(ring.ledger)["customer"] == known["customer"]


def test_a_half_made_domain_is_completed(ledger: Ledger) -> None:
    store = KeyFiles(ledger.home)
    store.create(TOKEN, "customer", 1, b"1" * 32)
    Keyring(store, ledger).create_missing(["customer"])
    assert store.find(TOKEN, "customer", 1) == b"1" * 32
    assert store.find(SEAL, "customer", 1) is not None


def test_the_ledger_says_which_version_writes_not_the_store(ring: Keyring) -> None:
    ring.make_next(["customer"])  # killed before the ledger learned of it
    assert ring.current(["customer"])["customer"].version == 1
    made = ring.make_next(["customer"])
    ring.record(made)
    assert ring.current(["customer"])["customer"] == made[0]
    assert made[0].version == 2


@pytest.mark.parametrize("kind", [TOKEN, SEAL])
def test_a_store_from_an_old_backup_stops_everything(ring: Keyring, kind: str) -> None:
    next_version(ring, "customer")
    ring.store.destroy(kind, "customer", 2)
    for use in (ring.current, ring.create_missing, ring.make_next):
        with pytest.raises(KeyMissing, match=f"no {kind} key for domain 'customer', version 2.*backup"):
            use(["customer"])


@pytest.mark.parametrize("kind", [TOKEN, SEAL])
def test_another_key_in_its_place_stops_everything(ring: Keyring, kind: str) -> None:
    ring.store.destroy(kind, "customer", 1)
    ring.store.create(kind, "customer", 1, secrets.token_bytes(32))
    for use in (ring.current, ring.create_missing, ring.make_next):
        with pytest.raises(KeyMissing, match=f"the {kind} key of domain 'customer', version 1, is not the one"):
            use(["customer"])


def test_a_lost_store_gets_no_new_keys(ring: Keyring, tmp_path: Path) -> None:
    lost = Keyring(KeyFiles(tmp_path / "elsewhere"), ring.ledger)
    with pytest.raises(KeyMissing, match="backup"):
        lost.create_missing(["customer"])
    assert not (tmp_path / "elsewhere").exists()


def test_data_from_before_the_ledger_kept_versions_is_guarded_too(ledger: Ledger) -> None:
    store = KeyFiles(ledger.home)
    for kind in (TOKEN, SEAL):
        store.create(kind, "customer", 1, secrets.token_bytes(32))
    ring = Keyring(store, ledger)
    now = ring.current(["customer"])["customer"]
    written(ledger, "b1", customer="0123456789ab")
    for use in (ring.current, ring.create_missing):
        with pytest.raises(KeyMissing, match=r"fingerprint 0123456789ab"):
            use(["customer"])
    written(ledger, "b1", customer=now.token_fingerprint)
    assert ring.create_missing(["customer"]) == []
    assert recorded(ledger) == {"customer": [now]}


def test_a_store_that_is_only_read_names_all_that_people_must_put_there(ledger: Ledger) -> None:
    class Empty:
        def get_variable(self, key: str) -> None:
            return None

    with pytest.raises(KeyStoreRefused, match="openssl rand") as refused:
        Keyring(AirflowSecrets(Empty()), ledger).create_missing(["customer", "phone"])
    wanted = [f"lakewarden_{kind}_{domain}_v1" for domain in ("customer", "phone") for kind in (TOKEN, SEAL)]
    assert all(name in str(refused.value) for name in wanted)
    assert recorded(ledger) == {}


def test_batches_of_an_older_key_are_behind_until_they_are_made_again(ring: Keyring) -> None:
    first = ring.current(["customer"])["customer"]
    row = written(ring.ledger, "b1", customer=first.token_fingerprint)
    written(ring.ledger, "b2", phone=ring.current(["phone"])["phone"].token_fingerprint)
    assert behind(ring.ledger) == []
    require_no_rotation(ring.ledger)
    next_version(ring, "customer")
    assert [(batch.domain, batch.dataset, batch.batch_id) for batch in behind(ring.ledger)] == [
        ("customer", "crm.customers", "b1")
    ]
    with pytest.raises(HalfRotated, match=r"domain 'customer' is half rotated: 1 batches.*keys retoken"):
        require_no_rotation(ring.ledger)
    second = ring.current(["customer"])["customer"]
    ring.ledger.record("batches", [replace(row, key_fingerprints={"customer": second.token_fingerprint})])
    assert behind(ring.ledger) == []
    require_no_rotation(ring.ledger)


def test_readers_that_were_not_moved_keep_a_rotation_open(ledger: Ledger) -> None:
    table = ShownTable("crm.customers", View.SWITCHING, 7, ("b3",))
    record_shown(ledger, [table], View.SWITCHING)
    require_no_rotation(ledger)
    record_shown(ledger, [table], View.FROZEN)
    assert is_frozen(ledger, "crm.customers")
    assert not is_frozen(ledger, "crm.transactions")
    with pytest.raises(HalfRotated, match="has not ended"):
        require_no_rotation(ledger)


def test_a_generation_changes_with_a_rotation_and_not_with_a_new_domain(ring: Keyring) -> None:
    assert key_generation(ring.ledger) == ""
    next_version(ring, "phone")
    ring.create_missing(["partner"])
    assert key_generation(ring.ledger) == "phone=2"


def test_an_old_version_is_destroyed_once_nothing_was_made_with_it(ring: Keyring) -> None:
    first = ring.current(["customer"])["customer"]
    row = written(ring.ledger, "b1", customer=first.token_fingerprint)
    with pytest.raises(KeyStoreRefused, match="version 1 writes and cannot be retired"):
        retire(ring, "customer", below=2)
    next_version(ring, "customer")
    with pytest.raises(HalfRotated):
        retire(ring, "customer", below=2)
    assert ring.store.find(TOKEN, "customer", 1) is not None
    second = ring.current(["customer"])["customer"]
    ring.ledger.record("batches", [replace(row, key_fingerprints={"customer": second.token_fingerprint})])
    ring.store.destroy(TOKEN, "customer", 1)  # a run that was killed in the middle
    for _ in range(2):
        assert [version.version for version in retire(ring, "customer", below=2)] == [1]
    assert ring.store.find(SEAL, "customer", 1) is None
    assert [(version.version, version.is_retired) for version in recorded(ring.ledger)["customer"]] == [
        (1, True),
        (2, False),
    ]
    assert ring.current(["customer"])["customer"] == second


def test_the_status_tells_what_stands_where(ring: Keyring) -> None:
    first = ring.current(["customer"])["customer"]
    written(ring.ledger, "b1", customer=first.token_fingerprint)
    next_version(ring, "customer")
    written(ring.ledger, "b2", customer=ring.current(["customer"])["customer"].token_fingerprint)
    ring.store.destroy(SEAL, "phone", 1)
    found = {
        (one.domain, one.version): one for one in key_status(ring.store, ring.ledger, ["customer", "phone", "new"])
    }
    assert {key: one.standing for key, one in found.items()} == {
        ("customer", 1): Standing.KEPT,
        ("customer", 2): Standing.WRITES,
        ("new", 1): Standing.MISSING,
        ("phone", 1): Standing.MISSING,
    }
    assert found["customer", 1].by_dataset == {"crm.customers": ["b1"]}
    assert found["customer", 2].by_dataset == {"crm.customers": ["b2"]}
    assert found["customer", 1].token_fingerprint == first.token_fingerprint
