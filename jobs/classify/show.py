"""What was found, for stewards to decide on, in Chinese. Shares and counts, never a value."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from contracts.identifiers import IDENTIFIERS
from jobs.classify.proposing import LABELS, Proposal
from jobs.classify.score import Score, Scores
from jobs.prompt import table

_TREATMENTS = {
    "keep": "保留", "drop": "删除", "mask": "遮盖", "token": "假名", "seal": "密封", "band": "分段",
    "region": "上卷地区", "grid": "网格", "truncate_date": "截断日期",
    "date_shift": "日期平移", "round": "取整", "top_bottom_code": "顶底编码", "scrub": "文本清洗",
    "registered_domain": "注册域名", "ip_prefix": "网段",
}  # fmt: skip


def show_proposals(proposals: Sequence[Proposal], console: Console) -> None:
    """Print a line for each column: what it seems to be, why, and what a contract should say."""
    columns = ("列", "表头", "识别为", "把握", "形式符合", "校验通过", "不同值", "列名提示", "文本内含", "等级", "处理")
    console.print(table("识别结果 (占比按不同值计)", columns, map(_cells, proposals)))
    if raised := [proposal for proposal in proposals if proposal.is_stronger]:
        console.print(f"现合同保护不足的列: {', '.join(proposal.name for proposal in raised)}", style="red")


def _cells(proposal: Proposal) -> Iterator[str]:
    finding, treatment = proposal.finding, proposal.treatment
    yield proposal.name
    yield proposal.header
    yield IDENTIFIERS[finding.kind].label if finding.kind else "-"
    yield LABELS[finding.confidence]
    yield f"{finding.matched:.1%}" if finding.kind else "-"
    yield "-" if finding.checked is None else f"{finding.checked:.1%}"
    yield f"{proposal.cells.distinct:,}"
    yield IDENTIFIERS[finding.hinted[0]].label if finding.hinted else "-"
    yield ", ".join(IDENTIFIERS[kind].label for kind in finding.within) or "-"
    yield str(proposal.classification)
    name = _TREATMENTS.get(treatment["kind"], treatment["kind"])
    yield f"{name} ({treatment['domain']})" if "domain" in treatment else name


def show_scores(scores: Scores, console: Console) -> None:
    """Print precision and recall of every kind."""
    for title, found in (("按列", scores.columns), ("按单个值", scores.values)):
        rows = (
            (kind, f"{score.right + score.missed:,}", f"{score.recall:.2%}", f"{score.precision:.2%}")
            for kind, score in found.items()
        )
        console.print(table(f"标注集上的查准率与查全率: {title}", ("标识", "应有", "查全率", "查准率"), rows))
    for mistake in scores.mistakes:
        console.print(f"  {mistake}")
    console.print(f"结构化标识, 按列: 查全率 {scores.structured.recall:.2%}, 查准率 {scores.structured.precision:.2%}")


def markdown(scores: Scores) -> str:
    """The same as the tables of docs/classification.md."""
    return "\n".join([
        "| kind | columns | recall | precision |", "| --- | --- | --- | --- |",
        *(_line(kind, score) for kind, score in scores.columns.items()),
        _line("**all structured**", scores.structured), "",
        "| kind of a single value | values | recall | precision |", "| --- | --- | --- | --- |",
        *(_line(kind, score) for kind, score in scores.values.items()), "",
    ])  # fmt: skip


def _line(kind: str, score: Score) -> str:
    return f"| {kind} | {score.right + score.missed} | {score.recall:.2%} | {score.precision:.2%} |"
