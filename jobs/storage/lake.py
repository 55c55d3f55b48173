"""The tables of every zone: read them, replace one batch of them, remember their versions."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema, write_deltalake
from deltalake import Field as DeltaField
from deltalake.schema import ArrayType, PrimitiveType
from deltalake.transaction import AddAction
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from contracts.model import Classification, Contract
from jobs.storage.zones import Zone


def _is_conflict(error: BaseException) -> bool:
    """Whether another commit came first; Delta's optimistic commits are meant to be tried again."""
    return isinstance(error, PySparkException) and "CONCURRENT" in (error.getCondition() or "")


_commit_again = retry(
    retry=retry_if_exception(_is_conflict),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    stop=stop_after_attempt(8),
    reraise=True,
)


def _delta_type(kind: str) -> ArrayType | PrimitiveType:
    """A column's Spark type as Delta's log names it.

    Example:
        >>> _delta_type("bigint"), _delta_type("array<string>")
        (PrimitiveType("long"), ArrayType(PrimitiveType("string"), contains_null=True))
    """
    if kind.startswith("array<"):
        return ArrayType(_delta_type(kind.removeprefix("array<").removesuffix(">")), contains_null=True)
    return PrimitiveType({"bigint": "long", "int": "integer"}.get(kind, kind))


def _delta_schema(columns: Mapping[str, str]) -> Schema:
    return Schema([DeltaField(name, _delta_type(kind)) for name, kind in columns.items()])


def _added(file: Path, batch_id: str) -> AddAction:
    """A file in a table's folder for Delta's log, with the statistics that `Lake.create` lets stand there."""
    of_batch = {"batch_id": batch_id}
    statistics = {
        "numRecords": pq.read_metadata(file).num_rows,
        "minValues": of_batch, "maxValues": of_batch, "nullCount": {"batch_id": 0},
    }  # fmt: skip
    about = file.stat()
    return AddAction(file.name, about.st_size, {}, about.st_mtime_ns // 1_000_000, True, json.dumps(statistics))


class Lake:
    """Delta tables by path; raw, quarantine and vault are in no catalogue, so dbt and BI tools cannot name them."""

    def __init__(self, home: Path, connect: Callable[[], SparkSession]) -> None:
        self.home = home
        self._connect = connect

    @cached_property
    def spark(self) -> SparkSession:
        """The session, opened when it is first needed: a step with nothing to do never wakes the engine."""
        return self._connect()

    def path(self, zone: Zone, table: str) -> Path:
        """Where a table lies."""
        return self.home / zone / table

    def exists(self, zone: Zone, table: str) -> bool:
        """Whether the table has been written at least once."""
        return DeltaTable.is_deltatable(str(self.path(zone, table)))

    def read(self, zone: Zone, table: str, batch_id: str | None = None) -> DataFrame:
        """The whole table, or one batch of it."""
        frame = self.spark.read.format("delta").load(str(self.path(zone, table)))
        return frame if batch_id is None else frame.where(F.col("batch_id") == batch_id)

    def create(
        self, zone: Zone, table: str, columns: Mapping[str, str], *, classification: Classification | None = None
    ) -> None:
        """Create the table unless it is there; no column but the batch id gets minima and maxima into Delta's log.

        It does without the engine, for which an empty table is as much work as one of a thousand rows.
        Statistics of a personal column would stand in clear in `_delta_log` and survive a DELETE.
        classification: of a table that no contract describes; it is written into the table's properties.
        """
        path = self.path(zone, table)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        graded = {"lakewarden.classification": str(classification)} if classification else {}
        DeltaTable.create(
            path,
            _delta_schema(columns),
            mode="ignore",
            configuration={
                **graded,
                "delta.dataSkippingStatsColumns": "batch_id",
                "delta.enableDeletionVectors": "false",
                "delta.enableChangeDataFeed": "false",
            },
            raise_if_key_not_exists=False,  # for the one of ours
        )

    def replace_batch(
        self,
        zone: Zone,
        table: str,
        columns: Mapping[str, str],
        batch_id: str,
        frame: DataFrame,
        *,
        files: Sequence[Path] | None = None,
    ) -> None:
        """Make `frame` the table's rows of one batch, in one commit; safe to repeat.

        files: Parquet files that the engine has written of just these rows. A new batch of a table that has these
            columns takes them as they are; what they hold beside its columns is never read.
        Raises: an analysis error when the table's type of a column differs; a new column is added.
        """
        self.create(zone, table, columns)
        is_new = not self.may_hold(zone, table, batch_id)
        if files is not None and is_new and self._has_columns(zone, table, columns):
            self._adopt(zone, table, batch_id, files)
            return
        selected = frame.select(*(F.col(f"`{name}`").cast(kind).alias(name) for name, kind in columns.items()))
        writer = selected.write.format("delta").option("mergeSchema", "true")
        if is_new:  # there is nothing to replace, and to append costs a third
            writer = writer.mode("append")
        else:
            writer = writer.mode("overwrite").option("replaceWhere", f"batch_id = '{batch_id}'")
        self._commit(lambda: writer.save(str(self.path(zone, table))))

    def _has_columns(self, zone: Zone, table: str, columns: Mapping[str, str]) -> bool:
        return DeltaTable(self.path(zone, table)).schema() == _delta_schema(columns)

    def _adopt(self, zone: Zone, table: str, batch_id: str, files: Sequence[Path]) -> None:
        """Move files into the table and commit them, without the engine.

        Killed in between, it leaves them there as a write that broke off does, unknown to the log.
        """
        folder = self.path(zone, table)
        moved = [file.rename(folder / file.name) for file in files]
        known = DeltaTable(folder)
        known.create_write_transaction([_added(file, batch_id) for file in moved], "append", known.schema())

    def replace_few(
        self, zone: Zone, table: str, columns: Mapping[str, str], batch_id: str, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """The same for some rows that Python has, without the engine; what a row does not name is NULL."""
        self.create(zone, table, columns)
        together = pa.Table.from_pylist(list(rows), pa.schema(_delta_schema(columns).to_arrow()))
        write_deltalake(self.path(zone, table), together, mode="overwrite", predicate=f"batch_id = '{batch_id}'")

    def may_hold(self, zone: Zone, table: str, batch_id: str) -> bool:
        """Whether a file of the table may have rows of the batch, as far as the minima and maxima in Delta's log tell.

        Only the log is read. True when a file has no statistics.
        """
        files = pa.table(DeltaTable(self.path(zone, table)).get_add_actions(flatten=True))
        if not {"min.batch_id", "max.batch_id"} <= set(files.column_names):
            return bool(files.num_rows)
        inside = pc.and_(
            pc.less_equal(files["min.batch_id"], batch_id), pc.greater_equal(files["max.batch_id"], batch_id)
        )
        return bool(pc.any(pc.fill_null(inside, True)).as_py())

    def delete_file(self, zone: Zone, table: str, file_sha256: str, *, except_batch: str) -> None:
        """Remove the rows that other batches took from a file, before a replay takes them again."""
        self._commit(
            lambda: self.spark.sql(
                f"DELETE FROM delta.`{self.path(zone, table)}` "
                f"WHERE source_file_sha256 = '{file_sha256}' AND batch_id <> '{except_batch}'"
            )
        )

    def version(self, zone: Zone, table: str) -> int:
        """The table's newest version; the log tells it without the engine."""
        return DeltaTable(self.path(zone, table)).version()

    def show_ledger(self, tables: Iterable[str]) -> None:
        """Show the ledger's tables as `ops.<table>` to whoever asks in SQL; safe to repeat."""
        self.spark.sql("CREATE DATABASE IF NOT EXISTS ops")
        for name in tables:
            self.spark.sql(f"CREATE OR REPLACE VIEW ops.{name} AS SELECT * FROM delta.`{self.path(Zone.OPS, name)}`")

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

    def shown(self, zone: Zone) -> set[str]:
        """The names that the catalogue shows of a zone."""
        self.spark.sql(f"CREATE DATABASE IF NOT EXISTS {zone}")
        return {row["tableName"] for row in self.spark.sql(f"SHOW TABLES IN {zone}").collect()}  # a name per dataset

    def show_nothing(self, contract: Contract) -> None:
        """Show `desensitised.<table>` without a row until `release` shows the first batch; a view costs no table."""
        columns = ", ".join(f"CAST(NULL AS {kind}) AS `{name}`" for name, kind in contract.desensitised_columns.items())
        self.spark.sql(f"CREATE OR REPLACE VIEW desensitised.{contract.table} AS SELECT {columns} WHERE false")

    @_commit_again
    def _commit(self, statement: Callable[[], object]) -> None:
        statement()
