"""Privacy figures of the marts: measured on the very versions that gate 4 judges, and kept with the publication."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from expectations.privacy.judging import Figure, bound
from expectations.privacy.tables import measured
from jobs.publish.manifest import Mart
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger


def measure(
    lake: Lake, marts: Sequence[Mart], versions: Mapping[str, int], *, smallest_visible_group: int
) -> list[Figure]:
    """The figures of these versions of the marts, each with its bound; some hundred numbers, whatever the rows.

    smallest_visible_group: of the installation; it raises the minimum k of a mart and never lowers it.
    """
    if not marts:
        return []
    declared = {
        mart.name: replace(mart.privacy, minimum_k=max(mart.privacy.minimum_k, smallest_visible_group))
        for mart in marts
    }
    tables = {
        mart.name: (lake.spark.sql(f"SELECT * FROM marts_build.{mart.name} VERSION AS OF {versions[mart.name]}"), mine)
        for mart, mine in zip(marts, declared.values(), strict=True)
    }
    found = [Figure(**row.asDict()) for row in measured(tables).collect()]  # figures, never rows of a table
    return [replace(figure, bound=bound(figure, declared[figure.subject])) for figure in found]


def keep(ledger: Ledger, content: str, figures: Sequence[Figure]) -> None:
    """Write figures down beside what they were measured of; to measure again replaces them."""
    ledger.record("privacy_measures", [{**asdict(figure), "content": content} for figure in figures])
