"""Ranges and row rules of a contract as the conditions of a form (XPath): what can be said while somebody types.

A rule that a form cannot judge (a check digit) or that only warns is left to the gates. An unanswered question breaks
no rule, in the form as in the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from contracts.model import Contract, Field, RowRule, Severity


@dataclass(frozen=True)
class Conditions:
    """What a form knows about one question; an empty text says nothing. `message`: what a wrong answer is told."""

    required: str = ""
    relevant: str = ""
    constraint: str = ""
    message: str = ""


#: A condition on the question itself (`.`), and in Chinese what the answer has to be.
_Constraint = tuple[str, str]


def conditions(contract: Contract, asked: Sequence[Field]) -> dict[str, Conditions]:
    """The conditions of every question that is asked, by its name; a rule about a column that is not asked has none."""
    fields = {field.name: field for field in asked}
    rules = [r for r in contract.rules if r.severity is Severity.ERROR and _columns(r) <= fields.keys()]
    return {field.name: _of(field, rules, fields) for field in asked}


def _of(field: Field, rules: Sequence[RowRule], fields: Mapping[str, Field]) -> Conditions:
    constraints = [*_own_constraints(field)]
    required, relevant = "yes" if field.required else "", []
    for rule in rules:
        if rule.kind in _CONSTRAINTS and rule.arguments["column"] == field.name:
            constraints.append(_CONSTRAINTS[rule.kind](rule, fields))
        elif rule.kind == "required_when" and rule.arguments["column"] == field.name:
            required = required or _is(fields[rule.arguments["other"]], str(rule.arguments["equals"]))
        elif rule.kind in {"at_most_one_of", "exactly_one_of"} and field.name in rule.arguments["columns"]:
            columns = rule.arguments["columns"]
            # each question is shown as long as none before it is answered, so no two wait for each other
            relevant += [_is_not_given(fields[name]) for name in columns[: columns.index(field.name)]]
            if rule.kind == "exactly_one_of" and field.name == columns[-1]:
                required = "yes"
    return Conditions(
        required=required,
        relevant=" and ".join(relevant),
        constraint=" and ".join(f"({condition})" for condition, _ in constraints),
        message="；".join(text for _, text in constraints),
    )


def _own_constraints(field: Field) -> list[_Constraint]:
    found: list[_Constraint] = []
    if field.minimum is not None:
        found.append((f". >= {field.minimum}", f"不小于{field.minimum}"))
    if field.maximum is not None:
        found.append((f". <= {field.maximum}", f"不大于{field.maximum}"))
    if field.pattern is not None:
        found.append((f"regex(., {_literal(field.pattern)})", "格式须符合要求"))
    if field.max_length is not None and not field.allowed:
        found.append((f"string-length(.) <= {field.max_length}", f"不超过{field.max_length}个字"))
    return found


def _literal(text: str) -> str:
    """XPath has no escape inside quotes."""
    if "'" not in text:
        return f"'{text}'"
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


def _columns(rule: RowRule) -> set[str]:
    """All columns that the rule speaks of."""
    named = (rule.arguments.get(name, []) for name in ("column", "other", "of", "columns", "terms"))
    return {column for value in named for column in ([value] if isinstance(value, str) else value)}


def _unless_open(names: Sequence[str], condition: str) -> str:
    """The condition, which holds as long as one of the questions it stands on is unanswered."""
    return " or ".join([*(f"${{{name}}} = ''" for name in names), condition])


def _sum(rule: RowRule) -> str:
    return " + ".join(f"${{{name}}}" for name in rule.arguments["of"])


def _labels(names: Sequence[str], fields: Mapping[str, Field]) -> str:
    return "、".join(fields[name].label for name in names)


def _at_most_sum(rule: RowRule, fields: Mapping[str, Field]) -> _Constraint:
    names = rule.arguments["of"]
    return _unless_open(names, f". <= {_sum(rule)}"), f"不大于{_labels(names, fields)}之和"


def _equals_sum(rule: RowRule, fields: Mapping[str, Field]) -> _Constraint:
    names = rule.arguments["of"]
    return _unless_open(names, f". = {_sum(rule)}"), f"等于{_labels(names, fields)}之和"


def _zero_when_all_zero(rule: RowRule, fields: Mapping[str, Field]) -> _Constraint:
    names = rule.arguments["of"]
    return _unless_open(names, f"{_sum(rule)} > 0 or . = 0"), f"{_labels(names, fields)}全为0时只能为0"


def _not_before(rule: RowRule, fields: Mapping[str, Field]) -> _Constraint:
    other = rule.arguments["other"]
    return _unless_open([other], f". >= ${{{other}}}"), f"不早于{fields[other].label}"


def _not_in_future(rule: RowRule, fields: Mapping[str, Field]) -> _Constraint:
    is_day = fields[rule.arguments["column"]].type == "date"
    return (". <= today()", "不晚于今天") if is_day else (". <= now()", "不晚于现在")


_CONSTRAINTS: Mapping[str, Callable[[RowRule, Mapping[str, Field]], _Constraint]] = {
    "at_most_sum": _at_most_sum,
    "equals_sum": _equals_sum,
    "zero_when_all_zero": _zero_when_all_zero,
    "not_before": _not_before,
    "not_in_future": _not_in_future,
}


def _is(field: Field, code: str) -> str:
    value = {"true": "yes", "false": "no"}.get(code, code) if field.type == "boolean" else code
    return f"${{{field.name}}} = {_literal(value)}"


def _is_not_given(field: Field) -> str:
    """Whether the question is open; a tick box counts when it is ticked, as in the row rule."""
    return f"${{{field.name}}} != 'yes'" if field.type == "boolean" else f"${{{field.name}}} = ''"
