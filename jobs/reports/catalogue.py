"""What a report may refer to: the metrics of the published marts, each defined once, and what their columns mean."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from dashboards.datasets import columns_of_metric, metric_sql
from dashboards.marts import Column, read_marts
from jobs.errors import ReportNotDeclared
from jobs.settings import ROOT

#: The columns that place a row in time, the best first; a mart without one tells the present.
_TIMES = ("month_start", "quarter_start", "survey_year", "period_start_on", "date")

_HIDDEN = re.compile(r"suppress_small_cells\((?:(?!\}\}).)*\}\}\s+as\s+(\w+)", re.DOTALL)


@dataclass(frozen=True)
class Metric:
    """One figure of one mart. `id`: `<mart>.<name>`; `sql`: its aggregate; `format`: how its number is written.

    hideable: those of its columns in which NULL means that too few people stand behind a cell.
    """

    id: str
    mart: str
    columns: tuple[str, ...]
    sql: str
    label: str
    unit: str | None
    format: str
    hideable: frozenset[str]

    @property
    def is_share(self) -> bool:
        """Whether its number is written with a percent sign, so that changes are told in points."""
        return self.format.endswith("%")


@dataclass(frozen=True)
class Catalogue:
    """The marts by name, each with its columns, and the metrics by id."""

    marts: Mapping[str, Mapping[str, Column]]
    metrics: Mapping[str, Metric]

    def metric(self, metric_id: str) -> Metric:
        """Raises: ReportNotDeclared for a metric that nobody defined."""
        if found := self.metrics.get(metric_id):
            return found
        raise ReportNotDeclared(
            f"no metric '{metric_id}'; a metric is defined in dbt_project/metrics.yml or in a dataset of dashboards"
        )

    def columns_of(self, metric_id: str) -> Mapping[str, Column]:
        """The columns of the mart in which a metric stands. Raises: ReportNotDeclared."""
        return self.marts[self.metric(metric_id).mart]

    def time_of(self, mart: str) -> str | None:
        """The column that places a row of a mart in time; None for a mart that tells the present."""
        return next((name for name in _TIMES if name in self.marts[mart]), None)


@dataclass(frozen=True)
class _Sources:
    """The files of one checkout that define marts and metrics."""

    root: Path

    @property
    def models(self) -> Path:
        return self.root / "dbt_project" / "models" / "marts"

    @cached_property
    def marts(self) -> dict[str, Mapping[str, Column]]:
        return dict(read_marts(self.models))

    @cached_property
    def hideable(self) -> dict[str, frozenset[str]]:
        """Per mart, the columns that its SQL writes through the one macro that hides small groups."""
        return {
            file.stem: frozenset(_HIDDEN.findall(file.read_text(encoding="utf-8")))
            for file in self.models.rglob("*.sql")
        }

    def definitions(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Mart, name and definition; of the same name in both files, the one of metrics.yml, which is for everybody."""
        for file in sorted((self.root / "dashboards").glob("*/datasets/*.yaml")):
            dataset = _read(file)
            yield from ((dataset["mart"], name, metric) for name, metric in dataset.get("metrics", {}).items())
        for mart, metrics in _read(self.root / "dbt_project" / "metrics.yml").items():
            yield from ((mart, name, metric) for name, metric in metrics.items())


@cache
def read_catalogue(root: Path = ROOT) -> Catalogue:
    """Everything that a report of this checkout may refer to; read once by a process."""
    sources = _Sources(root)
    metrics = {f"{mart}.{name}": _metric(sources, mart, name, defined) for mart, name, defined in sources.definitions()}
    return Catalogue(sources.marts, metrics)


def _metric(sources: _Sources, mart: str, name: str, defined: Mapping[str, Any]) -> Metric:
    columns = tuple(columns_of_metric(defined))
    first = sources.marts[mart][columns[0]]
    return Metric(
        id=f"{mart}.{name}",
        mart=mart,
        columns=columns,
        sql=metric_sql(defined),
        label=str(defined.get("label", first.label)),
        unit=defined.get("unit", first.unit),
        format=str(defined["format"]),
        hideable=sources.hideable[mart] & set(columns),
    )


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
