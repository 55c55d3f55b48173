"""Mistakes in how a contract says its rows arrive; the JSON Schema has seen the shape of it before."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts import delimited
from contracts.checking_databases import database_problems
from contracts.clock import smallest_gap
from contracts.declared import own_properties
from contracts.errors import Problem
from contracts.yaml_lines import Document

_COLUMNS = ("schema", 0, "properties")
#: What the pages of a form server are read with.
_READER_OF_PULL = {"kobo": "kobo_json", "odk": "odata_json"}


def source_problems(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """What is wrong with the declared readers, versions, channels, form server and databases of one contract."""
    yield from _readers(document, columns)
    yield from _versions(document, columns)
    if (
        own_properties(document.data)["source"].get("channels")
        and sum(column.get("primaryKey", False) for column in columns) != 1
    ):
        yield document.problem(("customProperties",), "channels number the records of a key of one column")
    yield from _pull(document)
    yield from database_problems(document, columns)


def _readers(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    names = {
        name: column["name"]
        for column in columns
        for name in (column["name"], *own_properties(column).get("aliases", ()))
    }
    required = [column["name"] for column in columns if column.get("required")]
    properties = document.data["customProperties"]
    at = next(position for position, item in enumerate(properties) if item["property"] == "source")
    source = properties[at]["value"]
    if len(source["readers"]) > 1 and any(reader["kind"] == "document" for reader in source["readers"]):
        wrong = "a reader of documents takes any file, so it cannot stand beside another reader"
        yield document.problem(("customProperties", at, "value", "readers"), wrong)
    for position, options in enumerate(source["readers"]):
        for mistake in delimited.mistakes(options, names, required, source.get("ignored_columns", ())):
            yield document.problem(("customProperties", at, "value", "readers", position), mistake)


def _pull(document: Document) -> Iterator[Problem]:
    """A form server's pages have a reader, and its times leave room for what its owner allows."""
    properties = document.data["customProperties"]
    at = next(position for position, item in enumerate(properties) if item["property"] == "source")
    source = properties[at]["value"]
    if (agreed := source.get("pull")) is None:
        return
    place = ("customProperties", at, "value", "pull")
    if (reader := _READER_OF_PULL[agreed["kind"]]) not in {reader["kind"] for reader in source["readers"]}:
        yield document.problem(place, f"what a pull of kind '{agreed['kind']}' lands needs the reader '{reader}'")
    try:
        gap = smallest_gap(agreed["taken_at"])
    except ValueError as mistake:
        yield document.problem((*place, "taken_at"), f"taken_at: {mistake}")
        return
    # more and not just as much: a run begins some seconds early or late, and would find the next one too early
    if gap <= agreed["at_most_every_minutes"]:
        wrong = (
            f"taken_at: {gap} minutes apart, where the owner wants more than {agreed['at_most_every_minutes']} (D09-9)"
        )
        yield document.problem((*place, "taken_at"), wrong)


def _versions(document: Document, columns: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """What depends on a form's version names columns that are there, and the column that tells the version."""
    names = {column["name"] for column in columns}
    version_column = own_properties(document.data)["source"].get("version_column")
    if version_column is not None and version_column not in names:
        yield document.problem(("customProperties",), f"version_column '{version_column}' is no column")
    for position, column in enumerate(columns):
        moved = own_properties(column).get("moved_from")
        if moved and version_column is None:
            yield document.problem((*_COLUMNS, position), "moved_from needs the source's version_column")
        if "retired_in" in own_properties(column) and column.get("required"):
            yield document.problem(
                (*_COLUMNS, position), f"column '{column['name']}' is retired, so nobody can fill it"
            )
        if moved and moved["column"] not in names - {column["name"]}:
            yield document.problem((*_COLUMNS, position), f"moved_from speaks of '{moved['column']}', no other column")
