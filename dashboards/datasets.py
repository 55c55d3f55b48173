"""From a dataset file to Superset's dataset: labels from the mart's description, SQL from a few declared kinds.

A dataset file holds no SQL. Its metrics are those that dbt_project/metrics.yml defines for its mart and the few that it
adds: `sum`, `max`, `mean` (with `weight`), `ratio`, `count` of rows with a value, `count_true` or `share_true` of a yes
or no. A derived column recodes a mart column or writes its year, quarter or month as text. So every reference can be
checked, and no expression can reach past its mart.
"""

from collections.abc import Mapping
from typing import Any

from dashboards.marts import Column, Mart, labelled
from dashboards.sources import Yaml

METRIC_KINDS = ("sum", "max", "mean", "ratio", "count", "count_true", "share_true")
# How each kind of derived column that tells a time is written; `month_of_year` lays years over each other.
_TIME_TEXTS = {
    "month_text": "strftime({0}, '%Y-%m')",
    "quarter_text": "year({0}) || '年' || quarter({0}) || '季度'",
    "year_text": "year({0}) || '年'",
    "as_year": "CAST({0} AS INTEGER) || '年'",
    "month_of_year": "strftime({0}, '%m月')",
}
DERIVED_KINDS = ("recode", *_TIME_TEXTS)


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
    elif "count_true" in metric:
        sql = f"COUNT(*) FILTER (WHERE {metric['count_true']})"
    elif "share_true" in metric:
        sql = f"AVG(CAST({metric['share_true']} AS INTEGER))"
    else:
        function = next(kind for kind in ("sum", "max", "count") if kind in metric)
        sql = f"{function.upper()}({metric[function]})"
    signs = {"multiply": "*", "divide": "/"}
    factors = "".join(f" {sign} {metric[word]}" for word, sign in signs.items() if word in metric)
    return f"({sql}){factors}" if factors else sql


def derived_sql(derived: Mapping[str, Any]) -> str:
    """The expression of a derived column; an unknown code stays visible as it is."""
    column = column_of_derived(derived)
    for kind, sql in _TIME_TEXTS.items():
        if kind in derived:
            return sql.format(column)
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
