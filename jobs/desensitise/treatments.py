"""The treatments as pure Column functions; NULL stays NULL in all of them.

Key columns come from the one-row frame of the key store, crossed in; a `select` that uses them leaves them behind.
"""

from functools import singledispatch
from itertools import pairwise

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, Field
from contracts.treatments import Band, Grid, Keep, Mask, Region, Seal, Token, Treatment, TruncateDate
from expectations.normal_form import normalised

#: Metres in one degree along a meridian; good to 0.6 % anywhere on Earth.
METRES_PER_DEGREE = 111_320
TOKEN_HEX_DIGITS = 32


def treated(field: Field, contract: Contract) -> Column:
    """The field's column beyond raw, named and typed as the contract says.

    Source: D09-10; the contract decides, this code never names a personal column.
    """
    return (
        _apply(field.treatment, F.col(f"`{field.name}`"), field, contract)
        .cast(field.desensitised_type)
        .alias(field.desensitised_name)
    )


def token(value: Column, *, inner: Column, outer: Column) -> Column:
    """The first 128 bits of HMAC-SHA-256 as 32 hex digits, from native functions only.

    Source: RFC 2104; 128 bits leave no collision to fear below 10^15 values and join faster than 256.
    """
    digest = F.unhex(F.sha2(F.concat(inner, F.encode(value, "UTF-8")), 256))
    return F.substring(F.sha2(F.concat(outer, digest), 256), 1, TOKEN_HEX_DIGITS)


def field_token(field: Field, domain: str) -> Column:
    """The token of a field's normal form, with the key columns of its domain."""
    value = normalised(F.col(f"`{field.name}`").cast("string"), field.identifier)
    return token(value, inner=F.col(f"inner_{domain}"), outer=F.col(f"outer_{domain}"))


def seal(value: Column, *, key: Column, bound_to: Column) -> Column:
    """The value encrypted with AES-256-GCM under a random IV: it can be opened, but two seals never look alike.

    bound_to: authenticated with it and not stored in it; the seal opens together with the same text only.
    """
    return F.aes_encrypt(value, key, F.lit("GCM"), F.lit("DEFAULT"), F.lit(""), bound_to)


def unsealed(sealed: Column, *, key: Column, bound_to: Column) -> Column:
    """What was sealed, as text; NULL where the seal, the key or what it is bound to is not what it was."""
    return F.try_aes_decrypt(sealed, key, F.lit("GCM"), F.lit("DEFAULT"), bound_to).cast("string")


def mask(value: Column, *, head: int, tail: int) -> Column:
    """`head` and `tail` characters with stars between; a value too short to hide anything becomes stars only."""
    length = F.length(value)
    stars = F.repeat(F.lit("*"), F.greatest(length - head - tail, F.lit(1)))
    shown = F.concat(F.substring(value, 1, head), stars, F.substring(value, -tail, tail) if tail else F.lit(""))
    return F.when(length > head + tail, shown).when(value.isNotNull(), F.repeat(F.lit("*"), length))


def band(value: Column, edges: tuple[float, ...]) -> Column:
    """The band that holds a number: `<18`, `18-29`, `>=60`; whole-number edges name the last number below the next."""
    labels = F.when(value < edges[0], f"<{edges[0]:g}")
    for low, high in pairwise(edges):
        labels = labels.when(value < high, _between(low, high))
    return labels.when(value >= edges[-1], f">={edges[-1]:g}")


def _between(low: float, high: float) -> str:
    whole = float(low).is_integer() and float(high).is_integer() and high < 1000  # noqa: PLR2004 - ages, not money
    return f"{low:g}-{high - 1:g}" if whole else f"{low:g}-<{high:g}"


def age_years(birth_date: Column, as_of: Column) -> Column:
    """Full years lived on the day `as_of`."""
    return F.floor(F.months_between(as_of, birth_date) / 12)


def region(code: Column, level: str) -> Column:
    """A six-digit division code rolled up: 330106 is 330100 as a city, 330000 as a province; other texts are NULL."""
    kept = {"city": 4, "province": 2}[level]
    return F.when(code.rlike("^[1-9][0-9]{5}$"), F.rpad(F.substring(code, 1, kept), 6, "0"))


def grid(degrees: Column, metres: float) -> Column:
    """The middle of the square that holds a coordinate, in degrees with six decimals."""
    step = metres / METRES_PER_DEGREE
    return F.round((F.floor(degrees / step) + 0.5) * step, 6)


def truncated(moment: Column, to: str) -> Column:
    """The first day of the month, quarter or year, or the day itself."""
    return F.to_date(F.date_trunc(to, moment))


@singledispatch
def _apply(treatment: Treatment, value: Column, field: Field, contract: Contract) -> Column:
    """A treatment nobody taught us stops the job; it never passes a value on."""
    raise NotImplementedError(f"no code for treatment {treatment.kind} of column {field.name}")


@_apply.register
def _(treatment: Keep, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return value


@_apply.register
def _(treatment: Token, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return field_token(field, treatment.domain)


@_apply.register
def _(treatment: Seal, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return field_token(field, treatment.domain)


@_apply.register
def _(treatment: Mask, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return mask(normalised(value, field.identifier), head=treatment.head, tail=treatment.tail)


@_apply.register
def _(treatment: Band, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    measured = age_years(value, F.col("arrival_date")) if treatment.of == "age_years" else value
    return band(measured, treatment.edges)


@_apply.register
def _(treatment: Region, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return region(value, treatment.level)


@_apply.register
def _(treatment: Grid, value: Column, field: Field, contract: Contract) -> Column:  # noqa: ARG001
    return grid(value, treatment.metres)


@_apply.register
def _(treatment: TruncateDate, value: Column, field: Field, contract: Contract) -> Column:
    local = F.from_utc_timestamp(value, contract.source.timezone) if field.type == "timestamp" else value
    return truncated(local, treatment.to)
