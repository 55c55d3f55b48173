"""Row rules as pure Column functions, written once: ingest parts rows by them, gate 2 counts them again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import add

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, Field, RowRule, Severity
from contracts.treatments import Seal, Token
from expectations.checksums import VALID
from expectations.desensitised import TOKEN_FORM
from expectations.identity import holds_identity

#: The box around all of China in degrees, whole degrees outwards; WGS 84 and GCJ-02 differ by less than a hundredth.
_LATITUDES, _LONGITUDES = (3.0, 54.0), (73.0, 136.0)


def faults(contract: Contract, severity: Severity = Severity.ERROR) -> dict[str, Column]:
    """For each rule of the contract, a boolean column: true where the row breaks it, never NULL.

    Shape: speaks of the typed raw columns. Keys are fault names, `<column>.<failure>` or a row rule's name.
    NULL: a NULL operand breaks no rule but `missing` and `required_when`. A row that says its record was deleted holds
        the key alone, so no other rule speaks of it.
    Source: D15-7, D12-3.
    """
    found: dict[str, Column] = {}
    of_keys: set[str] = set()
    if severity is Severity.ERROR:
        for field in contract.fields:
            own = dict(_field_faults(field))
            found |= own
            of_keys |= own.keys() if field.primary_key else set()
    for rule in contract.rules:
        if rule.severity is severity:
            found[rule.name] = _ROW_RULES[rule.kind](rule, contract)
    if contract.source.deletions is not None:
        stands = ~F.coalesce(F.col(f"`{contract.source.deletions}`"), F.lit(False))
        found = {name: fault if name in of_keys else fault & stands for name, fault in found.items()}
    return {name: F.coalesce(fault, F.lit(False)) for name, fault in found.items()}


def _field_faults(field: Field) -> Iterator[tuple[str, Column]]:
    value = F.col(f"`{field.name}`")
    if field.required:
        yield f"{field.name}.missing", value.isNull()
    if field.allowed and field.type.startswith("array"):
        yield f"{field.name}.unknown_code", F.exists(value, lambda code: ~code.isin(*field.allowed))
    elif field.allowed:
        yield f"{field.name}.unknown_code", ~value.isin(*field.allowed)
    if field.minimum is not None:
        yield f"{field.name}.too_small", value < F.lit(field.minimum)
    if field.maximum is not None:
        yield f"{field.name}.too_large", value > F.lit(field.maximum)
    if field.pattern is not None:
        yield f"{field.name}.wrong_form", ~value.rlike(field.pattern)
    if _could_be_token_by_mistake(field):
        yield f"{field.name}.is_token", value.cast("string").rlike(TOKEN_FORM)
    if field.stays_as_written:  # a phone number in a column that is kept would be written down before gate 3 looks
        yield f"{field.name}.holds_identity", holds_identity(value)
    if field.max_length is not None:
        yield f"{field.name}.too_long", F.length(value) > field.max_length


def _could_be_token_by_mistake(field: Field) -> bool:
    """Whether a value that looks like a token must be one, so that a token of it would break every join in silence.

    Serial numbers of devices, accounts and records may be 32 hex digits by nature, and so are not asked.
    """
    return isinstance(field.treatment, Token | Seal) and field.identifier not in (None, "device_id", "account_number")


def _column(rule: RowRule, argument: str = "column") -> Column:
    return F.col(f"`{rule.arguments[argument]}`")


def _sum(rule: RowRule) -> Column:
    """NULL as soon as one part is NULL: an unanswered question is not a zero."""
    return reduce(add, (F.col(f"`{name}`") for name in rule.arguments["of"]))


def _filled(names: Sequence[str]) -> Column:
    """How many of the columns are not NULL."""
    return reduce(add, (F.col(f"`{name}`").isNotNull().cast("int") for name in names))


def _given(rule: RowRule) -> Column:
    """How many of the columns are given; a tick box counts when it is ticked."""
    return reduce(
        add,
        (
            F.when(F.col(f"`{name}`").isNull() | (F.col(f"`{name}`").cast("string") == "false"), 0).otherwise(1)
            for name in rule.arguments["columns"]
        ),
    )


def _at_most_sum(rule: RowRule, _: Contract) -> Column:
    return _column(rule) > _sum(rule)


def _equals_sum(rule: RowRule, _: Contract) -> Column:
    return F.abs(_column(rule) - _sum(rule)) > F.lit(1e-6)


def _equals_count(rule: RowRule, _: Contract) -> Column:
    return _column(rule) != _filled(rule.arguments["of"])


def _zero_when_all_zero(rule: RowRule, _: Contract) -> Column:
    return (_sum(rule) == 0) & (_column(rule) > 0)


def _at_most_one_of(rule: RowRule, _: Contract) -> Column:
    return _given(rule) > 1


def _exactly_one_of(rule: RowRule, _: Contract) -> Column:
    return _given(rule) != 1


def _not_before(rule: RowRule, _: Contract) -> Column:
    return _column(rule) < _column(rule, "other")


def _not_in_future(rule: RowRule, contract: Contract) -> Column:
    """Against the moment of arrival, not the clock, so that a replay judges like the first run."""
    kind = contract.field(rule.arguments["column"]).type
    if kind == "date":
        return _column(rule) > F.to_date(F.from_utc_timestamp("ingested_at", contract.source.timezone))
    return _column(rule) > F.col("ingested_at")


def _valid_identifier(rule: RowRule, contract: Contract) -> Column:
    field = contract.field(rule.arguments["column"])
    return ~VALID[str(field.identifier)](_column(rule))


def _equals_linear(rule: RowRule, _: Contract) -> Column:
    terms: Mapping[str, int] = rule.arguments["terms"]
    return _column(rule) != reduce(add, (F.col(f"`{name}`") * factor for name, factor in terms.items()))


def _equals_modulo(rule: RowRule, _: Contract) -> Column:
    return _column(rule) != F.col(f"`{rule.arguments['of']}`") % rule.arguments["modulus"]


def _is_inside_china(latitude: Column, longitude: Column) -> Column:
    return latitude.between(*_LATITUDES) & longitude.between(*_LONGITUDES)


def _inside_china(rule: RowRule, _: Contract) -> Column:
    """A swapped position breaks its own rule, so that each fault tells one thing; 0,0 lies outside."""
    latitude, longitude = _column(rule, "latitude"), _column(rule, "longitude")
    return ~_is_inside_china(latitude, longitude) & ~_is_inside_china(longitude, latitude)


def _coordinates_not_swapped(rule: RowRule, _: Contract) -> Column:
    """No place of China keeps its latitude within the longitudes of China, so swapping shows."""
    return _is_inside_china(_column(rule, "longitude"), _column(rule, "latitude"))


def _required_when(rule: RowRule, _: Contract) -> Column:
    return (_column(rule, "other") == rule.arguments["equals"]) & _column(rule).isNull()


_ROW_RULES: Mapping[str, Callable[[RowRule, Contract], Column]] = {
    "at_most_sum": _at_most_sum,
    "equals_sum": _equals_sum,
    "equals_count": _equals_count,
    "zero_when_all_zero": _zero_when_all_zero,
    "at_most_one_of": _at_most_one_of,
    "exactly_one_of": _exactly_one_of,
    "not_before": _not_before,
    "not_in_future": _not_in_future,
    "valid_identifier": _valid_identifier,
    "equals_linear": _equals_linear,
    "equals_modulo": _equals_modulo,
    "inside_china": _inside_china,
    "coordinates_not_swapped": _coordinates_not_swapped,
    "required_when": _required_when,
}
