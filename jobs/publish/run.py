"""Marts to readers, in one step: Spark views over exact versions, and the DuckDB file by atomic rename."""

from dataclasses import dataclass

from deltalake import DeltaTable

from expectations.errors import GateFailed
from jobs.errors import GateNotPassed
from jobs.keys.record import require_no_rotation
from jobs.publish import duckdb_file
from jobs.publish.gate import newest_build
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchState


@dataclass(frozen=True)
class Published:
    """What readers see now."""

    publication_id: str
    marts: dict[str, int]  # rows by mart
    is_new: bool


def publish(lake: Lake) -> Published:
    """Show readers the marts that gate 4 passed; nothing happens unless it did, or when they are shown already.

    Safe to repeat and to kill: the file is swapped by one rename, the views follow, the ledger comes last.
    Raises: GateNotPassed; HalfRotated while a key domain is.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
    require_no_rotation(ledger)
    build = newest_build(ledger)
    if build.state is not BatchState.PASSED:
        raise GateNotPassed("gate marts has not passed this build; run `lakewarden gate marts`")
    rows = ledger.ask("SELECT * FROM publications WHERE publication_id = $build", build=build.batch_id)  # one per mart
    versions = {row["mart"]: row["table_version"] for row in rows}
    counts = {row["mart"]: row["row_count"] for row in rows}
    file = lake.home / "published" / "published.duckdb"
    seen = ledger.visible_publication()
    if any(row["publication_id"] == build.batch_id for row in seen) and file.is_file():
        return Published(build.batch_id, counts, is_new=False)
    _write_file(lake, build.batch_id, versions, counts)
    _move_views(lake, versions, {row["mart"]: row["table_version"] for row in seen})
    ledger.record("publications", [{**row, "is_visible": True} for row in rows])
    return Published(build.batch_id, counts, is_new=True)


def _write_file(lake: Lake, publication_id: str, versions: dict[str, int], counts: dict[str, int]) -> None:
    """Raises: GateFailed when a table came out shorter."""
    folder = lake.home / "published"
    draft = folder / f".{publication_id}.draft"
    folder.mkdir(parents=True, exist_ok=True)
    marts = {mart: DeltaTable(lake.home / "marts" / mart, version=version) for mart, version in versions.items()}
    duckdb_file.write(draft, marts)
    if duckdb_file.row_counts(draft) != counts:
        raise GateFailed(f"publication {publication_id}: the file does not hold the rows that gate 4 judged")
    duckdb_file.swap(draft, folder / "published.duckdb")


def _move_views(lake: Lake, versions: dict[str, int], seen: dict[str, int]) -> None:
    """A view that shows its version already is left alone, so that the cost follows what was built anew."""
    lake.spark.sql("CREATE DATABASE IF NOT EXISTS published")
    known = {row["tableName"] for row in lake.spark.sql("SHOW TABLES IN published").collect()}  # a name per mart
    for mart, version in versions.items():
        if mart not in known or seen.get(mart) != version:
            lake.spark.sql(
                f"CREATE OR REPLACE VIEW published.{mart} AS SELECT * FROM marts_build.{mart} VERSION AS OF {version}"
            )
