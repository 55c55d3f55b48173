"""The commands of exports; `jobs.cli` lists them among its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.approval.accounts import account_at_the_prompt
from jobs.prompt import console_for
from jobs.settings import from_environment

if TYPE_CHECKING:  # `--help` must not wait for the ledger's libraries
    from jobs.export.desk import Desk

export_app = typer.Typer(no_args_is_help=True, help="Take published numbers away: 申请 → 他人审批 → 导出 → 到期删除.")
console = console_for()

Id = Annotated[str, typer.Argument(help="The export's id, 16 hexadecimal digits.")]


@export_app.command()
def request(
    mart: Annotated[str, typer.Argument(help="A published mart, e.g. fct_region_month.")],
    columns: Annotated[list[str] | None, typer.Argument(help="Its columns; all without any.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="What the numbers are needed for; names no person.")],
    only: Annotated[list[str] | None, typer.Option(help="column=value that rows must meet; repeatable.")] = None,
    rows: Annotated[int, typer.Option(help="At most so many rows.")] = 1000,
    days: Annotated[int, typer.Option(help="Removed at the end of the day after so many days.")] = 1,
) -> None:
    """Ask for numbers as a file; somebody else has to approve before it is written.

    Example: lakewarden export request fct_region_month city_name revenue_cny --only city_name=杭州市 --reason 季度会
    """
    with _desk() as (desk, account):
        made, approvers = desk.request(
            mart, columns or (), only=only or (), row_limit=rows, reason=reason, account=account, days=days
        )
    console.print(f"export {made.export_id}: at most {made.row_limit} rows of {mart}, {len(made.columns)} columns")
    console.print(f"next, by {' or '.join(one.name for one in approvers)}: lakewarden export approve {made.export_id}")


@export_app.command()
def approve(export_id: Id) -> None:
    """Let the requester take away what was asked for; who asks may not approve.

    Example: lakewarden export approve 9c0e5d41a2b7f386
    """
    with _desk() as (desk, account):
        made = desk.approve(export_id, account)
    console.print(f"export {export_id}: approved; next, by {made.requester}: lakewarden export run {export_id}")


@export_app.command()
def run(export_id: Id) -> None:
    """Write the approved rows into the requester's own folder; the file goes when its time is over.

    Example: lakewarden export run 9c0e5d41a2b7f386
    """
    with _desk() as (desk, account):
        path, count = desk.run(export_id, account)
    console.print(f"export {export_id}: {count} rows in {path}", soft_wrap=True)


@export_app.command()
def expire() -> None:
    """End the exports whose time is over and remove their files; every other export command does so first.

    Example: lakewarden export expire
    """
    with _desk() as (desk, _):
        past = desk.expire()
    console.print(f"exports expired: {len(past)}")


@export_app.command("list")
def list_exports() -> None:
    """List who asked for what, why, who approved and how many rows went; removes what has expired first.

    Example: lakewarden export list
    """
    from jobs.business_calendar import business_date  # noqa: PLC0415

    with _desk() as (desk, _):
        desk.expire()
        listed = desk.listed()
    for one in listed:
        console.print(
            f"{one.export_id} {business_date(one.requested_at)} {one.state:<9} {one.mart} ({len(one.columns)} columns, "
            f"{one.row_count if one.row_count is not None else '-'} rows) {one.requester} → {one.decided_by or '-'}: "
            f"{one.reason}",
            soft_wrap=True,
        )
    console.print(f"exports: {len(listed)}")


@contextmanager
def _desk() -> Iterator[tuple["Desk", str]]:
    """The desk for one step and who acts; whoever comes at the same time waits."""
    from jobs.approval.opening import opened  # noqa: PLC0415
    from jobs.approval.place import Place  # noqa: PLC0415
    from jobs.export.desk import Desk  # noqa: PLC0415

    settings = from_environment()
    with opened(settings, "exports") as at:
        place = Place(settings.exported, "csv")
        yield Desk(at.ledger, at.people, at.audit, settings.published_file, place, at.now), account_at_the_prompt()
