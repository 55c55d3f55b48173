"""The arithmetic of check characters as native expressions. NULL stays NULL; constants: contracts/check_digits.py."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.check_digits import RESIDENT_CHECKS, RESIDENT_WEIGHTS

DIGITS = "0123456789"


def weighted(text: Column, weights: tuple[int, ...], alphabet: str) -> Column:
    """The sum of the characters' places in `alphabet`, weighted; `text` has at least as many characters."""
    places = (
        (F.instr(F.lit(alphabet), F.substring(text, position, 1)) - 1) * weight
        for position, weight in enumerate(weights, start=1)
    )
    return sum(places, start=F.lit(0))


def character_at(characters: str, place: Column) -> Column:
    """The character at a place from 0."""
    return F.substring(F.lit(characters), (place + 1).cast("int"), F.lit(1))


def resident_check(first17: Column) -> Column:
    """The 18th character of a resident identity number."""
    return character_at(RESIDENT_CHECKS, weighted(first17, RESIDENT_WEIGHTS, DIGITS) % 11)
