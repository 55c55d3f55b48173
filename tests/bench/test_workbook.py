"""A workbook of many rows in the process that reads it: its shared texts stand in memory, the rest streams."""

import os
import time

import pytest

from jobs.ingest.readers.batches import LandedFile
from jobs.ingest.readers.confined import Allowance, Confinement
from tests.bench.made_files import xlsx_file
from tests.bench.measuring import WORKBOOK_ROWS, peak_of_readers, told
from tests.conftest import OUTPUT
from tests.unit.reading import XLSX, contract

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]


def test_the_peak_memory_of_reading_a_large_workbook():
    path = OUTPUT / "bench" / f"workbook-{WORKBOOK_ROWS}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        xlsx_file(path, WORKBOOK_ROWS)
    agreed, confinement = contract(XLSX, ignored=["c*"], mb=2_048), Confinement(Allowance())
    began = time.perf_counter()
    with peak_of_readers(os.getpid()) as peak:
        refusals, rows = set(), 0
        for batch in confinement.read(agreed, LandedFile(path, "0" * 64)):
            refusals |= set(batch["file_fault"].to_pylist()) - {None}
            rows += batch.num_rows
    seconds = time.perf_counter() - began
    confinement.close()
    told(
        f"xlsx of {WORKBOOK_ROWS:,} rows ({path.stat().st_size / 1e6:.0f} MB): {peak.mib:,.0f} MiB at most, "
        f"{rows / seconds:,.0f} rows/s (aim at 500,000 rows: at most 1,024 MiB)"
    )
    assert (rows, refusals) == (WORKBOOK_ROWS, set())
