"""The commands of coming back; `jobs.cli` lists them among its own. None of them ever prints a value."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts.loading import dataset_ids, load
from contracts.model import Contract
from jobs.approval.accounts import account_at_the_prompt, acting_account, names_at_scheduler
from jobs.prompt import Dataset, console_for, opened_lake
from jobs.settings import Settings, from_environment

if TYPE_CHECKING:  # `--help` must not wait for the ledger's libraries
    from jobs.reveal.desk import Desk

reveal_app = typer.Typer(no_args_is_help=True, help="Come back to a person: 申请 → 他人审批 → 打开 → 到期删除.")
console = console_for()


Id = Annotated[str, typer.Argument(help="The request's id, 16 hexadecimal digits.")]
AirflowAccount = Annotated[
    str | None, typer.Option(help="Who acts in the scheduler's pages; believed from the scheduler alone.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Plain data instead of a text.")]


@reveal_app.command()
def request(
    dataset: Dataset,
    column: Annotated[str, typer.Argument(help="The sealed column, e.g. contact_phone_key.")],
    tokens: Annotated[list[str] | None, typer.Argument(help="Tokens as they stand in the desensitised zone.")] = None,
    *,
    tokens_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A text file of tokens instead.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="What the values are needed for; names no person.")] = "",
    ticket: Annotated[str, typer.Option(help="The number of the case.")] = "",
    until: Annotated[
        str, typer.Option(help="2026-02-02 or 2026-02-02T18:00, time of China; by default the next working day's end.")
    ] = "",
    airflow_account: AirflowAccount = None,
    as_json: AsJson = False,
) -> None:
    """Ask for the values of some tokens; somebody else has to approve before they can be opened.

    Example: lakewarden reveal request crm.customers contact_phone_key 3f2a… --purpose 回访核对资料 --ticket KF-0131
    """
    from jobs.approval.deadline import moment  # noqa: PLC0415
    from jobs.business_calendar import minute  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    given = [*(tokens or ()), *([tokens_file.read_text(encoding="utf-8")] if tokens_file else ())]
    with _desk(settings) as desk:
        made, approvers = desk.request(
            contract, column, given,
            purpose=purpose, ticket=ticket, account=acting_account(settings, airflow_account),
            until=moment(until) if until else _next_working_day(desk),
        )  # fmt: skip
    ends = minute(made.valid_until)
    if as_json:
        names = names_at_scheduler(account for person in approvers for account in person.accounts)
        print(json.dumps({"reveal_id": made.reveal_id, "count": len(made.tokens), "ends": ends, "approvers": names}))
        return
    console.print(f"request {made.reveal_id}: {len(made.tokens)} values of {dataset} {made.field}, until {ends}")
    console.print(f"next, by {' or '.join(one.name for one in approvers)}: lakewarden reveal approve {made.reveal_id}")


@reveal_app.command()
def approve(reveal_id: Id, airflow_account: AirflowAccount = None) -> None:
    """Let the requester open what was asked for; who asks may not approve, through whichever door.

    Example: lakewarden reveal approve 9c0e5d41a2b7f386
    """
    from jobs.reveal.rules import RevealState  # noqa: PLC0415

    settings = from_environment()
    with _desk(settings) as desk:
        made = desk.decide(reveal_id, RevealState.APPROVED, acting_account(settings, airflow_account))
    console.print(f"request {reveal_id}: approved; next, by {made.requester}: lakewarden reveal open {reveal_id}")


@reveal_app.command()
def refuse(reveal_id: Id, airflow_account: AirflowAccount = None) -> None:
    """Say no to a request, for good.

    Example: lakewarden reveal refuse 9c0e5d41a2b7f386
    """
    from jobs.reveal.rules import RevealState  # noqa: PLC0415

    settings = from_environment()
    with _desk(settings) as desk:
        desk.decide(reveal_id, RevealState.REFUSED, acting_account(settings, airflow_account))
    console.print(f"request {reveal_id}: refused")


@reveal_app.command("open")
def open_values(reveal_id: Id, airflow_account: AirflowAccount = None) -> None:
    """Write the approved values into the requester's own restricted place; all of them, or none and the reason.

    Example: lakewarden reveal open 9c0e5d41a2b7f386
    """
    settings = from_environment()
    with _desk(settings) as desk, ExitStack() as opened:

        def from_vault(contract: Contract, field: str, tokens: tuple[str, ...]) -> dict[str, str]:
            from jobs.keys.choosing import key_store  # noqa: PLC0415
            from jobs.keys.ring import Keyring  # noqa: PLC0415
            from jobs.reveal.vault import opened as values_of  # noqa: PLC0415

            ring = Keyring(key_store(settings), desk.ledger)
            return values_of(opened.enter_context(opened_lake(settings)), ring, contract, field, tokens)

        path = desk.open(reveal_id, acting_account(settings, airflow_account), load, from_vault)
    console.print(f"request {reveal_id}: opened into {path}", soft_wrap=True)


@reveal_app.command()
def revoke(reveal_id: Id, airflow_account: AirflowAccount = None) -> None:
    """End a request at once and remove its file; also how a requester gives back what is done with.

    Example: lakewarden reveal revoke 9c0e5d41a2b7f386
    """
    settings = from_environment()
    with _desk(settings) as desk:
        desk.revoke(reveal_id, acting_account(settings, airflow_account))
    console.print(f"request {reveal_id}: revoked, its file is removed")


@reveal_app.command()
def expire() -> None:
    """End the requests whose time is over and remove their files; every other reveal command does so first.

    Example: lakewarden reveal expire
    """
    with _desk(from_environment()) as desk:
        past = desk.expire()
    console.print(f"requests expired: {len(past)}")


@reveal_app.command("list")
def list_grants(
    in_month: Annotated[str, typer.Option("--month", help="2026-01; this month without it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the requests of a month for those in charge of the data, with the audit's head to keep elsewhere.

    Example: lakewarden reveal list --month 2026-01
    """
    from jobs.business_calendar import business_date  # noqa: PLC0415
    from jobs.reveal.listing import month, rows, table  # noqa: PLC0415

    with _desk(from_environment()) as desk:
        desk.expire()
        shown = in_month or f"{business_date(desk.now):%Y-%m}"
        try:
            first, next_month = month(shown)
        except ValueError:
            raise typer.BadParameter("a month is given as 2026-01") from None
        reveals = desk.listed(first, next_month)
        head = desk.audit.verify().head
    held = {reveal.dataset for reveal in reveals} & set(dataset_ids())
    listed = rows(reveals, {dataset: load(dataset) for dataset in held})
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    console.print(table(listed, f"{shown} 数据还原申请：{len(listed)} 件"))
    console.print(f"审计链末端（请另行保存）：{head.sequence}:{head.entry_hash}")


@reveal_app.command()
def admit(
    person: Annotated[str, typer.Argument(help="A short name, such as a staff number; it names the person's folder.")],
    accounts: Annotated[list[str], typer.Option("--account", help="os:<name> or airflow:<name>; all that are theirs.")],
    approves: Annotated[bool, typer.Option("--approves", help="May approve what others ask for.")] = False,
) -> None:
    """Let a person ask from now on, and approve if so said; with all their accounts, so that nobody approves alone.

    Example: lakewarden reveal admit li --account os:li --account airflow:li.na --approves
    """
    with _desk(from_environment()) as desk:
        made = desk.admit(person, accounts, account_at_the_prompt(), may_approve=approves)
    console.print(f"{made.name}: {', '.join(made.accounts)}; may ask{' and approve' if approves else ''}")


@reveal_app.command()
def dismiss(person: Annotated[str, typer.Argument(help="The name under which the person was admitted.")]) -> None:
    """Let a person do nothing any more, and end what that person asked for.

    Example: lakewarden reveal dismiss li
    """
    with _desk(from_environment()) as desk:
        desk.dismiss(person, account_at_the_prompt())
    console.print(f"{person}: dismissed; what this person had asked for has ended")


@reveal_app.command()
def people() -> None:
    """List who may ask and who may approve.

    Example: lakewarden reveal people
    """
    with _desk(from_environment()) as desk:
        for person in desk.people.everybody():
            console.print(f"{person.name}: {', '.join(person.accounts)}{'; approves' if person.may_approve else ''}")


@contextmanager
def _desk(settings: Settings) -> Iterator["Desk"]:
    """The desk for one step; whoever comes at the same time waits."""
    from jobs.approval.opening import opened  # noqa: PLC0415
    from jobs.approval.place import Place  # noqa: PLC0415
    from jobs.reveal.desk import Desk  # noqa: PLC0415

    with opened(settings, "reveals") as at:
        place = Place(settings.revealed, "xlsx")
        yield Desk(at.ledger, at.people, at.audit, place, settings.reveal_limits, at.now)


def _next_working_day(desk: "Desk") -> datetime:
    """N1, unless the limit of a request comes first, as before a long holiday."""
    from jobs.approval.deadline import end_of_day, end_of_next_working_day  # noqa: PLC0415
    from jobs.business_calendar import announced_days  # noqa: PLC0415

    return min(end_of_next_working_day(desk.now, announced_days()), end_of_day(desk.now, desk.limits.longest_days))
