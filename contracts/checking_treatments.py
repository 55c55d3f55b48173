"""Treatments that do not fit: the column's type, its identifier, or the columns that a treatment leans on."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from contracts.declared import own_properties, spark_type, treatment_from
from contracts.errors import Problem
from contracts.identifiers import IDENTIFIERS
from contracts.treatments import DateShift, Grid, Seal, Token, Treatment, TruncateDate
from contracts.yaml_lines import Document

_COLUMNS = ("schema", 0, "properties")


def treatment_problems(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Every treatment of one contract that cannot be applied or would not protect, all at once.

    Source: D09-10; a treatment that does not fit must be refused before it has touched a row.
    """
    treatments = {column["name"]: treatment_from(own_properties(column)["treatment"]) for column in columns}
    for position, column in enumerate(columns):
        for mistake in _mistakes(column, treatments):
            yield document.problem((*_COLUMNS, position), f"column '{column['name']}': {mistake}")
    properties = document.data["customProperties"]
    for position, item in enumerate(properties):
        if item["property"] == "smallest_cell":
            for mistake in _cell_mistakes(item["value"], treatments):
                yield document.problem(("customProperties", position), f"smallest_cell: {mistake}")


def _mistakes(column: Mapping[str, Any], treatments: Mapping[str, Treatment]) -> Iterator[str]:
    treatment, identifier = treatments[column["name"]], own_properties(column).get("identifier")
    if misfit := treatment.misfit(spark_type(column)):
        yield misfit
    if identifier is not None and identifier not in IDENTIFIERS:
        yield f"identifier '{identifier}' is none of {', '.join(IDENTIFIERS)}"
    elif identifier and treatment.kind == "keep" and IDENTIFIERS[identifier].never_kept:
        yield f"it identifies people ({identifier}), so it cannot be kept (D09-10)"
    elif unsuitable := treatment.unsuitable(identifier):
        yield unsuitable
    if isinstance(treatment, DateShift) and not isinstance(treatments.get(treatment.person), Token | Seal):
        yield f"'{treatment.person}' must be a column that becomes a token, for its key makes the person's date shift"


def _cell_mistakes(declared: Mapping[str, Any], treatments: Mapping[str, Treatment]) -> Iterator[str]:
    axes = {axis: treatments.get(declared[axis]) for axis in ("latitude", "longitude")}
    for axis, treatment in axes.items():
        if not isinstance(treatment, Grid) or treatment.axis != axis:
            yield f"'{declared[axis]}' must be a column with the treatment grid of axis {axis}"
    sizes = {treatment.metres for treatment in axes.values() if isinstance(treatment, Grid)}
    if len(sizes) > 1:
        yield "latitude and longitude must have squares of one size"
    yield from _size_mistakes([*sizes, *declared.get("coarser_metres", ())])
    people, period = declared.get("people"), declared.get("period")
    if people is not None and not isinstance(treatments.get(people), Token | Seal):
        yield f"'{people}' must be a column that becomes a token, for it tells people apart"
    if period is not None and not isinstance(treatments.get(period), TruncateDate):
        yield f"the period '{period}' must be a column that is truncated, so that nobody sees a shorter one"


def _size_mistakes(sizes: Sequence[float]) -> Iterator[str]:
    """The middle of a square tells its size only where it is no middle of a smaller one, hence the even multiples."""
    for finer, coarser in pairwise(sizes):
        if coarser <= finer or coarser % (2 * finer):
            yield f"squares of {coarser:g} m must be an even multiple of {finer:g} m wide"
