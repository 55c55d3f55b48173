"""Which columns of the desensitised tables the published marts need, by the lineage of every column."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

from sqlglot import exp, parse_one
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from jobs.storage.ledger_tables import TABLES as LEDGER
from jobs.storage.zones import Zone
from jobs.usage.rendering import MODELS, SEEDS, SOURCES, Project

_DIALECT = "spark"


def columns_read(project: Project, tables: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    """For each desensitised table the columns that a published mart needs: shown, joined, filtered or sorted by.

    tables: name and Spark type of the columns of every desensitised table, by table.
    A staging model that passes on a column which no mart takes up does not use it. A table nobody reads has no entry.
    Raises: sqlglot's OptimizeError for a column that no table has; graphlib.CycleError for models that go in a circle.
    """
    models = _qualified(project, tables)
    needed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in project.published:
        needed[MODELS, name] = set(models[name].named_selects)
    for name in reversed(models):  # what reads a model has said what it needs of it before the model is asked
        if (MODELS, name) in needed:
            for table, column in _reads(models[name], needed[MODELS, name]):
                needed[table] |= column
    return {table: columns for (schema, table), columns in needed.items() if schema == SOURCES}


def _qualified(project: Project, tables: Mapping[str, Mapping[str, str]]) -> dict[str, exp.Query]:
    """Every model with its stars written out and each column under its table; what is read comes before its reader."""
    schema: dict[str, dict[str, Mapping[str, str]]] = {
        SOURCES: dict(tables),
        Zone.OPS: {name: dict.fromkeys(ledger.names, "string") for name, ledger in LEDGER.items()},
        SEEDS: {name: dict.fromkeys(columns, "string") for name, columns in project.seeds.items()},
        MODELS: {},
    }
    parsed = {name: parse_one(sql, dialect=_DIALECT) for name, sql in project.models.items()}
    reads = {
        name: {table.name for table in model.find_all(exp.Table) if table.db == MODELS}
        for name, model in parsed.items()
    }
    ready: dict[str, exp.Query] = {}
    for name in TopologicalSorter(reads).static_order():
        ready[name] = qualify(parsed[name], schema=schema, dialect=_DIALECT)
        schema[MODELS][name] = dict.fromkeys(ready[name].named_selects, "string")
    return ready


def _reads(model: exp.Query, shown: set[str]) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """The tables a model reads and the columns of each that these columns of the model follow from."""
    wanted = [exp.column(name, "model", quoted=True) for name in sorted(shown)] or [exp.Literal.number(1)]
    for scope in traverse_scope(pushdown_projections(exp.select(*wanted).from_(model.subquery("model")))):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                yield (source.db, source.name), set()
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                yield (source.db, source.name), {column.name}
