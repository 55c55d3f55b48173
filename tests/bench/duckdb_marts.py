"""The partner of the marts: the SQL that dbt compiled, translated, on the same files, by DuckDB with as many threads."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from deltalake import DeltaTable

from contracts.loading import load_all
from jobs.publish.build import target
from jobs.storage.zones import Zone


def build(home: Path, threads: int) -> tuple[float, dict[str, str]]:
    """Seconds that all models took, and why some could not be run, by model.

    A table for each model that dbt keeps as one. What a release shows is what the tables hold, for nothing was taken back.
    """
    failed: dict[str, str] = {}
    manifest = json.loads((target(home) / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(config={"threads": threads, "memory_limit": "6GB"}) as lake:
        _show_sources(lake, home, manifest)
        began = time.perf_counter()
        for node in _in_order(manifest):
            relation = f'{node["schema"]}."{node["alias"]}"'
            kind = "VIEW" if node["config"]["materialized"] == "view" else "TABLE"
            try:
                lake.execute(f"CREATE {kind} {relation} AS {translated(home, node)}")
            except (duckdb.Error, sqlglot.ParseError) as error:
                failed[node["name"]] = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        return time.perf_counter() - began, failed


def translated(home: Path, node: Mapping[str, Any]) -> str:
    """The model's compiled statement in DuckDB's words; its hash of a row stands in for xxHash64."""
    compiled = target(home) / "compiled" / node["package_name"] / node["original_file_path"]
    tree = sqlglot.parse_one(compiled.read_text(encoding="utf-8"), read="spark")
    for call in list(tree.find_all(sqlglot.exp.Anonymous)):
        if call.name.lower() == "xxhash64":
            call.set("this", "hash")
    for days in list(tree.find_all(sqlglot.exp.GenerateSeries)):
        if isinstance(days.args["start"], sqlglot.exp.Cast):
            days.set("step", sqlglot.exp.Interval(this=sqlglot.exp.Literal.string("1"), unit=sqlglot.exp.var("DAY")))
    return tree.sql(dialect="duckdb")


def _show_sources(lake: duckdb.DuckDBPyConnection, home: Path, manifest: Mapping[str, Any]) -> None:
    """Sources and seeds are views over the Parquet files that the engine reads; a source without a table has no rows."""
    kinds = {contract.table: contract.desensitised_columns for contract in load_all().values()}
    for source in manifest["sources"].values():
        zone = Zone.OPS if source["schema"] == "ops" else Zone.DESENSITISED
        folder = home / zone / source["name"]
        lake.execute(f"CREATE SCHEMA IF NOT EXISTS {source['schema']}")
        relation = f'{source["schema"]}."{source["name"]}"'
        table = DeltaTable(folder) if (folder / "_delta_log").is_dir() else None
        if table and (files := table.file_uris()):
            lake.execute(f"CREATE VIEW {relation} AS FROM read_parquet({files!r}, hive_partitioning = true)")
        elif table:
            lake.from_arrow(pa.schema(table.schema().to_arrow()).empty_table()).create(relation)
        else:
            columns = ", ".join(f'NULL::{_duckdb(kind)} AS "{name}"' for name, kind in kinds[source["name"]].items())
            lake.execute(f"CREATE VIEW {relation} AS SELECT {columns} WHERE false")
    for seed in (node for node in manifest["nodes"].values() if node["resource_type"] == "seed"):
        lake.execute(f"CREATE SCHEMA IF NOT EXISTS {seed['schema']}")
        files = str(home / "marts" / seed["alias"] / "*.parquet")
        lake.execute(f'CREATE VIEW {seed["schema"]}."{seed["alias"]}" AS FROM read_parquet({files!r})')


def _duckdb(kind: str) -> str:
    return sqlglot.exp.DataType.build(kind, dialect="spark").sql(dialect="duckdb")


def _in_order(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The models that are relations, each after those that it reads."""
    done: set[str] = set()

    def reached(name: str) -> Iterator[Mapping[str, Any]]:
        node = manifest["nodes"].get(name)
        if node is None or name in done or node["resource_type"] != "model":
            return
        done.add(name)
        for other in node["depends_on"]["nodes"]:
            yield from reached(other)
        if node["config"]["materialized"] != "ephemeral":
            yield node

    for name in manifest["nodes"]:
        yield from reached(name)
