"""The files of this folder, read as they stand; nothing is checked here (check.py) and nothing is built (bundle.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
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
    shared = folder / "_shared"
    return Sources(
        boards=tuple(_board(file.parent) for file in sorted(folder.glob("*/dashboard.yaml"))),
        database=read_yaml(shared / "database.yaml"),
        palette=read_yaml(shared / "palette.yaml"),
        chart_defaults=read_yaml(shared / "chart_defaults.yaml"),
        css=(shared / "dashboard.css").read_text(encoding="utf-8"),
    )


def _board(folder: Path) -> Board:
    return Board(
        name=folder.name,
        dashboard=read_yaml(folder / "dashboard.yaml"),
        datasets=_read_all(folder / "datasets"),
        charts=_read_all(folder / "charts"),
    )


def _read_all(folder: Path) -> dict[str, Yaml]:
    return {file.stem: read_yaml(file) for file in sorted(folder.glob("*.yaml"))}


def read_yaml(file: Path) -> Yaml:
    """One file; an empty one holds nothing."""
    return yaml.load(file.read_text(encoding="utf-8"), _Loader) or {}
