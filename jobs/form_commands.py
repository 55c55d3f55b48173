"""The commands around form servers: fetch what they have, make the forms that they show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from contracts.loading import load
from jobs.errors import PullFailed
from jobs.prompt import known_datasets
from jobs.settings import from_environment

form_app = typer.Typer(no_args_is_help=True, help="Forms made from their contracts.")


Form = Annotated[
    str, typer.Argument(help="<family>.<dataset>, e.g. forms.market_feedback", autocompletion=known_datasets)
]


def pull(
    dataset: Form,
    nothing_new_exit_code: Annotated[int, typer.Option(help="The exit code when nothing came.")] = 0,
) -> None:
    """Fetch new submissions from the dataset's form server into its inbox; the next ingest takes them.

    Nothing is asked earlier than the contract allows. The server's address is the setting
    LAKEWARDEN_PULL_<FAMILY>_<DATASET>, its token the file secrets/pull_<family>.<dataset> of the installation.

    Example: lakewarden pull forms.market_feedback && lakewarden ingest forms.market_feedback
    """
    from jobs.pull.run import pull as run  # noqa: PLC0415
    from jobs.pull.run import secret_in  # noqa: PLC0415
    from jobs.pull.server import Server  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415
    from jobs.storage.turn import turn  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    address = settings.form_servers.get(contract.server_setting)
    if address is None:
        raise PullFailed(
            f"{dataset}: no address of a form server; set {contract.server_setting} to that of the form's data"
        )
    ledger = Ledger(settings.home)
    ledger.prepare()
    with turn(settings.home, f"{dataset}.pull"), Server(address, secret_in(settings.pull_secret(dataset))) as server:
        pulled = run(
            contract,
            settings.landing,
            server,
            is_known=lambda digest: bool(ledger.known_files(dataset, [digest])),
            now=datetime.now(UTC),
        )
    if pulled.allowed_from:
        clock = f"{pulled.allowed_from.astimezone(ZoneInfo(contract.source.timezone)):%Y-%m-%d %H:%M}"
        typer.echo(f"{dataset}: its owner allows the next pull from {clock} (D09-9)")
    else:
        typer.echo(f"{dataset}: {pulled.records} submissions in {pulled.files} files wait in the inbox")
    raise typer.Exit(0 if pulled.files else nothing_new_exit_code)


@form_app.command("export")
def export(
    dataset: Form,
    to: Annotated[Path | None, typer.Option(help="The workbook to write; <dataset>.xlsx by default.")] = None,
) -> None:
    """Write the contract as an XLSForm for Kobo or ODK; its answers come back through the same contract.

    Example: lakewarden form export forms.market_feedback --to market_feedback.xlsx
    """
    from jobs.forms.workbook import write_workbook  # noqa: PLC0415
    from jobs.forms.xlsform import xlsform  # noqa: PLC0415

    contract = load(dataset)
    form, path = xlsform(contract), to or Path(f"{contract.dataset}.xlsx")
    write_workbook(form, path)
    questions = sum("_group" not in row["type"] for row in form.survey)
    typer.echo(f"{dataset} version {contract.version}: {questions} questions written to {path}")


@form_app.callback()
def _group() -> None:
    """Keep `export` a word of its own: Typer makes an app of one command that command."""
