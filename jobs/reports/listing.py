"""The register as people read it: every edition, who signed it, what it corrects."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table

from jobs import prompt
from jobs.business_calendar import minute
from jobs.reports.editions import Edition, EditionState

_STATES = {
    EditionState.HELD: "待审批",
    EditionState.APPROVED: "已批准",
    EditionState.RELEASED: "已报发",
    EditionState.REFUSED: "已拒绝",
}
_COLUMNS = ("报告", "周期", "版次", "状态", "编制", "审核与批准", "报发时间", "更正", "更正原因", "提出人", "更正项数")


def rows(known: Iterable[Edition], titles: Mapping[str, str]) -> list[dict[str, str | int]]:
    """One row per edition: the register of reports and of corrections (D08-6)."""
    return [
        {
            "报告": titles.get(one.report, one.report),
            "周期": one.period,
            "版次": one.version,
            "状态": _STATES[one.state],
            "编制": one.author,
            "审核与批准": "、".join(f"{signature.role} {signature.person}" for signature in one.signatures) or "-",
            "报发时间": minute(one.released_at) if one.released_at else "-",
            "更正": f"第{one.corrects}版" if one.corrects else "-",
            "更正原因": one.reason or "-",
            "提出人": one.asked_by or "-",
            "更正项数": len(one.changes),
        }
        for one in known
    ]


def table(listed: Sequence[Mapping[str, str | int]]) -> Table:
    """The same for a terminal or a printer."""
    values = ([row[column] for column in _COLUMNS] for row in listed)
    return prompt.table(f"报告登记：{len(listed)} 版", _COLUMNS, values)
