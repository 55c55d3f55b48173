"""All figures of a published table, put together: what is in it, who could be recognised, what would be learned."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows
from pyspark.sql.types import StringType

from expectations.identity import holds_identity
from expectations.privacy.declared import Declaration, Rows
from expectations.privacy.diversity import diversity
from expectations.privacy.groups import figures, groups, risks


def measured(tables: Mapping[str, tuple[DataFrame, Declaration]]) -> DataFrame:
    """The figures of all tables in one statement; only they are to be collected.

    Grain: one row per table, column of people, sensitive column and measure, in FIGURE_COLUMNS.
    """
    of_tables = [_contents(name, frame, declared) for name, (frame, declared) in tables.items()]
    with_people = {name: (f, d) for name, (f, d) in tables.items() if d.rows is not Rows.NOBODY}
    found = [groups(name, frame, declared) for name, (frame, declared) in with_people.items()]
    of_people = [risks(_all(found))] if found else []
    of_values = [
        diversity(name, frame, declared, people=people, sensitive=sensitive.column)
        for name, (frame, declared) in with_people.items()
        for people in declared.people
        for sensitive in declared.sensitive
    ]
    return _all([*of_tables, *of_people, *of_values])


def _contents(subject: str, frame: DataFrame, declared: Declaration) -> DataFrame:
    """rows; identity_left: rows in which any text holds an identifier; repeated_persons: rows beyond one a person."""
    texts = [F.col(f"`{field.name}`") for field in frame.schema if isinstance(field.dataType, StringType)]
    wide = frame.agg(
        F.lit(subject).alias("subject"),
        F.lit("").alias("people"),
        F.lit("").alias("sensitive"),
        F.count(F.lit(1)).cast("double").alias("rows"),
        F.count_if(_any(holds_identity(text) for text in texts)).cast("double").alias("identity_left"),
        _repeated(declared).cast("double").alias("repeated_persons"),
    )
    return figures(wide, "rows", "identity_left", "repeated_persons")


def _any(conditions: Iterable[Column]) -> Column:
    """Whether one of them holds; unknown counts as no, because there was no text to search."""
    return reduce(or_, (F.coalesce(condition, F.lit(False)) for condition in conditions), F.lit(False))


def _repeated(declared: Declaration) -> Column:
    """Only a table of persons has such a figure; a row without its person cannot be told from another's."""
    if declared.rows is not Rows.PERSONS:
        return F.lit(None)
    (person,) = declared.people
    return F.count(F.lit(1)) - F.count_distinct(F.col(f"`{person}`"))


def _all(frames: list[DataFrame]) -> DataFrame:
    return reduce(lambda above, below: above.unionAll(below), frames)
