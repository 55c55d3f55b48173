"""What a table says of its rows beside what was read of them: counts, sums, smallest and largest. Source: D15-7."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Severity
from expectations.gate import Check
from jobs.ingest.databases.columns import ReadColumn
from jobs.ingest.databases.plain import number_of
from jobs.ingest.databases.queries import FIGURES


@dataclass(frozen=True)
class Figures:
    """The number of rows, and by field and figure a count or a number; NULL where there is no value."""

    rows: int
    by_field: Mapping[tuple[str, str], Decimal | None]

    def ends_of(self, field: str | None) -> tuple[int | None, int | None]:
        """The smallest and the largest value of a whole number; NULL twice for no field."""
        if field is None:
            return None, None
        smallest, largest = (self.by_field.get((field, figure)) for figure in ("smallest", "largest"))
        return (None, None) if smallest is None or largest is None else (int(smallest), int(largest))


def read_figures(answer: Sequence[str | None], columns: Mapping[str, ReadColumn]) -> Figures:
    """The answer to `Questions.figures`. A sum over no row is NULL in a database, and a count of them zero."""
    rows, *figures = answer
    named = [(field, figure) for field, column in columns.items() for figure in _asked(column)]
    numbers = (number_of(figure) for figure in figures)
    counted = {
        name: number if name[1] != "missing" else number or Decimal(0)
        for name, number in zip(named, numbers, strict=True)
    }
    return Figures(int(rows or 0), counted)


def measures(columns: Mapping[str, ReadColumn]) -> list[Column]:
    """What to observe of the rows while they are landed, for `observed`."""
    named = {
        f"{field}.{figure}": column for field, read in columns.items() for figure, column in _measures(field, read)
    }
    return [F.count(F.lit(1)).alias("rows"), *(column.alias(name) for name, column in named.items())]


def observed(found: Mapping[str, object], columns: Mapping[str, ReadColumn]) -> Figures:
    """The same figures as the database's, of the rows that were landed."""
    named = ["rows", *(f"{field}.{figure}" for field, column in columns.items() for figure in _asked(column))]
    return read_figures([None if found[name] is None else str(found[name]) for name in named], columns)


def compared(columns: Mapping[str, ReadColumn], before: Figures, landed: Figures, *, after: Figures) -> list[Check]:
    """How much of what was read is not as the source says; columns are counted, values are told nowhere.

    What changed at the source while it was read cannot be compared for certain, so it warns and does not stop: a row
    that moved on comes with the next extract.
    """
    moved = before != after
    severity = Severity.WARNING if moved else Severity.ERROR
    rows = min(abs(landed.rows - said.rows) for said in (before, after))
    checks = [
        Check("source.moved_while_read", int(moved), severity=Severity.WARNING),
        Check("source.rows", rows, severity=severity),
    ]
    for figure in FIGURES:
        names = [(field, figure) for field, column in columns.items() if figure in _asked(column)]
        differ = [
            name for name in names
            if landed.by_field[name] not in (before.by_field[name], after.by_field[name])
        ]  # fmt: skip
        checks.append(Check(f"source.{figure}", len(differ), severity=severity))
    return checks


def _asked(column: ReadColumn) -> Sequence[str]:
    return FIGURES if column.scale is not None else FIGURES[:1]


def _measures(field: str, column: ReadColumn) -> list[tuple[str, Column]]:
    value = F.col(f"`{field}`")
    missing = ("missing", F.count_if(value.isNull()))
    if column.scale is None:
        return [missing]
    number = value.try_cast(f"decimal(38,{column.scale})")
    return [missing, ("sum", F.try_sum(number)), ("smallest", F.min(number)), ("largest", F.max(number))]
