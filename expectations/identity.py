"""Does a text hold somebody's identity? Asked of each row at ingest, and of all that is left at gate 3."""

from pyspark.sql import Column

from contracts.identifiers import IDENTIFIERS
from expectations.normal_form import searchable_text

_ANY = "|".join(f"(?:{identifier.pattern})" for identifier in IDENTIFIERS.values() if identifier.pattern)


def holds_identity(text: Column) -> Column:
    """Whether any identifier of the catalogue stands in the text, whatever its spelling; NULL for NULL.

    One regular expression of all patterns: the text is normalised and read once.
    Source: D09-10; contracts/identifiers.py.
    """
    return searchable_text(text).rlike(_ANY)
