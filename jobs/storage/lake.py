"""The tables of every zone: read them, replace one batch of them, remember their versions."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from contracts.model import Contract


class Zone(StrEnum):
    """A storage root with its own readers and writers; see docs/architecture.md."""

    RAW = "raw"
    QUARANTINE = "quarantine"
    VAULT = "vault"
    DESENSITISED = "desensitised"
    OPS = "ops"


_NO_STATISTICS = "'delta.dataSkippingNumIndexedCols' = '0'"


def _is_conflict(error: BaseException) -> bool:
    """Whether another commit came first; Delta's optimistic commits are meant to be tried again."""
    return isinstance(error, PySparkException) and "CONCURRENT" in (error.getCondition() or "")


#: For statements that commit to a table which several tasks write, such as the ledger.
commit_again = retry(
    retry=retry_if_exception(_is_conflict),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    stop=stop_after_attempt(8),
    reraise=True,
)


class Lake:
    """Delta tables by path; raw, quarantine and vault are in no catalogue, so dbt and BI tools cannot name them."""

    def __init__(self, spark: SparkSession, home: Path) -> None:
        self.spark = spark
        self.home = home

    def path(self, zone: Zone, table: str) -> Path:
        """Where a table lies."""
        return self.home / zone / table

    def exists(self, zone: Zone, table: str) -> bool:
        """Whether the table has been written at least once."""
        location = str(self.path(zone, table)).replace("'", "''")
        try:
            self.spark.sql(f"DESCRIBE DETAIL '{location}'").schema  # noqa: B018 - the analysis is the question
        except PySparkException:
            return False
        return True

    def read(self, zone: Zone, table: str, batch_id: str | None = None) -> DataFrame:
        """The whole table, or one batch of it."""
        frame = self.spark.read.format("delta").load(str(self.path(zone, table)))
        return frame if batch_id is None else frame.where(F.col("batch_id") == batch_id)

    def create(self, zone: Zone, table: str, columns: Mapping[str, str], *, partitioned_by: str | None = None) -> None:
        """Create the table unless it is there; no column but the batch id gets minima and maxima into Delta's log.

        Statistics of a personal column would stand in clear in `_delta_log` and survive a DELETE.
        """
        declared = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
        partitioning = f"PARTITIONED BY ({partitioned_by})" if partitioned_by else ""
        statistics = "'delta.dataSkippingStatsColumns' = 'batch_id'" if zone is not Zone.OPS else _NO_STATISTICS
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS delta.`{self.path(zone, table)}` ({declared}) USING delta {partitioning} "
            f"TBLPROPERTIES ({statistics}, "
            "'delta.enableDeletionVectors' = 'false', 'delta.enableChangeDataFeed' = 'false')"
        )

    def replace_batch(
        self, zone: Zone, table: str, columns: Mapping[str, str], batch_id: str, frame: DataFrame
    ) -> None:
        """Make `frame` the table's rows of one batch, in one commit; safe to repeat.

        Raises: an analysis error when the table's type of a column differs; a new column is added.
        """
        self.create(zone, table, columns)
        selected = frame.select(*(F.col(f"`{name}`").cast(kind).alias(name) for name, kind in columns.items()))
        writer = selected.write.format("delta").mode("overwrite").option("mergeSchema", "true")
        self._commit(
            lambda: writer.option("replaceWhere", f"batch_id = '{batch_id}'").save(str(self.path(zone, table)))
        )

    def delete_file(self, zone: Zone, table: str, file_sha256: str, *, except_batch: str) -> None:
        """Remove the rows that other batches took from a file, before a replay takes them again."""
        self._commit(
            lambda: self.spark.sql(
                f"DELETE FROM delta.`{self.path(zone, table)}` "
                f"WHERE source_file_sha256 = '{file_sha256}' AND batch_id <> '{except_batch}'"
            )
        )

    def version(self, zone: Zone, table: str) -> int:
        """The table's newest version."""
        history = self.spark.sql(f"DESCRIBE HISTORY delta.`{self.path(zone, table)}` LIMIT 1").first()
        return int(history["version"]) if history else -1

    def release(self, contract: Contract) -> None:
        """Show the batches that passed gate 3, and only those, as `desensitised.<table>`; safe to repeat."""
        self.spark.sql("CREATE DATABASE IF NOT EXISTS desensitised")
        columns = ", ".join(f"rows.`{name}`" for name in contract.desensitised_columns)
        self.spark.sql(
            f"CREATE OR REPLACE VIEW desensitised.{contract.table} AS SELECT {columns} "
            f"FROM delta.`{self.path(Zone.DESENSITISED, contract.table)}` rows "
            f"LEFT SEMI JOIN delta.`{self.path(Zone.OPS, 'batches')}` released ON released.batch_id = rows.batch_id "
            f"AND released.dataset = '{contract.id}' AND released.zone = 'desensitised' AND released.state = 'passed'"
        )

    @commit_again
    def _commit(self, statement: Callable[[], object]) -> None:
        statement()
