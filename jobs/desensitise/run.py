"""Raw to desensitised, one batch at a time; only batches that gate 2 passed, and readers see them after gate 3 only."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.errors import LakewardenError
from contracts.model import TECHNICAL_COLUMNS, Contract
from jobs.desensitise.population import placed
from jobs.desensitise.treatments import treated
from jobs.desensitise.vault import VAULT_COLUMNS, sealed
from jobs.errors import GateNotPassed
from jobs.grades.holding import put_in_force, require_not_lowered
from jobs.keys.record import KeyVersion, is_frozen
from jobs.keys.ring import Keyring
from jobs.storage.keys import KeyStore
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone


class UndeclaredColumns(LakewardenError):
    """Raw holds a column that the contract does not know; unknown means stop."""


class MissingColumns(LakewardenError):
    """The contract treats a column that raw does not hold: it came later than the rows, or is gone."""

    exit_code = 65


def desensitise(lake: Lake, keys: KeyStore, contract: Contract) -> list[BatchRow]:
    """Treat every batch that passed gate 2 and is not treated yet; an empty list when there is none. Safe to repeat.

    Raises: GradeLowered; GateNotPassed when batches wait for gate 2; KeyMissing, KeyStoreUnreachable, KeyStoreRefused,
    UndeclaredColumns and MissingColumns before anything is written.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
    grades = require_not_lowered(ledger, contract)
    waiting = ledger.batches_in(contract.id, Zone.RAW, BatchState.WRITTEN, BatchState.FAILED)
    if waiting:
        raise GateNotPassed(
            f"{contract.id}: {len(waiting)} batches have no passing verdict of gate raw; "
            f"run `lakewarden gate raw {contract.id}`"
        )
    batches = ledger.waiting_batches(contract.id)
    ring = Keyring(keys, ledger)
    keys_now = ring.current(contract.token_domains) if batches else {}
    if batches:
        put_in_force(ledger, contract, grades)
    done = []
    for batch in batches:
        done.append(treat_batch(lake, ring, keys_now, contract, batch))
        ledger.record("batches", done[-1:])
    return done


def desensitised(raw: DataFrame, contract: Contract, key_frame: DataFrame | None) -> DataFrame:
    """The rows without their people: one row in, one row out, in the contract's order.

    `key_frame`: one row of key columns, None when the contract needs no key. The `select` leaves them behind.
    Raises: UndeclaredColumns and MissingColumns, before any row is read.
    """
    require_columns_of(contract, raw.columns)
    rows = placed(raw, contract)
    keyed = rows if key_frame is None else rows.crossJoin(F.broadcast(key_frame))
    return keyed.select(*(treated(field, contract) for field in contract.surviving), *TECHNICAL_COLUMNS)


def require_columns_of(contract: Contract, held: Collection[str]) -> None:
    """Return when raw holds the contract's columns and no other. Raises: UndeclaredColumns, MissingColumns."""
    undeclared = set(held) - set(contract.raw_columns)
    if undeclared:
        raise UndeclaredColumns(f"raw.{contract.table} has {len(undeclared)} columns that {contract.path.name} lacks")
    if missing := [name for name in contract.raw_columns if name not in held]:
        raise MissingColumns(
            f"{contract.path.name} treats {', '.join(missing)}, and raw.{contract.table} has no such column. Nothing "
            f"was treated. Take the column out of the contract, or take files again that have it: `lakewarden replay "
            f"{contract.id} <file>`"
        )


def treat_batch(
    lake: Lake, ring: Keyring, keys: Mapping[str, KeyVersion], contract: Contract, source: BatchRow
) -> BatchRow:
    """Write the desensitised rows and the vault of one batch, made from raw; it waits for gate 3 then.

    `keys`: what `Keyring.current` gave for at least the contract's domains, under the dataset's turn or that of keys.
    `source`: the batch in raw. Returns the batch as its caller has to record it; safe to repeat and to kill.
    """
    batch_id = source.batch_id
    raw = lake.read(Zone.RAW, contract.table, batch_id)
    versions = {domain: keys[domain] for domain in contract.token_domains}
    with ring.frame(lake.spark, versions) as key_frame:
        if contract.sealed and key_frame is not None:
            lake.replace_batch(Zone.VAULT, contract.table, VAULT_COLUMNS, batch_id, sealed(raw, contract, key_frame))
        safe = desensitised(raw, contract, key_frame)
        lake.replace_batch(Zone.DESENSITISED, contract.table, contract.desensitised_columns, batch_id, safe)
    if not is_frozen(ring.ledger, contract.id):
        lake.release(contract)
    return replace(
        source,
        zone=Zone.DESENSITISED,
        state=BatchState.WRITTEN,
        table_version=lake.version(Zone.DESENSITISED, contract.table),
        content_checksum="",
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
        key_fingerprints={domain: version.token_fingerprint for domain, version in versions.items()},
    )
