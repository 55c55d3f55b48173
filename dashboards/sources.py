"""The files of this folder, read as they stand; nothing is checked here (check.py) and nothing is built (bundle.py)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
METRICS = FOLDER.parent / "dbt_project" / "metrics.yml"
Yaml = dict[str, Any]

try:  # the C loader is ten times faster and not in every build of PyYAML
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader


@dataclass(frozen=True)
class Board:
    """One dashboard's folder: `dashboard.yaml`, `datasets/*.yaml`, `charts/*.yaml`, the latter by file stem."""

    name: str
    dashboard: Yaml
    datasets: Mapping[str, Yaml]
    charts: Mapping[str, Yaml]


@dataclass(frozen=True)
class Sources:
    """Everything a bundle is made from, boards sorted by name."""

    boards: tuple[Board, ...]
    database: Yaml
    palette: Yaml
    chart_defaults: Mapping[str, Yaml]
    css: str


def read_sources(folder: Path = FOLDER) -> Sources:
    """Read every dashboard below `folder`; a folder is one if it holds a `dashboard.yaml`."""
    shared, metrics = folder / "_shared", read_yaml(METRICS)
    return Sources(
        boards=tuple(_board(file.parent, metrics) for file in sorted(folder.glob("*/dashboard.yaml"))),
        database=read_yaml(shared / "database.yaml"),
        palette=read_yaml(shared / "palette.yaml"),
        chart_defaults=read_yaml(shared / "chart_defaults.yaml"),
        css=(shared / "dashboard.css").read_text(encoding="utf-8"),
    )


def read_accounts() -> dict[str, Yaml]:
    """Who logs in, by account: of LAKEWARDEN_DASHBOARD_ACCOUNTS where it names a file, else of this folder."""
    return read_yaml(Path(os.environ.get("LAKEWARDEN_DASHBOARD_ACCOUNTS") or FOLDER / "_shared" / "accounts.yaml"))


def _board(folder: Path, metrics: Mapping[str, Yaml]) -> Board:
    return Board(
        name=folder.name,
        dashboard=read_yaml(folder / "dashboard.yaml"),
        datasets={name: _measured(one, metrics) for name, one in _read_all(folder / "datasets").items()},
        charts=_read_all(folder / "charts"),
    )


def _measured(dataset: Yaml, metrics: Mapping[str, Yaml]) -> Yaml:
    """The dataset with every metric that dbt_project/metrics.yml defines for its mart, beside those of its own."""
    return dataset | {"metrics": {**metrics.get(dataset.get("mart", ""), {}), **dataset.get("metrics", {})}}


def _read_all(folder: Path) -> dict[str, Yaml]:
    return {file.stem: read_yaml(file) for file in sorted(folder.glob("*.yaml"))}


def read_yaml(file: Path) -> Yaml:
    """One file; an empty one holds nothing."""
    return yaml.load(file.read_text(encoding="utf-8"), _Loader) or {}
