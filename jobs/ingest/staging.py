"""Files of a batch to typed rows with their fates, parsed once and kept beside until the batch is written."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from jobs.ingest.conform import conform
from jobs.ingest.content import DIGESTS, digests
from jobs.ingest.readers import read_files, text_schema
from jobs.storage.lake import Lake
from jobs.storage.ledger_rows import FileRow

_ARRIVED = pa.schema(
    {
        "path": pa.string(),
        "source_file_sha256": pa.string(),
        "file_number": pa.int32(),
        "arrival_date": pa.date32(),
        "batch_id": pa.string(),
        "ingested_at": pa.timestamp("us", "UTC"),
    }
)
#: What a part holds at least before there are more than the fewest.
_PART_BYTES = 16 << 20
#: How many workers share the files at least and at most, whatever they hold; one of them reads a file.
_FEWEST_PARTS, _MOST_PARTS = 8, 64


def arrived(lake: Lake, folder: Path, batch_id: str, files: Sequence[FileRow]) -> DataFrame:
    """One row per file: its path, its place in `files`, and what its rows carry of it and of their batch.

    Joined as data and not written into the plan: with a moment in it the code that Spark generates would be another one
    for each batch, and slow until it is compiled.
    """
    ingested_at = max(file.first_seen_at for file in files)
    rows = [
        (str(folder / file.file_sha256), file.file_sha256, number, file.arrival_date, batch_id, ingested_at)
        for number, file in enumerate(files)
    ]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), _ARRIVED.types, strict=True)]
    return lake.spark.createDataFrame(pa.table(columns, schema=_ARRIVED))


def parsed(arrived: DataFrame, contract: Contract, sizes: Sequence[int]) -> DataFrame:
    """The rows of landed files, as the readers understand them; `sizes`: of each file in bytes."""
    paths = arrived.select("path", F.col("source_file_sha256").alias("sha256"))
    # dealt out from one partition they are evenly spread
    dealt = paths.coalesce(1).repartition(parts(sizes))
    types = {"string": "string", "int64": "bigint"}
    schema = {column.name: types[str(column.type)] for column in text_schema(contract)}
    return dealt.mapInArrow(read_files(contract), _ddl(schema))


def parts(sizes: Sequence[int]) -> int:
    """In how many parts files of so many bytes are read, and how many files of rows come of it.

    Example:
        >>> parts([1_000]), parts([1_000] * 10_000), parts([100 << 20] * 12), parts([1 << 20] * 10_000)
        (1, 8, 12, 64)
    """
    return min(len(sizes), max(_FEWEST_PARTS, sum(sizes) // _PART_BYTES), _MOST_PARTS)


def staged(lake: Lake, text: DataFrame, arrived: DataFrame, contract: Contract, folder: Path) -> DataFrame:
    """Every row typed, judged and written to `folder`; what is done with these rows reads them and never parses again.

    Shape: raw's columns, `file_number`, `file_fault`, `file_fault_detail`, `faults`, `row`, the digests, and `fate`:
    loaded, quarantined, or refused, one row for each file that is refused as a whole. Each fate has files of its own.
    """
    known = text.join(F.broadcast(arrived.drop("path")), on="source_file_sha256", how="left")
    fate = (
        F.when(F.col("file_fault").isNotNull(), "refused").when(F.size("faults") > 0, "quarantined").otherwise("loaded")
    )
    judged = conform(known, contract).withColumns({"fate": fate, **digests(contract)})
    columns = {
        **contract.raw_columns,
        "file_number": "int", "file_fault": "string", "file_fault_detail": "string",
        "faults": "array<string>", "row": "string", "fate": "string",
        **dict(zip(DIGESTS, ("bigint", "int"), strict=True)),
    }  # fmt: skip
    rows = judged.select(*(f"`{name}`" for name in columns))
    rows.write.mode("overwrite").partitionBy("fate").parquet(str(folder))
    return lake.spark.read.schema(_ddl(columns)).parquet(str(folder))


def files_of(folder: Path, fate: str) -> list[Path]:
    """The staged files that hold the rows of one fate."""
    return sorted(folder.glob(f"fate={fate}/*.parquet"))


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
