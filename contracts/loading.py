"""YAML to Contract. Every mistake of every file is reported at once, with file and line; unknown means stop."""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from contracts.checking import problems_in
from contracts.declared import own_properties, spark_type, treatment_from
from contracts.errors import InvalidContracts, Problem, UnknownDataset
from contracts.model import (
    Accountable,
    Channel,
    Classification,
    Contract,
    Extraction,
    Field,
    KeptFor,
    Limits,
    MovedFrom,
    Pull,
    Reader,
    RowRule,
    ScopeRule,
    Severity,
    SmallestCell,
    Source,
    Trail,
)
from contracts.yaml_lines import Document

ROOT = Path(__file__).resolve().parent

_PULL = re.compile(r"\bpull[\"']?\s*:")


def load_all(root: Path = ROOT) -> dict[str, Contract]:
    """All contracts below `root` by id, sorted.

    Raises: InvalidContracts with every mistake of every file.
    """
    contracts: dict[str, Contract] = {}
    problems: list[Problem] = []
    for path in sorted(root.glob("*/*.odcs.yaml")):
        try:
            contract = load_file(path)
        except InvalidContracts as error:
            problems += error.problems
        else:
            contracts[contract.id] = contract
    if problems:
        raise InvalidContracts(problems)
    return contracts


def load(dataset_id: str, root: Path = ROOT) -> Contract:
    """The contract `<family>.<dataset>`; other contracts are not read, so their mistakes do not stop this one.

    Raises: UnknownDataset, InvalidContracts.
    """
    path = _path(dataset_id, root)
    if "." not in dataset_id or not path.is_file():
        known = ", ".join(dataset_ids(root))
        raise UnknownDataset(f"no contract for '{dataset_id}'; a new source starts with one. Known: {known}")
    return load_file(path)


def dataset_ids(root: Path = ROOT) -> list[str]:
    """The ids of all datasets, from file names alone; cheap enough for a DAG file."""
    return [f"{path.parent.name}.{path.name.removesuffix('.odcs.yaml')}" for path in sorted(root.glob("*/*.odcs.yaml"))]


def from_databases(root: Path = ROOT) -> list[str]:
    """The ids of the datasets that come from databases, by a look at their files alone."""
    return [
        dataset_id
        for dataset_id in dataset_ids(root)
        if "kind: jdbc" in _path(dataset_id, root).read_text(encoding="utf-8")
    ]


def from_form_servers(root: Path = ROOT) -> list[Contract]:
    """The contracts that name a form server, by id; others are not read, so it is cheap enough for a DAG file.

    Raises: InvalidContracts when one of them holds mistakes.
    """
    named = (
        dataset_id
        for dataset_id in dataset_ids(root)
        if _PULL.search(_path(dataset_id, root).read_text(encoding="utf-8"))
    )
    return [contract for contract in (load(dataset_id, root) for dataset_id in named) if contract.source.pull]


def _path(dataset_id: str, root: Path) -> Path:
    family, _, dataset = dataset_id.partition(".")
    return root / family / f"{dataset}.odcs.yaml"


@cache
def load_file(path: Path) -> Contract:
    """The contract in one file. Raises: InvalidContracts with every mistake in it."""
    document = Document(path)
    if problems := list(problems_in(document)):
        raise InvalidContracts(problems)
    return _contract(document)


def _contract(document: Document) -> Contract:
    data = document.data
    table = data["schema"][0]
    own = own_properties(data)
    source, limits = own["source"], own.get("limits", {})
    fields = tuple(_fields(document))
    return Contract(
        id=data["id"],
        family=data["domain"],
        dataset=data["name"],
        version=data["version"],
        label=table["businessName"],
        purpose=data["description"]["purpose"],
        fields=fields,
        rules=tuple(_rule(rule) for rule in table.get("quality", [])),
        source=Source(
            timezone=source["timezone"],
            readers=tuple(Reader(r["kind"], {k: v for k, v in r.items() if k != "kind"}) for r in source["readers"]),
            null_texts=tuple(source.get("null_texts", ())),
            ignored_columns=tuple(source.get("ignored_columns", ())),
            channels=tuple(Channel(**channel) for channel in source.get("channels", ())),
            version_column=source.get("version_column"),
            pull=_pull(source["pull"]) if "pull" in source else None,
            deletions=source.get("deletions"),
            extraction=_extraction(source["extraction"]) if "extraction" in source else None,
        ),
        limits=Limits(**limits),
        accountable=Accountable(**{**own["accountable"], "uses": tuple(own["accountable"]["uses"])}),
        retention_days=next(int(sla["value"]) for sla in data["slaProperties"] if sla["property"] == "retention"),
        fingerprint=hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        path=document.path,
        trail=_trail(own["trail"], fields) if "trail" in own else None,
        smallest_cell=_smallest_cell(own["smallest_cell"], table["properties"]) if "smallest_cell" in own else None,
        kept_for=KeptFor(**own["kept_for"]) if "kept_for" in own else None,
    )


def _smallest_cell(declared: dict[str, Any], columns: list[dict[str, Any]]) -> SmallestCell:
    treatments = {column["name"]: own_properties(column)["treatment"] for column in columns}
    return SmallestCell(
        latitude=declared["latitude"],
        longitude=declared["longitude"],
        metres=(treatments[declared["latitude"]]["metres"], *declared.get("coarser_metres", ())),
        at_least=declared["at_least"],
        people=declared.get("people"),
        period=declared.get("period"),
    )


def _trail(declared: dict[str, Any], fields: tuple[Field, ...]) -> Trail:
    named = {field.name: field.desensitised_name for field in fields}
    places = tuple(named[place] for place in declared["places"])
    return Trail(named[declared["person"]], places, named[declared["moment"]])


def _pull(declared: dict[str, Any]) -> Pull:
    return Pull(**{**declared, "taken_at": tuple(declared["taken_at"])})


def _extraction(declared: dict[str, Any]) -> Extraction:
    rules = (ScopeRule(**{**rule, "one_of": tuple(rule.get("one_of", ()))}) for rule in declared.get("scope", ()))
    return Extraction(declared["at_most_every_minutes"], tuple(rules))


def _fields(document: Document) -> Iterator[Field]:
    for position, column in enumerate(document.data["schema"][0]["properties"]):
        own, options = own_properties(column), column.get("logicalTypeOptions", {})
        yield Field(
            name=column["name"],
            label=column["businessName"],
            description=column["description"],
            type=spark_type(column),
            classification=Classification(column["classification"]),
            treatment=treatment_from(own["treatment"]),
            required=column.get("required", False),
            primary_key=column.get("primaryKey", False),
            identifier=own.get("identifier"),
            allowed=tuple(str(item["value"]) for item in column.get("enum", ())),
            allowed_labels={str(item["value"]): item.get("label", item["value"]) for item in column.get("enum", ())},
            minimum=options.get("minimum"),
            maximum=options.get("maximum"),
            pattern=options.get("pattern"),
            max_length=options.get("maxLength"),
            aliases=tuple(own.get("aliases", ())),
            codes=own.get("codes", {}),
            formats=tuple(own.get("formats", ())),
            moved_from=_moved_from(own.get("moved_from")),
            retired_in=own.get("retired_in"),
            unit=own.get("unit"),
            source_of_rule=own.get("source_of_rule"),
            kept_for=KeptFor(**own["kept_for"]) if "kept_for" in own else None,
            line=document.line(("schema", 0, "properties", position)),
        )


def _moved_from(declared: dict[str, Any] | None) -> MovedFrom | None:
    return MovedFrom(declared["column"], tuple(declared["versions"])) if declared else None


def _rule(declared: dict[str, Any]) -> RowRule:
    arguments = dict(declared["implementation"])
    return RowRule(
        name=declared["name"],
        kind=arguments.pop("kind"),
        severity=Severity(declared.get("severity", "error")),
        description=declared["description"],
        arguments=arguments,
    )
