"""The treatments a contract may name: what each needs, which columns it fits, and what type it leaves.

When to use which, and what each costs in joins and in way back: docs/treatments.md.
"""

from dataclasses import dataclass
from typing import ClassVar

NUMBERS = ("bigint", "double", "decimal")
TEXT = ("string",)
TIMES = ("date", "timestamp")
NO_IDENTIFIER = ""


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """The base of all treatments; `becomes` names the treated column where its meaning changes."""

    becomes: str | None = None
    kind: ClassVar[str]
    fits: ClassVar[tuple[str, ...] | None] = None  # None: every type
    suits: ClassVar[tuple[str, ...] | None] = None  # kinds of identifier; None: every kind and none
    unsuited: ClassVar[tuple[str, ...]] = ()  # kinds of identifier that it would harm or not protect

    def result_type(self, source_type: str) -> str:
        """The Spark type of the treated column."""
        return "string"

    def misfit(self, source_type: str) -> str | None:
        """Why this treatment cannot be applied to a column of `source_type`, or None."""
        if self.fits is None or source_type.split("(", maxsplit=1)[0] in self.fits:
            return None
        return f"treatment {self.kind} fits {', '.join(self.fits)}, not {source_type}"

    def unsuitable(self, identifier: str | None) -> str | None:
        """Why this treatment does not do for an identifier of this kind (None: for no identifier), or None."""
        kind = identifier or NO_IDENTIFIER
        if kind in self.unsuited:
            return f"treatment {self.kind} does not do for {kind}"
        if self.suits is None or kind in self.suits:
            return None
        wanted = ", ".join(known or "columns that are no identifier" for known in self.suits)
        return f"treatment {self.kind} is for {wanted}, not for {kind or 'a column without an identifier'}"


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
    unsuited: ClassVar[tuple[str, ...]] = ("url", "ip", "coordinate")


@dataclass(frozen=True, kw_only=True)
class Token(Treatment):
    """A keyed pseudonym: joins within its domain, tells nothing, has no way back."""

    domain: str
    kind: ClassVar[str] = "token"
    fits: ClassVar[tuple[str, ...]] = (*TEXT, "bigint")
    unsuited: ClassVar[tuple[str, ...]] = ("free_text", "coordinate", "birth_date")


@dataclass(frozen=True, kw_only=True)
class Seal(Treatment):
    """A token in place; the value itself encrypted in the vault, opened only by an approved request."""

    domain: str
    kind: ClassVar[str] = "seal"
    fits: ClassVar[tuple[str, ...]] = (*TEXT, "bigint")
    unsuited: ClassVar[tuple[str, ...]] = ("coordinate", "birth_date")


@dataclass(frozen=True, kw_only=True)
class Band(Treatment):
    """The band between two edges that holds the value (`of: value`) or the age in years (`of: age_years`)."""

    edges: tuple[float, ...]
    of: str = "value"
    kind: ClassVar[str] = "band"
    fits: ClassVar[tuple[str, ...]] = (*NUMBERS, "date")
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER, "birth_date")

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
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER, "address")


@dataclass(frozen=True, kw_only=True)
class Grid(Treatment):
    """A coordinate in degrees snapped to the middle of a square of about `metres`, measured along a meridian."""

    metres: float
    axis: str
    kind: ClassVar[str] = "grid"
    fits: ClassVar[tuple[str, ...]] = ("double", "decimal")
    suits: ClassVar[tuple[str, ...]] = ("coordinate",)

    def result_type(self, source_type: str) -> str:
        return "double"


@dataclass(frozen=True, kw_only=True)
class TruncateDate(Treatment):
    """The first day of the month, quarter or year, or the calendar day of a moment, in the source's time zone."""

    to: str
    kind: ClassVar[str] = "truncate_date"
    fits: ClassVar[tuple[str, ...]] = TIMES
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER, "birth_date")

    def result_type(self, source_type: str) -> str:
        return "date"


@dataclass(frozen=True, kw_only=True)
class DateShift(Treatment):
    """All dates of one person moved by the same number of whole days, so that the time between two of them stays.

    person: the column that tells whose date it is; its token's key makes the offset, of at most `days` either way.
    """

    person: str
    days: int = 180
    kind: ClassVar[str] = "date_shift"
    fits: ClassVar[tuple[str, ...]] = TIMES
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER, "birth_date")

    def result_type(self, source_type: str) -> str:
        return source_type


@dataclass(frozen=True, kw_only=True)
class Round(Treatment):
    """A number rounded to the nearest multiple of `to`, a half upwards."""

    to: float
    kind: ClassVar[str] = "round"
    fits: ClassVar[tuple[str, ...]] = NUMBERS
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER,)

    def result_type(self, source_type: str) -> str:
        return source_type

    def misfit(self, source_type: str) -> str | None:
        if source_type == "bigint" and not float(self.to).is_integer():
            return f"whole numbers cannot be rounded to {self.to:g}"
        return super().misfit(source_type)


@dataclass(frozen=True, kw_only=True)
class TopBottomCode(Treatment):
    """Numbers above `top` become `top`, those below `bottom` become `bottom`, so that the rare ends are one group."""

    bottom: float | None = None
    top: float | None = None
    kind: ClassVar[str] = "top_bottom_code"
    fits: ClassVar[tuple[str, ...]] = NUMBERS
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER,)

    def result_type(self, source_type: str) -> str:
        return source_type

    def misfit(self, source_type: str) -> str | None:
        if self.bottom is not None and self.top is not None and self.bottom >= self.top:
            return "the bottom must lie below the top"
        ends = [end for end in (self.bottom, self.top) if end is not None]
        if source_type == "bigint" and not all(float(end).is_integer() for end in ends):
            return "the ends of whole numbers are whole numbers"
        return super().misfit(source_type)


@dataclass(frozen=True, kw_only=True)
class Scrub(Treatment):
    """Free text in which every identifier of the catalogue that has a form is replaced by its label: [手机号码]."""

    kind: ClassVar[str] = "scrub"
    fits: ClassVar[tuple[str, ...]] = TEXT
    suits: ClassVar[tuple[str, ...]] = (NO_IDENTIFIER, "free_text")


@dataclass(frozen=True, kw_only=True)
class RegisteredDomain(Treatment):
    """A web address or host name reduced to the name that somebody registered: example.com.cn, and nothing below it."""

    kind: ClassVar[str] = "registered_domain"
    fits: ClassVar[tuple[str, ...]] = TEXT
    suits: ClassVar[tuple[str, ...]] = ("url",)


@dataclass(frozen=True, kw_only=True)
class IpPrefix(Treatment):
    """A network address reduced to its network: /24 of version 4, /48 of version 6."""

    kind: ClassVar[str] = "ip_prefix"
    fits: ClassVar[tuple[str, ...]] = TEXT
    suits: ClassVar[tuple[str, ...]] = ("ip",)


BY_KIND: dict[str, type[Treatment]] = {
    treatment.kind: treatment
    for treatment in (
        Keep,
        Drop,
        Mask,
        Token,
        Seal,
        Band,
        Region,
        Grid,
        TruncateDate,
        DateShift,
        Round,
        TopBottomCode,
        Scrub,
        RegisteredDomain,
        IpPrefix,
    )
}
