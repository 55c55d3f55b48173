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
#: A file is read by one worker, many small files share one.
_MOST_PARTITIONS = 64


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


def parsed(arrived: DataFrame, contract: Contract, count: int) -> DataFrame:
    """The rows of landed files, as the readers understand them."""
    paths = arrived.select("path", F.col("source_file_sha256").alias("sha256"))
    # dealt out from one partition they are evenly spread
    dealt = paths.coalesce(1).repartition(min(count, _MOST_PARTITIONS))
    types = {"string": "string", "int64": "bigint"}
    schema = {column.name: types[str(column.type)] for column in text_schema(contract)}
    return dealt.mapInArrow(read_files(contract), _ddl(schema))


def staged(lake: Lake, text: DataFrame, arrived: DataFrame, contract: Contract, folder: Path) -> DataFrame:
    """Every row typed, judged and written to `folder`; what is done with these rows reads them and never parses again.

    Shape: raw's columns, `file_number`, `file_fault`, `file_fault_detail`, `faults`, `row`, the digests, and `fate`:
    loaded, quarantined, or refused, one row for each file that is refused as a whole.
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
    judged.select(*(f"`{name}`" for name in columns)).write.mode("overwrite").parquet(str(folder))
    return lake.spark.read.schema(_ddl(columns)).parquet(str(folder))


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
