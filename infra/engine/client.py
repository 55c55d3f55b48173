"""The two doors of the engine, as the services around it need them: for health and for warming, not for jobs."""

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from pyhive import hive
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

# Both print the text of a failed statement, values included.
for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
    PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)
# Whoever probes an engine that is just starting expects failed attempts.
warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")


def connect_session() -> SparkSession:
    """A fresh session over Spark Connect; an engine that does not answer fails within seconds, not minutes."""
    token = Path(os.environ["LAKE_HOME"], "secrets", "connect_token").read_text(encoding="ascii")
    os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = token
    # `localhost`, because the client sends a token in clear to that name only.
    spark = SparkSession.builder.remote(f"sc://localhost:{os.environ['LAKEWARDEN_CONNECT_PORT']}").create()
    spark.client.set_retry_policies([DefaultPolicy(max_retries=2, max_backoff=1000)])
    return spark


@contextlib.contextmanager
def thrift_cursor() -> Iterator[hive.Cursor]:
    """A cursor over Hive Thrift, the door of dbt and of JDBC tools."""
    with contextlib.closing(hive.connect("127.0.0.1", int(os.environ["LAKEWARDEN_THRIFT_PORT"]))) as connection:
        yield connection.cursor()
