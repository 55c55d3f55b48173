"""One way to write times, whatever a database calls usual; the same in Spark and in Python.

Only the way of writing changes: a digit that is no zero is never lost, so what a type cannot hold is seen later.
"""

import re
from decimal import Decimal, InvalidOperation

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from jobs.ingest.databases.dialect import Family

_END = r"(?=Z|[+-][0-9]{2}|$)"
#: Pattern and replacement, in the order in which they are applied; `$1` as Java writes it.
_MOMENT_STEPS = (
    # 2026-01-31-10.00.00 (DB2), 2026-01-31 10:00:00
    (r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[ T-]([0-9]{2})[:.]([0-9]{2})[:.]([0-9]{2})", "$1T$2:$3:$4"),
    # no fraction instead of one of zeros; else six digits, or more where more say something
    (rf"\.0+{_END}", ""),
    (rf"(\.[0-9]+){_END}", "$1000000"),
    (rf"(\.[0-9]{{6}})0+{_END}", "$1"),
)
#: As most databases write a time, which is put right without these steps, at a fifth of their cost.
_USUAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.(?!0+$)[0-9]{1,6})?$"
_DAY, _CLOCK, _FRACTION = (1, 10), (12, 8), (20, 7)
_STEPS = {Family.MOMENT: _MOMENT_STEPS, Family.ZONED: _MOMENT_STEPS}


def plain(value: Column, family: Family) -> Column:
    """A value's text in the one way of writing of its family; NULL stays NULL."""
    if not (steps := _STEPS.get(family, ())):
        return value
    day, clock, fraction = (F.substring(value, *place) for place in (_DAY, _CLOCK, _FRACTION))
    six_digits = F.when(fraction == "", fraction).otherwise(F.rpad(fraction, _FRACTION[1], "0"))
    rewritten = value
    for pattern, replacement in steps:
        rewritten = F.regexp_replace(rewritten, pattern, replacement)
    return F.when(value.rlike(_USUAL), F.concat(day, F.lit("T"), clock, six_digits)).otherwise(rewritten)


def plain_text_of(value: str, family: Family) -> str:
    """The same for one value in Python.

    Example:
        >>> plain_text_of("2026-01-31-10.00.00.120000000000", Family.MOMENT)
        '2026-01-31T10:00:00.120000'
        >>> plain_text_of("2026-01-31 10:00:00.0000001Z", Family.ZONED)
        '2026-01-31T10:00:00.0000001000000Z'
    """
    for pattern, replacement in _STEPS.get(family, ()):
        value = re.sub(pattern, re.sub(r"\$([0-9])", r"\\g<\1>", replacement), value)
    return value


def number_of(text: str | None) -> Decimal | None:
    """A number's text as a number, so that 1.50 and 1.5 are one; NULL stays NULL, and what is no number is NULL."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None
