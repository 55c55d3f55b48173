"""Gates 2 and 3: measure a batch, have it judged, write the verdict down, and stop when it does not hold."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from contracts.model import Contract
from expectations import desensitised, raw
from expectations.errors import GateFailed
from expectations.gate import Check, Gate, Verdict, judge, require
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from jobs.verdicts import record

_Measure = Callable[[Lake, Contract, str], Sequence[Check]]


def verify_raw(lake: Lake, contract: Contract) -> list[Verdict]:
    """Gate 2 over every batch without a passing verdict. Raises: GateFailed, after all verdicts are recorded."""
    return _verify(lake, contract, Gate.RAW, Zone.RAW, _raw_checks)


def verify_desensitised(lake: Lake, contract: Contract) -> list[Verdict]:
    """Gate 3 over every batch without a passing verdict. Raises: GateFailed, after all verdicts are recorded."""
    return _verify(lake, contract, Gate.DESENSITISED, Zone.DESENSITISED, _desensitised_checks)


def require_desensitised(lake: Lake, contract: Contract, batch: BatchRow) -> None:
    """Gate 3 over one batch that its caller records. Raises: GateFailed, after the verdicts are recorded."""
    found = judge(_desensitised_checks(lake, contract, batch.batch_id))
    subject = f"{contract.id} batch {batch.batch_id}"
    record(Ledger(lake.home), Gate.DESENSITISED, contract.id, batch.batch_id, verdicts=found, rows=batch.row_count)
    require(Gate.DESENSITISED, subject, found, next_step="Readers keep what they saw.")


def _verify(lake: Lake, contract: Contract, gate: Gate, zone: Zone, measure: _Measure) -> list[Verdict]:
    ledger = Ledger(lake.home)
    verdicts: list[Verdict] = []
    failures: list[str] = []
    for batch in ledger.batches_in(contract.id, zone, BatchState.WRITTEN, BatchState.FAILED):
        found = judge(measure(lake, contract, batch.batch_id))
        verdicts += found
        record(ledger, gate, contract.id, batch.batch_id, verdicts=found, rows=batch.row_count)
        state = BatchState.FAILED if any(verdict.stops for verdict in found) else BatchState.PASSED
        ledger.record("batches", [replace(batch, state=state)])
        subject = f"{contract.id} batch {batch.batch_id}"
        try:
            require(gate, subject, found, next_step="`lakewarden status` shows the batch.")
        except GateFailed as failure:
            failures.append(str(failure))
    if failures:
        raise GateFailed("\n".join(failures))
    return verdicts


def _raw_checks(lake: Lake, contract: Contract, batch_id: str) -> Sequence[Check]:
    counted = Ledger(lake.home).rows_of_batch(contract.id, batch_id)
    return raw.checks(
        contract,
        lake.read(Zone.RAW, contract.table, batch_id),
        rows_in=counted["rows_in"],
        loaded=counted["rows_loaded"],
        quarantined=counted["rows_quarantined"],
        duplicate=counted["rows_duplicate"],
    )


def _desensitised_checks(lake: Lake, contract: Contract, batch_id: str) -> Sequence[Check]:
    return desensitised.checks(
        contract,
        before=lake.read(Zone.RAW, contract.table, batch_id),
        after=lake.read(Zone.DESENSITISED, contract.table, batch_id),
        sealed_tokens=lake.read(Zone.VAULT, contract.table, batch_id) if contract.sealed else None,
    )
