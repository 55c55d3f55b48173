"""The one door to a database: a question goes through the engine's JDBC, and no error of a driver comes back whole."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from jobs.errors import SourceUnreachable
from jobs.ingest.databases.connections import Connection
from jobs.ingest.databases.dialect import Dialect


@dataclass(frozen=True)
class Database:
    """One connection, as the engine reaches it."""

    spark: SparkSession
    dialect: Dialect
    connection: Connection
    _options: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_options", self.connection.options(self.dialect))

    def frame(self, question: str) -> DataFrame:
        """The answer as a frame that is read when it is used; its columns are in the order of the question."""
        return self.spark.read.format("jdbc").options(**self._options).option("query", question).load()

    def ask(self, question: str) -> list[tuple[str | None, ...]]:
        """A small answer, as texts. Raises: SourceUnreachable."""
        with self.told():
            rows = self.frame(question).collect()
        return [tuple(None if value is None else str(value) for value in row) for row in rows]

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever a driver says inside becomes one sentence without address, account, statement or value.

        Raises: SourceUnreachable; errors of the engine's own pass unchanged, for it is no fault of the source.
        """
        try:
            yield
        except PySparkException as error:
            said = _class_of(str(error), self.dialect)
            if said is None:
                raise
            raise SourceUnreachable(
                f"connection '{self.connection.name}' refused or broke off ({said}); its database's own log says why. "
                "Nothing is lost: run it again, it goes on where it stopped"
            ) from None


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
