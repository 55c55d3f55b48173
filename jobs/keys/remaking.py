"""Whether every desensitised row could be made again from raw: asked before a rotation starts, not in its middle."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from deltalake import DeltaTable
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from jobs.errors import NotRemakeable
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone


@dataclass(frozen=True)
class Gone:
    """Rows of a dataset that have no raw rows any more, as after their retention."""

    dataset: str
    batches: int
    rows: int


def require_remakeable(
    lake: Lake, datasets: Collection[str], contracts: Mapping[str, Contract], forget: Collection[str]
) -> None:
    """Raises: NotRemakeable, naming every dataset of which something is gone and that is not among `forget`."""
    without_contract = sorted(dataset for dataset in datasets if dataset not in contracts)
    if without_contract:
        raise NotRemakeable(
            f"{', '.join(without_contract)}: no contract any more, so nobody knows how to make their rows again; put "
            "the contract back, or destroy the dataset first. Nothing was changed"
        )
    differ = [dataset for dataset in sorted(datasets) if _differ(lake, contracts[dataset])]
    if differ:
        raise NotRemakeable(
            f"{', '.join(differ)}: raw has not the columns of the contract; take in a file that was made for the "
            "present contract, or put the contract back. Nothing was changed"
        )
    gone = [found for dataset in sorted(datasets) if (found := gone_rows(lake, contracts[dataset])) is not None]
    lost = [found for found in gone if found.dataset not in forget]
    if lost:
        named = "; ".join(f"{found.dataset}: {found.rows:,} rows of {found.batches} batches" for found in lost)
        options = " ".join(f"--forget {found.dataset}" for found in lost)
        raise NotRemakeable(
            f"raw has no longer the rows that these were made from: {named}. Restore raw from its backup, or let the "
            f"rows go with {options}. Nothing was changed"
        )


def _differ(lake: Lake, contract: Contract) -> bool:
    if not lake.exists(Zone.RAW, contract.table):
        return False
    held = {field.name for field in DeltaTable(lake.path(Zone.RAW, contract.table)).schema().fields}
    return held != set(contract.raw_columns)


def gone_rows(lake: Lake, contract: Contract) -> Gone | None:
    """How many desensitised rows raw cannot give again, or None; reads the batch ids of two tables and nothing else."""
    if not lake.exists(Zone.DESENSITISED, contract.table):
        return None
    batch = F.col("batch_id")
    held = lake.read(Zone.DESENSITISED, contract.table).groupBy(batch).agg(F.count(F.lit(1)).alias("held"))
    if lake.exists(Zone.RAW, contract.table):
        raw = lake.read(Zone.RAW, contract.table).groupBy(batch).agg(F.count(F.lit(1)).alias("there"))
        compared = held.join(raw, on="batch_id", how="left")
    else:
        compared = held.withColumn("there", F.lit(0))
    short = F.col("held") - F.coalesce("there", F.lit(0))
    counted = compared.where(short > 0).agg(F.count(F.lit(1)).alias("batches"), F.sum(short).alias("rows")).collect()[0]
    return Gone(contract.id, counted["batches"], counted["rows"]) if counted["batches"] else None
