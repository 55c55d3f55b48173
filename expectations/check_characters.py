"""The arithmetic of check characters as native expressions. NULL stays NULL; constants: contracts/check_digits.py."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.check_digits import RESIDENT_CHECKS, RESIDENT_WEIGHTS

DIGITS = "0123456789"


def weighted(text: Column, weights: tuple[int, ...], alphabet: str) -> Column:
    """The sum of the characters' places in `alphabet`, weighted; `text` has at least as many characters."""
    return _sum(
        [
            (F.instr(F.lit(alphabet), F.substring(text, position, 1)) - 1) * weight
            for position, weight in enumerate(weights, start=1)
        ]
    )


def _sum(terms: Sequence[Column]) -> Column:
    """The sum by halves: one after the other they would lie deeper in each other than a plan may be on its way."""
    half = len(terms) // 2
    return terms[0] if len(terms) == 1 else _sum(terms[:half]) + _sum(terms[half:])


def character_at(characters: str, place: Column) -> Column:
    """The character at a place from 0."""
    return F.substring(F.lit(characters), (place + 1).cast("int"), F.lit(1))


def resident_check(first17: Column) -> Column:
    """The 18th character of a resident identity number."""
    return character_at(RESIDENT_CHECKS, weighted(first17, RESIDENT_WEIGHTS, DIGITS) % 11)
