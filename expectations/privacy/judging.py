"""Figures against what was declared: bounds, checks of gate 4, and the level of GB/T 42460-2023."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from expectations.gate import Check
from expectations.privacy.declared import Declaration

#: Rounding of sums in another order must not decide: figures are compared to so many decimals.
_DECIMALS = 9


@dataclass(frozen=True)
class Figure:
    """One measured number of one table.

    people: the column of people it is about, sensitive: the column whose value it protects; empty for neither.
    bound: what it must reach or not exceed by its declaration; None where it is only shown.
    """

    subject: str
    people: str
    sensitive: str
    measure: str
    value: float
    bound: float | None = None


def bound(figure: Figure, declared: Declaration) -> float | None:
    """What the declaration asks of this figure."""
    if figure.measure in {"identity_left", "repeated_persons"}:
        return 0
    if figure.measure == "k":
        return declared.minimum_k
    for sensitive in declared.sensitive:
        if sensitive.column == figure.sensitive:
            return {
                "distinct_l": sensitive.minimum_l,
                "entropy_l": sensitive.minimum_entropy_l,
                "t": sensitive.maximum_t,
            }.get(figure.measure)
    return None


def checks(figures: Iterable[Figure]) -> Iterator[Check]:
    """One check per figure with a bound; where more is better, what is found is how much is missing."""
    for figure in figures:
        if figure.bound is None:
            continue
        subject = ".".join(filter(None, (figure.subject, figure.people, figure.sensitive)))
        if figure.measure in {"k", "distinct_l", "entropy_l"}:
            missing = round(max(figure.bound - figure.value, 0), _DECIMALS)
            yield Check(f"{subject}.{figure.measure}_short_of_{figure.bound:g}", missing)
        else:
            yield Check(f"{subject}.{figure.measure}", round(figure.value, _DECIMALS), figure.bound)


def level(figures: Sequence[Figure]) -> int:
    """The level of a table by GB/T 42460-2023.

    1: a direct identifier stands in it. 2: people can be told apart by quasi-identifiers more sharply than its
    declaration accepts. 3: they can, within what it accepts; 1 by the least k is the accepted risk, so that k = 20
    says 0.05. 4: nobody is in it.
    """
    if any(figure.value for figure in figures if figure.measure == "identity_left"):
        return 1
    about_people = [figure for figure in figures if figure.people]
    if any(
        figure.bound is not None and figure.value < figure.bound for figure in about_people if figure.measure == "k"
    ):
        return 2
    return 3 if about_people else 4
