"""Which rows are spoilt on purpose, how, and the tally of what was written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

#: Of the rows, as a part of the share of bad ones, how many are written twice.
_DUPLICATES_PER_BAD_ROW = 0.25


@dataclass(frozen=True)
class Planting:
    """Spreads faults evenly over `rows` rows: exactly the share asked for, but each reason at least once.

    A reason is the fault that the ingest must find: `<column>.<failure>` or the name of the contract's rule.
    """

    rows: int
    share: float
    reasons: Sequence[str]

    @cached_property
    def bad_rows(self) -> int:
        """How many of the rows are spoilt."""
        if self.share <= 0:
            return 0
        return min(self.rows, max(len(self.reasons), round(self.rows * self.share)))

    @cached_property
    def duplicates(self) -> int:
        """How many rows are written a second time."""
        return 0 if self.share <= 0 else min(self.rows, max(1, round(self.bad_rows * _DUPLICATES_PER_BAD_ROW)))

    def reason(self, row: int) -> str | None:
        """Why this row must fail, or None for a good one."""
        ordinal = _hit(row, self.bad_rows, self.rows)
        return None if ordinal is None else self.reasons[ordinal % len(self.reasons)]

    def is_repeated(self, row: int) -> bool:
        """Whether this row is written twice; never a bad one, so that each count has one cause."""
        shifted = (row + self.rows // 3) % self.rows
        return _hit(shifted, self.duplicates, self.rows) is not None and self.reason(row) is None


def _hit(row: int, hits: int, rows: int) -> int | None:
    before, after = row * hits // rows, (row + 1) * hits // rows
    return before if after > before else None


@dataclass
class Tally:
    """What was written of one dataset; `rows` counts bad and repeated rows too."""

    rows: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    exact_duplicates: int = 0
    files: list[str] = field(default_factory=list)

    def count(self, reason: str | None, copies: int = 1) -> None:
        """Take note of one row, written `copies` times."""
        self.rows += copies
        self.exact_duplicates += copies - 1
        if reason:
            self.bad[reason] += 1

    def as_dict(self) -> dict[str, object]:
        """The tally as JSON, sorted."""
        return {
            "rows": self.rows,
            "good_rows": self.rows - sum(self.bad.values()) - self.exact_duplicates,
            "bad_rows": sum(self.bad.values()),
            "bad_rows_by_reason": dict(sorted(self.bad.items())),
            "exact_duplicates": self.exact_duplicates,
            "warnings": dict(sorted(self.warnings.items())),
            "files": sorted(self.files),
        }
