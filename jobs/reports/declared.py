"""A report as its folder declares it: `reports/<id>/report.yaml`, checked against a schema and the catalogue."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from contracts.model import Classification
from jobs.errors import ReportNotDeclared
from jobs.reports.catalogue import Catalogue, read_catalogue
from jobs.reports.periods import Period, PeriodKind
from jobs.settings import ROOT

FOLDER = ROOT / "reports"


@dataclass(frozen=True)
class FactRef:
    """One figure: a metric by its id, over the rows of its mart that have these values."""

    metric: str
    where: Mapping[str, str]


@dataclass(frozen=True)
class TableRef:
    """Figures side by side, one row per member of the column `by`; the first figure orders the `rows` rows.

    by_label: what the members are, where the column's own label does not say it.
    """

    title: str
    by: str
    by_label: str | None
    figures: tuple[FactRef, ...]
    rows: int


@dataclass(frozen=True)
class ChartRef:
    """One figure drawn: over the last `periods` periods, or per member of the column `by` beside a year ago.

    rows: how many members at the most, the largest first.
    """

    title: str
    figure: FactRef
    by: str | None
    by_label: str | None
    rows: int | None
    periods: int | None


@dataclass(frozen=True)
class Report:
    """What kind of document: for whom, what it refers to, who signs it, who gets it, and by when.

    signatures: roles in their order; all but the last check (D08-8), the last approves (D08-5, D10-4).
    draft_on_day: the day of the month behind the period; issue_within_working_days: after the period's last day.
    """

    id: str
    folder: Path
    title: str
    reader: str
    decision: str
    requirements: tuple[str, ...]
    classification: Classification
    periods: tuple[PeriodKind, ...]
    draft_on_day: int
    issue_within_working_days: int
    signatures: tuple[str, ...]
    recipients: tuple[str, ...]
    facts: Mapping[str, FactRef]
    tables: Mapping[str, TableRef]
    charts: Mapping[str, ChartRef]

    @property
    def template(self) -> Path:
        """The text, without a typed figure."""
        return self.folder / "text.html.j2"

    def require_period(self, period: Period) -> None:
        """Return for a period of a kind that this report is made for. Raises: ReportNotDeclared."""
        if period.kind not in self.periods:
            raise ReportNotDeclared(f"{self.id} is a report of a {' or '.join(self.periods)}, not of a {period.kind}")

    def figures(self) -> Iterator[FactRef]:
        """Everything it refers to, wherever it stands."""
        yield from self.facts.values()
        for table in self.tables.values():
            yield from table.figures
        yield from (chart.figure for chart in self.charts.values())


def report_ids(folder: Path = FOLDER) -> list[str]:
    """The ids of all reports that are declared."""
    return sorted(file.parent.name for file in folder.glob("*/report.yaml"))


def load_report(report_id: str, folder: Path = FOLDER) -> Report:
    """A report by its id.

    Raises: ReportNotDeclared for an id, a word, a metric or a column that is not known, or for a mart that counts the
    same thing in several breakdowns where none is chosen.
    """
    if report_id not in report_ids(folder):
        raise ReportNotDeclared(f"there is no report of this id; known: {', '.join(report_ids(folder))}")
    declared = yaml.safe_load((folder / report_id / "report.yaml").read_text(encoding="utf-8"))
    schema = json.loads((folder / "_shared" / "report.schema.json").read_text(encoding="utf-8"))
    if problem := next(iter(Draft202012Validator(schema).iter_errors(declared)), None):
        raise ReportNotDeclared(f"reports/{report_id}/report.yaml {problem.json_path}: {problem.message}")
    report = _report(report_id, folder / report_id, declared)
    _require_known(report, read_catalogue())
    return report


def _report(report_id: str, folder: Path, declared: Mapping[str, Any]) -> Report:
    return Report(
        id=report_id,
        folder=folder,
        title=declared["title"],
        reader=declared["reader"],
        decision=declared["decision"],
        requirements=tuple(declared["requirements"]),
        classification=Classification(declared["classification"]),
        periods=tuple(PeriodKind(kind) for kind in declared["periods"]),
        draft_on_day=declared["draft_on_day"],
        issue_within_working_days=declared["issue_within_working_days"],
        signatures=tuple(declared["signatures"]),
        recipients=tuple(declared["recipients"]),
        facts={name: _fact(one) for name, one in declared["facts"].items()},
        tables={
            name: TableRef(one["title"], one["by"], one.get("by_label"), tuple(map(_fact, one["figures"])), one["rows"])
            for name, one in declared.get("tables", {}).items()
        },
        charts={
            name: ChartRef(
                one["title"], _fact(one), one.get("by"), one.get("by_label"), one.get("rows"), one.get("periods")
            )
            for name, one in declared.get("charts", {}).items()
        },
    )


def _fact(declared: Mapping[str, Any]) -> FactRef:
    return FactRef(declared["metric"], declared.get("where", {}))


def _require_known(report: Report, catalogue: Catalogue) -> None:
    for figure in report.figures():
        columns = catalogue.columns_of(figure.metric)
        _require_columns(report, figure, figure.where, columns)
        if "breakdown" in columns and "breakdown" not in figure.where:
            raise ReportNotDeclared(
                f"{report.id}: {figure.metric} stands in its mart once per breakdown; choose one with where: breakdown"
            )
    grouped = [(figure, table.by) for table in report.tables.values() for figure in table.figures]
    grouped += [(chart.figure, chart.by) for chart in report.charts.values() if chart.by]
    for figure, by in grouped:
        _require_columns(report, figure, [by], catalogue.columns_of(figure.metric))


def _require_columns(report: Report, figure: FactRef, named: Iterable[str], known: Iterable[str]) -> None:
    if unknown := sorted(set(named) - set(known)):
        raise ReportNotDeclared(f"{report.id}: the mart of {figure.metric} has no column {', '.join(unknown)}")
