"""From tokens to the values that they stand for: the only code that opens the vault."""

from collections import Counter
from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract
from jobs.desensitise import vault
from jobs.errors import NeverSealed, VaultAltered
from jobs.keys.record import require_no_rotation
from jobs.keys.ring import Keyring
from jobs.reveal.rules import sealed_field
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

_MOST_PLACES = 10


def opened(lake: Lake, ring: Keyring, contract: Contract, field: str, tokens: Sequence[str]) -> dict[str, str]:
    """The value of every token, in the order asked; of a token that was sealed often, as it arrived last.

    The engine finds the rows and opens them; what comes back is one row for each token asked, of which a request holds
    few (`RevealLimits`). Nothing is opened in part: every token has a value, or there is an error and none.
    Raises: NeverSealed, with how many and which by their place in the request; VaultAltered, with how many by batch;
    HalfRotated while tokens change; KeyMissing. None of them holds a value.
    """
    where = f"{contract.id} {field}"
    _, treatment = sealed_field(contract, field)
    require_no_rotation(ring.ledger)
    if not lake.exists(Zone.VAULT, contract.table):
        raise NeverSealed(f"nothing of {where} was ever sealed; nothing was opened")
    newest = _newest(lake.read(Zone.VAULT, contract.table), field, tokens)
    with ring.frame(lake.spark, ring.current([treatment.domain])) as key_frame:
        found = vault.opened(newest, [treatment.domain], key_frame)
        rows = found.select("token", "batch_id", "value").collect()
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


def _newest(sealed: DataFrame, field: str, tokens: Sequence[str]) -> DataFrame:
    """One row per token; the ordering is full, so the same rows come again."""
    last = Window.partitionBy("token").orderBy(
        F.desc("ingested_at"), F.desc("source_file_sha256"), F.desc("source_row_number")
    )
    asked = sealed.where((F.col("field") == field) & F.col("token").isin(list(tokens)))
    return asked.withColumn("place", F.row_number().over(last)).where("place = 1")


def _require_sealed(where: str, tokens: Sequence[str], values: dict[str, str]) -> None:
    places = [str(place) for place, token in enumerate(tokens, start=1) if token not in values]
    if places:
        shown = ", ".join(places[:_MOST_PLACES]) + (", …" if len(places) > _MOST_PLACES else "")
        raise NeverSealed(
            f"{len(places)} of {len(tokens)} tokens were never sealed in {where}, or are gone with their retention: "
            f"number {shown} of the request. Nothing was opened; ask anew without them"
        )
