"""Texts of days and moments by the patterns of a contract.

A pattern reads only texts that have its form, because Spark's parser raises an error inside for every other one, which
costs more than all else that happens to a row. Forms of ISO 8601 need no parser: a cast reads them ten times as fast.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

#: What a text must look like to be read by a letter of a pattern; behind the point Spark takes fewer digits too.
_LETTERS = {
    "yyyy": "[0-9]{4}",
    **{letter * 2: "[0-9]{2}" for letter in "MdHms"},
    **dict.fromkeys("MdHms", "[0-9]{1,2}"),
    **{"S" * count: f"[0-9]{{1,{count}}}" for count in range(1, 10)},
    "XXX": "(?:Z|[+-][0-9]{2}:[0-9]{2})",
    "[": "(?:",
    "]": ")?",
}
_PARTS = re.compile(r"'(?P<literal>[^']*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>.)")
#: Patterns that a cast reads as the parser does; it keeps six digits behind the point.
_ISO = re.compile(r"yyyy-MM-dd(?:(?: |'T')HH:mm:ss(?:\[?\.S{1,6}\]?)*(?:XXX)?)?")


def first_that_reads(word: Column, patterns: Sequence[str]) -> Column:
    """The timestamp by the first of these patterns that reads the text; NULL where none does, or for NULL."""
    return F.coalesce(*(_read(word, pattern) for pattern in patterns))


def _read(word: Column, pattern: str) -> Column:
    read = _cast(word) if _ISO.fullmatch(pattern) else F.try_to_timestamp(word, F.lit(pattern))
    return F.when(word.rlike(form(pattern)), read)


def _cast(word: Column) -> Column:
    """A cast knows capital letters alone, and nearly every text has them: to look costs less than to make them."""
    return F.when(word.rlike("[tz]"), F.upper(word)).otherwise(word).try_cast("timestamp")


@lru_cache
def form(pattern: str) -> str:
    """A regular expression for all texts that a pattern could read; small and capital letters are one.

    A letter that is not known here may stand for anything: then the parser alone decides.

    Example:
        >>> form("yyyy年M月d日")
        '(?i)^[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日$'
        >>> bool(re.match(form("yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX"), "2026-01-31T08:00:00.5+08:00"))
        True
    """
    parts = _PARTS.finditer(pattern)
    return f"(?i)^{''.join(map(_part, parts))}$"


def _part(found: "re.Match[str]") -> str:
    if (literal := found["literal"]) is not None:
        return re.escape(literal)
    if letters := found["letters"]:
        return _LETTERS.get(letters, ".+")
    return _LETTERS.get(found["other"]) or re.escape(found["other"])
