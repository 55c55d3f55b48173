"""Where rows of text lie while the engine looks at them, so that no plan holds a value."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import DataFrame

from jobs.storage.lake import Lake
from jobs.storage.zones import Zone


@contextmanager
def staged(lake: Lake, table: Any) -> Iterator[DataFrame]:
    """An Arrow table as a frame, for as long as the block lasts; what a killed run left there goes with the next one.

    The caller has the turn of `classify`, so the place is nobody else's.
    """
    place: Path = lake.home / Zone.QUARANTINE / ".staging" / "classify"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    try:
        pq.write_table(table, place / "rows.parquet")
        yield lake.spark.read.parquet(str(place))
    finally:
        shutil.rmtree(place, ignore_errors=True)
