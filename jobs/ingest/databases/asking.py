"""The one door to a database: a question goes through the engine's JDBC, and no error of a driver comes back whole.

Options of a read, the password among them, stand in the request that Spark hands to its own listeners. Of those that
write, the event log and the UI, the engine has none; here is looked that it stays so.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from jobs.errors import SourceUnreachable, StepFailed
from jobs.ingest.databases.connections import Connection
from jobs.ingest.databases.dialect import Dialect

#: Settings of an engine that writes down or shows what it is asked.
_TELLTALES = ("spark.eventLog.enabled", "spark.ui.enabled")


class Database:
    """One connection, as the engine reaches it in one session. Raises: StepFailed when the engine would tell of it."""

    def __init__(self, spark: SparkSession, dialect: Dialect, connection: Connection) -> None:
        if telling := [name for name in _TELLTALES if spark.conf.get(name, "true") != "false"]:
            raise StepFailed(
                f"the engine has {', '.join(telling)}, so passwords of sources would be written down; switch it off"
            )
        self._spark, self._dialect, self._name = spark, dialect, connection.name
        self._options = connection.options(dialect)

    def frame(self, question: str) -> DataFrame:
        """The answer as a frame that is read when it is used; its columns are in the order of the question."""
        return self._spark.read.format("jdbc").options(**self._options).option("query", question).load()

    def ask(self, question: str) -> list[tuple[str | None, ...]]:
        """A small answer, as texts. Raises: SourceUnreachable."""
        with self.told():
            rows = self.frame(question).collect()
        return [tuple(None if value is None else str(value) for value in row) for row in rows]

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever a driver says inside becomes one sentence without address, account, statement or value.

        Raises: SourceUnreachable; errors of the engine's own pass unchanged, for they are no fault of the source.
        """
        try:
            yield
        except PySparkException as error:
            said = _class_of(str(error), self._dialect) or _jdbc_condition(error)
            if said is None:
                raise
            raise SourceUnreachable(
                f"connection '{self._name}' refused or broke off ({said}); its database's own log says why. "
                "Nothing is lost: run it again, it goes on where it stopped"
            ) from None


def _jdbc_condition(error: PySparkException) -> str | None:
    condition = error.getCondition() or ""
    return condition if condition.startswith("FAILED_JDBC") else None


def _class_of(message: str, dialect: Dialect) -> str | None:
    """The class of the driver's error that a message of Spark holds; None when no driver complained.

    Example:
        >>> from jobs.ingest.databases.dialects import DIALECTS
        >>> _class_of("Task failed: org.postgresql.util.PSQLException: FATAL: no", DIALECTS["postgresql"])
        'PSQLException'
        >>> _class_of("java.io.IOException: disk", DIALECTS["postgresql"]) is None
        True
    """
    vendor = ".".join(dialect.driver.split(".")[:2])
    found = re.search(rf"\b(?:{re.escape(vendor)}|java\.sql|java\.net)\.[\w.$]*?(\w+(?:Exception|Error))\b", message)
    return found[1] if found else None
