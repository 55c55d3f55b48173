"""Gate 3: is there any identity left, and do the counts agree?"""

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import chain
from operator import itemgetter

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

    One statement, and in it one pass over each frame, one more where the contract says how many must share a square.
    `sealed_tokens`: the vault's rows of this batch, None where nothing is sealed.
    """
    asked = [
        _counted(before, filled={field.desensitised_name: field.name for field in contract.surviving}),
        _counted(
            after,
            filled={field.desensitised_name: field.desensitised_name for field in contract.surviving},
            broken=dict(_measures(contract)),
        ),
    ]
    if contract.smallest_cell is not None:
        too_few = F.count_if(F.col("people") < contract.smallest_cell.at_least)
        squares = _people_by_square(contract, contract.smallest_cell, after)
        asked.append(_counted(squares, broken={"smallest_cell.too_few": too_few}))
    if sealed_tokens is not None:
        asked.append(_counted(sealed_tokens, broken={"sealed_without_value": F.count_if(F.col("sealed").isNull())}))
    numbered = (frame.withColumn("place", F.lit(place)) for place, frame in enumerate(asked))
    answers = sorted(reduce(DataFrame.unionAll, numbered).collect(), key=itemgetter("place"))
    expected, measured = answers[:2]
    return [
        Check("rows_conserved", abs(expected["rows"] - measured["rows"])),
        *(_kept(field, expected["filled"], measured["filled"]) for field in contract.surviving),
        *(Check(rule, count) for answer in answers for rule, count in answer["broken"].items()),
    ]


def _counted(
    frame: DataFrame, *, filled: Mapping[str, str] | None = None, broken: Mapping[str, Column] | None = None
) -> DataFrame:
    """One row: `rows`; by name how many values a column has (`filled`); by rule how many rows break it (`broken`)."""
    values = {name: F.count(f"`{column}`") for name, column in (filled or {}).items()}
    maps = {"filled": values, "broken": broken or {}}
    return frame.agg(F.count(F.lit(1)).alias("rows"), *(_by_name(columns).alias(of) for of, columns in maps.items()))


def _by_name(counts: Mapping[str, Column]) -> Column:
    pairs = chain.from_iterable((F.lit(name), count) for name, count in counts.items())
    return F.create_map(*pairs).cast("map<string,bigint>")


def _people_by_square(contract: Contract, smallest: SmallestCell, after: DataFrame) -> DataFrame:
    """One row per square and period that is shown: how many `people` share it."""
    seen = {name: contract.field(name).desensitised_name for name in (smallest.latitude, smallest.longitude)}
    grouping = [*seen.values(), *([contract.field(smallest.period).desensitised_name] if smallest.period else [])]
    people = F.count(F.lit(1))
    if smallest.people is not None:
        people = F.count_distinct(F.col(contract.field(smallest.people).desensitised_name))
    shown = after.where(F.col(seen[smallest.latitude]).isNotNull())
    return shown.groupBy(*grouping).agg(people.alias("people"))


def _kept(field: Field, expected: Mapping[str, int], measured: Mapping[str, int]) -> Check:
    """A treatment may turn a value that has no meaning into NULL, but never NULL into a value."""
    name = field.desensitised_name
    difference = measured[name] - expected[name]
    if isinstance(field.treatment, Keep | Token | Seal):
        return Check(f"{name}.lost", abs(difference))
    return Check(f"{name}.invented", max(difference, 0))


def _measures(contract: Contract) -> Iterator[tuple[str, Column]]:
    for field in contract.surviving:
        value, name = F.col(f"`{field.desensitised_name}`"), field.desensitised_name
        if isinstance(field.treatment, Token | Seal):
            yield f"{name}.no_token", F.count_if(~value.rlike(TOKEN_FORM))
        elif isinstance(field.treatment, IpPrefix):  # a network looks like an address, so its form tells instead
            yield f"{name}.no_prefix", F.count_if(~value.rlike(PREFIX_FORM))
        elif field.desensitised_type.split("<", maxsplit=1)[0] in ("string", "array", "bigint"):
            yield f"{name}.identity_left", F.count_if(holds_identity(value.cast("string")))
