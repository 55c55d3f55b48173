"""What the calendar asks for: which reports to draft, and which should have been issued by now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jobs.business_calendar import working_days_after
from jobs.errors import UnknownWorkingDays
from jobs.reports.declared import Report
from jobs.reports.editions import Edition, EditionState
from jobs.reports.periods import Period, last_finished


@dataclass(frozen=True)
class Due:
    """A report of the newest period that is over; `issue_by`: None while nobody has announced that year's holidays."""

    report: Report
    period: Period
    issue_by: date | None


def due_reports(reports: Iterable[Report], today: date, announced: Mapping[date, bool]) -> list[Due]:
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
