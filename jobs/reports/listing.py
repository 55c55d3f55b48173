"""The register as people read it, and what the calendar asks for: which reports to draft, which are late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.table import Table

from jobs import prompt
from jobs.business_calendar import minute, working_days_after
from jobs.errors import UnknownWorkingDays
from jobs.reports.declared import Report
from jobs.reports.editions import Edition, EditionState
from jobs.reports.periods import Period, last_finished

STATES = {
    EditionState.HELD: "待审批",
    EditionState.APPROVED: "已批准",
    EditionState.RELEASED: "已报发",
    EditionState.REFUSED: "已拒绝",
}
_COLUMNS = ("报告", "周期", "版次", "状态", "编制", "审核与批准", "报发时间", "更正", "更正原因", "提出人", "更正项数")


@dataclass(frozen=True)
class Due:
    """A report of the newest period that is over; `issue_by`: None while nobody has announced that year's holidays."""

    report: Report
    period: Period
    issue_by: date | None


def due(reports: Iterable[Report], today: date, announced: Mapping[date, bool]) -> list[Due]:
    """Of every report and kind of period, the newest period whose drafting day has come."""
    return [
        Due(report, newest, _issue_by(report, newest, announced))
        for report in reports
        for newest in _newest_periods(report, today)
    ]


def undrafted(asked: Iterable[Due], known: Sequence[Edition]) -> list[Due]:
    """What is due and has no edition, be it a refused one, which a person drafts anew."""
    drafted = {(edition.report, edition.period) for edition in known}
    return [one for one in asked if (one.report.id, one.period.name) not in drafted]


def late(asked: Iterable[Due], known: Sequence[Edition], today: date) -> list[Due]:
    """What should have been issued and was not."""
    issued = {(one.report, one.period) for one in known if one.state is EditionState.RELEASED}
    return [
        one for one in asked if one.issue_by and today > one.issue_by and (one.report.id, one.period.name) not in issued
    ]


def rows(known: Iterable[Edition], titles: Mapping[str, str]) -> list[dict[str, str | int]]:
    """One row per edition: the register of reports and of corrections (D08-6)."""
    return [
        {
            "报告": titles.get(one.report, one.report),
            "周期": one.period,
            "版次": one.version,
            "状态": STATES[one.state],
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


def _issue_by(report: Report, of: Period, announced: Mapping[date, bool]) -> date | None:
    try:
        return working_days_after(of.end - timedelta(days=1), report.issue_within_working_days, announced)
    except UnknownWorkingDays:  # a report is drafted all the same; only its lateness cannot be told
        return None


def _newest_periods(report: Report, today: date) -> Iterator[Period]:
    for kind in report.periods:
        newest = last_finished(kind, today)
        has_come = today >= newest.end + timedelta(days=report.draft_on_day - 1)
        yield newest if has_come else newest.previous
