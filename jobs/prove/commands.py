"""The command of the prover; `jobs.cli` lists it among its own."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jobs.errors import LeakFound, NotProved
from jobs.prompt import console_for
from jobs.settings import from_environment

if TYPE_CHECKING:  # the libraries that decode cost time that `--help` must not
    from jobs.prove.proof import Proof

console = console_for()


def prove(
    values: Annotated[
        Path | None, typer.Option(help="A list of known values, one a line, UTF-8, readable by you alone.")
    ] = None,
    plant: Annotated[
        bool, typer.Option(help="Send invented people through a copy, errors included; needs a running engine.")
    ] = False,
) -> None:
    """Search everything that readers, operators and machines can see for known people and for our own keys.

    Decoded, in every disguise, with a control in every sink; writes a dated report in Chinese and English into
    LAKE_HOME/evidence. Ends with 65 when something was found, with 1 when something was not proved.

    Example: lakewarden prove --values people.txt --plant
    """
    from jobs.prove.evidence import write  # noqa: PLC0415
    from jobs.prove.proof import State  # noqa: PLC0415
    from jobs.prove.run import prove as run  # noqa: PLC0415
    from jobs.prove.values import listed  # noqa: PLC0415

    settings = from_environment()
    known = listed(values) if values else []
    with _Bar() as bar:
        proof = run(settings, known, apart=values.resolve() if values else None, plant=plant, watcher=bar)
    words = ["lakewarden", "prove", *(["--values", str(values)] if values else []), *(["--plant"] if plant else [])]
    report = write(proof, settings.home, shlex.join(words))[0]
    console.print(_table(proof))
    if proof.state is State.LEAK:
        raise LeakFound(f"{len(proof.hits)} findings where nobody may be found; {report} says where")
    if proof.state is not State.CLEAN:
        raise NotProved(f"nothing was found, but not every sink is proved; {report} says which and why")
    console.print(f"nothing was found; the report, also in Chinese: {report}")


def _table(proof: "Proof") -> Table:
    """What was looked at, on one screen; sinks that are not there are left to the report."""
    table = Table("sink", "files", "MB", "rows", "controls", "findings", "result", box=None, pad_edge=False)
    for one in proof.sinks:
        if one.scan.files:
            controls = f"{sum(control.found for control in one.controls)}/{len(one.controls)}"
            size, rows = f"{one.scan.size / 2**20:,.1f}", f"{one.scan.rows:,}"
            table.add_row(
                one.sink.english, f"{one.scan.files:,}", size, rows, controls, str(len(one.scan.hits)), one.state
            )
    return table


class _Bar:
    """How far a search has come: the bytes of all sinks, and which one is read."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("looking for files", total=None)

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()

    def at(self, what: str) -> None:
        """This begins now."""
        self._progress.update(self._task, description=what)

    def of(self, size: int) -> None:
        """So many bytes are to be searched."""
        self._progress.update(self._task, total=size)

    def advance(self, size: int) -> None:
        """So many more were searched."""
        self._progress.advance(self._task, size)
