"""From landing to raw, beside what one would write instead; thousands of small files; the memory of the readers."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from contracts.delimited import layouts
from contracts.loading import load
from contracts.model import Contract
from jobs.ingest.arrival import inbox
from jobs.ingest.run import ingest
from jobs.storage.lake import Lake
from tests.bench import plain_scripts
from tests.bench.made_files import COUNTERS, measurements, reports, usage_records
from tests.bench.measuring import FILES, ROUNDS, ROWS, in_turn, peak_of_readers, told

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]
PM, MRO, HTTP = load("network.cell_measurements"), load("network.mro_samples"), load("network.xdr_s1u_http")
#: How many files a large amount of rows comes in: one worker reads a file, and there are two.
LARGE_FILES = 4
ROWS_OF_SMALL_FILE = 5 * COUNTERS


class Lakes:
    """Fresh lakes in which the same files wait, linked and not copied; each is of use once."""

    def __init__(
        self, spark: SparkSession, folder: Path, contract: Contract, files: Sequence[Path], times: int
    ) -> None:
        self._contract = contract
        self._waiting = iter([self._lake(spark, folder / f"lake-{n}", files) for n in range(times)])

    def _lake(self, spark: SparkSession, home: Path, files: Sequence[Path]) -> Lake:
        day = inbox(home / "landing", self._contract) / "2026-01-31"
        day.mkdir(parents=True)
        for file in files:
            (day / file.name).hardlink_to(file)
        return Lake(home, lambda: spark)

    def ingest(self, rows: int) -> Lake:
        """Take the files of the next lake, all of whose rows are good."""
        lake = next(self._waiting)
        (batch,) = ingest(lake, lake.home / "landing", self._contract, day=None, settle_seconds=0)
        assert (batch.loaded, batch.rows_in, batch.refused_files) == (rows, rows, 0)
        return lake


def written(folder: Path, count: int, rows: int, write: Callable[..., Path]) -> list[Path]:
    """Files of as many rows each, no two the same."""
    folder.mkdir()
    return [write(folder / f"{number:05}", rows, first=number * rows) for number in range(count)]


def megabytes(files: Sequence[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1e6


XML = {
    "pm": (PM, measurements, plain_scripts.measurements, ROWS // 2),
    "mro": (MRO, reports, plain_scripts.samples, ROWS // 10),
}


@pytest.mark.parametrize("kind", XML)
def test_xml_to_raw_beside_a_plain_script(spark, tmp_path, kind):
    contract, write, plain, all_rows = XML[kind]
    rows = all_rows // LARGE_FILES // COUNTERS * COUNTERS
    files = written(tmp_path / "files", LARGE_FILES, rows, write)
    lakes = Lakes(spark, tmp_path, contract, files, ROUNDS + 1)

    def script() -> None:
        for file in files:
            plain(file, tmp_path / f"{file.name}.parquet")

    ours, theirs = in_turn(lambda: lakes.ingest(rows * LARGE_FILES), script)
    told(
        f"{contract.id}, {rows * LARGE_FILES:,} rows in {LARGE_FILES} files ({megabytes(files):.0f} MB): to raw with "
        f"{theirs / ours:.2f} x the throughput of a plain script to Parquet ({ours:.1f} s, {theirs:.1f} s; aim: 3 x)"
    )


def test_usage_records_to_raw_beside_a_plain_copy(spark, tmp_path):
    rows = ROWS // 5 // LARGE_FILES
    files = written(
        tmp_path / "files", LARGE_FILES, rows, lambda path, rows, first: usage_records(path, rows, HTTP, first=first)
    )
    lakes = Lakes(spark, tmp_path, HTTP, files, ROUNDS + 1)
    schema = ", ".join(f"`{name}` string" for name in layouts(HTTP.source.readers[0].options)[0].columns)

    def copy() -> None:
        text = spark.read.csv([str(file) for file in files], schema=schema, sep="|")
        text.write.format("delta").mode("overwrite").save(str(tmp_path / "copy"))

    ours, theirs = in_turn(lambda: lakes.ingest(rows * LARGE_FILES), copy)
    told(
        f"{HTTP.id}, {rows * LARGE_FILES:,} rows ({megabytes(files):.0f} MB): to raw at {theirs / ours:.2f} x the speed "
        f"of a plain copy from CSV to Delta ({ours:.1f} s, {theirs:.1f} s; aim: 0.6 x)"
    )


def newest_stage(spark: SparkSession) -> int:
    """The number of the engine's newest stage, asked by a job of one stage."""

    def number(batches: Iterator[object]) -> Iterator[object]:
        import pyarrow  # noqa: PLC0415 - runs in the engine's workers, which know nothing of the tests
        from pyspark import TaskContext  # noqa: PLC0415

        for _ in batches:
            yield pyarrow.record_batch([[TaskContext.get().stageId()]], ["stage"])

    return spark.range(1, numPartitions=1).mapInArrow(number, "stage bigint").collect()[0]["stage"]


def commits(lake: Lake) -> int:
    """Of all tables of a lake, its ledger's too."""
    return sum(1 for _ in lake.home.rglob("_delta_log/*.json"))


def test_many_small_files_beside_one_of_the_same_rows(spark, tmp_path):
    many = written(tmp_path / "many", FILES, ROWS_OF_SMALL_FILE, measurements)
    one = written(tmp_path / "one", 1, FILES * ROWS_OF_SMALL_FILE, measurements)
    runs = {
        "many": Lakes(spark, tmp_path / "many", PM, many, ROUNDS + 2),
        "one": Lakes(spark, tmp_path / "one", PM, one, ROUNDS + 2),
    }

    def taken(name: str) -> Lake:
        return runs[name].ingest(FILES * ROWS_OF_SMALL_FILE)

    apart, together = in_turn(lambda: taken("many"), lambda: taken("one"))
    stages, made = {}, {}
    for name in runs:
        before = newest_stage(spark)
        made[name] = commits(taken(name))
        stages[name] = newest_stage(spark) - before - 1
    told(
        f"{FILES:,} files of {ROWS_OF_SMALL_FILE} rows ({megabytes(many):.0f} MB): "
        f"{(apart - together) / FILES * 1000:.1f} ms a file beyond the same rows in one file "
        f"({apart:.1f} s, {together:.1f} s; aim: less than 5 ms)"
    )
    told(f"  stages of Spark {stages['many']} and {stages['one']}, commits {made['many']} and {made['one']}")
    assert made["many"] == made["one"]
    assert stages["many"] - stages["one"] < FILES / 10


def test_the_memory_of_the_reading_processes_beside_the_number_of_files(engine_pid: int, spark, tmp_path):
    files = written(tmp_path / "files", FILES, ROWS_OF_SMALL_FILE, measurements)
    few = files[: FILES // 20]
    peaks = []
    for name, some in (("few", few), ("all", files)):
        lakes = Lakes(spark, tmp_path / name, PM, some, 1)
        with peak_of_readers(engine_pid) as peak:
            lakes.ingest(len(some) * ROWS_OF_SMALL_FILE)
        peaks.append(peak.mib)
    told(
        f"a reading process has {peaks[0]:.0f} MiB at most for {len(few):,} files of {ROWS_OF_SMALL_FILE} rows, "
        f"{peaks[1]:.0f} MiB for {len(files):,} (aim: the same)"
    )
    assert peaks[0] > 0
    assert peaks[1] < peaks[0] * 1.5 + 16, "memory grows with the number of files"
