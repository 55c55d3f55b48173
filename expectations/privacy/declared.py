"""What a published table says of the people in it: `meta.privacy` of its dbt model, read strictly."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jsonschema import Draft202012Validator

from expectations.errors import PrivacyUndeclared


class Rows(StrEnum):
    """What one row is about: one person, a group of people, or nobody."""

    PERSONS = "persons"
    AGGREGATES = "aggregates"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Sensitive:
    """A column whose value nobody may learn of a person; a bound that is None is measured and not judged."""

    column: str
    minimum_l: float | None = None
    minimum_entropy_l: float | None = None
    maximum_t: float | None = None


@dataclass(frozen=True)
class Declaration:
    """Who is in a table, by which columns they could be recognised, and how well they must be hidden.

    people: the column that names the person of a row, or the columns that count the people of a row.
    population: by such a column, the one that counts all who could be in the group, whether they are in it or not.
    """

    rows: Rows
    people: tuple[str, ...] = ()
    quasi_identifiers: tuple[str, ...] = ()
    minimum_k: int = 0
    sensitive: tuple[Sensitive, ...] = ()
    population: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> set[str]:
        """All columns that the declaration speaks of."""
        sensitive = (each.column for each in self.sensitive)
        return {*self.people, *self.quasi_identifiers, *sensitive, *self.population.values()}


_NAME = {"type": "string", "minLength": 1}
_NAMES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _NAME}
_BOUNDS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "minimum_l": {"type": "number", "minimum": 1},
        "minimum_entropy_l": {"type": "number", "minimum": 1},
        "maximum_t": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
_OF_PEOPLE = {
    "rows": {},
    "people": _NAMES,
    "quasi_identifiers": _NAMES,
    "minimum_k": {"type": "integer", "minimum": 2},
    "sensitive": {"type": "object", "additionalProperties": _BOUNDS},
    "population": {"type": "object", "additionalProperties": _NAME},
}
_REQUIRED = ["rows", "people", "quasi_identifiers", "minimum_k"]
_FORMS: Mapping[str, dict[str, Any]] = {
    Rows.NOBODY: {"required": ["rows", "because"], "properties": {"rows": {}, "because": _NAME}},
    Rows.AGGREGATES: {"required": _REQUIRED, "properties": _OF_PEOPLE},
    Rows.PERSONS: {"required": _REQUIRED, "properties": {**_OF_PEOPLE, "people": {**_NAMES, "maxItems": 1}}},
}


def declaration(table: str, columns: Collection[str], declared: Any) -> Declaration:
    """The declaration of a table that has these columns; `declared` is what its yml holds, or None.

    Raises: PrivacyUndeclared when there is none, when it is not of the agreed form, or speaks of other columns.
    """
    if mistakes := list(_mistakes(declared)):
        raise _refusal(table, mistakes)
    found = Declaration(
        rows=Rows(declared["rows"]),
        people=tuple(declared.get("people", ())),
        quasi_identifiers=tuple(declared.get("quasi_identifiers", ())),
        minimum_k=declared.get("minimum_k", 0),
        sensitive=tuple(Sensitive(name, **bounds) for name, bounds in declared.get("sensitive", {}).items()),
        population=declared.get("population", {}),
    )
    strangers = sorted(found.columns - set(columns) | (set(found.population) - set(found.people)))
    if strangers:
        raise _refusal(table, [f"speaks of {', '.join(strangers)}, which the model does not describe as such"])
    return found


def _mistakes(declared: Any) -> Iterator[str]:
    rows = declared.get("rows") if isinstance(declared, Mapping) else None
    if rows not in list(Rows):
        yield f"rows must say what a row is about: {', '.join(Rows)}"
        return
    form = {"type": "object", "additionalProperties": False, **_FORMS[rows]}
    for mistake in Draft202012Validator(form).iter_errors(declared):
        yield ": ".join((*map(str, mistake.absolute_path), mistake.message))


def _refusal(table: str, mistakes: Collection[str]) -> PrivacyUndeclared:
    return PrivacyUndeclared(
        f"mart {table}: meta.privacy of its model: {'; '.join(mistakes)}. "
        "Mend the model's yml; docs/privacy_measures.md tells the form"
    )
