"""A form contract as an XLSForm: what a form server asks, so that its answers come back through the same contract."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.errors import LakewardenError
from contracts.model import Contract, Field
from jobs.forms.conditions import Conditions, conditions

LANGUAGE = "中文 (zh)"
_LABEL = f"label::{LANGUAGE}"
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(?:/[A-Za-z][A-Za-z0-9_.-]*)*", re.ASCII)
_TYPES = {
    "string": "text", "bigint": "integer", "double": "decimal", "decimal": "decimal", "date": "date",
    "timestamp": "dateTime",
}  # fmt: skip
#: The words for a tick that readers know; a contract's codes may give them other labels (有/无).
_YES, _NO = "yes", "no"

Row = Mapping[str, str]


class NoForm(LakewardenError):
    """The contract is none that a form could be made from."""


@dataclass(frozen=True)
class XlsForm:
    """The three sheets of an XLSForm; a row holds the cells that are not empty, by column."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row


def xlsform(contract: Contract) -> XlsForm:
    """The form that asks for the contract's columns; what the server adds by itself and what is retired is not asked.

    A question stands in the group that one of its aliases names (`head/region_code`) and always has the column's name.
    Raises: NoForm where nothing is left to ask, or an option holds a blank, which servers put between options.
    """
    asked = [field for field in contract.fields if not _is_given_by_server(field) and field.retired_in is None]
    if not asked:
        raise NoForm(f"{contract.id}: no column is a question; every one is given by the server or retired")
    found = conditions(contract, asked)
    return XlsForm(
        survey=tuple(_survey([(_group(field), field) for field in asked], found)),
        choices=tuple(choice for field in asked for choice in _choices(field)),
        settings={
            "form_title": contract.label,
            "form_id": contract.dataset,
            "version": contract.version,
            "default_language": LANGUAGE,
        },
    )


def _is_given_by_server(field: Field) -> bool:
    """Servers begin the names of what they add with an underscore."""
    return any(alias.startswith("_") for alias in field.aliases)


def _group(field: Field) -> tuple[str, ...]:
    """The groups around the question, outermost first: the longest path among the aliases that ends in its name."""
    paths = [tuple(alias.split("/")) for alias in field.aliases if _PATH.fullmatch(alias)]
    groups: list[tuple[str, ...]] = [path[:-1] for path in paths if path[-1] == field.name]
    return max(groups, key=len, default=())


def _survey(questions: Sequence[tuple[tuple[str, ...], Field]], found: Mapping[str, Conditions]) -> Iterator[Row]:
    """Questions in the contract's order; a group stands where its first question does, and holds all of its own."""
    opened: set[str] = set()
    for groups, field in questions:
        if not groups:
            yield _question(field, found[field.name])
        elif groups[0] not in opened:
            opened.add(groups[0])
            yield {"type": "begin_group", "name": groups[0]}
            yield from _survey([(inner[1:], f) for inner, f in questions if inner[:1] == groups[:1]], found)
            yield {"type": "end_group"}


def _question(field: Field, found: Conditions) -> Row:
    cells = {
        "type": _type(field),
        "name": field.name,
        _LABEL: f"{field.label}({field.unit})" if field.unit else field.label,
        "required": found.required,
        "relevant": found.relevant,
        "constraint": found.constraint,
        f"constraint_message::{LANGUAGE}": found.message,
    }
    return {column: cell for column, cell in cells.items() if cell}


def _type(field: Field) -> str:
    if field.type.startswith("array"):
        return f"select_multiple {field.name}"
    if field.allowed or field.type == "boolean":
        return f"select_one {field.name}"
    return _TYPES[field.type.split("(", maxsplit=1)[0]]


def _choices(field: Field) -> Iterator[Row]:
    options = dict(field.allowed_labels)
    if field.type == "boolean":
        said = {code: word for word, code in reversed(list(field.codes.items())) if not word.isascii()}
        options = {_YES: said.get("true", "是"), _NO: said.get("false", "否")}
    elif field.type.startswith("array") and not options:
        raise NoForm(f"column '{field.name}' takes several answers and has no list of them; give it an enum")
    for name, label in options.items():
        if re.search(r"\s", name):
            raise NoForm(
                f"column '{field.name}' has an option with a blank in its code; form servers part options by it"
            )
        yield {"list_name": field.name, "name": name, _LABEL: label}
