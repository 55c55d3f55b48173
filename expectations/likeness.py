"""Gate 2's look at what stands in columns that readers will see: is it an identifier that their contract did not name?

Ingest sorts out single rows whose kept text holds an identity. This judges columns, by shares that chance does not
reach, and so may ask more: check digits, numbers, and what is only masked.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.identifiers import IDENTIFIERS, Proof
from contracts.model import Contract, Field
from contracts.treatments import Keep, Mask
from expectations.checksums import passes
from expectations.gate import Check
from expectations.normal_form import code, without_country_code

#: How much one such value counts: a column stops the gate where they weigh more than all its values together. So one in
#: a hundred is enough of what chance makes once in a thousand (T10, T11); half of what it makes once in five or ten,
#: for check digits pass by chance (T1, T4, T12); and of mobile numbers nine in ten, because two thirds of all numbers
#: with their eleven digits begin with a prefix in use.
_WEIGHTS: Mapping[str, float] = {
    "resident_id": 100.0, "foreigner_permit": 100.0, "imsi": 100.0, "iccid": 100.0,
    "uscc": 2.0, "bank_card": 2.0, "imei": 2.0, "mobile_phone": 1.1,
}  # fmt: skip
#: Fewer values of a batch prove nothing: twenty numbers that all look like mobiles are chance once in three thousand.
_FEWEST = 20
_SMALLEST_NUMBER = 10**10  # eleven digits
#: Full-width digits and other disguises are a matter of single rows, see `expectations.identity`.
_LONG_CODE = r"^[+(]{0,2}[0-9](?:[ \-()]{0,2}[0-9A-Za-z]){10,21}\)?$"
_STRONG = {kind for kind, found in IDENTIFIERS.items() if found.proof is not Proof.WORDS}


def exposed(contract: Contract) -> list[Field]:
    """The fields whose values readers see as written or in part, though nobody listed what may stand there."""
    return [field for field in contract.surviving if _is_exposed(field)]


def measures(contract: Contract) -> Iterator[Column]:
    """For each exposed field how many values it has, and how many are as long and digital as an identifier."""
    for place, field in enumerate(exposed(contract)):
        value = F.col(f"`{field.name}`")
        yield F.count(value).alias(f"filled_{place}")
        yield F.count_if(_could_be_one(value, field.type)).alias(f"long_{place}")


def checks(contract: Contract, batch: DataFrame, measured: Mapping[str, Any]) -> list[Check]:
    """A rule for each exposed field; `found` is 0 where so many values may look like an identifier by chance.

    measured: what `measures` gave. The batch is read again only where a field has so many long numbers that it matters,
    and of it that field alone.
    """
    fields = list(enumerate(exposed(contract)))
    suspects = [
        field for place, field in fields if _may_outweigh(measured[f"long_{place}"], measured[f"filled_{place}"])
    ]
    weighed = _weighed_fields(batch, suspects) if suspects else {}
    return [
        Check(f"{field.name}.looks_like_identifier", _found(weighed, field, measured[f"filled_{place}"]), _FEWEST - 1)
        for place, field in fields
    ]


def _may_outweigh(long: int, filled: int) -> bool:
    return long >= _FEWEST and long * max(_WEIGHTS.values()) > filled


def _found(weighed: Mapping[str, tuple[int, float]], field: Field, filled: int) -> int:
    alike, weight = weighed.get(field.name, (0, 0.0))
    return alike if weight > filled else 0


def _weighed_fields(batch: DataFrame, fields: Sequence[Field]) -> dict[str, tuple[int, float]]:
    """For each field how many values look like an identifier, and what these weigh together.

    Each normal form is a column of its own first: inside the checks it would be made anew for every character.
    """
    places = [str(place) for place in range(len(fields))]
    numbers = batch.select(*(_number(field).alias(place) for place, field in zip(places, fields, strict=True)))
    weights = numbers.select(*(_weight(F.col(f"`{place}`")).alias(place) for place in places))
    row = weights.agg(*(measure(f"`{place}`") for place in places for measure in (F.count, F.sum))).collect()[0]
    return {field.name: (row[2 * place], row[2 * place + 1] or 0.0) for place, field in enumerate(fields)}


def _is_exposed(field: Field) -> bool:
    if isinstance(field.treatment, Mask):
        return field.identifier not in _STRONG
    is_open = isinstance(field.treatment, Keep) and not field.allowed
    return is_open and field.type.split("(", maxsplit=1)[0] in ("string", "bigint", "double", "decimal")


def _could_be_one(value: Column, kind: str) -> Column:
    """Whether a value is long enough, and made of digits but for some letters; seen without bringing it into form."""
    return value.rlike(_LONG_CODE) if kind == "string" else F.abs(value) >= _SMALLEST_NUMBER


def _number(field: Field) -> Column:
    """The normal form of a value that could be an identifier; NULL for all others."""
    value = F.col(f"`{field.name}`")
    text = value
    if field.type != "string":
        whole = value.try_cast("decimal(20,0)")
        text = F.when(whole == value, whole.cast("string"))
    return F.when(_could_be_one(value, field.type), without_country_code(code(text)))


def _weight(number: Column) -> Column:
    """What one value counts; NULL where it looks like no identifier."""
    first, *others = _WEIGHTS
    weighed = F.when(passes(first, number), F.lit(_WEIGHTS[first]))
    for kind in others:
        weighed = weighed.when(passes(kind, number), F.lit(_WEIGHTS[kind]))
    return weighed
