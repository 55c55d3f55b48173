"""Gate 3: is there any identity left, and do the counts agree?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, Field, SmallestCell
from contracts.treatments import IpPrefix, Keep, Seal, Token
from expectations.gate import Check
from expectations.identity import holds_identity

TOKEN_FORM = "^[0-9a-f]{32}$"  # noqa: S105 - the form of a pseudonym, not a secret
#: A network of version 4 or 6, in which no part of a host's address is left.
PREFIX_FORM = r"^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){2}\.0/24|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,2})?::/48)$"


def checks(contract: Contract, before: DataFrame, after: DataFrame, sealed_tokens: DataFrame | None) -> list[Check]:
    """Counts that must agree with raw, tokens that must look like tokens, and identifiers that survived in any text.

    One pass over each frame, one more where the contract says how many must share a square.
    `sealed_tokens`: the vault's rows of this batch, None where nothing is sealed.
    """
    present = {field.desensitised_name: F.count(f"`{field.name}`") for field in contract.surviving}
    expected = before.agg(F.count(F.lit(1)).alias("rows"), *(c.alias(n) for n, c in present.items())).collect()[0]
    measures = dict(_measures(contract))
    measured = after.agg(
        F.count(F.lit(1)).alias("rows"),
        *(F.count(f"`{name}`").alias(name) for name in present),
        *(column.alias(name) for name, column in measures.items()),
    ).collect()[0]
    found = [Check("rows_conserved", abs(expected["rows"] - measured["rows"]))]
    # a treatment may turn a value that has no meaning into NULL, but never NULL into a value
    found += [
        Check(
            f"{field.desensitised_name}.{'lost' if _is_lossless(field) else 'invented'}",
            _difference(field, expected, measured),
        )
        for field in contract.surviving
    ]
    found += [Check(name, measured[name]) for name in measures]
    if contract.smallest_cell is not None:
        found.append(Check("smallest_cell.too_few", _squares_with_too_few(contract, contract.smallest_cell, after)))
    if sealed_tokens is not None:
        found.append(Check("sealed_without_value", sealed_tokens.where(F.col("sealed").isNull()).count()))
    return found


def _squares_with_too_few(contract: Contract, smallest: SmallestCell, after: DataFrame) -> int:
    """How many squares are shown, in how many periods, that fewer people share than the contract asks."""
    seen = {name: contract.field(name).desensitised_name for name in (smallest.latitude, smallest.longitude)}
    grouping = [*seen.values(), *([contract.field(smallest.period).desensitised_name] if smallest.period else [])]
    people = F.count(F.lit(1))
    if smallest.people is not None:
        people = F.count_distinct(F.col(contract.field(smallest.people).desensitised_name))
    squares = after.where(F.col(seen[smallest.latitude]).isNotNull()).groupBy(*grouping).agg(people.alias("people"))
    too_few: int = squares.where(F.col("people") < smallest.at_least).count()
    return too_few


def _is_lossless(field: Field) -> bool:
    return isinstance(field.treatment, Keep | Token | Seal)


def _difference(field: Field, expected: dict[str, int], measured: dict[str, int]) -> int:
    name = field.desensitised_name
    difference = measured[name] - expected[name]
    return abs(difference) if _is_lossless(field) else max(difference, 0)


def _measures(contract: Contract) -> Iterator[tuple[str, Column]]:
    for field in contract.surviving:
        value, name = F.col(f"`{field.desensitised_name}`"), field.desensitised_name
        if isinstance(field.treatment, Token | Seal):
            yield f"{name}.no_token", F.count_if(~value.rlike(TOKEN_FORM))
        elif isinstance(field.treatment, IpPrefix):  # a network looks like an address, so its form tells instead
            yield f"{name}.no_prefix", F.count_if(~value.rlike(PREFIX_FORM))
        elif field.desensitised_type.split("<", maxsplit=1)[0] in ("string", "array", "bigint"):
            yield f"{name}.identity_left", F.count_if(holds_identity(value.cast("string")))
