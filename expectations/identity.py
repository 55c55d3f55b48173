"""Does a text hold somebody's identity? Asked of each row at ingest, and of all that is left at gate 3."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.identifiers import IDENTIFIERS
from expectations.normal_form import is_ascii, plain_text, searchable_behind_dates, searchable_text

#: What every identifier of the catalogue has, if it stays within ASCII: an @, eight digits in a row whatever stands
#: between them, four numbers between points, short groups of hexadecimal digits between colons; or the name of a
#: messenger, or the maker of a vehicle.
_COULD_HOLD_ONE = (
    r"@|[0-9](?:(?:[ \-]{0,2}[0-9]){7}|(?:[0-9]{0,2}\.[0-9]{1,3}){3})|[0-9A-Fa-f]:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:"
    r"|[Qq][Qq]|[Cc]hat|[Vv][Xx]|L[A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{11}"
)
_DATE_OR_TIME_AND_MORE = "[-/.:][0-9]{1,2}[ -]{1,2}[0-9]"
_ANY = "|".join(f"(?:{identifier.pattern})" for identifier in IDENTIFIERS.values() if identifier.pattern)


def could_hold_identity(text: Column) -> Column:
    """Whether a text is worth a closer look, which costs ten times as much; NULL for NULL."""
    return ~is_ascii(text) | text.rlike(_COULD_HOLD_ONE)


def holds_identity(text: Column) -> Column:
    """Whether any identifier of the catalogue stands in the text, whatever its spelling; NULL for NULL.

    One regular expression of all patterns reads the normalised text once, and only a text that could hold one at all;
    a text in which a number follows a date or a time is read once more, with the two apart.
    Source: D09-10; contracts/identifiers.py.
    """
    stands = searchable_text(text).rlike(_ANY) | (
        plain_text(text).rlike(_DATE_OR_TIME_AND_MORE) & searchable_behind_dates(text).rlike(_ANY)
    )
    found = F.when(could_hold_identity(text), stands).otherwise(F.lit(False))
    return F.when(text.isNotNull(), found)


def kinds_within(text: Column) -> list[tuple[str, Column]]:
    """For each kind that has a pattern, whether it stands in a text of `searchable_text`; for the few texts that do."""
    return [(kind, text.rlike(found.pattern)) for kind, found in IDENTIFIERS.items() if found.pattern]
