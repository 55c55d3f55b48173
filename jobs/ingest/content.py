"""What makes two rows of a dataset the same."""

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract


def content_digest(contract: Contract) -> Column:
    """A hash of the typed fields of a row.

    Where a NULL stands is part of it, because the hash itself passes over NULL: (1, NULL) and (NULL, 1) would be one.
    """
    columns = [F.col(f"`{field.name}`") for field in contract.fields]
    return F.xxhash64(*columns, *(column.isNull() for column in columns))
