"""Raw to desensitised, one batch at a time; only batches that gate 2 passed, and readers see them after gate 3 only."""

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.errors import LakewardenError
from contracts.model import TECHNICAL_COLUMNS, Contract
from jobs.desensitise.population import placed
from jobs.desensitise.treatments import field_token, seal, treated
from jobs.errors import GateNotPassed
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

VAULT_COLUMNS = {"token": "string", "field": "string", "domain": "string", "sealed": "binary", **TECHNICAL_COLUMNS}


class UndeclaredColumns(LakewardenError):
    """Raw holds a column that the contract does not know; unknown means stop."""


def desensitise(lake: Lake, keys: KeyFiles, contract: Contract) -> list[BatchRow]:
    """Treat every batch that passed gate 2 and is not treated yet; an empty list when there is none. Safe to repeat.

    Raises: GateNotPassed when batches wait for gate 2; KeyMissing and UndeclaredColumns before anything is written.
    """
    ledger = Ledger(lake.home)
    waiting = ledger.batches_in(contract.id, Zone.RAW, BatchState.WRITTEN, BatchState.FAILED)
    if waiting:
        raise GateNotPassed(
            f"{contract.id}: {len(waiting)} batches have no passing verdict of gate raw; "
            f"run `lakewarden gate raw {contract.id}`"
        )
    return [_treat(lake, ledger, keys, contract, batch) for batch in ledger.waiting_batches(contract.id)]


def desensitised(raw: DataFrame, contract: Contract, key_frame: DataFrame | None) -> DataFrame:
    """The rows without their people: one row in, one row out, in the contract's order.

    `key_frame`: one row of key columns, None when the contract needs no key. The `select` leaves them behind.
    Raises: UndeclaredColumns, before any row is read.
    """
    undeclared = set(raw.columns) - set(contract.raw_columns)
    if undeclared:
        raise UndeclaredColumns(f"raw.{contract.table} has {len(undeclared)} columns that {contract.path.name} lacks")
    rows = placed(raw, contract)
    keyed = rows if key_frame is None else rows.crossJoin(F.broadcast(key_frame))
    return keyed.select(*(treated(field, contract) for field in contract.surviving), *TECHNICAL_COLUMNS)


def sealed(raw: DataFrame, contract: Contract, key_frame: DataFrame) -> DataFrame:
    """The vault's rows: one per row and sealed field that has a value; the token finds it, the seal hides it."""
    keyed = raw.crossJoin(F.broadcast(key_frame))
    entries = [
        F.struct(
            field_token(field, treatment.domain).alias("token"),
            F.lit(field.name).alias("field"),
            F.lit(treatment.domain).alias("domain"),
            F.col(f"`{field.name}`").cast("string").alias("value"),
            F.col(f"seal_{treatment.domain}").alias("key"),
        )
        for field, treatment in contract.sealed
    ]
    exploded = keyed.select(F.explode(F.array(*entries)).alias("entry"), *TECHNICAL_COLUMNS)
    # sealed behind the explode, where the token is a column: bound to an expression it would be computed twice
    seals = seal(F.col("entry.value"), key=F.col("entry.key"), bound_to=F.col("entry.token"))
    return exploded.where(F.col("entry.token").isNotNull()).select(
        "entry.token", "entry.field", "entry.domain", seals.alias("sealed"), *TECHNICAL_COLUMNS
    )


def _treat(lake: Lake, ledger: Ledger, keys: KeyFiles, contract: Contract, source: BatchRow) -> BatchRow:
    batch_id = source.batch_id
    raw = lake.read(Zone.RAW, contract.table, batch_id)
    domains = contract.token_domains
    fingerprints = keys.fingerprints(domains)
    key_frame = keys.frame(lake.spark, domains) if domains else None
    if contract.sealed and key_frame is not None:
        lake.replace_batch(Zone.VAULT, contract.table, VAULT_COLUMNS, batch_id, sealed(raw, contract, key_frame))
    safe = desensitised(raw, contract, key_frame)
    lake.replace_batch(Zone.DESENSITISED, contract.table, contract.desensitised_columns, batch_id, safe)
    lake.release(contract)
    row = replace(
        source,
        zone=Zone.DESENSITISED,
        state=BatchState.WRITTEN,
        table_version=lake.version(Zone.DESENSITISED, contract.table),
        content_checksum="",
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
        key_fingerprints=fingerprints,
    )
    ledger.record("batches", [row])
    return row
