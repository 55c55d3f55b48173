"""What is derived from the contracts and kept in the tree: dbt sources and the data dictionary. Sorted, repeatable."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from contracts.errors import UnknownDataset
from contracts.model import TECHNICAL_COLUMNS, Contract, Field

TECHNICAL_TEXTS: Mapping[str, str] = {
    "batch_id": "The batch the row came in with; the ledger knows its files, its contract and its verdicts.",
    "source_file_sha256": "The file the row came from, by its content.",
    "source_row_number": "The record's place in its file, from 1.",
    "ingested_at": "Moment the file was taken in, in UTC.",
    "arrival_date": "Calendar day the file arrived, in the source's time zone.",
}
_STAGING = Path("dbt_project", "models", "staging")
_SOURCE = re.compile(r"\bsource\(\s*'desensitised'\s*,\s*'(\w+)'\s*\)")
_WARNING = "Generated from contracts/ by `lakewarden contracts generate`; do not edit."


def generated(contracts: Mapping[str, Contract], root: Path) -> dict[Path, str]:
    """Every generated file and its content; what is on disk must equal it.

    Raises: UnknownDataset when a staging model reads a table that no contract declares.
    """
    files = {root / _STAGING / "_sources.yml": dbt_sources(read_by_models(contracts, root))}
    files[root / "docs" / "data_dictionary" / "README.md"] = dictionary_index(contracts.values())
    for contract in contracts.values():
        files[root / "docs" / "data_dictionary" / f"{contract.id}.md"] = dictionary_page(contract)
    return files


def read_by_models(contracts: Mapping[str, Contract], root: Path) -> list[Contract]:
    """The contracts whose desensitised table a staging model of the dbt project below `root` reads, sorted by id.

    Raises: UnknownDataset when a model reads a table that no contract declares.
    """
    models = sorted((root / _STAGING).glob("*.sql"))
    read = {table for model in models for table in _SOURCE.findall(model.read_text(encoding="utf-8"))}
    if strangers := read - {contract.table for contract in contracts.values()}:
        names = ", ".join(sorted(strangers))
        raise UnknownDataset(f"staging models read tables that no contract declares: {names}; write the contract first")
    return [contract for _, contract in sorted(contracts.items()) if contract.table in read]


def dbt_sources(contracts: Iterable[Contract]) -> str:
    """The dbt source file: desensitised tables, which are all that dbt may read, and of these the ones it does read."""
    tables = [
        {
            "name": contract.table,
            "description": contract.purpose,
            "config": {"meta": {"contract": contract.id, "version": contract.version}},
            "columns": [{"name": name, "description": text} for name, text in _desensitised_texts(contract).items()],
        }
        for contract in contracts
    ]
    source = {
        "name": "desensitised",
        "schema": "{{ var('desensitised_schema', 'desensitised') }}",
        "description": "Rows without their people, of batches that passed gate 3.",
        "tables": tables,
    }
    text = yaml.dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=4096)
    return f"# {_WARNING}\n{text}"


def _desensitised_texts(contract: Contract) -> dict[str, str]:
    texts = {
        field.desensitised_name: f"{field.description} Treatment: {field.treatment.kind}."
        for field in contract.surviving
    }
    return {**texts, **TECHNICAL_TEXTS}


def dictionary_index(contracts: Iterable[Contract]) -> str:
    """The table of contents of the data dictionary."""
    rows = "\n".join(f"| [{c.id}]({c.id}.md) | {c.label} | {c.version} | {c.purpose} |" for c in contracts)
    head = "# Data dictionary (数据字典)\n\n| dataset | 名称 | version | grain |\n| --- | --- | --- | --- |"
    return f"<!-- {_WARNING} -->\n\n{head}\n{rows}\n"


def dictionary_page(contract: Contract) -> str:
    """One dataset: who answers for it, every column with its meaning, grade and treatment, every rule."""
    roles = contract.accountable
    return "\n".join(
        (
            f"<!-- {_WARNING} -->\n",
            f"# {contract.label} `{contract.id}`\n",
            f"{contract.purpose} Version {contract.version}; kept for {contract.retention_days} days.\n",
            f"In charge (主管): {roles.in_charge}. Operates (运营): {roles.operates}.",
            f"Uses (使用): {', '.join(roles.uses)}. Connects (接入): {roles.connects}.\n",
            *_kept_for(contract),
            "| column | 名称 | type | grade | treatment | beyond raw | meaning |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_dictionary_row(field) for field in contract.fields),
            *(
                f"| `{name}` | | {kind} | internal | keep | `{name}` | {TECHNICAL_TEXTS[name]} |"
                for name, kind in TECHNICAL_COLUMNS.items()
            ),
            "",
            *(["| rule | severity | meaning |", "| --- | --- | --- |"] if contract.rules else []),
            *(f"| `{rule.name}` | {rule.severity} | {rule.description} |" for rule in contract.rules),
            "",
        )
    )


def _kept_for(contract: Contract) -> Iterator[str]:
    """What columns are kept for that no published mart reads, by the steward's word."""
    words = {"What no mart reads": contract.kept_for} | {f"`{f.name}`": f.kept_for for f in contract.surviving}
    for what, word in words.items():
        if word is not None:
            yield f"{what} is kept for (留用): {word.use} {word.requirement}.\n"


def _technical_row(name: str, kind: str) -> str:
    return f"| `{name}` | | {kind} | internal | keep | `{name}` | {TECHNICAL_TEXTS[name]} |"


def _dictionary_row(field: Field) -> str:
    beyond = f"`{field.desensitised_name}`" if field.survives else "-"
    unit = f" ({field.unit})" if field.unit else ""
    key = " 🔑" if field.primary_key else ""
    return (
        f"| `{field.name}`{key} | {field.label}{unit} | {field.type} | {field.classification} "
        f"| {field.treatment.kind} | {beyond} | {field.description} |"
    )
