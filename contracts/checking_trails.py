"""Mistakes in what a contract says of location trails; the JSON Schema has seen the shape of it before."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.declared import own_properties
from contracts.errors import Problem
from contracts.yaml_lines import Document


def trail_problems(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """A trail is made of columns that outlive desensitisation: a token for the person, a date or a moment for when."""
    properties = document.data["customProperties"]
    at = next((position for position, item in enumerate(properties) if item["property"] == "trail"), None)
    if at is None:
        return
    trail = properties[at]["value"]
    by_name = {column["name"]: column for column in columns}
    for name in (trail["person"], *trail["places"], trail["moment"]):
        if name not in by_name:
            yield document.problem(("customProperties", at), f"the trail speaks of '{name}', which is no column")
        elif _treatment(by_name[name]) == "drop":
            yield document.problem(("customProperties", at), f"the trail speaks of '{name}', which is dropped")
    person, moment = by_name.get(trail["person"]), by_name.get(trail["moment"])
    if person and _treatment(person) not in {"token", "seal", "drop"}:
        yield document.problem(("customProperties", at), f"the person of a trail, '{person['name']}', is no token")
    if moment and moment["logicalType"] not in {"date", "timestamp"}:
        yield document.problem(("customProperties", at), f"the moment of a trail, '{moment['name']}', is no time")


def _treatment(column: dict[str, Any]) -> str:
    return str(own_properties(column)["treatment"]["kind"])
