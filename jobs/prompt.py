"""What the commands of all rooms have in common: how they print, how they take a dataset, how they open the lake."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from contracts.loading import dataset_ids
from jobs.settings import Settings

if TYPE_CHECKING:  # the engine's client takes seconds to import, and `--help` must not
    from jobs.storage.lake import Lake


def console_for(*, piped_width: int = 160) -> Console:
    """As wide as the terminal, and `piped_width` characters where the output goes into a file or another program."""
    return Console(width=None if sys.stdout.isatty() else piped_width, highlight=False)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """A table as all commands show one: what is too wide goes on in the next line, so that nothing is cut off."""
    shown = Table(title=title, title_justify="left", title_style="bold", header_style="cyan")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(str(cell) for cell in row))
    return shown


def known_datasets() -> list[str]:
    """For the shell's completion, which passes no folder."""
    return dataset_ids()


Dataset = Annotated[str, typer.Argument(help="<family>.<dataset>, e.g. crm.customers", autocompletion=known_datasets)]


@contextmanager
def opened_lake(settings: Settings, *, writes: str | None = None) -> Iterator["Lake"]:
    """The lake; a command that writes waits for its turn at `writes`, a dataset, the marts or the keys."""
    from jobs.storage.engine import engine  # noqa: PLC0415
    from jobs.storage.lake import Lake  # noqa: PLC0415
    from jobs.storage.turn import turn  # noqa: PLC0415

    with turn(settings.home, writes) if writes else nullcontext(), ExitStack() as opened:
        yield Lake(settings.home, lambda: opened.enter_context(engine(settings)))
