"""Dates made coarse or moved; NULL stays NULL."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

#: Parts the key's use for offsets from its use for tokens: whoever reads a token learns nothing of the offset.
_PURPOSE = "date shift of "
_HEX_DIGITS = 12  # 48 bits, so that no offset is likelier than another by more than days / 2^47


def truncated(moment: Column, to: str) -> Column:
    """The first day of the month, quarter or year, or the day itself."""
    return F.to_date(F.date_trunc(to, moment))


def purpose_of_shift(person: Column) -> Column:
    """What is signed with the person's key to make the offset; NULL for nobody."""
    return F.concat(F.lit(_PURPOSE), person)


def offset_days(digest: Column, days: int) -> Column:
    """A whole number of days from -days to days, never 0, by a person's keyed digest in hex; NULL for nobody."""
    drawn = F.conv(F.substring(digest, 1, _HEX_DIGITS), 16, 10).cast("bigint") % (2 * days)
    return F.when(drawn < days, drawn - days).otherwise(drawn - days + 1).cast("int")


def shifted(moment: Column, offset: Column, kind: str) -> Column:
    """A date or a moment moved by whole days; NULL where it or the person is unknown, for then nothing hides it.

    The time of day stays: a day is 24 hours, as China's clocks have not been changed since 1991.
    """
    return F.date_add(moment, offset) if kind == "date" else moment + F.make_dt_interval(offset)
