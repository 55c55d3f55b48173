"""Facts put together: tables, series for charts, and everything that one report refers to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jobs.reports.catalogue import Metric
from jobs.reports.facts import Fact
from jobs.reports.periods import PeriodKind


@dataclass(frozen=True)
class FactTable:
    """A table of figures: one row per member, its facts in the order of the columns."""

    title: str
    by_label: str
    rows: tuple[tuple[str, tuple[Fact, ...]], ...]
    source: str

    @property
    def head(self) -> tuple[Metric, ...]:
        """The metric of each column; empty without a row."""
        return tuple(fact.metric for fact in self.rows[0][1]) if self.rows else ()

    @property
    def has_last_year(self) -> bool:
        """Whether its first figure is compared with a year ago (同比); the present is not compared."""
        return bool(self.rows) and self.rows[0][1][0].last_year is not None

    @property
    def has_previous(self) -> bool:
        """Whether it is compared with the period before as well (环比); of a year that is a year ago."""
        return self.has_last_year and self.rows[0][1][0].period.kind is not PeriodKind.YEAR


@dataclass(frozen=True)
class FactSeries:
    """What a chart shows: points in order, each a place on the axis and a fact. `by_label`: what the places are."""

    title: str
    metric: Metric
    by_label: str
    is_over_time: bool
    points: tuple[tuple[str, Fact], ...]
    source: str


@dataclass(frozen=True)
class Figures:
    """Everything that a report of one period refers to, under the names of its declaration."""

    facts: Mapping[str, Fact]
    tables: Mapping[str, FactTable]
    charts: Mapping[str, FactSeries]

    def all(self) -> Iterator[tuple[str, Fact]]:
        """Every figure with the place where it stands, the same figures in the same order each time."""
        yield from ((f"facts.{name}", fact) for name, fact in self.facts.items())
        for name, table in self.tables.items():
            for member, facts in table.rows:
                yield from ((f"tables.{name}.{member}.{fact.metric.id}", fact) for fact in facts)
        for name, series in self.charts.items():
            yield from ((f"charts.{name}.{place}", fact) for place, fact in series.points)
