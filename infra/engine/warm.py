"""Make the lake's databases and take the engine through its first, slow work. Safe to repeat.

The first write after a start costs 6 to 12 s, each later one about 1.5 s: better here than in somebody's task.
"""

import os
import uuid
from pathlib import Path

from pyspark.sql import SparkSession

from infra.engine.client import connect_session, thrift_cursor

DATABASES = {"desensitised": "desensitised", "marts_build": "marts", "published": "published/views", "ops": "ops"}
"""Registered database: folder below LAKE_HOME. raw, quarantine and vault are restricted, so no catalogue names them."""


def make_databases(spark: SparkSession, home: Path) -> None:
    """Afterwards every registered database exists; one that exists already keeps its folder."""
    for database, folder in DATABASES.items():
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {database} LOCATION '{home / folder}'")


def warm(spark: SparkSession, table: str) -> None:
    """One CTAS and one MERGE over Connect, one query over Thrift, on a table that is gone afterwards."""
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} USING delta AS SELECT id, sha2(string(id), 256) AS word FROM range(100)"
    )
    spark.sql(f"""
        MERGE INTO {table} AS target
        USING (SELECT id + 50 AS id, 'x' AS word FROM range(100)) AS source ON target.id = source.id
        WHEN MATCHED THEN UPDATE SET word = source.word
        WHEN NOT MATCHED THEN INSERT *""")
    with thrift_cursor() as cursor:
        cursor.execute(f"SELECT count(*), max(word) FROM {table} GROUP BY id % 2")
        cursor.fetchall()
    spark.sql(f"DROP TABLE {table}")


def main() -> None:
    """Run against the engine of LAKE_HOME."""
    spark = connect_session()
    try:
        make_databases(spark, Path(os.environ["LAKE_HOME"]))
        warm(spark, f"default.warm_{uuid.uuid4().hex[:8]}")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
