"""Which columns of the desensitised tables the published marts need, by the lineage of every column."""

from collections import defaultdict
from collections.abc import Mapping

from sqlglot import exp, parse_one
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from jobs.usage.rendering import MODELS, SEEDS, SOURCES, Project

_DIALECT = "spark"


def columns_read(project: Project, tables: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    """For each desensitised table the columns that a published mart needs: shown, joined, filtered or sorted by.

    tables: name and Spark type of the columns of every desensitised table, by table.
    A staging model that passes a column on which no mart takes up does not use it. A table nobody reads has no entry.
    Raises: sqlglot's OptimizeError for a column that no table has.
    """
    schema = {SOURCES: {name: dict(columns) for name, columns in tables.items()}} | {
        SEEDS: {name: dict.fromkeys(columns, "string") for name, columns in project.seeds.items()}
    }
    parsed = {f"{MODELS}.{name}": parse_one(sql, dialect=_DIALECT) for name, sql in project.models.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for mart in project.published:
        whole = exp.expand(parsed[f"{MODELS}.{mart}"], parsed, dialect=_DIALECT)
        needed = pushdown_projections(qualify(whole, schema=schema, dialect=_DIALECT), schema=schema)
        for scope in traverse_scope(needed):
            for column in scope.columns:
                source = scope.sources.get(column.table)
                if isinstance(source, exp.Table) and source.db == SOURCES:
                    found[source.name].add(column.name)
    return dict(found)
