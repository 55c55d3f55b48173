"""The one place that opens a Spark Connect client."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pyspark.errors import PySparkException
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

from jobs.errors import EngineDown, StepFailed
from jobs.settings import Settings

# Both print the text of a failed statement as JSON to stderr, raw values included.
for _logger in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
    PySparkLogger.getLogger(_logger).setLevel(logging.CRITICAL + 1)

_SESSION_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # a date that the old and the new parser read differently is a fault of the row, not of the job
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}


@contextmanager
def engine(settings: Settings, *, wait_s: float = 30) -> Iterator[SparkSession]:
    """A fresh session of the running engine, closed afterwards.

    Raises: EngineDown within `wait_s` seconds when nobody listens; StepFailed for anything that Spark refuses inside
    the block. Its text is cut off, because Spark writes the offending value into it.
    """
    _probe(settings.connect_port, wait_s)
    if settings.connect_token:
        os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = settings.connect_token
    # `localhost`, because the client sends a token in clear to that name only; create(): never a cached, dead session
    spark = SparkSession.builder.remote(f"sc://localhost:{settings.connect_port}").create()
    spark.client.set_retry_policies([DefaultPolicy(max_retries=4, max_backoff=2000)])
    try:
        for name, value in _SESSION_SETTINGS.items():
            spark.conf.set(name, value)
        yield spark
    except PySparkException as error:
        raise StepFailed(f"Spark refused the step: {condition_of(error)}; see the engine's log") from None
    except BaseException:
        # stopped from outside: what the engine is doing for us must not go on beside the next attempt
        with suppress(Exception):
            spark.interruptAll()
        raise
    finally:
        spark.stop()


def condition_of(error: PySparkException) -> str:
    """The error's condition and SQLSTATE, or its class; neither ever holds a value."""
    state = error.getSqlState()
    return f"{error.getCondition() or type(error).__name__}{f' (SQLSTATE {state})' if state else ''}"


def _probe(port: int, wait_s: float) -> None:
    """Return once somebody listens; a client without this waits for ten minutes on a dead engine."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=2).close()
        except OSError:
            if time.monotonic() > deadline:
                raise EngineDown(f"no engine at localhost:{port}; run `make up`") from None
            time.sleep(0.5)
        else:
            return
