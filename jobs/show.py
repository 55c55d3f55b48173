"""How the command line shows a status to a person; texts in Chinese, because stewards and managers read them too."""

from collections.abc import Iterable

from rich.console import Console, Group
from rich.table import Table

from jobs.prompt import table
from jobs.status import Status


def show(found: Status, console: Console) -> None:
    """Print what arrived, what passed, what is stuck and what is published."""
    console.print(Group(*_tables(found)))


def _tables(found: Status) -> Iterable[Table | str]:
    yield _datasets(found)
    if odd := [d for d in found.datasets if d.not_taken]:
        yield table(
            "收件夹里不会接入的条目",
            ("数据集", "条目", "原因和办法"),
            ((d.dataset, d.not_taken, "链接, 管道, 套接字, 设备, 或无权读取: 移走, 或放开读取权限") for d in odd),
        )
    if found.refusals:
        yield table(
            "隔离区: 整份拒收的文件 (重放: lakewarden replay <数据集> <文件>)",
            ("数据集", "文件", "到达日", "原因"),
            ((r.dataset, r.file, r.arrival_date, r.reason) for r in found.refusals),
        )
    if found.quarantine_reasons:
        yield table(
            "隔离区: 未通过行的原因",
            ("数据集", "原因", "行数"),
            ((d, f, f"{n:,}") for d, faults in found.quarantine_reasons.items() for f, n in faults.items()),
        )
    if found.broken:
        yield table(
            "未通过的关口: 其后各步不会运行",
            ("数据集", "批次", "关口", "规则", "实测", "允许"),
            ((b.dataset, b.batch_id, b.gate, b.rule, f"{b.found:g}", f"{b.allowed:g}") for b in found.broken),
        )
    if found.published:
        yield table(
            "已发布",
            ("数据集市", "行数", "最小可见人群", "发布时间 (UTC)"),
            (
                (p.mart, f"{p.rows:,}", "-" if p.smallest_group is None else p.smallest_group, p.published_at)
                for p in found.published
            ),
        )
    else:
        yield "尚未发布: 先运行 `make demo`, 或 lakewarden build, gate marts, publish"


def _datasets(found: Status) -> Table:
    columns = (
        "数据集",
        "名称",
        "待接入",
        "文件",
        "拒收",
        "收到行",
        "入库",
        "隔离",
        "重复",
        "已放行批次",
        "停在",
        "最近到达",
    )
    return table(
        "接入情况: 收到行 = 入库 + 隔离 + 重复",
        columns,
        (
            (d.dataset, d.label, d.waiting or "-", d.files, d.refused or "-", f"{d.rows_in:,}", f"{d.rows_loaded:,}",
             f"{d.rows_quarantined:,}", f"{d.rows_duplicate:,}", d.released, d.stuck_at or "-", d.last_arrival or "-")
            for d in found.datasets
        ),
    )  # fmt: skip
