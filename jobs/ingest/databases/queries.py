"""The questions to a database, put together from quoted names and typed values only; no text of anybody stands in one.

Every answer is text that the database itself wrote, so no driver and no Spark type rounds it on the way. Columns of an
answer are called by their place (`f0`, `f1`, ...).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.databases import SourceTable
from contracts.model import ScopeRule
from jobs.ingest.databases.columns import ReadColumn
from jobs.ingest.databases.dialect import Dialect

#: The figures of a column in the order in which they are asked; all but the first only where values add up exactly.
FIGURES = ("missing", "sum", "smallest", "largest")


@dataclass(frozen=True)
class Range:
    """Which rows, by their cursor; `low` and `high` belong to it, None is no bound.

    beyond: what lies above it is no sane time and is read every time, like a row without a cursor.
    """

    low: str | None = None
    high: str | None = None
    beyond: str | None = None


@dataclass(frozen=True)
class Stripe:
    """One part of a range that is read by itself: from `low`, below `high`; None is open. The first holds the NULLs."""

    low: int | None
    high: int | None


def stripes(smallest: int | None, largest: int | None, reads: int) -> list[Stripe]:
    """Parts of equal width that together hold every row, once.

    Example:
        >>> [(stripe.low, stripe.high) for stripe in stripes(1, 90, 3)]
        [(None, 31), (31, 61), (61, None)]
    """
    if smallest is None or largest is None or reads == 1:
        return [Stripe(None, None)]
    width = max(1, -(-(largest - smallest + 1) // reads))
    edges = [smallest + width * step for step in range(1, reads)]
    return [Stripe(low, high) for low, high in zip([None, *edges], [*edges, None], strict=True)]


def catalogue(dialect: Dialect, table: SourceTable) -> str:
    """The question for the table's columns: name, type, size, scale."""
    return dialect.catalogue.format(schema=dialect.said(table.schema), table=dialect.said(table.table))


@dataclass(frozen=True)
class Questions:
    """What is asked of one table within the scope that its owner allows (D09-9)."""

    dialect: Dialect
    table: SourceTable
    columns: Mapping[str, ReadColumn]
    scope: Sequence[ScopeRule]

    def newest(self, beyond: str | None) -> str:
        """The largest cursor that is not beyond all sane times; NULL when there is none."""
        at_most = [] if beyond is None else [self._compared("<=", beyond)]
        return self._select([self._cursor_text(f"MAX({self._cursor})")], at_most)

    def bound(self, after: str | None, rows: int, beyond: str | None) -> str:
        """The cursor of the row that is number `rows` behind `after`, or of the last one; NULL when there is none."""
        conditions = [f"{self._cursor} IS NOT NULL"]
        conditions += [] if after is None else [self._compared(">", after)]
        conditions += [] if beyond is None else [self._compared("<=", beyond)]
        before, behind = (part.format(n=rows) for part in self.dialect.first_rows)
        place = self.dialect.quoted("c0")
        first = (
            f"SELECT {before}{self._cursor} {place} FROM {self._name}{self._where(conditions)} "
            f"ORDER BY {self._cursor}{behind}"
        )
        return f"SELECT {self._cursor_text(f'MAX({place})')} {self._alias(0)} FROM ({first}) b"

    def figures(self, wanted: Range) -> str:
        """The number of rows in the range, then the `FIGURES` of each column in turn."""
        asked = [self.dialect.count_text.format(count="COUNT(*)")]
        for column in self.columns.values():
            asked += self._figures_of(column)
        return self._select(asked, self._in_range(wanted))

    def rows(self, wanted: Range, stripe: Stripe) -> str:
        """The rows of one stripe: every field as text, in the order of `columns`."""
        texts = [self._text(column) for column in self.columns.values()]
        return self._select(texts, [*self._in_range(wanted), *self._in_stripe(stripe)])

    def keys(self, fields: Sequence[str]) -> str:
        """These fields of every row in scope, as text."""
        return self._select([self._text(self.columns[field]) for field in fields], [])

    @property
    def _name(self) -> str:
        return f"{self.dialect.quoted(self.table.schema)}.{self.dialect.quoted(self.table.table)}"

    @property
    def _cursor(self) -> str:
        return self._quoted(str(self.table.cursor))

    def _quoted(self, field: str) -> str:
        return self.dialect.quoted(self.columns[field].name)

    def _alias(self, place: int) -> str:
        return self.dialect.quoted(f"f{place}")

    def _select(self, expressions: Sequence[str], conditions: Sequence[str]) -> str:
        listed = ", ".join(f"{expression} {self._alias(place)}" for place, expression in enumerate(expressions))
        return f"SELECT {listed} FROM {self._name}{self._where(conditions)}"

    def _where(self, conditions: Sequence[str]) -> str:
        every = [*(self._in_scope(rule) for rule in self.scope), *conditions]
        return f" WHERE {' AND '.join(every)}" if every else ""

    def _in_scope(self, rule: ScopeRule) -> str:
        column = self.columns[rule.column]
        name = self._quoted(rule.column)
        said = [f"{name} IN ({', '.join(self.dialect.value(value, column.rule) for value in rule.one_of)})"]
        if not rule.one_of:
            bounds = ((">=", rule.at_least), ("<", rule.below))
            said = [f"{name} {sign} {self.dialect.value(value, column.rule)}" for sign, value in bounds if value]
        return " AND ".join(said)

    def _compared(self, sign: str, value: str) -> str:
        return f"{self._cursor} {sign} {self.dialect.value(value, self.columns[str(self.table.cursor)].rule)}"

    def _in_range(self, wanted: Range) -> list[str]:
        if wanted.low is None and wanted.high is None:
            return []
        between = [self._compared(">=", wanted.low)] if wanted.low is not None else []
        between += [self._compared("<=", wanted.high)] if wanted.high is not None else []
        always = [f"{self._cursor} IS NULL"]
        always += [self._compared(">", wanted.beyond)] if wanted.beyond is not None else []
        return [f"(({' AND '.join(between)}) OR {' OR '.join(always)})"]

    def _in_stripe(self, stripe: Stripe) -> list[str]:
        if stripe.low is None and stripe.high is None:
            return []
        name = self._quoted(str(self.table.parallel))
        if stripe.low is None:
            return [f"({name} < {stripe.high} OR {name} IS NULL)"]
        return [f"{name} >= {stripe.low}", *([] if stripe.high is None else [f"{name} < {stripe.high}"])]

    def _text(self, column: ReadColumn) -> str:
        return column.rule.text.format(column=self.dialect.quoted(column.name))

    def _cursor_text(self, expression: str) -> str:
        return self.columns[str(self.table.cursor)].rule.text.format(column=expression)

    def _figures_of(self, column: ReadColumn) -> list[str]:
        name = self.dialect.quoted(column.name)
        missing = self.dialect.count_text.format(count=f"SUM(CASE WHEN {name} IS NULL THEN 1 ELSE 0 END)")
        if column.scale is None:
            return [missing]
        number = column.rule.number.format(column=name)
        figures = (self.dialect.total.format(number=number, scale=column.scale), f"MIN({number})", f"MAX({number})")
        return [missing, *(self._number_text(column, figure) for figure in figures)]

    def _number_text(self, column: ReadColumn, figure: str) -> str:
        return column.rule.text.format(column=figure)
