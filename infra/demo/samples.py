"""A few valid rows of any dataset, from what its contract declares alone: types, codes, ranges, identifiers, row rules.

Row `n` of every dataset speaks of the `n`th customer, employee, account and so on, so that the samples join.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from contracts.model import Contract, Field, RowRule
from contracts.treatments import Grid, Seal, Token
from infra.demo import identifiers
from infra.demo.randomness import stream
from infra.demo.regions import CITIES

#: How many rows show every code of a short list and both answers of a tick box.
ROWS = 6
#: What a value of a row may be; None stands for an unanswered question.
Value = str | int | float | bool | date | datetime | list[str] | None
Values = dict[str, Value]

_NAMES = ("欧阳测试", "上官样例", "司马演示", "诸葛示例", "皇甫试验", "令狐范例")
_DIVISION = "^[1-9][0-9]{5}$"
_OLDEST_DAYS = 90  # no chain of days in a contract is nearly as long
_BORN = date(1980, 1, 1)
_FIRST_NUMBER = 10  # one start wherever the range has it, so that a difference of two parts is not below zero


class NoSample(Exception):
    """A contract asks for something that no sample can be made of; the message names the dataset and the column."""


@dataclass(frozen=True)
class _Place:
    """One cell to fill: the row from 0, the day of arrival, and how many other values must not lie after this one."""

    dataset: str
    row: int
    day: date
    rank: int

    @property
    def on(self) -> date:
        """A day before the arrival, in the order that the row rules ask for."""
        return self.day - timedelta(days=_OLDEST_DAYS - self.rank)

    @property
    def rng(self) -> random.Random:
        """Random numbers of this row, the same in every dataset."""
        return stream(0, "sample", self.row)

    @property
    def division(self) -> str:
        """A six-digit division code."""
        return CITIES[self.row].districts[0][0]


def rows(contract: Contract, day: date, count: int = ROWS) -> Iterator[Values]:
    """Rows that arrive on `day` and meet their contract, each value by its field's name; equal calls give equal rows.

    NULL: only where a row rule forbids a second answer. Raises: NoSample for a form that only a pattern describes.
    """
    ranks = _ranks(contract)
    for row in range(count):
        values = {
            field.name: _value(field, _Place(contract.id, row, day, ranks[field.name])) for field in contract.fields
        }
        for rule in contract.rules:
            if rule.kind in {"at_most_one_of", "exactly_one_of"}:
                _keep_one(values, rule, contract)
        for _ in contract.rules:  # a sum may be part of another sum
            for rule in contract.rules:
                _settle(values, rule)
        yield values


def _ranks(contract: Contract) -> Mapping[str, int]:
    """For each field how many fields in a row must not come after it."""
    earlier: dict[str, list[str]] = {field.name: [] for field in contract.fields}
    for rule in contract.rules:
        if rule.kind == "not_before":
            earlier[rule.arguments["column"]].append(rule.arguments["other"])

    def rank(name: str) -> int:
        return max((rank(other) + 1 for other in earlier[name]), default=0)

    return {field.name: rank(field.name) for field in contract.fields}


def _value(field: Field, at: _Place) -> Value:
    make = _IDENTIFIERS.get(field.identifier) or _TYPES[field.type.split("(", maxsplit=1)[0]]
    return make(field, at)


def _number(field: Field, at: _Place) -> float:
    """Alike over the fields of a row, later where a rule asks for it, and inside the declared range."""
    if isinstance(field.treatment, Grid):
        city = CITIES[at.row]
        return city.longitude if field.treatment.axis == "longitude" else city.latitude
    number = float(max(_FIRST_NUMBER, field.minimum or 0) + at.row + at.rank)
    if field.maximum is None or number <= field.maximum:
        return number
    low = 0 if (field.minimum or 0) <= 0 < field.maximum else (field.minimum or 0)
    return low + (at.row + at.rank) % (field.maximum - low + 1)


def _answers(field: Field, at: _Place) -> list[str]:
    return sorted({field.allowed[at.row % len(field.allowed)], field.allowed[-1]}) if field.allowed else ["样例"]


def _text(field: Field, at: _Place) -> str:
    if field.allowed:
        return field.allowed[at.row % len(field.allowed)]
    if field.pattern == _DIVISION:
        return at.division
    if field.pattern is not None:
        raise NoSample(f"{at.dataset}: no sample is known for the pattern of column '{field.name}'; add it here")
    if isinstance(field.treatment, Token | Seal):
        return f"{field.treatment.domain.upper()}-{at.row + 1}"
    return f"样例{at.row + 1}"[: field.max_length]


def _keep_one(values: Values, rule: RowRule, contract: Contract) -> None:
    """Empty all columns of the group but one: the one that this row must have, else the first."""
    columns: list[str] = rule.arguments["columns"]
    asked = [
        other.arguments["column"]
        for other in contract.rules
        if other.kind == "required_when" and values[other.arguments["other"]] == other.arguments["equals"]
    ]
    kept = next((name for name in columns if name in asked), columns[0])
    values.update({name: None for name in columns if name != kept})
    if values[kept] is False:
        values[kept] = True


def _settle(values: Values, rule: RowRule) -> None:
    """Make one number follow from the others, where the rule says how."""
    if rule.kind not in _FOLLOWS:
        return
    column = rule.arguments["column"]
    is_whole = isinstance(values[column], int)
    value = _FOLLOWS[rule.kind](values, rule.arguments)
    values[column] = int(value) if is_whole else value


def _at(values: Values, name: str) -> float:
    value = values[name]
    if not isinstance(value, int | float):
        raise NoSample(f"column '{name}' is part of a sum and no number")
    return value


def _sum(values: Values, arguments: Mapping[str, Any]) -> float:
    return sum(_at(values, name) for name in arguments["of"])


_FOLLOWS: Mapping[str, Callable[[Values, Mapping[str, Any]], float]] = {
    "equals_sum": _sum,
    "at_most_sum": lambda values, said: min(_at(values, said["column"]), _sum(values, said)),
    "zero_when_all_zero": lambda values, said: _at(values, said["column"]) if _sum(values, said) else 0,
    "equals_linear": lambda values, said: sum(_at(values, name) * factor for name, factor in said["terms"].items()),
    "equals_count": lambda values, said: sum(values[name] is not None for name in said["of"]),
    "equals_modulo": lambda values, said: _at(values, said["of"]) % said["modulus"],
}

_TYPES: Mapping[str, Callable[[Field, _Place], Value]] = {
    "string": _text,
    "boolean": lambda _, at: at.row % 2 == 0,
    "date": lambda _, at: at.on,
    "timestamp": lambda _, at: datetime.combine(at.on, time(9, at.row)),
    "bigint": lambda field, at: int(_number(field, at)),
    "double": _number,
    "decimal": _number,
    "array<string>": _answers,
}

_IDENTIFIERS: Mapping[str | None, Callable[[Field, _Place], Value]] = {
    "person_name": lambda _, at: _NAMES[at.row % len(_NAMES)],
    "organisation_name": lambda _, at: f"样例{at.row + 1}号企业有限公司",
    "address": lambda _, at: f"样例市测试路{at.row + 1}号",
    "free_text": lambda _, at: f"样例文字{at.row + 1}",
    "resident_id": lambda _, at: identifiers.resident_id(at.division, _BORN, at.row + 1),
    "mobile_phone": lambda _, at: identifiers.mobile(at.rng),
    "landline": lambda _, at: f"010-6{at.row:07d}",
    "bank_card": lambda _, at: identifiers.bank_card(at.rng),
    "account_number": lambda _, at: f"样例账号{at.row + 1}",
    "uscc": lambda _, at: identifiers.uscc(at.division, at.row + 1),
    "email": lambda _, at: f"sample{at.row + 1}@example.com",
    "url": lambda _, at: f"www.example.com/{at.row + 1}",
    "imsi": lambda _, at: identifiers.imsi(at.row + 1),
    "imei": lambda _, at: identifiers.imei(at.row + 1),
    "ip": lambda _, at: f"192.0.2.{at.row + 1}",
    "birth_date": lambda _, at: _BORN + timedelta(days=at.row),
}
