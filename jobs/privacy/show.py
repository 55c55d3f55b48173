"""How the command line shows privacy figures; in Chinese, because stewards and compliance officers read them too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.console import Console

from expectations.privacy.judging import Figure, level
from jobs.prompt import table
from jobs.storage.ledger import Ledger

LEVELS: Mapping[int, str] = {
    1: "1 级: 含直接标识符",
    2: "2 级: 重标识风险不可接受",
    3: "3 级: 重标识风险可接受",
    4: "4 级: 不含标识符",
}


@dataclass(frozen=True)
class Measured:
    """The newest figures of one table: of a mart, or of a dataset with trails."""

    subject: str
    figures: tuple[Figure, ...]
    measured_at: str
    is_published: bool

    def figure(self, people: str, measure: str, sensitive: str = "") -> Figure | None:
        """One of the figures, or None where there was nothing to measure."""
        wanted = (people, sensitive, measure)
        return next((each for each in self.figures if (each.people, each.sensitive, each.measure) == wanted), None)


def newest(ledger: Ledger) -> list[Measured]:
    """The newest figures of every table that was measured, sorted by name; no engine is needed."""
    rows = ledger.ask(
        "SELECT *, content IN (SELECT publication_id FROM publications WHERE is_visible) AS is_published "
        "FROM privacy_measures QUALIFY content = arg_max(content, judged_at) OVER (PARTITION BY subject) "
        "ORDER BY subject, people, sensitive, measure"
    )
    return [_measured(subject, list(each)) for subject, each in groupby(rows, key=lambda row: str(row["subject"]))]


def _measured(subject: str, rows: Sequence[Mapping[str, Any]]) -> Measured:
    names = Figure.__dataclass_fields__
    return Measured(
        subject=subject,
        figures=tuple(Figure(**{name: row[name] for name in names}) for row in rows),
        measured_at=f"{max(row['judged_at'] for row in rows):%F %T}",
        is_published=bool(rows[0]["is_published"]),
    )


def show(measured: Sequence[Measured], console: Console) -> None:
    """Print levels and risks, then what sensitive columns would tell, then trails; a table without rows is left out."""
    trails = [each for each in measured if any(figure.measure == "trail_persons" for figure in each.figures)]
    tables = [each for each in measured if each not in trails]
    _print(
        console,
        "重标识风险 (级别: GB/T 42460-2023; 风险: 0 到 1)",
        (
            "数据集市",
            "级别",
            "人群列",
            "k (下限)",
            "低于下限占比",
            "检察官",
            "记者",
            "营销者",
            "组数",
            "隐藏组",
            "状态",
        ),
        [row for each in tables for row in _risk_rows(each)],
    )
    _print(
        console,
        "敏感列: 多样性 l 与接近性 t",
        ("数据集市", "人群列", "敏感列", "l (下限)", "熵 l (下限)", "t (上限)"),
        [row for each in tables for row in _value_rows(each)],
    )
    _print(
        console,
        "位置轨迹唯一性 (D09-5): 仅凭本人几个时空点就只剩一人的占比",
        ("数据集", "人", "人数", "抽查人数", "点数", "唯一占比", "测量时间 (UTC)"),
        [row for each in trails for row in _trail_rows(each)],
    )


def _risk_rows(measured: Measured) -> Iterable[tuple[str, ...]]:
    grade, state = LEVELS[level(measured.figures)], "已发布" if measured.is_published else "未发布"
    people = sorted({figure.people for figure in measured.figures})
    for name in [each for each in people if each] or [""]:
        shares = (_text(measured.figure(name, measure)) for measure in _SHARES)
        k = _text(measured.figure(name, "k"))
        groups = (_text(measured.figure(name, measure)) for measure in ("groups", "hidden_groups"))
        yield (measured.subject, grade, name or "-", k, *shares, *groups, state)


_SHARES = ("share_below_k", "prosecutor_risk", "journalist_risk", "marketer_risk")


def _value_rows(measured: Measured) -> Iterable[tuple[str, ...]]:
    for people, sensitive in sorted({(each.people, each.sensitive) for each in measured.figures if each.sensitive}):
        found = (_text(measured.figure(people, measure, sensitive)) for measure in ("distinct_l", "entropy_l", "t"))
        yield (measured.subject, people, sensitive, *found)


def _trail_rows(measured: Measured) -> Iterable[tuple[str, ...]]:
    for figure in measured.figures:
        if figure.measure.startswith("unique_with_"):
            points = figure.measure.removeprefix("unique_with_").removesuffix("_points")
            counts = (_text(measured.figure(figure.people, name)) for name in ("trail_persons", "trail_targets"))
            yield (measured.subject, figure.people, *counts, points, f"{figure.value:.4f}", measured.measured_at)


def _text(figure: Figure | None) -> str:
    """Counts whole, shares with four decimals, the bound in brackets; a dash where there was nothing to measure."""
    if figure is None:
        return "-"
    is_whole = figure.measure in {"k", "distinct_l", "groups", "hidden_groups", "trail_persons", "trail_targets"}
    value = f"{figure.value:,.0f}" if is_whole else f"{figure.value:.4f}"
    return value if figure.bound is None else f"{value} ({figure.bound:g})"


def _print(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        console.print(table(title, columns, rows))
