"""The list of grants as its readers see it: who came back to whom, what for, until when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich.table import Table

from contracts.model import Contract
from jobs import prompt
from jobs.business_calendar import BUSINESS_TIME, minute
from jobs.reveal.rules import Reveal, RevealState

STATES = {
    RevealState.REQUESTED: "待审批",
    RevealState.APPROVED: "已批准",
    RevealState.OPENED: "已打开",
    RevealState.REFUSED: "已拒绝",
    RevealState.REVOKED: "已撤销",
    RevealState.EXPIRED: "已到期",
}
_COLUMNS = (
    "申请编号", "数据集", "字段", "责任部门", "用途", "工单", "申请人", "审批人", "申请令牌", "打开数据", "状态",
    "有效期至",
)  # fmt: skip


def month(text: str) -> tuple[datetime, datetime]:
    """The first moment of a month in China and that of the next.

    Raises: ValueError for a text that is none.

    Example:
        >>> [moment.isoformat() for moment in month("2026-12")]
        ['2026-12-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00']
    """
    first = datetime.strptime(text, "%Y-%m").replace(tzinfo=BUSINESS_TIME)
    return first, first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def rows(reveals: Iterable[Reveal], contracts: Mapping[str, Contract]) -> list[dict[str, str | int]]:
    """One row per request, by who is in charge of the data (D09-7): the list that goes to them each month."""
    listed = [_row(reveal, contracts.get(reveal.dataset)) for reveal in reveals]
    return sorted(listed, key=lambda row: (str(row["责任部门"]), str(row["数据集"])))


def table(listed: Sequence[Mapping[str, str | int]], title: str) -> Table:
    """The same for a terminal or a printer."""
    return prompt.table(title, _COLUMNS, ([row[column] for column in _COLUMNS] for row in listed))


def _row(reveal: Reveal, contract: Contract | None) -> dict[str, str | int]:
    labels = {field.name: field.label for field in contract.fields} if contract else {}
    return {
        "申请编号": reveal.reveal_id,
        "数据集": reveal.dataset,
        "字段": labels.get(reveal.field, reveal.field),
        "责任部门": contract.accountable.in_charge if contract else "-",
        "用途": reveal.purpose,
        "工单": reveal.ticket,
        "申请人": reveal.requester,
        "审批人": reveal.decided_by or "-",
        "申请令牌": len(reveal.tokens),
        "打开数据": reveal.opened_count or 0,
        "状态": STATES[reveal.state],
        "有效期至": minute(reveal.valid_until),
    }
