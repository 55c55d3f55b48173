"""How fast the readers are, and that their memory does not grow with the file. Sizes and partners in one run."""

import csv
import gc
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook, load_workbook

from contracts.loading import load
from contracts.model import Contract, Reader
from jobs.ingest.readers import read_files
from tests.unit.reading import CSV, XLSX, contract

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
MORE_COLUMNS = 7
_NAMES = ("编号", "名称", "金额(元)", "日期", "是否开通")


def _agreed(*readers: Reader) -> Contract:
    return contract(*readers, ignored=["c*"], mb=2_048)


def _record(number: int) -> list[str]:
    day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    return [f"a{number}", f"张三丰{number % 977}", f"{number % 9973}.50", day, "是", *(["x23456"] * MORE_COLUMNS)]


def _header() -> list[str]:
    return [*_NAMES, *(f"c{place}" for place in range(MORE_COLUMNS))]


def _csv(path: Path, rows: int, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_header())
        writer.writerows(_record(number) for number in range(rows))
    return path


def _xlsx(path: Path, rows: int) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_header())
    for number in range(rows):
        sheet.append([*_record(number)[:2], number % 9973 + 0.5, *_record(number)[3:]])
    book.save(path)
    return path


def _json(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as out:
        for number in range(rows):
            pairs = ", ".join(f'"{k}": "{v}"' for k, v in zip(_header(), _record(number), strict=True))
            out.write(f"{',' if number else '['}{{{pairs}}}\n")
        out.write("]")
    return path


def _xml(path: Path, rows: int) -> Path:
    drawn = random.Random(1)  # noqa: S311 - test data
    types = "".join(f'<measType p="{place}">pmCounter{place}</measType>' for place in range(1, 21))
    with path.open("w", encoding="utf-8") as out:
        out.write('<measCollecFile><fileHeader fileFormatVersion="1"><fileSender localDn="o"/></fileHeader><measData>')
        out.write('<managedElement localDn="n"/><measInfo measInfoId="g">')
        out.write(f'<granPeriod duration="PT900S" endTime="2026-01-31T08:15:00+08:00"/>{types}')
        for number in range(rows // 20):
            results = "".join(f'<r p="{place}">{drawn.randrange(10_000)}</r>' for place in range(1, 21))
            out.write(f'<measValue measObjLdn="ManagedElement=1,Cell={number}">{results}</measValue>\n')
        out.write("</measInfo></measData><fileFooter/></measCollecFile>")
    return path


def _read(path: Path, agreed: Contract) -> Iterator[pa.RecordBatch]:
    return read_files(agreed)(iter([pa.record_batch([[str(path)], ["0" * 64]], names=["path", "sha256"])]))


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
    before = _high_water_mib()
    (reading or _rows)(path, agreed)
    return _high_water_mib() - before


def _high_water_mib() -> float:
    """Of this process's own memory: `ru_maxrss` would be that of the parent, for it outlives exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _all_at_once(path: Path, agreed: Contract) -> object:
    return list(_read(path, agreed))


def test_the_memory_gauge_sees_a_file_that_is_held_whole(tmp_path: Path) -> None:
    path, agreed = _csv(tmp_path / "large", 1_000_000), _agreed(CSV)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        held = pool.apply(_grown_mib, (path, agreed, _all_at_once))
    streamed = _peak_mib(path, agreed)
    print(f"\ncsv of 1,000,000 rows: +{held:.0f} MiB held whole, +{streamed:.0f} MiB streamed")
    assert held > 100
    assert held > 2 * streamed


PM = load("network.cell_measurements")
KINDS: dict[str, tuple[Callable[[Path, int], Path], Contract, int]] = {
    "csv utf-8": (_csv, _agreed(CSV), 1_000_000),
    "csv gb18030": (lambda path, rows: _csv(path, rows, "gb18030"), _agreed(CSV), 1_000_000),
    "kobo json": (_json, _agreed(Reader("kobo_json")), 200_000),
    "pm xml": (_xml, PM, 500_000),
    "xlsx": (_xlsx, _agreed(XLSX), 50_000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_per_second_and_flat_memory(tmp_path: Path, kind: str) -> None:
    write, agreed, most = KINDS[kind]
    small, large = write(tmp_path / "small", most // 10), write(tmp_path / "large", most)
    wall, busy = time.perf_counter(), time.process_time()
    assert _rows(large, agreed) == most
    seconds, busy = time.perf_counter() - wall, time.process_time() - busy
    few, many = _peak_mib(small, agreed), _peak_mib(large, agreed)
    print(
        f"\n{kind}: {most:,} rows, {large.stat().st_size / 1e6:.0f} MB: {most / seconds:,.0f} rows/s by the clock, "
        f"{most / busy:,.0f} rows per CPU second; memory +{few:.0f} MiB for {most // 10:,}, +{many:.0f} MiB for {most:,}"
    )
    if kind != "xlsx":  # its shared texts stand in memory; tests write inline or shared ones as the library likes
        assert many < few * 1.5 + 16, "memory grows with the file"


def test_csv_against_the_parser_that_is_inside(tmp_path: Path) -> None:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    path = _csv(tmp_path / "large", 1_000_000)
    times: dict[str, list[float]] = {"ours": [], "arrow alone": [], "csv module": []}
    for _ in range(3):
        started = time.perf_counter()
        assert _rows(path, _agreed(CSV)) == 1_000_000
        times["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(_header(), pa.string()))
        read = arrow_csv.open_csv(path, arrow_csv.ReadOptions(use_threads=False), convert_options=options)
        assert sum(batch.num_rows for batch in read) == 1_000_000
        times["arrow alone"].append(time.perf_counter() - started)
        started = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as lines:
            assert sum(1 for _ in csv.reader(lines)) == 1_000_001
        times["csv module"].append(time.perf_counter() - started)
    print("\n" + ", ".join(f"{name} {min(taken):.2f} s" for name, taken in times.items()))
    assert min(times["ours"]) < 5 * min(times["arrow alone"])


def test_xlsx_against_the_library_that_everybody_takes(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "book.xlsx", 20_000)
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
    print("\n" + ", ".join(f"{name} {min(taken):.2f} CPU s" for name, taken in times.items()))
    assert min(times["ours"]) < min(times["openpyxl"])
