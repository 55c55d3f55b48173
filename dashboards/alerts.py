"""Thresholds: a metric says in dbt_project/metrics.yml beyond which value somebody has to act, and charts show it.

A key figure and a table's cell turn to the alert's colour; a line chart has a dashed line at the threshold.
"""

from collections.abc import Mapping
from typing import Any

Yaml = dict[str, Any]

# The key of the metric, and the comparison that raises the alert.
_OPERATORS = {"alert_below": "<", "alert_above": ">"}
ALERTS = frozenset(_OPERATORS)
_WORDS = {"<": "低于", ">": "高于"}
_COLOUR = "coral"
_LIGHT = "40"  # a quarter of it behind the number of a table


def alert_params(kind: str, params: Mapping[str, Any], dataset: Yaml, palette: Yaml) -> Yaml:
    """The parameters that show the alerts of a chart's metrics; empty for a chart without any, or of another type."""
    named = params.get("metrics", [params["metric"]] if "metric" in params else [])
    alerts = {name: alert for name in named if (alert := _alert(dataset["metrics"][name]))}
    colour = palette["named"][_COLOUR]
    if not alerts:
        return {}
    if kind == "big_number_total":
        (name, (operator, threshold)), *_ = alerts.items()
        words = f"{_WORDS[operator]}{_text(threshold, dataset['metrics'][name]['format'])}示警"
        return {
            "conditional_formatting": [_rule(name, operator, threshold, colour)],
            "subtitle": f"{params['subtitle']} · {words}" if params.get("subtitle") else words,
        }
    if kind == "table":
        return {"conditional_formatting": [_rule(name, *alert, colour + _LIGHT) for name, alert in alerts.items()]}
    if kind == "echarts_timeseries_line":
        return {
            "annotation_layers": [_line(*alert, dataset["metrics"][name], colour) for name, alert in alerts.items()]
        }
    return {}


def _alert(metric: Mapping[str, Any]) -> tuple[str, float] | None:
    return next(((operator, metric[key]) for key, operator in _OPERATORS.items() if key in metric), None)


def _rule(metric: str, operator: str, threshold: float, colour: str) -> Yaml:
    return {
        "column": metric, "operator": operator, "targetValue": threshold, "colorScheme": colour, "useGradient": False,
    }  # fmt: skip


def _line(operator: str, threshold: float, metric: Mapping[str, Any], colour: str) -> Yaml:
    return {
        "annotationType": "FORMULA", "sourceType": "", "value": str(threshold), "show": True, "showLabel": False,
        "name": f"警戒线({_WORDS[operator]}{_text(threshold, metric['format'])})",
        "color": colour, "style": "dashed", "width": 1, "opacity": "", "showMarkers": False, "hideLine": False,
        "overrides": {"time_range": None},
    }  # fmt: skip


def _text(threshold: float, number_format: str) -> str:
    return f"{threshold:.1%}" if number_format.endswith("%") else f"{threshold:g}"
