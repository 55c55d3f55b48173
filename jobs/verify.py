"""Gates 2 and 3: measure a batch, have it judged, write the verdict down, and stop when it does not hold."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from expectations import desensitised, raw
from expectations.errors import GateFailed
from expectations.gate import Check, Gate, Verdict, judge, require
from jobs.storage.lake import Lake, Zone
from jobs.storage.ledger import BatchState, Ledger
from jobs.verdicts import record

_Measure = Callable[[Ledger, Contract, str], Sequence[Check]]


def verify_raw(lake: Lake, contract: Contract) -> list[Verdict]:
    """Gate 2 over every batch without a passing verdict. Raises: GateFailed, after all verdicts are recorded."""
    return _verify(lake, contract, Gate.RAW, Zone.RAW, _raw_checks)


def verify_desensitised(lake: Lake, contract: Contract) -> list[Verdict]:
    """Gate 3 over every batch without a passing verdict. Raises: GateFailed, after all verdicts are recorded."""
    return _verify(lake, contract, Gate.DESENSITISED, Zone.DESENSITISED, _desensitised_checks)


def _verify(lake: Lake, contract: Contract, gate: Gate, zone: Zone, measure: _Measure) -> list[Verdict]:
    ledger = Ledger(lake)
    verdicts: list[Verdict] = []
    failures: list[str] = []
    for batch_id in ledger.batches_in(contract.id, zone, BatchState.WRITTEN, BatchState.FAILED):
        found = judge(measure(ledger, contract, batch_id))
        verdicts += found
        batch = ledger.batch(contract.id, batch_id, zone)
        if batch is None:
            raise GateFailed(f"gate {gate}: {contract.id}: the ledger has no batch {batch_id}")
        record(ledger, gate, contract.id, batch_id, verdicts=found, rows=batch.row_count)
        state = BatchState.FAILED if any(verdict.stops for verdict in found) else BatchState.PASSED
        ledger.record("batches", [replace(batch, state=state)])
        try:
            require(gate, f"{contract.id} batch {batch_id}", found, next_step="`lakewarden status` shows the batch.")
        except GateFailed as failure:
            failures.append(str(failure))
    if failures:
        raise GateFailed("\n".join(failures))
    return verdicts


def _raw_checks(ledger: Ledger, contract: Contract, batch_id: str) -> Sequence[Check]:
    sums = ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate")
    files = ledger.read("files", contract.id).where(F.col("batch_id") == batch_id)
    counted = files.agg(*(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in sums)).collect()[0]
    return raw.checks(
        contract,
        ledger.lake.read(Zone.RAW, contract.table, batch_id),
        rows_in=counted["rows_in"],
        loaded=counted["rows_loaded"],
        quarantined=counted["rows_quarantined"],
        duplicate=counted["rows_duplicate"],
    )


def _desensitised_checks(ledger: Ledger, contract: Contract, batch_id: str) -> Sequence[Check]:
    lake = ledger.lake
    return desensitised.checks(
        contract,
        before=lake.read(Zone.RAW, contract.table, batch_id),
        after=lake.read(Zone.DESENSITISED, contract.table, batch_id),
        sealed_tokens=lake.read(Zone.VAULT, contract.table, batch_id) if contract.sealed else None,
    )
