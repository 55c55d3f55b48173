"""From a dataset file to Superset's dataset: labels from the mart's description, SQL from a few declared kinds.

A dataset file holds no SQL. A metric is `sum`, `max`, `mean` (with `weight`) or `ratio`; a derived column recodes a
mart column or writes its month or quarter as text. So every reference can be checked, and no expression can reach past
its mart.
"""

from collections.abc import Mapping
from typing import Any

from dashboards.marts import Column, Mart, labelled
from dashboards.sources import Yaml

METRIC_KINDS = ("sum", "max", "mean", "ratio")
DERIVED_KINDS = ("recode", "month_text", "quarter_text")


def columns_of_metric(metric: Mapping[str, Any]) -> list[str]:
    """The mart columns a metric is computed from; the first gives the label where the file gives none."""
    named = [metric[kind] for kind in (*METRIC_KINDS, "weight") if kind in metric]
    return [column for names in named for column in (names if isinstance(names, list) else [names])]


def column_of_derived(derived: Mapping[str, Any]) -> str:
    """The mart column a derived column is made from."""
    return str(next(derived[kind] for kind in DERIVED_KINDS if kind in derived))


def metric_label(metric: Mapping[str, Any], mart: Mart) -> str:
    """What axes, legends and table heads show: the file's own label or the column's, with the unit."""
    column = mart[columns_of_metric(metric)[0]]
    return labelled(metric.get("label", column.label), metric.get("unit", column.unit))


def metric_sql(metric: Mapping[str, Any]) -> str:
    """The aggregate in DuckDB's SQL. A hidden value (NULL) counts on neither side of a mean or a ratio."""
    if "ratio" in metric:
        above, below = metric["ratio"]
        sql = (
            f"SUM({above}) FILTER (WHERE {below} IS NOT NULL)"
            f" / NULLIF(SUM({below}) FILTER (WHERE {above} IS NOT NULL), 0)"
        )
    elif "mean" in metric:
        value, weight = metric["mean"], metric["weight"]
        sql = f"SUM({value} * {weight}) / NULLIF(SUM({weight}) FILTER (WHERE {value} IS NOT NULL), 0)"
    else:
        function = next(kind for kind in ("sum", "max") if kind in metric)
        sql = f"{function.upper()}({metric[function]})"
    signs = {"multiply": "*", "divide": "/"}
    factors = "".join(f" {sign} {metric[word]}" for word, sign in signs.items() if word in metric)
    return f"({sql}){factors}" if factors else sql


def derived_sql(derived: Mapping[str, Any]) -> str:
    """The expression of a derived column; an unknown code stays visible as it is."""
    column = column_of_derived(derived)
    if "month_text" in derived:
        return f"strftime({column}, '%Y-%m')"
    if "quarter_text" in derived:
        return f"year({column}) || '年' || quarter({column}) || '季度'"
    whens = "".join(f" WHEN {_quoted(code)} THEN {_quoted(text)}" for code, text in derived["values"].items())
    return f"CASE {column}{whens} ELSE {column} END"


def build_dataset(dataset: Yaml, mart: Mart) -> Yaml:
    """The dataset as Superset imports it, without uuids."""
    return {
        "table_name": dataset["mart"],
        "schema": "mart",
        "main_dttm_col": dataset.get("time"),
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "is_managed_externally": True,
        "columns": [_mart_column(column) for column in mart.values()]
        + [_derived_column(name, derived, mart) for name, derived in dataset.get("columns", {}).items()],
        "metrics": [_metric(name, metric, mart) for name, metric in dataset["metrics"].items()],
    }


def _mart_column(column: Column) -> Yaml:
    return {
        "column_name": column.name,
        "verbose_name": column.full_label,
        "description": column.description,
        "type": column.data_type,
        "is_dttm": column.is_date,
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _derived_column(name: str, derived: Mapping[str, Any], mart: Mart) -> Yaml:
    return {
        "column_name": name,
        "verbose_name": derived.get("label", mart[column_of_derived(derived)].label),
        "expression": derived_sql(derived),
        "type": "VARCHAR",
        "is_dttm": False,
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _metric(name: str, metric: Mapping[str, Any], mart: Mart) -> Yaml:
    return {
        "metric_name": name,
        "verbose_name": metric_label(metric, mart),
        "expression": metric_sql(metric),
        "description": metric.get("description"),
        "d3format": metric["format"],
    }


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
