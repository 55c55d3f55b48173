"""Charts as SVG: a Vega-Lite description per series, drawn without a browser and without the network."""

from typing import Any

import vl_convert
from markupsafe import Markup

from dashboards.marts import labelled
from jobs.reports.facts import Fact
from jobs.reports.figures import FactSeries

_VEGA_LITE = "5.21"
_FONT = "Noto Sans CJK SC"
_WIDTH, _HEIGHT, _ROW = 500, 130, 20  # points on an A4 page


def svg(series: FactSeries, palette: dict[str, str]) -> Markup:
    """The chart as inline SVG; the same series gives the same bytes. palette: named colours of the theme."""
    drawn: str = vl_convert.vegalite_to_svg(description(series, palette), vl_version=_VEGA_LITE)
    return Markup(drawn)  # noqa: S704 - the library escapes every text of the description


def description(series: FactSeries, palette: dict[str, str]) -> dict[str, Any]:
    """The Vega-Lite description: what is hidden is no mark but words, and every axis has its title and unit."""
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{_VEGA_LITE}.json",
        "width": _WIDTH,
        "height": _HEIGHT if series.is_over_time else {"step": _ROW},
        "data": {"values": list(_points(series))},
        "layer": _lines(series, palette) if series.is_over_time else _bars(series, palette),
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {"titleFontSize": 11, "labelFontSize": 10, "labelLimit": 140, "titleFontWeight": "normal"},
            "legend": {"orient": "top", "title": None, "labelFontSize": 10},
        },
    }


def _points(series: FactSeries) -> list[dict[str, Any]]:
    """One mapping per mark; of bars, a second one for a year ago where that is known."""
    points = []
    for place, fact in series.points:
        points.append({"place": place, "when": "本期", "value": fact.value.number, "hidden": _words_for_hidden(fact)})
        if not series.is_over_time and fact.last_year and fact.last_year.number is not None:
            points.append({"place": place, "when": "去年同期", "value": fact.last_year.number, "hidden": None})
    return points


def _words_for_hidden(fact: Fact) -> str | None:
    return None if fact.is_known else fact.text


def _value(series: FactSeries) -> dict[str, Any]:
    """The axis of the figure, with its title and unit."""
    return {
        "field": "value",
        "type": "quantitative",
        "title": labelled(series.metric.label, series.metric.unit),
        "axis": {"format": series.metric.format},
    }


def _lines(series: FactSeries, palette: dict[str, str]) -> list[dict[str, Any]]:
    place = {"field": "place", "type": "ordinal", "title": series.by_label, "sort": None, "axis": {"labelAngle": -35}}
    value = {**_value(series), "scale": {"zero": not series.metric.is_share}}
    words = {"filter": "datum.hidden != null"}
    return [
        {
            "mark": {"type": "line", "point": True, "color": palette["indigo"], "invalid": "break-paths-show-domains"},
            "encoding": {"x": place, "y": value},
        },
        {
            "transform": [words],
            "mark": {"type": "text", "angle": 270, "align": "left", "fontSize": 9, "color": palette["slate"]},
            "encoding": {"x": place, "y": {"value": _HEIGHT - 4}, "text": {"field": "hidden"}},
        },
    ]


def _bars(series: FactSeries, palette: dict[str, str]) -> list[dict[str, Any]]:
    place = {"field": "place", "type": "nominal", "title": series.by_label, "sort": None}
    colours = {"domain": ["本期", "去年同期"], "range": [palette["indigo"], palette["sky"]]}
    return [
        {
            "transform": [{"filter": "datum.value != null"}],
            "mark": {"type": "bar"},
            "encoding": {
                "y": place,
                "x": _value(series),
                "yOffset": {"field": "when", "sort": colours["domain"]},
                "color": {"field": "when", "type": "nominal", "scale": colours},
            },
        },
        {
            "transform": [{"filter": "datum.hidden != null"}],
            "mark": {"type": "text", "align": "left", "fontSize": 9, "color": palette["slate"]},
            "encoding": {"y": place, "x": {"value": 4}, "text": {"field": "hidden"}},
        },
    ]
