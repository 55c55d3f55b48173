"""From the published file to figures: the aggregates that a report refers to, read-only and without the engine."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from jobs.errors import GateNotPassed
from jobs.publish.duckdb_file import SCHEMA
from jobs.reports.catalogue import Catalogue, Metric
from jobs.reports.declared import ChartRef, FactRef, Report, TableRef
from jobs.reports.facts import Fact, Value
from jobs.reports.figures import FactSeries, FactTable, Figures
from jobs.reports.periods import Period, PeriodKind

_SETTINGS = {"threads": "1", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_NOTHING = Value(None, 0, 0)
_BY_LABELS = {PeriodKind.MONTH: "月份", PeriodKind.QUARTER: "季度", PeriodKind.YEAR: "年度"}


@contextmanager
def opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only; what is published meanwhile is another file. Raises: GateNotPassed for none."""
    if not file.is_file():
        raise GateNotPassed("nothing is published; run `lakewarden publish`")
    with duckdb.connect(str(file), read_only=True, config=_SETTINGS) as database:
        yield database


@dataclass(frozen=True)
class Reader:
    """Asks one opened publication for the figures of one period."""

    database: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    period: Period
    smallest_group: int

    def figures(self, report: Report) -> Figures:
        """Grain: one fact per name, per cell of a table, per point of a chart."""
        return Figures(
            {name: self._fact(figure) for name, figure in report.facts.items()},
            {name: self._table(table) for name, table in report.tables.items()},
            {name: self._series(chart) for name, chart in report.charts.items()},
        )

    def _fact(self, figure: FactRef, period: Period | None = None) -> Fact:
        grouped = self._grouped(figure, None, period or self.period)
        return grouped.get("") or self._empty(figure, None, period or self.period)

    def _table(self, table: TableRef) -> FactTable:
        columns = [self._grouped(figure, table.by, self.period) for figure in table.figures]
        members = _largest_first({member for column in columns for member in column}, columns[0])
        rows = [
            (
                member,
                tuple(
                    column.get(member) or self._empty(figure, member, self.period)
                    for figure, column in zip(table.figures, columns, strict=True)
                ),
            )
            for member in members[: table.rows]
        ]
        marts = dict.fromkeys(self.catalogue.metric(figure.metric).mart for figure in table.figures)
        sources = "；".join(self._source(mart) for mart in marts) + _cut(len(members), table.rows)
        return FactTable(table.title, table.by_label or self._label(table.figures[0], table.by), tuple(rows), sources)

    def _series(self, chart: ChartRef) -> FactSeries:
        metric = self.catalogue.metric(chart.figure.metric)
        if chart.by:
            grouped = self._grouped(chart.figure, chart.by, self.period)
            members = _largest_first(grouped, grouped)
            points = tuple((member, grouped[member]) for member in members[: chart.rows])
            cut = _cut(len(members), chart.rows or len(members))
            by_label = chart.by_label or self._label(chart.figure, chart.by)
        else:
            periods = [self.period.earlier(count) for count in reversed(range(chart.periods or 1))]
            points = tuple((period.name, self._fact(chart.figure, period)) for period in periods)
            by_label, cut = _BY_LABELS[self.period.kind], ""
        return FactSeries(chart.title, metric, by_label, not chart.by, points, self._source(metric.mart) + cut)

    def _source(self, mart: str) -> str:
        """Where figures come from and how new their mart is, for the line below a chart or table."""
        time = "as_of_date" if "as_of_date" in self.catalogue.marts[mart] else self.catalogue.time_of(mart)
        if time is None:
            return f"来源：{mart}，当前状态"
        newest = self.database.execute(f"SELECT max({time}) FROM {SCHEMA}.{mart}").fetchone()
        return f"来源：{mart}，数据截至 {_day(newest[0], time)}" if newest and newest[0] else f"来源：{mart}，无数据"

    def _grouped(self, figure: FactRef, by: str | None, period: Period) -> dict[str, Fact]:
        """One fact per member of `by`, or one under the empty name; a member counts when the period itself has it."""
        metric = self.catalogue.metric(figure.metric)
        now = self._values(metric, figure.where, by, period)
        is_dated = self._is_dated(metric)
        previous = self._values(metric, figure.where, by, period.previous) if is_dated else None
        last_year = self._values(metric, figure.where, by, period.last_year) if is_dated else None
        return {
            member: Fact(
                metric, figure.where, member or None, period, value,
                None if previous is None else previous.get(member, _NOTHING),
                None if last_year is None else last_year.get(member, _NOTHING),
                self.smallest_group,
            )
            for member, value in now.items()
        }  # fmt: skip

    def _empty(self, figure: FactRef, member: str | None, period: Period) -> Fact:
        """A figure of which the mart has no row."""
        metric = self.catalogue.metric(figure.metric)
        before = _NOTHING if self._is_dated(metric) else None
        return Fact(metric, figure.where, member, period, _NOTHING, before, before, self.smallest_group)

    def _is_dated(self, metric: Metric) -> bool:
        """Whether its mart has periods to compare; else it tells the present."""
        return self.catalogue.time_of(metric.mart) is not None

    def _values(self, metric: Metric, where: Mapping[str, str], by: str | None, period: Period) -> dict[str, Value]:
        """By member: the aggregate, the rows behind it, and those in which a hideable column is NULL."""
        hidden = " OR ".join(f"{column} IS NULL" for column in sorted(metric.hideable)) or "false"
        conditions = [f"{column} = ${column}" for column in where] + self._in(metric.mart, period)
        member = f"{by}::VARCHAR" if by else "''"
        rows = self.database.execute(
            f"SELECT coalesce({member}, '未知') AS member, ({metric.sql})::DOUBLE AS value, count(*) AS cells, "
            f"count(*) FILTER (WHERE {hidden}) AS hidden_cells FROM {SCHEMA}.{metric.mart} "
            f"WHERE {' AND '.join(conditions) or 'true'} GROUP BY ALL ORDER BY ALL",
            dict(where),
        ).fetchall()
        return {name: Value(number, cells, hidden_cells) for name, number, cells, hidden_cells in rows}

    def _in(self, mart: str, period: Period) -> list[str]:
        """The conditions that keep the rows of a period; a mart of plans has rows for each kind of period."""
        columns, time = self.catalogue.marts[mart], self.catalogue.time_of(mart)
        if time is None:
            return []
        if time == "survey_year":
            return [f"{time} = {period.start.year}"]
        kinds = [f"period_kind = '{period.kind}'"] if "period_kind" in columns else []
        return [*kinds, f"{time} >= DATE '{period.start}'", f"{time} < DATE '{period.end}'"]

    def _label(self, figure: FactRef, column: str) -> str:
        return self.catalogue.columns_of(figure.metric)[column].label


def _largest_first(members: Iterable[str], by: Mapping[str, Fact]) -> list[str]:
    """The members by their figure, then by name; what is hidden or missing comes last."""

    def place(member: str) -> tuple[float, str]:
        number = by[member].value.number if member in by else None
        return (float("inf") if number is None else -number, member)

    return sorted(members, key=place)


def _cut(count: int, shown: int) -> str:
    """Said of a table or chart that leaves members out."""
    return f"；共 {count} 项，列出前 {shown} 项" if count > shown else ""


def _day(newest: date | datetime | int, time: str) -> str:
    if isinstance(newest, int):
        return f"{newest}年"
    return f"{newest:%Y-%m}" if time == "month_start" else f"{newest:%Y-%m-%d}"
