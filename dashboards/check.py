"""Check the dashboards from files alone: `python -m dashboards.check` lists every finding and fails if there is one.

The promises: every dashboard shows exactly its charts; chart, dataset, mart and column exist and fit; everything a
manager reads is Chinese, labelled from the mart and coloured from the palette; each page says that small groups are
hidden. No login and no database is needed.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.access import REGION_COLUMNS, region_of
from dashboards.alerts import ALERTS
from dashboards.charts import COLUMN_KEYS, KNOWN_TYPES, METRIC_KEYS, names_in
from dashboards.datasets import DERIVED_KINDS, METRIC_KINDS, column_of_derived, columns_of_metric
from dashboards.layout import GRID_COLUMNS, reached_by
from dashboards.marts import Mart, read_marts, smallest_visible_group
from dashboards.sources import Board, Sources, Yaml, read_sources

FEWEST_CHARTS = 4
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEX_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")

KEYS_OF_DASHBOARD = {
    "title", "slug", "reader", "decision", "description", "stewards_only", "refresh_seconds", "colors", "filters",
    "rows",
}  # fmt: skip
KEYS_OF_DATASET = {"mart", "time", "as_of", "region", "columns", "metrics"}
KEYS_OF_CHART = {"title", "description", "dataset", "type", "color", "known_only", "only", "params"}
KEYS_OF_METRIC = {
    *METRIC_KINDS, "weight", "multiply", "divide", "label", "unit", "format", "description", "requirement", *ALERTS,
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and the file to mend."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"dashboards/{self.file}: {self.message}"


def findings(sources: Sources, marts: Mapping[str, Mart], hidden_below: int) -> list[Finding]:
    """Everything that is wrong. A board with a broken dataset is not looked at further: one cause, one finding."""
    if not sources.boards:
        return [Finding("", "no dashboard found, so nothing would be shown")]
    found: list[Finding] = [*_marts_with_two_datasets(sources)]
    for board in sources.boards:
        of_datasets = list(_of_datasets(board, marts))
        found += of_datasets or [
            *_of_charts(board, marts, sources.palette),
            *_of_dashboard(board, marts, sources.palette, hidden_below),
        ]
    return found


def _marts_with_two_datasets(sources: Sources) -> Iterator[Finding]:
    """Superset holds one dataset per table; a second one would replace the first on import."""
    uses = Counter(dataset.get("mart") for board in sources.boards for dataset in board.datasets.values())
    for mart, count in uses.items():
        if count > 1:
            yield Finding("", f"{count} datasets use the mart {mart}; Superset holds one dataset per table")


def _of_datasets(board: Board, marts: Mapping[str, Mart]) -> Iterator[Finding]:
    used = {chart.get("dataset") for chart in board.charts.values()}
    for name, dataset in board.datasets.items():
        file = f"{board.name}/datasets/{name}.yaml"
        yield from _unknown_keys(file, dataset, KEYS_OF_DATASET)
        if name not in used:
            yield Finding(file, "no chart uses this dataset")
        if (mart := marts.get(dataset.get("mart", ""))) is None:
            yield Finding(file, f"no mart is called {dataset.get('mart')}")
            continue
        yield from (Finding(file, message) for message in _of_dataset(dataset, mart))


def _of_dataset(dataset: Yaml, mart: Mart) -> Iterator[str]:
    for column in mart.values():
        if not CHINESE.search(column.label) and column.label == column.name:
            yield f"the column {column.name} of {dataset['mart']} has no meta.label in its yml"
    if "time" in dataset and not (dataset["time"] in mart and mart[dataset["time"]].is_date):
        yield f"the time column {dataset['time']} is not a date of {dataset['mart']}"
    if "as_of" in dataset and not (dataset["as_of"] in mart and mart[dataset["as_of"]].is_date):
        yield f"as_of is {dataset['as_of']}, which is not a date of {dataset['mart']}"
    yield from _of_region(dataset, mart)
    for name, derived in dataset.get("columns", {}).items():
        if sum(kind in derived for kind in DERIVED_KINDS) != 1:
            yield f"the column {name} is not exactly one of {', '.join(DERIVED_KINDS)}"
        elif column_of_derived(derived) not in mart:
            yield f"the column {name} is made from {column_of_derived(derived)}, which {dataset['mart']} does not have"
        if name in mart:
            yield f"the column {name} hides a column of {dataset['mart']}"
    for name, metric in dataset.get("metrics", {}).items():
        yield from (f"the metric {name} {message}" for message in _of_metric(metric, mart))


def _of_region(dataset: Yaml, mart: Mart) -> Iterator[str]:
    """A mart that knows regions says which column holds them, or a regional manager would see them all or none."""
    has_region = [name for name in REGION_COLUMNS if name in mart]
    if has_region and "region" not in dataset:
        yield f"{dataset['mart']} has {' and '.join(has_region)}, and no `region` says which one row rules are made of"
    if region := region_of(dataset):
        yield from (f"region names {name}, which its mart does not have" for name in region.columns if name not in mart)


def _of_metric(metric: Mapping[str, Any], mart: Mart) -> Iterator[str]:
    if sum(kind in metric for kind in METRIC_KINDS) != 1:
        yield f"is not exactly one of {', '.join(METRIC_KINDS)}"
    if unknown := sorted(set(metric) - KEYS_OF_METRIC):
        yield f"has unknown keys: {', '.join(unknown)}"
    if ("mean" in metric) != ("weight" in metric):
        yield "is a mean without a weight, or has a weight without a mean"
    if "ratio" in metric and len(columns_of_metric(metric)) != len(("above", "below")):
        yield "is a ratio that does not name two columns"
    if "format" not in metric:
        yield "has no number format"
    if len(ALERTS & metric.keys()) > 1:
        yield "has two alerts; one threshold is shown"
    for column in columns_of_metric(metric):
        if column not in mart:
            yield f"uses the column {column}, which its mart does not have"


def _of_charts(board: Board, marts: Mapping[str, Mart], palette: Yaml) -> Iterator[Finding]:
    if len(board.charts) < FEWEST_CHARTS:
        yield Finding(f"{board.name}/charts", f"{len(board.charts)} charts, at least {FEWEST_CHARTS} are wanted")
    for name, chart in board.charts.items():
        file = f"{board.name}/charts/{name}.yaml"
        yield from _unknown_keys(file, chart, KEYS_OF_CHART)
        yield from _unreadable(file, chart, ("title", "description"))
        if (dataset := board.datasets.get(chart.get("dataset", ""))) is None:
            yield Finding(file, f"no dataset of this dashboard is called {chart.get('dataset')}")
        elif chart.get("type") not in KNOWN_TYPES:
            yield Finding(file, f"the chart type {chart.get('type')} has no number format in charts.py")
        else:
            messages = _of_chart(chart, dataset, marts[dataset["mart"]], palette)
            yield from (Finding(file, message) for message in messages)


def _of_chart(chart: Yaml, dataset: Yaml, mart: Mart, palette: Yaml) -> Iterator[str]:
    params = chart["params"]
    columns, metrics = {*mart, *dataset.get("columns", {})}, dataset["metrics"]
    named_metrics = names_in(params, METRIC_KEYS)
    if not named_metrics:
        yield "it names no metric"
    for metric in named_metrics:
        if not isinstance(metric, str):
            yield "a metric is written in the chart; metrics belong into the dataset"
        elif metric not in metrics:
            yield f"the dataset {chart['dataset']} has no metric {metric}"
    for column in (*names_in(params, COLUMN_KEYS), *names_in(chart, ("known_only",)), *chart.get("only", {})):
        if column not in columns:
            yield f"the dataset {chart['dataset']} has no column {column}"
    sorted_by = params.get("x_axis_sort")
    if sorted_by not in {None, "sum", "name", *metrics, *columns}:
        yield f"it is sorted by {sorted_by}, which is neither metric nor column"
    for name in params.get("column_config", {}):
        if name not in {*columns, *metrics}:
            yield f"it configures {name}, which is neither metric nor column"
    if HEX_COLOUR.search(str(params)) or "color_scheme" in params:
        yield "it names a colour of its own; colours belong into _shared/palette.yaml"
    if chart.get("color", "indigo") not in palette["named"]:
        yield f"the palette has no colour {chart['color']}"
    if params.get("linear_color_scheme") not in {None, *(scheme["id"] for scheme in palette["sequential"])}:
        yield f"the palette has no scheme {params['linear_color_scheme']}"


def _of_dashboard(board: Board, marts: Mapping[str, Mart], palette: Yaml, hidden_below: int) -> Iterator[Finding]:
    file, page = f"{board.name}/dashboard.yaml", board.dashboard
    yield from _unknown_keys(file, page, KEYS_OF_DASHBOARD)
    yield from _unreadable(file, page, ("title", "reader", "decision", "description"))
    placed = Counter(name for row in page["rows"] for name in row.get("charts", {}))
    for name in sorted({*placed, *board.charts}):
        if name not in board.charts:
            yield Finding(file, f"it places the chart {name}, which has no file")
        elif placed[name] != 1:
            yield Finding(file, f"it places the chart {name} {placed[name]} times instead of once")
    for row in page["rows"]:
        if "charts" in row and sum(row["charts"].values()) != GRID_COLUMNS:
            yield Finding(file, f"the row of {', '.join(row['charts'])} is not {GRID_COLUMNS} columns wide")
    promise = f"人数少于{hidden_below}"
    if not any(promise in row.get("text", "") for row in page["rows"]):
        yield Finding(file, f"no text says {promise}, so nobody learns that small groups are hidden")
    for colour in page.get("colors", {}).values():
        if colour not in palette["named"]:
            yield Finding(file, f"the palette has no colour {colour}")
    names = [entry["name"] for entry in page["filters"]]
    for entry in page["filters"]:
        messages = _of_filter(entry, names, board, marts)
        yield from (Finding(file, f"the filter {entry['name']} {message}") for message in messages)


def _of_filter(entry: Mapping[str, Any], names: list[str], board: Board, marts: Mapping[str, Mart]) -> Iterator[str]:
    if not CHINESE.search(entry["name"]):
        yield "has no Chinese name"
    if "parent" in entry and entry["parent"] not in names:
        yield f"depends on {entry['parent']}, which is no filter"
    if entry["kind"] not in ("select", "time"):
        yield f"is of the unknown kind {entry['kind']}"
        return
    if entry["kind"] == "select":
        if (dataset := board.datasets.get(entry["dataset"])) is None:
            yield f"takes its choices from {entry['dataset']}, which is no dataset"
            return
        if entry["column"] not in {*marts[dataset["mart"]], *dataset.get("columns", {})}:
            yield f"takes its choices from the column {entry['column']}, which {entry['dataset']} does not have"
    charts = {name: chart for name, chart in board.charts.items() if chart.get("dataset") in board.datasets}
    if not reached_by(entry, Board(board.name, board.dashboard, board.datasets, charts), marts):
        yield "changes no chart"


def _unknown_keys(file: str, content: Yaml, known: set[str]) -> Iterator[Finding]:
    for key in sorted(set(content) - known):
        yield Finding(file, f"unknown key {key}")


def _unreadable(file: str, content: Yaml, keys: tuple[str, ...]) -> Iterator[Finding]:
    for key in keys:
        if not CHINESE.search(str(content.get(key, ""))):
            yield Finding(file, f"the {key} is not Chinese")


def main() -> None:
    """List the findings of this checkout; exit 1 if there is one."""
    sources = read_sources()
    found = findings(sources, read_marts(), smallest_visible_group())
    for finding in found:
        print(finding)
    charts = sum(len(board.charts) for board in sources.boards)
    if found:
        sys.exit(f"{len(found)} findings")
    print(f"{len(sources.boards)} dashboards, {charts} charts: no finding")


if __name__ == "__main__":
    main()
