"""The treatments a contract may name: what each needs, which column types it fits, and what type it leaves."""

from dataclasses import dataclass
from typing import ClassVar

NUMBERS = ("bigint", "double", "decimal")
TEXT = ("string",)
TIMES = ("date", "timestamp")


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """The base of all treatments; `becomes` names the treated column where its meaning changes."""

    becomes: str | None = None
    kind: ClassVar[str]
    fits: ClassVar[tuple[str, ...] | None] = None  # None: every type

    def result_type(self, source_type: str) -> str:
        """The Spark type of the treated column."""
        return "string"

    def misfit(self, source_type: str) -> str | None:
        """Why this treatment cannot be applied to a column of `source_type`, or None."""
        if self.fits is None or source_type.split("(", maxsplit=1)[0] in self.fits:
            return None
        return f"treatment {self.kind} fits {', '.join(self.fits)}, not {source_type}"


@dataclass(frozen=True, kw_only=True)
class Keep(Treatment):
    """The value as it is; refused for identifiers of people."""

    kind: ClassVar[str] = "keep"

    def result_type(self, source_type: str) -> str:
        return source_type


@dataclass(frozen=True, kw_only=True)
class Drop(Treatment):
    """No column beyond raw: take as much as you use (D09-10)."""

    kind: ClassVar[str] = "drop"


@dataclass(frozen=True, kw_only=True)
class Mask(Treatment):
    """Stars in the middle, `head` and `tail` characters left; for the eye only, never the sole protection."""

    head: int = 1
    tail: int = 0
    kind: ClassVar[str] = "mask"
    fits: ClassVar[tuple[str, ...]] = TEXT


@dataclass(frozen=True, kw_only=True)
class Token(Treatment):
    """A keyed pseudonym: joins within its domain, tells nothing, has no way back."""

    domain: str
    kind: ClassVar[str] = "token"
    fits: ClassVar[tuple[str, ...]] = (*TEXT, "bigint")


@dataclass(frozen=True, kw_only=True)
class Seal(Treatment):
    """A token in place; the value itself encrypted in the vault, opened only by an approved request."""

    domain: str
    kind: ClassVar[str] = "seal"
    fits: ClassVar[tuple[str, ...]] = (*TEXT, "bigint")


@dataclass(frozen=True, kw_only=True)
class Band(Treatment):
    """The band between two edges that holds the value (`of: value`) or the age in years (`of: age_years`)."""

    edges: tuple[float, ...]
    of: str = "value"
    kind: ClassVar[str] = "band"
    fits: ClassVar[tuple[str, ...]] = (*NUMBERS, "date")

    def misfit(self, source_type: str) -> str | None:
        wanted = ("date",) if self.of == "age_years" else NUMBERS
        if source_type.split("(", maxsplit=1)[0] not in wanted:
            return f"treatment band of {self.of} fits {', '.join(wanted)}, not {source_type}"
        if list(self.edges) != sorted(set(self.edges)):
            return "the edges of a band must grow"
        return None


@dataclass(frozen=True, kw_only=True)
class Region(Treatment):
    """A six-digit division code (GB/T 2260) rolled up to its city or province."""

    level: str
    kind: ClassVar[str] = "region"
    fits: ClassVar[tuple[str, ...]] = TEXT


@dataclass(frozen=True, kw_only=True)
class Grid(Treatment):
    """A coordinate in degrees snapped to the middle of a square of about `metres`, measured along a meridian."""

    metres: float
    axis: str
    kind: ClassVar[str] = "grid"
    fits: ClassVar[tuple[str, ...]] = ("double", "decimal")

    def result_type(self, source_type: str) -> str:
        return "double"


@dataclass(frozen=True, kw_only=True)
class TruncateDate(Treatment):
    """The first day of the month, quarter or year, or the calendar day of a moment, in the source's time zone."""

    to: str
    kind: ClassVar[str] = "truncate_date"
    fits: ClassVar[tuple[str, ...]] = TIMES

    def result_type(self, source_type: str) -> str:
        return "date"


BY_KIND: dict[str, type[Treatment]] = {
    treatment.kind: treatment for treatment in (Keep, Drop, Mask, Token, Seal, Band, Region, Grid, TruncateDate)
}
