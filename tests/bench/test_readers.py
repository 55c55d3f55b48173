"""How fast the readers are, and that their memory does not grow with the file. Sizes and partners in one run."""

import csv
import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from contracts.loading import load
from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import LandedFile, text_schema
from jobs.ingest.readers.confined import Allowance, Confinement
from jobs.ingest.readers.reading import read_file
from tests.bench import plain_scripts
from tests.bench.made_files import HEADER, csv_file, json_file, measurements, reports, xlsx_file
from tests.bench.measuring import high_water_mib, told
from tests.unit.reading import CSV, XLSX, contract, text

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]


def _agreed(*readers: Reader) -> Contract:
    return contract(*readers, ignored=["c*"], mb=2_048)


def _read(path: Path, agreed: Contract) -> Iterator[pa.RecordBatch]:
    return read_file(agreed, LandedFile(path, "0" * 64))


def _rows(path: Path, agreed: Contract) -> int:
    count = 0
    for batch in _read(path, agreed):
        assert batch["file_fault"].null_count == batch.num_rows, batch["file_fault_detail"][0]
        count += batch.num_rows
    return count


def _peak_mib(path: Path, agreed: Contract) -> float:
    """Resident memory at its highest while a fresh process reads the file, less what it had after its imports."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_grown_mib, (path, agreed))


def _grown_mib(path: Path, agreed: Contract, reading: Callable[[Path, Contract], object] | None = None) -> float:
    gc.collect()
    before = _own_peak_mib()
    (reading or _rows)(path, agreed)
    return _own_peak_mib() - before


def _own_peak_mib() -> float:
    return high_water_mib(Path("/proc/self/status").read_text(encoding="ascii"))


def _all_at_once(path: Path, agreed: Contract) -> object:
    return list(_read(path, agreed))


def test_the_memory_gauge_sees_a_file_that_is_held_whole(tmp_path: Path) -> None:
    path, agreed = csv_file(tmp_path / "large", 1_000_000), _agreed(CSV)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        held = pool.apply(_grown_mib, (path, agreed, _all_at_once))
    streamed = _peak_mib(path, agreed)
    told(f"csv of 1,000,000 rows: +{held:.0f} MiB held whole, +{streamed:.0f} MiB streamed")
    assert held > 100
    assert held > 2 * streamed


PM, MRO = load("network.cell_measurements"), load("network.mro_samples")
KINDS: dict[str, tuple[Callable[[Path, int], Path], Contract, int]] = {
    "csv utf-8": (csv_file, _agreed(CSV), 1_000_000),
    "csv gb18030": (lambda path, rows: csv_file(path, rows, "gb18030"), _agreed(CSV), 1_000_000),
    "kobo json": (json_file, _agreed(Reader("kobo_json")), 200_000),
    "pm xml": (measurements, PM, 500_000),
    "mr xml": (reports, MRO, 100_000),
    "xlsx": (xlsx_file, _agreed(XLSX), 50_000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_per_second_and_flat_memory(tmp_path: Path, kind: str) -> None:
    write, agreed, most = KINDS[kind]
    small, large = write(tmp_path / "small", most // 10), write(tmp_path / "large", most)
    wall, busy = time.perf_counter(), time.process_time()
    assert _rows(large, agreed) == most
    seconds, busy = time.perf_counter() - wall, time.process_time() - busy
    few, many = _peak_mib(small, agreed), _peak_mib(large, agreed)
    told(
        f"{kind}: {most:,} rows, {large.stat().st_size / 1e6:.0f} MB: {most / seconds:,.0f} rows/s by the clock, "
        f"{most / busy:,.0f} rows per CPU second; memory +{few:.0f} MiB for {most // 10:,}, +{many:.0f} MiB for {most:,}"
    )
    if kind != "xlsx":  # its shared texts stand in memory
        assert many < few * 1.5 + 16, "memory grows with the file"


def test_csv_against_the_parser_that_is_inside(tmp_path: Path) -> None:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    path = csv_file(tmp_path / "large", 1_000_000)
    times: dict[str, list[float]] = {"ours": [], "arrow alone": [], "csv module": []}
    for _ in range(3):
        started = time.perf_counter()
        assert _rows(path, _agreed(CSV)) == 1_000_000
        times["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(HEADER, pa.string()))
        read = arrow_csv.open_csv(path, arrow_csv.ReadOptions(use_threads=False), convert_options=options)
        assert sum(batch.num_rows for batch in read) == 1_000_000
        times["arrow alone"].append(time.perf_counter() - started)
        started = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as lines:
            assert sum(1 for _ in csv.reader(lines)) == 1_000_001
        times["csv module"].append(time.perf_counter() - started)
    told("csv of 1,000,000 rows: " + ", ".join(f"{name} {min(taken):.2f} s" for name, taken in times.items()))


def test_xlsx_against_the_library_that_everybody_takes(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path / "book.xlsx", 20_000)
    times: dict[str, list[float]] = {"ours": [], "openpyxl": []}
    for _ in range(2):
        started = time.process_time()
        assert _rows(path, _agreed(XLSX)) == 20_000
        times["ours"].append(time.process_time() - started)
        started = time.process_time()
        sheet = load_workbook(path, read_only=True, data_only=True).active
        sheet.reset_dimensions()
        assert sum(1 for _ in sheet.iter_rows(values_only=True)) == 20_001
        times["openpyxl"].append(time.process_time() - started)
    told("xlsx of 20,000 rows: " + ", ".join(f"{name} {min(taken):.2f} CPU s" for name, taken in times.items()))


@pytest.mark.parametrize(("kind", "plain"), [("pm xml", plain_scripts.measurements), ("mr xml", plain_scripts.samples)])
def test_xml_against_the_script_that_one_would_write(
    tmp_path: Path, kind: str, plain: Callable[[Path, Path], None]
) -> None:
    write, agreed, most = KINDS[kind]
    path, out = write(tmp_path / "file.xml", most), tmp_path / "out.parquet"

    def ours() -> None:
        with pq.ParquetWriter(out, text_schema(agreed)) as table:
            for batch in _read(path, agreed):
                table.write_batch(batch)

    times: dict[str, list[float]] = {"ours": [], "plain script": []}
    for _ in range(4):
        for name, run in (("ours", ours), ("plain script", lambda: plain(path, out))):
            started = time.process_time()
            run()
            times[name].append(time.process_time() - started)
            assert pq.read_metadata(out).num_rows == most
    ratio = min(times["ours"]) / min(times["plain script"])
    seconds = ", ".join(f"{name} {min(taken):.2f} CPU s" for name, taken in times.items())
    told(f"{kind} to Parquet: {ratio:.2f} x the CPU of a plain script ({seconds})")


def test_what_a_process_of_its_own_costs(tmp_path: Path) -> None:
    large, small, confinement = csv_file(tmp_path / "large", 1_000_000), tmp_path / "small", Confinement(Allowance())
    small.write_bytes(text("id", "a1"))
    asked = {"large": LandedFile(large, "a"), "small": LandedFile(small, "b")}

    def taken(name: str, times: int) -> float:
        started = time.perf_counter()
        for _ in range(times):
            assert sum(batch.num_rows for batch in confinement.read(_agreed(CSV), asked[name]))
        return time.perf_counter() - started

    first, each = taken("small", 1), taken("small", 1_000) / 1_000
    confined = min(taken("large", 1) for _ in range(3))
    confinement.close()
    started = time.perf_counter()
    assert _rows(large, _agreed(CSV)) == 1_000_000
    alone = time.perf_counter() - started
    told(
        f"reader's start {first:.2f} s, {each * 1000:.1f} ms for a small file; a large one {confined:.2f} s, {alone:.2f} s alone"
    )
