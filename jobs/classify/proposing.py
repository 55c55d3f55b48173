"""From a finding to what a contract would say of the column: its grade, the kind of its identifier, its treatment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.identifiers import IDENTIFIERS
from contracts.model import Classification, Field
from contracts.name_hints import words_of
from contracts.strength import Rank, rank_of
from expectations.signals import DATE, INTEGER, MOMENT, NUMBER
from jobs.classify.deciding import Confidence, Finding
from jobs.classify.measuring import Cells

#: A text that few different words are said in is a list of codes.
_MOST_CODES, _MOST_CODES_SHARE = 50, 0.2
_GRID_METRES = 1000
#: What is left of an address of a network, and how its column is called then.
_NETWORK = {"url": ("registered_domain", "domain"), "ip": ("ip_prefix", "network")}


@dataclass(frozen=True)
class Proposal:
    """What a contract would say of one column, and why; `type` is an ODCS logical type.

    is_stronger: the contract that there is protects less than the finding needs; None where there is no contract.
    """

    name: str
    header: str
    type: str
    finding: Finding
    cells: Cells
    classification: Classification
    treatment: Mapping[str, Any]
    is_stronger: bool | None = None


def propose(name: str, header: str, cells: Cells, finding: Finding, logical_type: str | None = None) -> Proposal:
    """The treatment that the kind needs; a column that nobody recognised keeps its numbers, days and codes only."""
    kind = finding.kind
    type_ = logical_type or ("string" if _is_text(kind) else _type_of(cells))
    if kind is None and not _is_plain(type_, cells):
        return Proposal(name, header, type_, finding, cells, Classification.SENSITIVE, {"kind": "drop"})
    if kind is None:
        return Proposal(name, header, type_, finding, cells, Classification.INTERNAL, {"kind": "keep"})
    is_prose = finding.confidence is Confidence.DECISIVE
    treatment = _treatment(kind, name, header, type_, is_prose=is_prose)
    return Proposal(name, header, type_, finding, cells, Classification.SENSITIVE, treatment)


def beside(field: Field, proposal: Proposal) -> Proposal:
    """The proposal for a column that a contract describes: it may raise what the contract says, and never lowers it."""
    kind = proposal.finding.kind
    is_sure = proposal.finding.confidence >= Confidence.MIXED
    # names, addresses and texts may be cut; what is joined by may not
    needed = Rank.KEPT if kind is None or not is_sure else Rank.SEALED if IDENTIFIERS[kind].domain else Rank.MASKED
    is_stronger = rank_of(field.treatment) < needed
    grade = max(proposal.classification, field.classification, key=list(Classification).index)
    return Proposal(
        field.name, field.label, proposal.type, proposal.finding, proposal.cells,
        grade if is_stronger else field.classification,
        proposal.treatment if is_stronger else {"kind": field.treatment.kind},
        is_stronger,
    )  # fmt: skip


def evidence(finding: Finding, cells: Cells) -> str:
    """Why, in one line of Chinese, with shares of the different values that were seen; never one of the values."""
    said = [f"抽样 {cells.rows} 行, 有值 {cells.filled}, 不同值 {cells.distinct}"]
    if finding.kind:
        said.append(f"{LABELS[finding.confidence]}: {IDENTIFIERS[finding.kind].label}, 形式符合 {finding.matched:.1%}")
    if finding.checked is not None:
        said.append(f"校验通过 {finding.checked:.1%}")
    if finding.hinted:
        said.append(f"列名提示 {'/'.join(IDENTIFIERS[kind].label for kind in finding.hinted[:3])}")
    if finding.within:
        said.append(
            "文本内含 " + ", ".join(f"{IDENTIFIERS[k].label} {share:.1%}" for k, share in finding.within.items())
        )
    return "; ".join(said)


LABELS: Mapping[Confidence, str] = {
    Confidence.NONE: "未识别",
    Confidence.NAMED: "仅凭列名",
    Confidence.MIXED: "混合内容",
    Confidence.LABELLED: "列名与内容",
    Confidence.DECISIVE: "内容确定",
}


def names_for(headers: Sequence[str], kinds: Sequence[str | None]) -> list[str]:
    """A name of a column for each header: its own where it is one, else that of its kind; numbers part equal ones.

    Example:
        >>> names_for(["userName", "手机", "备用手机", "数量"], [None, "mobile_phone", "mobile_phone", None])
        ['user_name', 'mobile_phone', 'mobile_phone_2', 'column_4']
    """
    taken: list[str] = []
    for place, (header, kind) in enumerate(zip(headers, kinds, strict=True), 1):
        own = words_of(header.rpartition("/")[2]).strip("_")
        is_name = own.isascii() and own[:1].isalpha()
        wanted = own if is_name else kind or f"column_{place}"
        copies = sum(1 for name in taken if name == wanted or name.startswith(f"{wanted}_"))
        taken.append(wanted if wanted not in taken else f"{wanted}_{copies + 1}")
    return taken


def _is_text(kind: str | None) -> bool:
    return kind is not None and kind not in ("coordinate", "birth_date")


def _is_plain(type_: str, cells: Cells) -> bool:
    is_code_list = cells.distinct <= min(_MOST_CODES, max(2, _MOST_CODES_SHARE * cells.filled))
    return type_ != "string" or (is_code_list and cells.filled > 0)


def _type_of(cells: Cells) -> str:
    """The type that every value of the sample can be read as."""
    if cells.share(INTEGER) == 1:
        return "integer"
    if cells.share(INTEGER, NUMBER) == 1:
        return "number"
    if cells.share(DATE) == 1:
        return "date"
    return "timestamp" if cells.share(DATE, MOMENT) == 1 else "string"


def _treatment(kind: str, name: str, header: str, type_: str, *, is_prose: bool) -> dict[str, Any]:
    domain = IDENTIFIERS[kind].domain
    if domain and type_ in ("string", "integer"):
        return {"kind": "token", "domain": domain, "becomes": f"{name}_key"}
    if kind == "coordinate" and type_ == "number":
        axis = "latitude" if "纬" in header or "lat" in name else "longitude"
        return {"kind": "grid", "metres": _GRID_METRES, "axis": axis, "becomes": f"{name}_grid"}
    if kind == "birth_date" and type_ == "date":
        return {"kind": "band", "edges": [18, 30, 40, 50, 60], "of": "age_years", "becomes": f"{name}_age_band"}
    if kind in _NETWORK and type_ == "string":
        coarser, called = _NETWORK[kind]
        return {"kind": coarser, "becomes": f"{name}_{called}"}
    return {"kind": "scrub" if kind == "free_text" and type_ == "string" and is_prose else "drop"}
