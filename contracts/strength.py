"""Whether a column is protected at least as much as before, when its grade or its treatment in the contract changes.

Two treatments that cannot be compared count as weaker: a person decides then. Source: GB/T 43697, D09-10, D12-4.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum

from contracts.model import Classification, Field
from contracts.treatments import (
    Band,
    DateShift,
    Drop,
    Grid,
    Keep,
    Mask,
    Region,
    Round,
    Seal,
    Token,
    TopBottomCode,
    Treatment,
    TruncateDate,
)

_GRADES = list(Classification)
_PERIODS, _LEVELS = ("day", "month", "quarter", "year"), ("city", "province")
_INFINITE = float("inf")


class Rank(IntEnum):
    """What kinds of treatment leave of a value, most first. A seal has a way back, so it stands below a token."""

    KEPT = 0
    MASKED = 1
    COARSER = 2
    SEALED = 3
    TOKEN = 4
    DROPPED = 5


_RANKS: dict[type[Treatment], Rank] = {
    Keep: Rank.KEPT, Mask: Rank.MASKED, Seal: Rank.SEALED, Token: Rank.TOKEN, Drop: Rank.DROPPED,
}  # fmt: skip


def rank_of(treatment: Treatment) -> Rank:
    """The rank of a treatment's kind; all that are not of a rank of their own make values coarser."""
    return _RANKS.get(type(treatment), Rank.COARSER)


@dataclass(frozen=True)
class Protection:
    """How a contract protects one column."""

    classification: Classification
    treatment: Treatment

    def covers(self, before: "Protection") -> bool:
        """Whether neither the grade is lower nor the treatment weaker than before."""
        is_graded = _GRADES.index(self.classification) >= _GRADES.index(before.classification)
        return is_graded and protects_as_much(self.treatment, before.treatment)


def protection_of(field: Field) -> Protection:
    """How the field is protected; its name beyond raw is no part of that."""
    return Protection(field.classification, replace(field.treatment, becomes=None))


def protects_as_much(new: Treatment, old: Treatment) -> bool:
    """Whether `new` leaves nothing that `old` did not leave.

    Examples:
        >>> protects_as_much(Token(domain="phone"), Keep()), protects_as_much(Token(domain="x"), Token(domain="phone"))
        (True, False)
        >>> protects_as_much(Grid(metres=1000, axis="latitude"), Grid(metres=500, axis="latitude"))
        True
    """
    if type(new) is not type(old):
        return rank_of(new) > rank_of(old)
    return _same_kind_protects_as_much(new, old)


def _same_kind_protects_as_much(new: Treatment, old: Treatment) -> bool:  # noqa: PLR0911 - one answer a kind
    match new, old:
        case Mask() as now, Mask() as then:
            return now.head <= then.head and now.tail <= then.tail
        case Token() | Seal() as now, Token() | Seal() as then:
            return now.domain == then.domain  # in another domain it joins what it did not join
        case Band() as now, Band() as then:
            return now.of == then.of and set(now.edges) <= set(then.edges)
        case Region() as now, Region() as then:
            return _LEVELS.index(now.level) >= _LEVELS.index(then.level)
        case Grid() as now, Grid() as then:
            return now.metres >= then.metres
        case TruncateDate() as now, TruncateDate() as then:
            return _PERIODS.index(now.to) >= _PERIODS.index(then.to)
        case DateShift() as now, DateShift() as then:
            return now.person == then.person and now.days >= then.days
        case Round() as now, Round() as then:
            return Decimal(str(now.to)) % Decimal(str(then.to)) == 0
        case TopBottomCode() as now, TopBottomCode() as then:
            return _ends(now)[0] >= _ends(then)[0] and _ends(now)[1] <= _ends(then)[1]
        case _:
            return True  # kinds that have no arguments


def _ends(coded: TopBottomCode) -> tuple[float, float]:
    return (
        -_INFINITE if coded.bottom is None else coded.bottom,
        _INFINITE if coded.top is None else coded.top,
    )
