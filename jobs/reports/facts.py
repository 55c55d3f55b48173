"""A figure with everything a reader may ask of it: metric, mart, columns, period, and how it compares."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from jobs.reports.catalogue import Metric
from jobs.reports.periods import Period, PeriodKind

_SAME = 0.0005  # what is written as 0.0% is told as no change


@dataclass(frozen=True)
class Value:
    """A figure of one period. `cells`: rows of the mart behind it; `hidden_cells`: those hidden for too few people."""

    number: float | None
    cells: int
    hidden_cells: int

    @property
    def is_suppressed(self) -> bool:
        """Whether nothing can be said because everything behind it is hidden."""
        return self.number is None and self.hidden_cells > 0

    @property
    def is_partial(self) -> bool:
        """Whether it is told without cells that are hidden."""
        return self.number is not None and self.hidden_cells > 0


@dataclass(frozen=True)
class Fact:
    """One figure by reference: `value` of `period`, beside the period before and the same period a year before.

    member: the member of a breakdown, or None for all; smallest_group: below how many people a cell is hidden.
    previous, last_year: None where the mart tells the present and cannot be compared.
    """

    metric: Metric
    where: Mapping[str, str]
    member: str | None
    period: Period
    value: Value
    previous: Value | None
    last_year: Value | None
    smallest_group: int

    def __html__(self) -> str:
        """What a template writes for it, marked with its source so that the document can be traced."""
        return Markup('<span class="fact" data-metric="{}" data-period="{}">{}</span>').format(
            self.metric.id, self.period.name, self.text
        )

    @property
    def text(self) -> str:
        """The figure with its unit; a hidden one is told as hidden, never as nothing."""
        return self.number_text + (self._unit if self.value.number is not None else "")

    @property
    def number_text(self) -> str:
        """The figure without its unit, for tables; a star where hidden cells are left out."""
        if self.value.is_suppressed:
            return f"—（少于{self.smallest_group}）"
        if self.value.number is None:
            return "—（无数据）"
        return self._written(self.value.number) + ("*" if self.value.is_partial else "")

    @property
    def change(self) -> str:
        """How it compares with the period before (环比); of a year that is the year before (同比)."""
        return self._compared("同比" if self.period.kind is PeriodKind.YEAR else "环比", self.previous)

    @property
    def year_change(self) -> str:
        """How it compares with the same period a year before (同比)."""
        return self._compared("同比", self.last_year)

    @property
    def change_text(self) -> str:
        """The same in a cell of a table: with a sign, and a dash where nothing can be compared."""
        return self._signed(self.previous)

    @property
    def year_change_text(self) -> str:
        """The same against a year ago."""
        return self._signed(self.last_year)

    @property
    def is_known(self) -> bool:
        """Whether there is a number to speak of."""
        return self.value.number is not None

    def below(self, other: "Fact") -> bool:
        """Whether it lies below another figure; False where one of them is not known."""
        return (
            self.value.number is not None and other.value.number is not None and self.value.number < other.value.number
        )

    @property
    def as_data(self) -> dict[str, Any]:
        """Plain data for `facts.json`: what was approved, figure by figure."""
        return {
            "metric": self.metric.id,
            "columns": [f"{self.metric.mart}.{column}" for column in self.metric.columns],
            "where": dict(self.where),
            "member": self.member,
            "period": self.period.name,
            "label": self.metric.label,
            "unit": self.metric.unit,
            "text": self.text,
            "is_suppressed": self.value.is_suppressed,
            **{
                name: None if value is None else asdict(value)
                for name, value in (("value", self.value), ("previous", self.previous), ("last_year", self.last_year))
            },
        }

    @property
    def _unit(self) -> str:
        """Chinese units follow their number at once, others behind a blank; a share has its percent sign already."""
        unit = self.metric.unit if not self.metric.is_share else None
        return "" if not unit else f" {unit}" if unit[0].isascii() else unit

    def _written(self, number: float) -> str:
        wish = self.metric.format
        return format(round(number), wish) if wish.endswith("d") else format(number, wish)

    def _difference(self, before: Value | None) -> float | None:
        """Relative, or in points for shares; None where one side is not known or the base is nothing."""
        if before is None or before.number is None or self.value.number is None:
            return None
        if self.metric.is_share:
            return self.value.number - before.number
        return (self.value.number - before.number) / abs(before.number) if before.number else None

    def _compared(self, kind: str, before: Value | None) -> str:
        difference = self._difference(before)
        if difference is None:
            return f"{kind}无可比数据"
        if abs(difference) < _SAME:
            return f"{kind}持平"
        if self.metric.is_share:
            return f"{kind}{'上升' if difference > 0 else '下降'}{abs(difference) * 100:.1f}个百分点"
        return f"{kind}{'增长' if difference > 0 else '下降'}{abs(difference):.1%}"

    def _signed(self, before: Value | None) -> str:
        difference = self._difference(before)
        if difference is None:
            return "—"
        return f"{difference * 100:+.1f}个百分点" if self.metric.is_share else f"{difference:+.1%}"
