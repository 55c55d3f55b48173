"""Does a text hold somebody's identity? Asked of each row at ingest, and of all that is left at gate 3."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.identifiers import IDENTIFIERS
from expectations.normal_form import is_ascii, searchable_text

#: What every identifier of the catalogue has, if it stays within ASCII: an @, eight digits in a row whatever stands
#: between them, or four numbers between points.
_COULD_HOLD_ONE = r"@|[0-9](?:(?:[ \-]{0,2}[0-9]){7}|(?:[0-9]{0,2}\.[0-9]{1,3}){3})"
_ANY = "|".join(f"(?:{identifier.pattern})" for identifier in IDENTIFIERS.values() if identifier.pattern)


def holds_identity(text: Column) -> Column:
    """Whether any identifier of the catalogue stands in the text, whatever its spelling; NULL for NULL.

    One regular expression of all patterns reads the normalised text once, and only a text that could hold one at all,
    because a quick look costs a tenth of it.
    Source: D09-10; contracts/identifiers.py.
    """
    could_hold_one = ~is_ascii(text) | text.rlike(_COULD_HOLD_ONE)
    found = F.when(could_hold_one, searchable_text(text).rlike(_ANY)).otherwise(F.lit(False))
    return F.when(text.isNotNull(), found)
