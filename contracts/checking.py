"""Every mistake a contract file can hold, as problems with file and line; nothing is guessed, nothing is skipped."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from contracts.checking_sources import source_problems
from contracts.checking_trails import trail_problems
from contracts.checking_treatments import treatment_problems
from contracts.declared import own_properties
from contracts.errors import Problem
from contracts.identifiers import IDENTIFIERS
from contracts.model import TECHNICAL_COLUMNS, Classification, Severity
from contracts.yaml_lines import Document

#: What our compiler understands. ODCS allows more; a rule that nobody enforces must not look as if it were enforced.
UNDERSTOOD = {
    "contract": {
        "apiVersion", "kind", "id", "name", "version", "status", "domain", "description", "schema", "slaProperties",
        "customProperties",
    },
    "table": {
        "name", "businessName", "physicalType", "description", "dataGranularityDescription", "properties", "quality",
    },
    "column": {
        "name", "businessName", "description", "logicalType", "logicalTypeOptions", "physicalType", "required",
        "primaryKey", "classification", "enum", "customProperties", "items",
    },
    "options": {"minimum", "maximum", "pattern", "maxLength"},
    "rule": {"name", "type", "engine", "severity", "description", "implementation"},
}  # fmt: skip
REQUIRED = {
    "contract": ("id", "name", "version", "domain", "description", "schema", "slaProperties", "customProperties"),
    "table": ("name", "businessName", "description", "properties"),
    "column": ("name", "businessName", "description", "logicalType", "classification", "customProperties"),
    "rule": ("name", "type", "engine", "description", "implementation"),
}
_LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "array")
_COLUMNS = ("schema", 0, "properties")


def problems_in(document: Document) -> Iterator[Problem]:
    """All mistakes of one file. Later checks run only when the shape they stand on is right."""
    structural = [*_standard(document), *_shape(document)]
    yield from structural
    if not structural:
        yield from _meaning(document)


def _standard(document: Document) -> Iterator[Problem]:
    try:
        OpenDataContractStandard.model_validate(document.data)
    except ValidationError as error:
        for mistake in error.errors():
            yield document.problem(mistake["loc"], f"not ODCS 3.2: {mistake['msg']}")


def _shape(document: Document) -> Iterator[Problem]:
    data = document.data
    if not isinstance(data, dict):
        yield document.problem((), "a contract is a mapping")
        return
    yield from _keys(document, "contract", data, ())
    yield from _extensions(document, "contract", data, ())
    tables = data.get("schema") or []
    if len(tables) != 1:
        yield document.problem(("schema",), "a contract describes exactly one table")
        return
    yield from _keys(document, "table", tables[0], ("schema", 0))
    for position, column in enumerate(tables[0].get("properties") or []):
        at = (*_COLUMNS, position)
        yield from _keys(document, "column", column, at)
        yield from _unknown(document, "options", column.get("logicalTypeOptions") or {}, (*at, "logicalTypeOptions"))
        yield from _extensions(document, "property", column, at)
    for position, rule in enumerate(tables[0].get("quality") or []):
        at = ("schema", 0, "quality", position)
        yield from _keys(document, "rule", rule, at)
        yield from _schema_mistakes(document, "rule", rule.get("implementation") or {}, (*at, "implementation"))


def _keys(document: Document, level: str, node: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Problem]:
    yield from _unknown(document, level, node, at)
    for key in REQUIRED[level]:
        if node.get(key) in (None, "", []):
            yield document.problem(at, f"{_named(level, node)} has no {key}")


def _unknown(document: Document, level: str, node: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Problem]:
    for key in node.keys() - UNDERSTOOD[level]:
        known = ", ".join(sorted(UNDERSTOOD[level]))
        yield document.problem((*at, key), f"'{key}' is not understood here; known: {known}")


def _named(level: str, node: dict[str, Any]) -> str:
    return f"{level} '{node['name']}'" if node.get("name") else f"a {level}"


def _extensions(document: Document, part: str, node: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Problem]:
    items = node.get("customProperties") or []
    own = {item.get("property"): item.get("value") for item in items}
    if len(own) < len(items):
        yield document.problem((*at, "customProperties"), "a custom property is given twice")
    positions = {item.get("property"): position for position, item in enumerate(items)}
    for mistake in _validator(part).iter_errors(own):
        path = list(mistake.absolute_path)
        inside = (positions[path[0]], "value", *path[1:]) if path else ()
        yield document.problem((*at, "customProperties", *inside), _sentence(mistake))


def _schema_mistakes(document: Document, part: str, node: Any, at: tuple[str | int, ...]) -> Iterator[Problem]:
    for mistake in _validator(part).iter_errors(node):
        yield document.problem((*at, *mistake.absolute_path), _sentence(mistake))


def _sentence(mistake: Any) -> str:
    if mistake.validator == "oneOf":
        kind = mistake.instance.get("kind") if isinstance(mistake.instance, dict) else None
        return f"'{kind}' is unknown or its arguments do not fit; see contracts/extensions.schema.json"
    return str(mistake.message)


@cache
def _validator(part: str) -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_name("extensions.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]})


def _meaning(document: Document) -> Iterator[Problem]:
    data = document.data
    expected_id = f"{document.path.parent.name}.{document.path.name.removesuffix('.odcs.yaml')}"
    if not data["id"] == f"{data['domain']}.{data['name']}" == expected_id:
        yield document.problem(("id",), f"id, domain and name must say what the path says: {expected_id}")
    if not any(sla.get("property") == "retention" for sla in data["slaProperties"]):
        yield document.problem(("slaProperties",), "no retention is declared (D09-4)")
    columns = data["schema"][0]["properties"]
    yield from _names(document, columns)
    for position, column in enumerate(columns):
        yield from _column(document, column, (*_COLUMNS, position))
    if not any(column.get("primaryKey") for column in columns):
        yield document.problem(("schema", 0, "properties"), "no column is part of the primary key")
    yield from _rules(document, {column["name"]: own_properties(column).get("identifier") for column in columns})
    yield from treatment_problems(document, columns)
    yield from source_problems(document, columns)
    yield from trail_problems(document, columns)


def _names(document: Document, columns: list[dict[str, Any]]) -> Iterator[Problem]:
    """Names in raw, names beyond raw and header names are each unique."""
    raw: set[str] = set(TECHNICAL_COLUMNS)
    desensitised: set[str] = set(TECHNICAL_COLUMNS)
    headers: set[str] = set()
    for position, column in enumerate(columns):
        at = (*_COLUMNS, position)
        own = own_properties(column)
        treatment = own["treatment"]
        taken = [(raw, column["name"], "column name")]
        if treatment["kind"] != "drop":
            taken.append((desensitised, treatment.get("becomes", column["name"]), "name beyond raw"))
        taken += [(headers, alias, "alias") for alias in own.get("aliases", [])]
        for seen, name, what in taken:
            if name in seen:
                yield document.problem(at, f"{what} '{name}' is taken already")
            seen.add(name)


def _column(document: Document, column: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Problem]:
    name = column["name"]
    if column["logicalType"] not in _LOGICAL_TYPES:
        yield document.problem(
            (*at, "logicalType"), f"column '{name}': logicalType is none of {', '.join(_LOGICAL_TYPES)}"
        )
    if column["classification"] not in list(Classification):
        grades = ", ".join(Classification)
        yield document.problem((*at, "classification"), f"column '{name}': classification is none of {grades}")


def _rules(document: Document, columns: dict[str, str | None]) -> Iterator[Problem]:
    for position, rule in enumerate(document.data["schema"][0].get("quality") or []):
        at = ("schema", 0, "quality", position)
        if (rule["type"], rule["engine"]) != ("custom", "lakewarden"):
            yield document.problem(at, f"rule '{rule['name']}': only type custom of engine lakewarden is understood")
        if rule.get("severity", "error") not in list(Severity):
            yield document.problem(at, f"rule '{rule['name']}': severity must be one of {', '.join(Severity)}")
        declared = rule["implementation"]
        for name in sorted(columns_of(declared) - columns.keys()):
            yield document.problem(at, f"rule '{rule['name']}' speaks of '{name}', which is no column")
        if declared["kind"] == "valid_identifier":
            identifier = IDENTIFIERS.get(columns.get(declared["column"]) or "")
            if not identifier or not identifier.is_checkable:
                yield document.problem(at, f"rule '{rule['name']}': column has no identifier that can be checked")


def columns_of(implementation: dict[str, Any]) -> set[str]:
    """The columns that a row rule speaks of."""
    named: set[str] = set()
    for argument in ("column", "other", "of", "columns", "terms", "latitude", "longitude"):
        value = implementation.get(argument, [])
        named |= {value} if isinstance(value, str) else set(value)
    return named
