"""From a chart file to Superset's chart: the house's defaults, palette and time column, units, formats, alerts."""

from collections.abc import Mapping
from typing import Any

from dashboards.alerts import alert_params
from dashboards.datasets import columns_of_metric, metric_label
from dashboards.marts import Mart
from dashboards.sources import Yaml

# Which parameters of a chart name columns and which name metrics, whatever the chart's type.
COLUMN_KEYS = ("x_axis", "groupby", "groupby_b", "groupbyRows", "groupbyColumns", "columns", "entity", "series")
METRIC_KEYS = ("metric", "metrics", "metrics_b", "timeseries_limit_metric", "series_limit_metric", "size", "x", "y")

# Where a chart's type keeps the number format of its values: parameter of the format, parameter of the metric.
_FORMAT_KEYS = {
    "big_number": (("y_axis_format", "metric"),),
    "big_number_total": (("y_axis_format", "metric"),),
    "country_map": (("number_format", "metric"),),
    "heatmap_v2": (("y_axis_format", "metric"),),
    "pie": (("number_format", "metric"),),
    "treemap_v2": (("number_format", "metric"),),
    "echarts_timeseries_bar": (("y_axis_format", "metrics"),),
    "echarts_timeseries_line": (("y_axis_format", "metrics"),),
    "echarts_timeseries_smooth": (("y_axis_format", "metrics"),),
    "echarts_area": (("y_axis_format", "metrics"),),
    "mixed_timeseries": (("y_axis_format", "metrics"), ("y_axis_format_secondary", "metrics_b")),
    "pivot_table_v2": (("valueFormat", "metrics"),),
    "table": (),
}
_TITLE_KEYS = {"y_axis_format": "y_axis_title", "y_axis_format_secondary": "y_axis_title_secondary"}
_HAVE_AXES = (
    "echarts_timeseries_bar",
    "echarts_timeseries_line",
    "echarts_timeseries_smooth",
    "echarts_area",
    "mixed_timeseries",
)
KNOWN_TYPES = tuple(_FORMAT_KEYS)


def names_in(params: Mapping[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """What the parameters `keys` hold, lists flattened, in order."""
    held = [params[key] for key in keys if params.get(key) is not None]
    return [name for value in held for name in (value if isinstance(value, list) else [value])]


def build_chart(chart: Yaml, dataset: Yaml, mart: Mart, defaults: Mapping[str, Yaml], palette: Yaml) -> Yaml:
    """The chart as Superset imports it, without uuids; what the file says wins over every default."""
    kind = chart["type"]
    given = chart["params"]
    params: Yaml = {
        **defaults["every"],
        **defaults.get(kind, {}),
        **_formats(kind, given, dataset, mart),
        "color_scheme": palette["categorical"]["id"],
        "linear_color_scheme": palette["sequential"][0]["id"],
        "adhoc_filters": [*_any_time(dataset), *_known(chart), *_chosen(chart)],
        **given,
        **alert_params(kind, given, dataset, palette),
        "viz_type": kind,
        # Superset hands both back with the chart; superset_freshness looks up how new its numbers are.
        "lakewarden_mart": dataset["mart"],
        "lakewarden_as_of": dataset.get("as_of", dataset.get("time")),
    }
    if "time" in dataset:
        params["granularity_sqla"] = dataset["time"]  # the older chart types find their time column here
    if kind == "mixed_timeseries":
        params["adhoc_filters_b"] = params["adhoc_filters"]
    if kind == "country_map":
        params["color_scheme"] = ""  # else one colour per province
    if "color" in chart:
        params["color_picker"] = _rgb(palette["named"][chart["color"]])
    return {
        "slice_name": full_title(chart, dataset, mart),
        "description": chart.get("description"),
        "viz_type": kind,
        "params": params,
        "query_context": None,
        "is_managed_externally": True,
    }


def full_title(chart: Yaml, dataset: Yaml, mart: Mart) -> str:
    """The title with its unit where all metrics share one; else axes name each, as table heads always do."""
    if chart.get("type") == "table":
        return str(chart["title"])
    units = {_unit(dataset["metrics"][name], mart) for name in names_in(chart["params"], METRIC_KEYS)}
    unit = units.pop() if len(units) == 1 else None
    return f"{chart['title']}({unit})" if unit and unit not in chart["title"] else str(chart["title"])


def _unit(metric: Yaml, mart: Mart) -> str | None:
    """A share is told in percent, whatever its column says."""
    return "%" if metric["format"].endswith("%") else metric.get("unit", mart[columns_of_metric(metric)[0]].unit)


def _formats(kind: str, params: Mapping[str, Any], dataset: Yaml, mart: Mart) -> Yaml:
    """Number formats, and axis titles with their unit, from the first metric of each axis."""
    derived: Yaml = {}
    for format_key, metric_key in _FORMAT_KEYS[kind]:
        metric = dataset["metrics"][names_in(params, (metric_key,))[0]]
        derived[format_key] = metric["format"]
        if kind in _HAVE_AXES:
            derived[_TITLE_KEYS[format_key]] = metric_label(metric, mart)
    return derived


def _any_time(dataset: Yaml) -> list[Yaml]:
    """The filter that a dashboard's time filter replaces; without it a chart ignores the chosen months."""
    if "time" not in dataset:
        return []
    return [_where(dataset["time"], "TEMPORAL_RANGE", "No filter")]


def _known(chart: Yaml) -> list[Yaml]:
    """Without the rows where the column is NULL: a grid would give each of their months an empty place."""
    if "known_only" not in chart:
        return []
    return [_where(chart["known_only"], "IS NOT NULL", None)]


def _chosen(chart: Yaml) -> list[Yaml]:
    """Only the rows whose columns hold what `only` says: one value, or one of several."""
    return [
        _where(column, "IN", value) if isinstance(value, list) else _where(column, "==", value)
        for column, value in chart.get("only", {}).items()
    ]


def _where(column: str, operator: str, comparator: str | list[str] | None) -> Yaml:
    return {
        "clause": "WHERE",
        "comparator": comparator,
        "expressionType": "SIMPLE",
        "operator": operator,
        "subject": column,
    }


def _rgb(colour: str) -> dict[str, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return {"r": red, "g": green, "b": blue, "a": 1}
