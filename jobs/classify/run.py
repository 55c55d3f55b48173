"""`classify`: from a dataset or a file to the proposals for its columns."""

from collections.abc import Sequence

from contracts.model import Contract
from contracts.name_hints import hinted_kinds
from jobs.classify.coarsening import coarser_beside_people
from jobs.classify.deciding import decide
from jobs.classify.files import TextFile, sampled_text
from jobs.classify.measuring import Cells, measured, sampled
from jobs.classify.proposing import Proposal, beside, names_for, propose
from jobs.classify.staging import staged
from jobs.errors import NotClassified
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

_LOGICAL_TYPES = {"bigint": "integer", "double": "number", "decimal": "number"}


def classify_dataset(lake: Lake, contract: Contract, rows: int) -> list[Proposal]:
    """A proposal for each column of the contract, from `rows` rows of its raw table. Raises: NotClassified."""
    if not lake.exists(Zone.RAW, contract.table):
        raise NotClassified(
            f"{contract.id}: raw has no table yet; run `lakewarden ingest {contract.id}`, or give a file"
        )
    found = measured(sampled(lake.read(Zone.RAW, contract.table), rows), [field.name for field in contract.fields])
    proposals = []
    for field, cells in zip(contract.fields, found, strict=True):
        finding = decide(cells, hinted_kinds([field.label, *field.aliases, field.name]))
        base = field.type.split("(", maxsplit=1)[0].split("<", maxsplit=1)[0]
        proposal = propose(field.name, field.label, cells, finding, _LOGICAL_TYPES.get(base, base))
        proposals.append(beside(field, proposal))
    return proposals


def classify_file(lake: Lake, file: TextFile, rows: int) -> list[Proposal]:
    """A proposal for each column of the file, from `rows` rows of it.

    Raises: NotClassified.
    """
    sample = sampled_text(file, rows)
    with staged(lake, sample) as frame:
        found = measured(frame, sample.column_names)
    return _proposals(file.headers, found)


def _proposals(headers: Sequence[str], found: Sequence[Cells]) -> list[Proposal]:
    findings = [decide(cells, hinted_kinds([header])) for header, cells in zip(headers, found, strict=True)]
    names = names_for(headers, [finding.kind for finding in findings])
    return coarser_beside_people([propose(*known) for known in zip(names, headers, found, findings, strict=True)])
