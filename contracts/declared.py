"""What one node of a contract's file declares, read in the same way by whoever checks it and whoever builds on it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contracts.treatments import BY_KIND, Treatment

_TYPES = {"string": "string", "integer": "bigint", "number": "double", "array": "array<string>"}


def own_properties(node: Mapping[str, Any]) -> dict[str, Any]:
    """The customProperties of a contract or a column as one mapping."""
    return {item["property"]: item["value"] for item in node.get("customProperties", [])}


def spark_type(column: Mapping[str, Any]) -> str:
    """The Spark type of a declared column: its physical type, else what its logical type means."""
    return str(column.get("physicalType") or _TYPES.get(column["logicalType"], column["logicalType"]))


def treatment_from(declared: Mapping[str, Any]) -> Treatment:
    """The treatment object of a declaration that the JSON Schema accepted."""
    arguments: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in declared.items() if name != "kind"
    }
    return BY_KIND[declared["kind"]](**arguments)


def declaration_of(treatment: Treatment) -> dict[str, Any]:
    """What a contract declares of a treatment, without the name beyond raw; `treatment_from` reads it again."""
    given = {name: value for name, value in asdict(treatment).items() if name != "becomes" and value is not None}
    return {"kind": treatment.kind, **given}
