"""From a dashboard file to Superset's dashboard: rows of charts on a grid of twelve, filters that know their reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboards.marts import Mart
from dashboards.sources import Board, Yaml

GRID_COLUMNS = 12


def reached_by(entry: Mapping[str, Any], board: Board, marts: Mapping[str, Mart]) -> list[str]:
    """The charts a filter changes: those whose dataset has the filter's column, or a time axis for a time filter."""

    def has_it(dataset: Yaml) -> bool:
        if entry["kind"] == "time":
            return "time" in dataset
        return entry["column"] in marts[dataset["mart"]] or entry["column"] in dataset.get("columns", {})

    return [name for name, chart in sorted(board.charts.items()) if has_it(board.datasets[chart["dataset"]])]


@dataclass(frozen=True)
class Layout:
    """One board on its way to Superset; `uuid_of(kind, name)` names what belongs to it."""

    board: Board
    marts: Mapping[str, Mart]
    uuid_of: Callable[[str, str], str]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Numbers that link the parts of one file; the import puts the real ones in their place."""
        return {name: number for number, name in enumerate(sorted(self.board.charts), start=1)}

    def dashboard(self, css: str, palette: Yaml) -> Yaml:
        """The dashboard as Superset imports it, without its own uuid."""
        page = self.board.dashboard
        return {
            "dashboard_title": page["title"],
            "description": f"读者:{page['reader']}。决策:{page['decision']}。{page['description']}",
            "slug": page["slug"],
            "css": css,
            "published": True,
            "is_managed_externally": True,
            "position": self._position(),
            "metadata": {
                # Each chart names its scheme. A scheme of the dashboard would paint a map by province, and would make
                # the browser of a viewer try to store colours, which is refused.
                "color_scheme": "",
                "label_colors": {label: palette["named"][name] for label, name in page.get("colors", {}).items()},
                "refresh_frequency": page.get("refresh_seconds", 0),
                "filter_bar_orientation": "HORIZONTAL",
                "cross_filters_enabled": True,
                "native_filter_configuration": [self._native_filter(entry) for entry in page["filters"]],
                "chart_configuration": {},
                "timed_refresh_immune_slices": [],
                "expanded_slices": {},
                "default_filters": "{}",
            },
        }

    def _position(self) -> Yaml:
        rows = [self._row(index, row) for index, row in enumerate(self.board.dashboard["rows"], start=1)]
        row_ids = [row[0]["id"] for row in rows]
        nodes: Yaml = {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
            "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": self.board.dashboard["title"]}},
            "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": row_ids},
        }
        return nodes | {node["id"]: node for row in rows for node in row}

    def _row(self, index: int, row: Mapping[str, Any]) -> list[Yaml]:
        """The row's own node, then one node for each thing in it."""
        row_id = f"ROW-{index:02d}"
        things = (
            [self._chart(name, width, row["height"]) for name, width in row["charts"].items()]
            if "charts" in row
            else [self._text(index, row)]
        )
        for thing in things:
            thing |= {"children": [], "parents": ["ROOT_ID", "GRID_ID", row_id]}
        node = {
            "type": "ROW",
            "id": row_id,
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
            "children": [thing["id"] for thing in things],
        }
        return [node, *things]

    def _chart(self, name: str, width: int, height: int) -> Yaml:
        meta = {
            "uuid": self.uuid_of("charts", name),
            "chartId": self.numbers[name],
            "sliceName": self.board.charts[name]["title"],
            "width": width,
            "height": height,
        }
        return {"type": "CHART", "id": f"CHART-{name}", "meta": meta}

    def _text(self, index: int, row: Mapping[str, Any]) -> Yaml:
        meta = {"code": row["text"], "width": GRID_COLUMNS, "height": row["height"]}
        return {"type": "MARKDOWN", "id": f"MARKDOWN-{index:02d}", "meta": meta}

    def _native_filter(self, entry: Mapping[str, Any]) -> Yaml:
        is_time = entry["kind"] == "time"
        reached = reached_by(entry, self.board, self.marts)
        choice = {} if is_time else {"multiSelect": True, "searchAllOptions": False}
        return {
            "id": self._filter_id(entry["name"]),
            "type": "NATIVE_FILTER",
            "name": entry["name"],
            "description": entry.get("description", ""),
            "filterType": "filter_time" if is_time else "filter_select",
            "targets": [{}] if is_time else [self._target(entry)],
            "controlValues": {"enableEmptyFilter": False} | choice,
            "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
            "cascadeParentIds": [self._filter_id(entry["parent"])] if "parent" in entry else [],
            "scope": {
                "rootPath": ["ROOT_ID"],
                "excluded": [number for name, number in self.numbers.items() if name not in reached],
            },
        }

    def _target(self, entry: Mapping[str, Any]) -> Yaml:
        return {"datasetUuid": self.uuid_of("datasets", entry["dataset"]), "column": {"name": entry["column"]}}

    def _filter_id(self, name: str) -> str:
        """Stable, so that a shared link with a filter still means the same after the next import."""
        return f"NATIVE_FILTER-{self.uuid_of('filters', name)}"
