"""The proposals as a contract to edit: a new one for a file, or the dataset's own with what must be raised in it."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from contracts.errors import InvalidContracts
from contracts.loading import load_file
from contracts.model import Contract
from contracts.treatments import Token
from jobs.classify.files import PARQUET, TextFile
from jobs.classify.proposing import Proposal, evidence
from jobs.errors import NotClassified

_SUFFIX = ".odcs.yaml"
_COLUMN_INDENT = 6
_UNNAMED = "待定"  # what only people can say


def require_new(path: Path) -> None:
    """Return where a draft may be written. Raises: NotClassified for a path that is no contract's or is taken."""
    if not path.name.endswith(_SUFFIX) or path.exists():
        raise NotClassified(f"a draft goes to a new file <family>/<dataset>{_SUFFIX}, not to {path.name}")


def write_draft(path: Path, text: str) -> None:
    """Put the draft where no file is, and keep it only when it holds as a contract.

    Raises: NotClassified as `require_new`, and when the draft does not hold.
    """
    require_new(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        load_file(path)
    except InvalidContracts as problems:
        path.unlink()
        raise NotClassified(f"the draft would not hold as a contract: {problems}") from None


def new_contract(path: Path, file: TextFile, proposals: Sequence[Proposal], on: date) -> str:
    """The text of a contract for a file, called after its path; a comment says the evidence of each column.

    The key is the first column whose values all differ in the sample, else the first column; a comment says which.
    """
    dataset, family = path.name.removesuffix(_SUFFIX), path.parent.name
    key = next((p for p in proposals if 0 < p.cells.rows == p.cells.distinct == p.cells.filled), None)
    columns = CommentedSeq([_column(proposal, is_key=proposal is (key or proposals[0])) for proposal in proposals])
    for place, proposal in enumerate(proposals):
        said = evidence(proposal.finding, proposal.cells)
        if key is None and not place:
            said += "\n样本中没有一列的值各不相同, 暂以本列为主键, 请改正"
        if proposal.treatment["kind"] == "scrub":
            said += "\n清洗后仍可能留有姓名; 无人要读则改为 drop"
        columns.yaml_set_comment_before_after_key(place, before=said, indent=_COLUMN_INDENT)
    return _dumped(_head(dataset, family, file, columns, on))


def raised_contract(contract: Contract, proposals: Sequence[Proposal]) -> str:
    """The dataset's own contract with the evidence above each column, and stronger entries where they are needed."""
    document = _yaml().load(contract.path.read_text(encoding="utf-8"))
    columns = document["schema"][0]["properties"]
    for place, proposal in enumerate(proposals):
        said = evidence(proposal.finding, proposal.cells)
        if proposal.is_stronger:
            said += "\n现合同的保护不足, 已改为较强的处理, 请核对"
            _raise(columns[place], proposal)
        columns.yaml_set_comment_before_after_key(place, before=said, indent=_COLUMN_INDENT)
    return _dumped(document)


def _raise(column: CommentedMap, proposal: Proposal) -> None:
    column["classification"] = str(proposal.classification)
    kept = [item for item in column["customProperties"] if item["property"] not in ("identifier", "treatment")]
    column["customProperties"] = [*_own(proposal), *kept]


def _own(proposal: Proposal) -> list[CommentedMap]:
    identifier = [_flow(property="identifier", value=proposal.finding.kind)] if proposal.finding.kind else []
    return [*identifier, _flow(property="treatment", value=_flow(**proposal.treatment))]


def _column(proposal: Proposal, *, is_key: bool) -> CommentedMap:
    is_kept_key = is_key and proposal.treatment["kind"] in ("keep", "drop") and proposal.type in ("string", "integer")
    if is_kept_key and proposal.finding.kind is None:  # what tells records apart joins them, under a token
        token = Token(domain="record", becomes=f"{proposal.name}_key")
        own = [_flow(property="treatment", value=_flow(kind="token", domain=token.domain, becomes=token.becomes))]
    else:
        own = _own(proposal)
    return CommentedMap(
        name=proposal.name,
        businessName=proposal.header,
        description=_UNNAMED,
        logicalType=proposal.type,
        **({"required": True, "primaryKey": True} if is_key else {}),
        classification=str(proposal.classification),
        customProperties=[*own, _flow(property="aliases", value=_flow_list(proposal.header))],
    )


def _head(dataset: str, family: str, file: TextFile, columns: CommentedSeq, on: date) -> CommentedMap:
    # a parquet file is looked at, but no reader takes one in: its rows will arrive as something else
    reader = {"kind": "csv", "encodings": ["utf-8"]} if file.reader.kind == PARQUET else _reader(file)
    return CommentedMap(
        apiVersion="v3.2.0",
        kind="DataContract",
        id=f"{family}.{dataset}",
        name=dataset,
        version="0.1.0",
        status="draft",
        domain=family,
        description={"purpose": _UNNAMED},
        schema=[
            CommentedMap(
                name=dataset, businessName=dataset, physicalType="table", description=_UNNAMED, properties=columns
            )
        ],
        slaProperties=[_flow(property="retention", value=30, unit="d")],
        customProperties=[
            CommentedMap(
                property="accountable",
                value=_flow(in_charge=_UNNAMED, operates=_UNNAMED, uses=_flow_list(_UNNAMED), connects=_UNNAMED),
            ),
            CommentedMap(
                property="document_control",
                value=CommentedMap(
                    prepared_by="lakewarden classify",
                    reviewed_by=_UNNAMED,
                    approved_by=_UNNAMED,
                    changes=[_flow(version="0.1.0", date=on.isoformat(), change="Drafted from a sample.")],
                ),
            ),
            CommentedMap(property="source", value=CommentedMap(timezone="Asia/Shanghai", readers=[_flow(**reader)])),
        ],
    )


def _reader(file: TextFile) -> dict[str, Any]:
    options = {name: _flow_list(*value) if isinstance(value, list) else value for name, value in _options(file)}
    return {"kind": file.reader.kind, **options}


def _options(file: TextFile) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in file.reader.options.items() if (name, value) != ("delimiter", ",")]


def _flow(**entries: Any) -> CommentedMap:
    """A mapping on one line."""
    made = CommentedMap(entries)
    made.fa.set_flow_style()
    return made


def _flow_list(*items: Any) -> CommentedSeq:
    made = CommentedSeq(items)
    made.fa.set_flow_style()
    return made


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096  # a line that was not broken stays whole
    return yaml


def _dumped(document: CommentedMap) -> str:
    out = io.StringIO()
    _yaml().dump(document, out)
    return out.getvalue()
