"""The vault: values that somebody must be able to recover, sealed under their token, each bound to its place.

A seal authenticates the value together with its domain, field, key version and token (the associated data of AES-GCM),
so a row that was altered by hand, or whose seal was copied from another row, does not open.
"""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import TECHNICAL_COLUMNS, Contract
from jobs.desensitise.treatments import field_token, seal, unsealed

VAULT_COLUMNS = {
    "token": "string",
    "field": "string",
    "domain": "string",
    "sealed": "binary",
    "key_version": "int",
    **TECHNICAL_COLUMNS,
}


def sealed(raw: DataFrame, contract: Contract, key_frame: DataFrame) -> DataFrame:
    """The vault's rows: one per row and sealed field that has a value; the token finds it, the seal hides it."""
    keyed = raw.crossJoin(F.broadcast(key_frame))
    fields = [(field, treatment.domain) for field, treatment in contract.sealed]
    tokens = {f"token_of_{field.name}": field_token(field, domain) for field, domain in fields}
    # the token is wanted twice, in its column and in what the seal is bound to, and is hashed once
    hashed = keyed.withColumns(tokens)
    entries = [_entry(field.name, domain) for field, domain in fields]
    exploded = hashed.select(F.explode(F.array(*entries)).alias("entry"), *TECHNICAL_COLUMNS)
    return exploded.select("entry.*", *TECHNICAL_COLUMNS).where(F.col("token").isNotNull())


def _entry(field: str, domain: str) -> Column:
    token, version = F.col(f"token_of_{field}"), F.col(f"version_{domain}")
    place = _place(F.lit(domain), F.lit(field), version, token)
    return F.struct(
        token.alias("token"),
        F.lit(field).alias("field"),
        F.lit(domain).alias("domain"),
        seal(F.col(f"`{field}`").cast("string"), key=F.col(f"seal_{domain}"), bound_to=place).alias("sealed"),
        version.alias("key_version"),
    )


def opened(vault: DataFrame, domains: Collection[str], key_frame: DataFrame) -> DataFrame:
    """The vault's rows of these domains with `value`: what was sealed, in clear; one row in, one row out.

    NULL: `value` of a row that does not authenticate, for it was altered, or sealed with another key or version than
    those of `key_frame`. The caller counts these and refuses. The keys stay behind.
    Shape: token, field, domain, key_version, value, and the technical columns.
    """
    keyed = vault.where(F.col("domain").isin(*domains)).crossJoin(F.broadcast(key_frame))
    key = _of_its_domain("seal", domains)
    is_ours = F.col("key_version") == _of_its_domain("version", domains)
    value = F.when(is_ours, unsealed(F.col("sealed"), key=key, bound_to=place_in_vault()))
    return keyed.select("token", "field", "domain", "key_version", value.alias("value"), *TECHNICAL_COLUMNS)


def altered_rows(vault: DataFrame, domains: Collection[str], key_frame: DataFrame) -> int:
    """How many rows of these domains do not authenticate, counted by the engine; nothing is shown."""
    altered: int = opened(vault, domains, key_frame).where(F.col("value").isNull()).count()
    return altered


def place_in_vault() -> Column:
    """What the seal of a vault row is bound to, from the row's own columns."""
    return _place(F.col("domain"), F.col("field"), F.col("key_version"), F.col("token"))


def _place(domain: Column, field: Column, version: Column, token: Column) -> Column:
    """What a seal is bound to; names of domains and fields have no bar."""
    bar = F.lit("|")
    return F.concat(domain, bar, field, bar, version.cast("string"), bar, token)


def _of_its_domain(what: str, domains: Collection[str]) -> Column:
    """The key column of the row's own domain, NULL for a domain that is not asked for."""
    return F.coalesce(*(F.when(F.col("domain") == domain, F.col(f"{what}_{domain}")) for domain in sorted(domains)))
