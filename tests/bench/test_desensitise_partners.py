"""Desensitising the wide table beside what one would use instead, and beside what this CPU can hash at all.

    make bench

Rows per second of CPU time, of all threads: of a partner's process without its imports, of the engine's JVM for ours. Ours
is from Delta to Delta, theirs from one Parquet file to another. Nothing here asserts a speed; that the partners make the
same of every row is asserted.
"""

import json
import statistics
import subprocess
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

from contracts.model import TECHNICAL_COLUMNS, Contract
from contracts.treatments import Seal, Token
from jobs.desensitise.treatments import treated
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone
from tests.bench.measuring import ROWS, rounds_of, size, spent_by, told
from tests.bench.wide import copy, made, treat, vault
from tests.conftest import ROOT

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

PYTHON = ROOT / ".venv" / "bench" / "bin" / "python"
#: One that works value by value takes minutes for a million rows; its rate does not depend on them.
PRESIDIO_ROWS = size("PRESIDIO_ROWS", 20_000)
HASHES_PER_TOKEN, BLOCKS_PER_TOKEN = 2, 4

Figures = Mapping[str, float | None]


def said(program: str, *words: object) -> Figures:
    """What a partner prints of itself."""
    assert PYTHON.exists(), "the partners' environment is missing; run `make setup-bench`"
    finished = subprocess.run(
        [str(PYTHON), "-m", f"tests.bench.partners.{program}", *map(str, words)],
        cwd=ROOT, text=True, capture_output=True, check=False, timeout=1800,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-3000:]
    return json.loads(finished.stdout.splitlines()[-1])


def as_parquet(lake: Lake, contract: Contract, batch_id: str, folder: Path) -> Path:
    """A batch of raw as one file."""
    lake.read(Zone.RAW, contract.table, batch_id).coalesce(1).write.parquet(str(folder))
    (file,) = folder.glob("*.parquet")
    return file


def head(table: Path, rows: int, out: Path) -> Path:
    """The first rows as a file of their own."""
    first = next(pq.ParquetFile(table).iter_batches(batch_size=rows))
    pq.write_table(pa.Table.from_batches([first]), out)
    return out


def ours(lake: Lake, contract: Contract, engine_pid: int) -> Figures:
    """What a partner would say of itself, of our table and our vault."""
    keys = KeyFiles(lake.home)
    table = spent_by(engine_pid, lambda: treat(lake, contract, keys, "a", table=contract.table))
    sealing = spent_by(engine_pid, lambda: vault(lake, contract, keys, "a"))
    return {
        "rows": ROWS, "seconds": table[0], "cpu_seconds": table[1],
        "vault_seconds": sealing[0], "vault_cpu_seconds": sealing[1],
    }  # fmt: skip


def tokens_alone(lake: Lake, contract: Contract) -> None:
    """Every token of the table, made and written nowhere."""
    keys = KeyFiles(lake.home).frame(lake.spark, dict.fromkeys(contract.token_domains, 1))
    rows = lake.read(Zone.RAW, contract.table, "a").crossJoin(F.broadcast(keys))
    tokens = [treated(field, contract) for field in contract.fields if isinstance(field.treatment, Token | Seal)]
    rows.select(*tokens).write.format("noop").mode("overwrite").save()


def of_engine(engine_pid: int, work: partial[None]) -> Figures:
    seconds, cpu_seconds = spent_by(engine_pid, work)
    return {"rows": ROWS, "seconds": seconds, "cpu_seconds": cpu_seconds}


def medians(rounds: Iterable[Figures]) -> dict[str, float]:
    """Of each figure that there is, over the rounds."""
    kept = list(rounds)
    there = [name for name, value in kept[0].items() if value is not None]
    return {name: statistics.median(figures[name] for figures in kept) for name in there}


def rate(figures: Mapping[str, float]) -> float:
    """Rows of the table per second of CPU time."""
    return figures["rows"] / figures["cpu_seconds"]


def rate_with_vault(figures: Mapping[str, float]) -> float:
    return figures["rows"] / (figures["cpu_seconds"] + figures["vault_cpu_seconds"])


def beside(name: str, mine: Mapping[str, float], theirs: Mapping[str, float], aim: str) -> str:
    sealing = (
        f"with vaults {rate_with_vault(mine) / rate_with_vault(theirs):.2f} x"
        if "vault_cpu_seconds" in theirs
        else "it has no vault"
    )
    return (
        f"  ours has {rate(mine) / rate(theirs):.2f} x the rate of {name}, {rate(theirs):,.0f} rows per CPU second "
        f"over {theirs['rows']:,.0f} rows; {sealing}{aim}"
    )


def test_the_wide_table_beside_its_partners(lake, wide, engine_pid, tmp_path):
    made(lake, wide, ROWS, "a")
    table = as_parquet(lake, wide, "a", tmp_path / "wide")
    short = head(table, min(PRESIDIO_ROWS, ROWS), tmp_path / "short.parquet")
    keys = KeyFiles(lake.home).root
    mine, copied, hashed, polars, duckdb, presidio, limit = map(
        medians,
        rounds_of(
            partial(ours, lake, wide, engine_pid),
            partial(of_engine, engine_pid, partial(copy, lake, wide, "a")),
            partial(of_engine, engine_pid, partial(tokens_alone, lake, wide)),
            partial(said, "with_polars", table, tmp_path, keys),
            partial(said, "with_duckdb", table, tmp_path, keys),
            partial(said, "with_presidio", short, tmp_path, keys),
            partial(said, "sha256_limit", ROWS),
        ),
    )
    cores = psutil.cpu_count()
    told(
        f"the wide table, {ROWS:,} rows: ours {rate(mine):,.0f} rows per CPU second of the engine "
        f"({ROWS / mine['seconds'] / cores:,.0f} per second of the wall's clock and core, of which there are {cores}), "
        f"{mine['cpu_seconds'] / copied['cpu_seconds']:.2f} x the CPU time and "
        f"{mine['seconds'] / copied['seconds']:.2f} x the time of a plain copy (aim: 1.5 x)"
    )
    told(beside("Polars with Python's hmac", mine, polars, " (aim: 3 x)"))
    told(beside("DuckDB", mine, duckdb, ""))
    told(beside("presidio-structured", mine, presidio, " (aim: 30 x)"))
    tokens = sum(isinstance(field.treatment, Token | Seal) for field in wide.fields)
    told(
        f"  {tokens} tokens a row, made and written nowhere, take {hashed['cpu_seconds'] / mine['cpu_seconds']:.2f} of its "
        f"CPU time: {HASHES_PER_TOKEN * tokens * rate(hashed):,.0f} hashes per CPU second beside "
        f"{limit['hashes_per_cpu_second']:,.0f} by hashlib and "
        f"{HASHES_PER_TOKEN / BLOCKS_PER_TOKEN * limit['blocks_per_cpu_second']:,.0f} that this CPU can make"
    )


SPELLINGS = {
    "customer_id": {1: " Ｃ３ ", 2: "\u200bC4\u00a0", 3: None},
    "resident_id": {1: "３３０１０６19900101000x"},
    "full_name": {1: "欧", 2: "欧阳\ufeff　", 3: None, 4: "Ａnna"},
    "contact": {1: "1390000", 2: "139", 3: None, 4: "１３９００００００００ "},
    "mobile": {1: "138 0000 0000", 3: None},
    "latitude": {1: -30.5, 3: None},
    "age": {3: None},
}


def test_partners_make_the_same_of_every_row(lake, wide, tmp_path):
    made(lake, wide, 2_000, "plain")
    number, rows = F.col("source_row_number"), lake.read(Zone.RAW, wide.table, "plain")
    for column, values in SPELLINGS.items():
        for row, value in values.items():
            rows = rows.withColumn(column, F.when(number == row, F.lit(value)).otherwise(F.col(column)))
    lake.replace_batch(Zone.RAW, wide.table, wide.raw_columns, "a", rows.withColumn("batch_id", F.lit("a")))
    treat(lake, wide, KeyFiles(lake.home), "a", table=wide.table)
    table = as_parquet(lake, wide, "a", tmp_path / "wide")
    expected = by_number(row.asDict() for row in lake.read(Zone.DESENSITISED, wide.table, "a").collect())
    assert len(expected) == 2_000
    for program in ("with_polars", "with_duckdb"):
        out = tmp_path / program
        out.mkdir()
        said(program, table, out, KeyFiles(lake.home).root)
        assert by_number(pq.read_table(out / "desensitised.parquet").to_pylist()) == expected, program


def by_number(rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """What the contract's own columns hold, by the row's number in its file; a coordinate to its six decimals."""

    def comparable(value: Any) -> Any:
        return round(value, 6) if isinstance(value, float) else value

    return {
        row["source_row_number"]: {name: comparable(v) for name, v in row.items() if name not in TECHNICAL_COLUMNS}
        for row in rows
    }
