"""Groups that a reader can tell apart, and the risk of the people in them. All figures come of one pass."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from expectations.privacy.declared import Declaration, Rows

#: How `figures` writes down a number: whose, of which sensitive column (or none), and what it is.
FIGURE_COLUMNS = ("subject", "people", "sensitive", "measure", "value")


def groups(subject: str, frame: DataFrame, declared: Declaration) -> DataFrame:
    """The groups of people that the quasi-identifiers tell apart.

    Grain: persons in, one row per combination of quasi-identifiers out; aggregates in, one row per row and column of
    people out, for such a table has one row per group already, which its test `sound` proves.
    Shape: subject, people (the column), minimum_k, group_size, population_size.
    NULL: in a quasi-identifier it is a value like any other; group_size is NULL where the table hides the group;
    population_size is the group's own size where the table tells none.
    """
    if declared.rows is Rows.PERSONS:
        (person,) = declared.people
        counted = frame.groupBy(*map(_named, declared.quasi_identifiers)).agg(
            F.lit(person).alias("people"),
            F.count(F.lit(1)).alias("group_size"),
            F.max(_population(declared, person)).alias("known_population"),
        )
    else:
        counted = frame.select(F.explode(F.array(*(_shown(declared, people) for people in declared.people)))).select(
            "col.*"
        )
    return counted.select(
        F.lit(subject).alias("subject"),
        "people",
        F.lit(declared.minimum_k).alias("minimum_k"),
        "group_size",
        # whoever is in the group is in the population, also where that is shown rounded down; greatest skips NULL
        F.when(F.col("group_size").isNotNull(), F.greatest("group_size", "known_population")).alias("population_size"),
    )


def _shown(declared: Declaration, people: str) -> Column:
    return F.struct(
        F.lit(people).alias("people"),
        _named(people).cast("bigint").alias("group_size"),
        _population(declared, people).alias("known_population"),
    )


def _population(declared: Declaration, people: str) -> Column:
    column = declared.population.get(people)
    return (_named(column) if column else F.lit(None)).cast("bigint")


def risks(found: DataFrame) -> DataFrame:
    """Size and risk of the groups of many tables at once.

    Grain: rows of `groups` in; one row per subject, column of people and measure out, in FIGURE_COLUMNS.
    Shape: groups, hidden_groups, people_shown, k (people of the smallest group), share_below_k (people in groups below
    the minimum), average_risk (groups by people), prosecutor_risk (1 by k), journalist_risk (1 by the smallest
    population), marketer_risk (mean over people of 1 by the population of their group). Shares from 0 to 1.
    NULL: no row for a measure of a table that shows no group.
    Source: docs/privacy_measures.md.
    """
    size, population = F.col("group_size"), F.col("population_size")
    measures = {
        "groups": F.count(size),
        "hidden_groups": F.count_if(size.isNull()),
        "people_shown": F.sum(size),
        "k": F.min(size),
        "share_below_k": F.try_divide(
            F.sum(F.when(size < F.col("minimum_k"), size).otherwise(F.when(size.isNotNull(), 0))), F.sum(size)
        ),
        "average_risk": F.try_divide(F.count(size), F.sum(size)),
        "prosecutor_risk": F.try_divide(F.lit(1), F.min(size)),
        "journalist_risk": F.try_divide(F.lit(1), F.min(population)),
        "marketer_risk": F.try_divide(F.sum(F.try_divide(size, population)), F.sum(size)),
    }
    wide = found.groupBy("subject", "people").agg(
        F.lit("").alias("sensitive"), *(column.cast("double").alias(name) for name, column in measures.items())
    )
    return figures(wide, *measures)


def figures(wide: DataFrame, *measures: str) -> DataFrame:
    """One row per figure; what is NULL was not there to be measured and has no row."""
    kept = [name for name in FIGURE_COLUMNS if name not in {"measure", "value"}]
    long = wide.unpivot(kept, list(measures), "measure", "value")
    return long.where(F.col("value").isNotNull()).select(*FIGURE_COLUMNS)


def _named(column: str) -> Column:
    return F.col(f"`{column}`")
