"""The commands of grades that are lowered; `jobs.cli` lists them among its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from contracts.loading import load, load_all
from jobs.approval.accounts import account_at_the_prompt
from jobs.prompt import Dataset, console_for, known_datasets
from jobs.settings import from_environment

if TYPE_CHECKING:  # `--help` must not wait for the ledger's libraries
    from jobs.grades.desk import GradeDesk

grade_app = typer.Typer(no_args_is_help=True, help="Lower a grade or weaken a treatment: 改合同 → 申请 → 他人审批.")
console = console_for()

Column = Annotated[str, typer.Argument(help="The column's name in the contract, e.g. contact_phone.")]


@grade_app.command()
def request(
    dataset: Dataset,
    column: Column,
    reason: Annotated[str, typer.Option(help="Why less protection will do; names no person.")],
) -> None:
    """Ask for what the contract now says of a column: a lower grade, a weaker treatment, or both.

    Example: lakewarden grade request crm.customers industry --reason 行业代码已公开发布
    """
    with _desk() as desk:
        desk.request(load(dataset), column, reason=reason, account=account_at_the_prompt())
    console.print(f"{dataset} {column}: asked; next, by somebody else: lakewarden grade approve {dataset} {column}")


@grade_app.command()
def approve(dataset: Dataset, column: Column) -> None:
    """Agree to what was asked for; who asks may not approve, and a contract edited since needs a new request.

    Example: lakewarden grade approve crm.customers industry
    """
    with _desk() as desk:
        desk.approve(load(dataset), column, account=account_at_the_prompt())
    console.print(f"{dataset} {column}: approved; the next run treats new rows as the contract says")


@grade_app.command("list")
def list_lowerings(
    dataset: Annotated[str | None, typer.Argument(help="Only of this dataset.", autocompletion=known_datasets)] = None,
) -> None:
    """List the columns that contracts protect less than before, with who asked and who approved.

    Example: lakewarden grade list crm.customers
    """
    contracts = [load(dataset)] if dataset else list(load_all().values())
    with _desk() as desk:
        found = [(of, lowering) for of, listed in desk.lowerings(contracts).items() for lowering in listed]
    for dataset_id, lowering in found:
        change = lowering.change
        asked = f"asked by {change.requester}: {change.reason}" if change else "not asked for"
        decided = f"; approved by {change.decided_by}" if change and lowering.is_approved else ""
        console.print(f"{dataset_id} {lowering}; {asked}{decided}")
    console.print(f"columns protected less than before: {len(found)}")


@contextmanager
def _desk() -> Iterator["GradeDesk"]:
    """The desk for one step; whoever comes at the same time waits."""
    from jobs.approval.opening import opened  # noqa: PLC0415
    from jobs.grades.desk import GradeDesk  # noqa: PLC0415

    with opened(from_environment(), "grades") as at:
        yield GradeDesk(at.ledger, at.people, at.audit, at.now)
