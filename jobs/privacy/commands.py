"""The commands that show privacy figures; `jobs.cli` lists them among its own."""

from typing import Annotated

import typer

from contracts.loading import load
from jobs.prompt import Dataset, console_for, opened_lake
from jobs.settings import from_environment

app = typer.Typer(help="去标识化效果: k, l, t, 风险, 轨迹唯一性. 例: lakewarden privacy")
console = console_for()


@app.callback(invoke_without_command=True)
def every(context: typer.Context) -> None:
    """Show how well people are hidden in every published table and every measured trail, as gate marts measured it.

    Example: lakewarden privacy
    """
    if context.invoked_subcommand is None:
        _show(None)


@app.command("mart")
def one(mart: Annotated[str, typer.Argument(help="A mart, e.g. fct_region_month")]) -> None:
    """Show one mart's newest figures, also those of a build that gate marts refused.

    Example: lakewarden privacy mart fct_region_month
    """
    _show(mart)


@app.command("trails")
def trails(
    dataset: Dataset,
    points: Annotated[int, typer.Option(min=1, max=10, help="How many points of a person somebody knows.")] = 4,
) -> None:
    """Measure how many people a few points of their own trail single out, and keep the figure.

    Example: lakewarden privacy trails network.mro_samples --points 4
    """
    from jobs.privacy.show import newest, show  # noqa: PLC0415
    from jobs.privacy.trails import measure_trails  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    with opened_lake(settings) as lake:
        measure_trails(lake, contract, points=points)
    show([found for found in newest(Ledger(settings.home)) if found.subject == dataset], console)


def _show(subject: str | None) -> None:
    """Raises: GateNotPassed when nothing of that name was measured."""
    from jobs.errors import GateNotPassed  # noqa: PLC0415
    from jobs.privacy.show import newest, show  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    ledger = Ledger(from_environment().home)
    ledger.prepare()
    measured = [found for found in newest(ledger) if subject in {None, found.subject}]
    if not measured:
        what = f"'{subject}' was never" if subject else "no table was ever"
        raise GateNotPassed(f"{what} measured; `lakewarden build` and `lakewarden gate marts` do it")
    show(measured, console)
