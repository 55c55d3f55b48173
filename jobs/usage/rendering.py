"""The SQL of the dbt project as a first build would run it, from its files alone: no manifest, no engine, no dbt."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from contracts.yaml_lines import read_yaml

SOURCES, MODELS, SEEDS = "desensitised", "models", "seeds"


@dataclass(frozen=True)
class Project:
    """SQL of every model by name, the names of the published ones, and the columns of every seed.

    In the SQL a source stands as `desensitised.<table>`, a model as `models.<name>`, a seed as `seeds.<name>`.
    """

    models: Mapping[str, str]
    published: tuple[str, ...]
    seeds: Mapping[str, tuple[str, ...]]


def rendered(project: Path) -> Project:
    """The project below a folder.

    Raises: jinja2.UndefinedError when a model asks something of dbt that is not known here.
    """
    files = {path.stem: path for path in sorted(project.glob("models/**/*.sql"))}
    seeds = {path.stem: _header(path) for path in sorted(project.glob("seeds/*.csv"))}
    macros = "".join(path.read_text(encoding="utf-8") for path in sorted(project.glob("macros/**/*.sql")))
    environment = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701 - makes SQL, no page
    environment.globals.update(_what_dbt_offers(project, seeds))
    return Project(
        models={
            name: environment.from_string(macros + path.read_text(encoding="utf-8")).render()
            for name, path in files.items()
        },
        published=tuple(name for name, path in files.items() if "marts" in path.relative_to(project).parts),
        seeds=seeds,
    )


def _what_dbt_offers(project: Path, seeds: Mapping[str, object]) -> dict[str, Any]:
    declared = read_yaml(project / "dbt_project.yml")["vars"]
    return {
        "source": lambda schema, table: f"{schema}.{table}",
        "ref": lambda name: f"{SEEDS if name in seeds else MODELS}.{name}",
        "var": lambda name, default=None: declared.get(name, default),
        "config": lambda **_: "",
        "is_incremental": lambda: False,
        "execute": False,
    }


def _header(seed: Path) -> tuple[str, ...]:
    with seed.open(encoding="utf-8", newline="") as file:
        return tuple(next(csv.reader(file)))
