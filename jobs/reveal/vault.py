"""From tokens to the values that they stand for: the only code that opens the vault."""

from collections import Counter
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from jobs.desensitise.treatments import unsealed
from jobs.errors import NeverSealed, VaultAltered
from jobs.reveal.rules import sealed_field
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

_MOST_PLACES = 10


def opened(lake: Lake, keys: KeyFiles, contract: Contract, field: str, tokens: Sequence[str]) -> dict[str, str]:
    """The value of every token, in the order asked; of a token that was sealed often, as it arrived last.

    The engine finds the rows and opens them; what comes back is one row for each token asked, of which a request holds
    few (`RevealLimits`). Nothing is opened in part: every token has a value, or there is an error and none.
    Raises: NeverSealed, with how many and which by their place in the request; VaultAltered, with how many by batch;
    KeyMissing. None of them holds a value.
    """
    where = f"{contract.id} {field}"
    _, treatment = sealed_field(contract, field)
    if not lake.exists(Zone.VAULT, contract.table):
        raise NeverSealed(f"nothing of {where} was ever sealed; nothing was opened")
    keyed = _newest(lake.read(Zone.VAULT, contract.table), field, tokens).crossJoin(
        F.broadcast(keys.frame(lake.spark, [treatment.domain]))
    )
    value = unsealed(F.col("sealed"), key=_seal_key(treatment.domain), bound_to=F.col("token"))
    rows = keyed.select("token", "batch_id", value.alias("value")).collect()
    values = {row["token"]: row["value"] for row in rows}
    _require_sealed(where, tokens, values)
    if altered := Counter(row["batch_id"] for row in rows if row["value"] is None):
        batches = ", ".join(f"batch {batch}: {count}" for batch, count in sorted(altered.items()))
        raise VaultAltered(
            f"{altered.total()} of {len(tokens)} values of {where} do not authenticate ({batches}); their rows in the "
            "vault were altered or moved after they were sealed, or another key sealed them. Nothing was opened. "
            "Bring the vault back from its backup, or `lakewarden replay` the files of the batch"
        )
    return {token: values[token] for token in tokens}


def _newest(vault: DataFrame, field: str, tokens: Sequence[str]) -> DataFrame:
    """One row per token; the ordering is full, so the same rows come again."""
    last = Window.partitionBy("token").orderBy(
        F.desc("ingested_at"), F.desc("source_file_sha256"), F.desc("source_row_number")
    )
    asked = vault.where((F.col("field") == field) & F.col("token").isin(list(tokens)))
    return asked.withColumn("place", F.row_number().over(last)).where("place = 1")


def _seal_key(domain: str) -> Column:
    """The key that opens a row, from the columns of the key store's frame."""
    return F.col(f"seal_{domain}")


def _require_sealed(where: str, tokens: Sequence[str], values: dict[str, str]) -> None:
    places = [str(place) for place, token in enumerate(tokens, start=1) if token not in values]
    if places:
        shown = ", ".join(places[:_MOST_PLACES]) + (", …" if len(places) > _MOST_PLACES else "")
        raise NeverSealed(
            f"{len(places)} of {len(tokens)} tokens were never sealed in {where}, or are gone with their retention: "
            f"number {shown} of the request. Nothing was opened; ask anew without them"
        )
