"""The commands of reports; `jobs.cli` lists them among its own. The scheduler goes through the same door."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.approval.accounts import CLOCK, acting_account
from jobs.prompt import console_for
from jobs.settings import Settings, from_environment

if TYPE_CHECKING:  # `--help` must not wait for the libraries that draw and print
    from jobs.reports.declared import Report
    from jobs.reports.due import Due
    from jobs.reports.editions import Edition
    from jobs.reports.office import Office
    from jobs.reports.periods import Period
    from jobs.reports.shelf import Content

report_app = typer.Typer(
    no_args_is_help=True, help="Reports from published marts: 编制 → 审核 → 批准 → 报发 → 更正. See docs/reports.md."
)
console = console_for()


def _known_reports() -> list[str]:
    from jobs.reports.declared import report_ids  # noqa: PLC0415

    return report_ids()


Id = Annotated[str, typer.Argument(metavar="REPORT", help="e.g. customer", autocompletion=_known_reports)]
PeriodName = Annotated[str, typer.Argument(metavar="PERIOD", help="2026-01, 2026Q1 or 2026")]
AirflowAccount = Annotated[
    str | None, typer.Option(help="Who acts in the scheduler's pages; believed from it alone, empty for its calendar.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Plain data instead of a text.")]


@report_app.command()
def draft(
    report_id: Id, period_name: PeriodName, airflow_account: AirflowAccount = None, as_json: AsJson = False
) -> None:
    """Write a report of a period that is over, and hold it for two checks and an approval by other people.

    Example: lakewarden report draft customer 2026-01
    """
    settings = from_environment()
    report, of = _named(report_id, period_name)
    with _office(settings) as office:
        made = office.draft(report, of, _account(settings, airflow_account), _write(settings))
        _tell_held(office, report, made, as_json=as_json)


@report_app.command()
def approve(report_id: Id, period_name: PeriodName, airflow_account: AirflowAccount = None) -> None:
    """Sign in your role, when its turn has come: a check, or, last, the approval. Never of what you asked for.

    Example: lakewarden report approve customer 2026-01
    """
    settings = from_environment()
    report, of = _named(report_id, period_name)
    with _office(settings) as office:
        made = office.sign(report, of, _account(settings, airflow_account))
    missing = made.missing(report)
    waits = (
        f"waits for {'、'.join(missing)}"
        if missing
        else f"approved; next: lakewarden report release {report_id} {of.name}"
    )
    console.print(f"{made.name}: signed as {made.signatures[-1].role}, {waits}")


@report_app.command()
def refuse(report_id: Id, period_name: PeriodName, airflow_account: AirflowAccount = None) -> None:
    """Say no instead of signing; a new draft is a new version.

    Example: lakewarden report refuse customer 2026-01
    """
    settings = from_environment()
    report, of = _named(report_id, period_name)
    with _office(settings) as office:
        made = office.refuse(report, of, _account(settings, airflow_account))
    console.print(f"{made.name}: refused; next: lakewarden report draft {report_id} {of.name}")


@report_app.command()
def release(report_id: Id, period_name: PeriodName, airflow_account: AirflowAccount = None) -> None:
    """Issue what is approved and hand it to every recipient, each written down; goes on where it stopped.

    Example: lakewarden report release customer 2026-01
    """
    settings = from_environment()
    report, of = _named(report_id, period_name)
    with _office(settings) as office:
        made = office.release(report, of, _account(settings, airflow_account))
        folder = office.shelf.released(made)
    console.print(f"{made.name}: issued to {'、'.join(report.recipients)}; {folder}", soft_wrap=True)


@report_app.command()
def correct(
    report_id: Id,
    period_name: PeriodName,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is printed and kept, and names no person.")],
    asked_by: Annotated[str, typer.Option(help="The role or short name of who asked for it.")],
    airflow_account: AirflowAccount = None,
    as_json: AsJson = False,
) -> None:
    """Write a new version of what was issued, showing what changed; it needs the last approval alone (D08-6).

    Example: lakewarden report correct customer 2026-01 --reason 补录两日投诉 --asked-by 客户服务部
    """
    settings = from_environment()
    report, of = _named(report_id, period_name)
    with _office(settings) as office:
        account = _account(settings, airflow_account)
        made = office.correct(report, of, account, _write(settings), reason=reason, asked_by=asked_by)
        _tell_held(office, report, made, as_json=as_json)


@report_app.command("list")
def list_editions(as_json: AsJson = False) -> None:
    """List every edition with its signatures and corrections, and what is late.

    Example: lakewarden report list
    """
    from jobs.business_calendar import business_date  # noqa: PLC0415
    from jobs.reports.due import late  # noqa: PLC0415
    from jobs.reports.listing import rows, table  # noqa: PLC0415

    with _office(from_environment()) as office:
        known, asked = office.register.everything(), _due(office)
    listed = rows(known, {one.report.id: one.report.title for one in asked})
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    console.print(table(listed))
    for one in late(asked, known, business_date(office.now)):
        console.print(f"逾期未报发：{one.report.title} {one.period.name}，应于 {one.issue_by} 前报发")
    if unknown := [one for one in asked if one.issue_by is None]:
        years = sorted({one.period.end.year for one in unknown})
        console.print(
            f"报发期限未知：日历缺少 {'、'.join(map(str, years))} 年的工作日安排，见 dbt_project/generate_calendar.py"
        )


@report_app.command()
def due(as_json: AsJson = False) -> None:
    """List the reports whose drafting day has come and that nobody drafted; only those whose roles are filled.

    Example: lakewarden report due --json
    """
    from jobs.reports.due import undrafted  # noqa: PLC0415
    from jobs.reports.roles import unfilled  # noqa: PLC0415

    with _office(from_environment()) as office:
        waiting = undrafted(_due(office), office.register.everything())
        ready = [one for one in waiting if not unfilled(one.report, office.roles)]
    if as_json:
        print(json.dumps([{"report": one.report.id, "period": one.period.name} for one in ready]))
        return
    for one in ready:
        console.print(
            f"lakewarden report draft {one.report.id} {one.period.name}   # issue by {one.issue_by or 'unknown'}"
        )
    if len(ready) < len(waiting):
        console.print(f"{len(waiting) - len(ready)} more wait for roles to be filled; see docs/reports.md")


@contextmanager
def _office(settings: Settings) -> Iterator["Office"]:
    """The office for one step; whoever comes at the same time waits."""
    from jobs.approval.opening import opened  # noqa: PLC0415
    from jobs.reports.delivery import mail_server  # noqa: PLC0415
    from jobs.reports.office import Office  # noqa: PLC0415
    from jobs.reports.page import document  # noqa: PLC0415
    from jobs.reports.register import Register  # noqa: PLC0415
    from jobs.reports.roles import read_roles  # noqa: PLC0415
    from jobs.reports.shelf import Shelf  # noqa: PLC0415

    roles_file = settings.reports / "roles.yml"
    with opened(settings, "reports") as at:
        yield Office(
            register=Register(at.ledger), shelf=Shelf(settings.reports), people=at.people, audit=at.audit,
            roles=read_roles(roles_file), roles_file=roles_file,
            mail=mail_server(settings.mail_server, settings.mail_from, settings.mail_password),
            printed=partial(document, smallest_group=settings.smallest_visible_group), now=at.now,
        )  # fmt: skip


def _named(report_id: str, period_name: str) -> tuple["Report", "Period"]:
    from jobs.reports.declared import load_report  # noqa: PLC0415
    from jobs.reports.periods import period  # noqa: PLC0415

    report, of = load_report(report_id), period(period_name)
    report.require_period(of)
    return report, of


def _write(settings: Settings) -> "Callable[[Report, Period], Content]":
    """What a report of a period says, by what is published."""
    from jobs.reports.writing import written  # noqa: PLC0415

    def write(report: "Report", of: "Period") -> "Content":
        return written(report, of, settings.published_file, smallest_group=settings.smallest_visible_group)

    return write


def _tell_held(office: "Office", report: "Report", made: "Edition", *, as_json: bool) -> None:
    """Where a draft lies and whose signatures it waits for; for the scheduler, its accounts of each signature."""
    folder = office.shelf.draft(made)
    if as_json:
        told = {"version": made.version, "folder": str(folder), "state": made.state, "roles": made.needed(report)}
        print(json.dumps({**told, "signers": office.may_sign(made, report)}, ensure_ascii=False))
        return
    waits = f"waits for {'、'.join(made.missing(report))}" if made.missing(report) else f"is {made.state}"
    console.print(f"{made.name}: {waits}; {folder / 'report.pdf'}", soft_wrap=True)
    for change in made.changes:
        console.print(f"  {change.label}：{change.before} → {change.after}")


def _due(office: "Office") -> "list[Due]":
    from jobs.business_calendar import announced_days, business_date  # noqa: PLC0415
    from jobs.reports.declared import load_report, report_ids  # noqa: PLC0415
    from jobs.reports.due import due_reports  # noqa: PLC0415

    reports = [load_report(report_id) for report_id in report_ids()]
    return due_reports(reports, business_date(office.now), announced_days())


def _account(settings: Settings, airflow_account: str | None) -> str:
    """Whose act this is; the scheduler's calendar has no name there. Raises: UnknownPerson."""
    account = acting_account(settings, airflow_account)
    return CLOCK if airflow_account == "" else account
