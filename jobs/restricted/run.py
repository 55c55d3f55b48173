"""Measurement reports and engineering parameters to precise positions, one batch at a time, for the machine room alone.

Nothing else reads the result: it has no contract, no view and no mart, and the scheduler never asks for it.
"""

from dataclasses import dataclass, replace

from contracts.loading import load
from contracts.model import TECHNICAL_COLUMNS, Classification
from jobs.errors import GateNotPassed
from jobs.restricted.positions import POSITION_COLUMNS, located, newest_cells
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

REPORTS, CELLS = "network.mro_samples", "network.engineering_parameters"
#: Positions that came of a correlation are the highest grade there is, whatever their sources are (D09-3).
CLASSIFICATION = Classification.CORE


@dataclass(frozen=True)
class Located:
    """What became of one batch: its rows and how many reports of it could be placed."""

    batch_id: str
    rows: int
    positions: int


def locate(lake: Lake) -> list[Located]:
    """Place the reports of every batch that passed gate raw and is not placed yet; safe to repeat and to kill.

    Raises: GateNotPassed when no engineering parameters passed gate raw, for without them nothing has a place.
    """
    ledger, reports, cells = Ledger(lake.home), load(REPORTS), load(CELLS)
    ledger.prepare()
    done = {batch.batch_id for batch in ledger.batches_in(REPORTS, Zone.RESTRICTED, BatchState.PASSED)}
    waiting = [batch for batch in ledger.batches_in(REPORTS, Zone.RAW, BatchState.PASSED) if batch.batch_id not in done]
    if not waiting:
        return []
    if not ledger.batches_in(CELLS, Zone.RAW, BatchState.PASSED):
        raise GateNotPassed(f"{CELLS}: no batch has passed gate raw; run `lakewarden gate raw {CELLS}` first")
    sites = newest_cells(lake.read(Zone.RAW, cells.table))
    columns = {**POSITION_COLUMNS, **TECHNICAL_COLUMNS}
    lake.create(Zone.RESTRICTED, reports.table, columns, classification=CLASSIFICATION)
    outcome = []
    for batch in waiting:
        rows = located(lake.read(Zone.RAW, reports.table, batch.batch_id), sites)
        lake.replace_batch(Zone.RESTRICTED, reports.table, columns, batch.batch_id, rows)
        placed = lake.read(Zone.RESTRICTED, reports.table, batch.batch_id).count()
        ledger.record("batches", [_placed(lake, batch, reports.table, placed)])
        outcome.append(Located(batch.batch_id, batch.row_count, placed))
    return outcome


def _placed(lake: Lake, batch: BatchRow, table: str, placed: int) -> BatchRow:
    return replace(
        batch,
        zone=Zone.RESTRICTED,
        state=BatchState.PASSED,
        table_version=lake.version(Zone.RESTRICTED, table),
        row_count=placed,
        content_checksum="",
    )
