"""What tests of databases stand on: a contract of one table, and its columns as a catalogue names them."""

from dataclasses import replace
from pathlib import Path

from contracts.databases import SourceTable
from contracts.model import Accountable, Classification, Contract, Extraction, Field, Limits, Reader, Source
from contracts.treatments import Keep
from jobs.ingest.databases.columns import Answer, read_columns
from jobs.ingest.databases.dialects import DIALECTS
from jobs.ingest.databases.queries import Questions

FIELDS = {
    "account_no": "bigint",
    "holder": "string",
    "balance_cny": "decimal(18,2)",
    "opened_on": "date",
    "changed_at": "timestamp",
    "is_deleted": "boolean",
}
#: The same table in each database: the types that its catalogue names for the fields of above, but the marker.
TYPES = {
    "postgresql": ("bigint", "text", "numeric(18,2)", "date", "timestamp(6) without time zone"),
    "mysql": ("bigint(20) unsigned", "varchar(40)", "decimal(18,2)", "date", "datetime(6)"),
    "sqlserver": ("bigint", "nvarchar", "money", "date", "datetime2"),
    "oracle": ("NUMBER", "VARCHAR2", "NUMBER", "DATE", "TIMESTAMP(6)"),
    "db2": ("BIGINT", "VARCHAR", "DECIMAL", "DATE", "TIMESTAMP"),
    "db2i": ("BIGINT", "VARCHAR", "DECIMAL", "DATE", "TIMESTMP"),
    "sybase": ("bigint", "varchar", "money", "date", "datetime"),
}
SIZES = (("20", "0"), ("40", None), ("18", "2"), (None, None), (None, None))


def contract(*, deletions: str | None = None, **reader: object) -> Contract:
    """`account_no` is the key; its changes tell when. The reader is PostgreSQL's unless another is given."""
    fields = tuple(
        Field(
            name=name,
            label=name,
            description=name,
            type=kind,
            classification=Classification.INTERNAL,
            treatment=Keep(),
            required=name == "account_no",
            primary_key=name == "account_no",
        )
        for name, kind in FIELDS.items()
    )
    options = {"dialect": "postgresql", "connection": "billing", "schema": "billing", "table": "account", **reader}
    return Contract(
        id="crm.small",
        family="crm",
        dataset="small",
        version="1.0.0",
        label="小表",
        purpose="One row per account of a test.",
        fields=fields,
        rules=(),
        source=Source("Asia/Shanghai", (Reader("jdbc", options),), deletions=deletions, extraction=Extraction(60)),
        limits=Limits(),
        accountable=Accountable("a", "b", ("c",), "d"),
        retention_days=30,
        fingerprint="0" * 64,
        path=Path("small.odcs.yaml"),
    )


def table(dialect: str = "postgresql", **more: object) -> SourceTable:
    """The table `billing.account` with a cursor and an overlap of a minute."""
    made = SourceTable(dialect, "billing", "billing", "account", "Asia/Shanghai", cursor="changed_at", overlap=60)
    return replace(made, **more)


def questions(dialect: str, **more: object) -> Questions:
    """What is asked of the table in one of the databases."""
    names = (name for name in FIELDS if name != "is_deleted")
    answers = [Answer(name, kind, *size) for name, kind, size in zip(names, TYPES[dialect], SIZES, strict=True)]
    asked = table(dialect, **more)
    return Questions(DIALECTS[dialect], asked, read_columns(answers, asked, contract(), DIALECTS[dialect]), ())
