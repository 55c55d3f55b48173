"""The tables that a dataset is read from, as its contract declares them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.model import Contract, Reader


@dataclass(frozen=True)
class SourceTable:
    """One table or view of one connection, and how it is read.

    cursor: the field that only grows when a row changes; None where every extract reads the whole table.
    overlap: how far behind the last extract the next one looks again, for transactions that commit late: seconds of a
        time, days of a date, steps of a number.
    at_most_rows: a longer extract is cut into several, each committed before the next, ties of the cursor kept whole.
    parallel, reads: the number by which one extract is parted, and into how many reads at once.
    constants: fields that the table does not have, with the value that all its rows have, such as the branch.
    """

    dialect: str
    connection: str
    schema: str
    table: str
    timezone: str
    cursor: str | None = None
    overlap: int = 0
    at_most_rows: int | None = None
    parallel: str | None = None
    reads: int = 1
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How the ledger knows the table: connection, schema, table."""
        return f"{self.connection}:{self.schema}.{self.table}"


def source_tables(contract: Contract) -> tuple[SourceTable, ...]:
    """The tables of a dataset that comes from databases, in the contract's order; empty for one that comes as files."""
    return tuple(_table(reader, contract) for reader in contract.source.readers if reader.kind == "jdbc")


def _table(reader: Reader, contract: Contract) -> SourceTable:
    options = reader.options
    cursor, parallel = options.get("cursor", {}), options.get("parallel", {})
    return SourceTable(
        dialect=options["dialect"],
        connection=options["connection"],
        schema=options["schema"],
        table=options["table"],
        timezone=options.get("timezone", contract.source.timezone),
        cursor=cursor.get("column"),
        overlap=cursor.get("overlap", 0),
        at_most_rows=options.get("at_most_rows"),
        parallel=parallel.get("column"),
        reads=parallel.get("reads", 1),
        constants=options.get("constants", {}),
    )
