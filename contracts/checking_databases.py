"""Mistakes in how a contract says its rows come from databases; the JSON Schema has seen the shape of it before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.declared import own_properties
from contracts.errors import Problem
from contracts.yaml_lines import Document

#: Types whose values have an order that a database and we agree on, with all their digits.
_CURSOR_TYPES = ("integer", "date", "timestamp")
#: Sybase has no way to take the first rows of an ordered subquery.
_WITHOUT_ROW_LIMIT = ("sybase",)


def database_problems(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """What is wrong with the declared tables, deletions and extraction of one contract."""
    properties = document.data["customProperties"]
    position = next(place for place, item in enumerate(properties) if item["property"] == "source")
    at = ("customProperties", position, "value")
    source = properties[position]["value"]
    fields = {column["name"]: column for column in columns}
    is_database = [reader["kind"] == "jdbc" for reader in source["readers"]]
    if not any(is_database):
        for key in ("deletions", "extraction"):
            if key in source:
                yield document.problem((*at, key), f"'{key}' is for datasets that come from databases")
        return
    if not all(is_database):
        yield document.problem((*at, "readers"), "a dataset comes as files or from databases, not as both")
        return
    if "extraction" not in source:
        yield document.problem(at, "no extraction is declared: how often may the source be read? (D09-9)")
    yield from _fields(document, source, fields, at)
    for place, reader in enumerate(source["readers"]):
        yield from _reader(document, reader, fields, (*at, "readers", place))
    names = [(reader["connection"], reader["schema"], reader["table"]) for reader in source["readers"]]
    if len(set(names)) < len(names):
        yield document.problem((*at, "readers"), "a table is declared twice")


def _fields(
    document: Document, source: dict[str, Any], fields: Mapping[str, dict[str, Any]], at: tuple[str | int, ...]
) -> Iterator[Problem]:
    for name, column in fields.items():
        if column["logicalType"] == "array":
            yield document.problem(at, f"column '{name}': databases give no arrays; declare a string")
    marker = source.get("deletions")
    if marker is not None and fields.get(marker, {}).get("logicalType") != "boolean":
        yield document.problem((*at, "deletions"), f"'{marker}' must be a boolean column")
    for place, rule in enumerate(source.get("extraction", {}).get("scope", [])):
        if rule["column"] not in fields:
            yield document.problem(
                (*at, "extraction", "scope", place), f"scope speaks of '{rule['column']}', which is no column"
            )


def _reader(
    document: Document, reader: dict[str, Any], fields: Mapping[str, dict[str, Any]], at: tuple[str | int, ...]
) -> Iterator[Problem]:
    constants = reader.get("constants", {})
    for name in constants:
        if fields.get(name, {}).get("logicalType") != "string":
            yield document.problem((*at, "constants"), f"constant '{name}' must be a string column")
    for part, kinds in (("cursor", _CURSOR_TYPES), ("parallel", ("integer",))):
        if part in reader:
            name = reader[part]["column"]
            if name in constants or fields.get(name, {}).get("logicalType") not in kinds:
                yield document.problem(
                    (*at, part), f"{part} '{name}' must be a column of the table, of type {' or '.join(kinds)}"
                )
            elif part == "cursor" and _tells_people_apart(fields[name]):
                yield document.problem(
                    (*at, part), f"cursor '{name}' identifies somebody, and its values would stand in the ledger"
                )
    if "at_most_rows" in reader and ("cursor" not in reader or reader["dialect"] in _WITHOUT_ROW_LIMIT):
        yield document.problem((*at, "at_most_rows"), "only a table with a cursor can be cut, and none of Sybase")


def _tells_people_apart(column: dict[str, Any]) -> bool:
    own = own_properties(column)
    return "identifier" in own or own["treatment"]["kind"] in ("token", "seal", "mask")
