"""How fast the readers are, and that their memory does not grow with the file. Sizes and partners in one run."""

import csv
import gc
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from contracts.loading import load
from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import LandedFile, text_schema
from jobs.ingest.readers.confined import Allowance, Confinement
from jobs.ingest.readers.reading import read_file
from tests.bench import plain_scripts
from tests.unit.reading import CSV, XLSX, contract, text
from tests.unit.test_readers_mr import HUAWEI_2016

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


def _reports(path: Path, rows: int) -> Path:
    drawn = random.Random(1)  # noqa: S311 - test data
    with path.open("w", encoding="utf-8") as out:
        out.write('<bulkPmMrDataFile><fileHeader startTime="2026-01-31T08:00:00" endTime="2026-01-31T08:15:00"/>')
        out.write(f'<eNB id="500001"><measurement><smr>{HUAWEI_2016}</smr>')
        for number in range(rows // 2):
            out.write(f'<object id="{number % 3}" MmeUeS1apId="{number}" MmeGroupId="1" MmeCode="1" ')
            out.write('TimeStamp="2026-01-31T08:00:01.280">')
            for neighbour in range(2):
                power = f"{drawn.randrange(98)} {drawn.randrange(98)} 20 18"
                rest = f"1825 {neighbour} 1825 18 3 30 101 25 NIL 9 8 7 31{' NIL' * 8} "
                out.write(f"<v>{power} {rest}</v>")
            out.write("</object>\n")
        out.write("</measurement></eNB></bulkPmMrDataFile>")
    return path


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


PM, MRO = load("network.cell_measurements"), load("network.mro_samples")
KINDS: dict[str, tuple[Callable[[Path, int], Path], Contract, int]] = {
    "csv utf-8": (_csv, _agreed(CSV), 1_000_000),
    "csv gb18030": (lambda path, rows: _csv(path, rows, "gb18030"), _agreed(CSV), 1_000_000),
    "kobo json": (_json, _agreed(Reader("kobo_json")), 200_000),
    "pm xml": (_xml, PM, 500_000),
    "mr xml": (_reports, MRO, 100_000),
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
    ratio = min(times["plain script"]) / min(times["ours"])
    print(f"\n{kind}: " + ", ".join(f"{name} {min(taken):.2f} CPU s" for name, taken in times.items()), f"{ratio:.2f}")
    assert ratio > 1


def test_what_a_process_of_its_own_costs(tmp_path: Path) -> None:
    large, small, confinement = _csv(tmp_path / "large", 1_000_000), tmp_path / "small", Confinement(Allowance())
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
    print(
        f"\nstart {first:.2f} s, {each * 1000:.1f} ms for a small file; a large one {confined:.2f} s, {alone:.2f} s alone"
    )
    assert each < 0.005
