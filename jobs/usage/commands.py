"""The command that lists what is taken and not used; `jobs.cli` lists it among its own."""

from typing import Annotated

import typer

from contracts.loading import load, load_all
from jobs.prompt import console_for, known_datasets
from jobs.settings import ROOT

app = typer.Typer()
console = console_for()


@app.command()
def unused(
    dataset: Annotated[
        str | None, typer.Argument(help="<family>.<dataset>; all without one.", autocompletion=known_datasets)
    ] = None,
    exceptions: Annotated[
        bool, typer.Option(help="List the steward's exceptions too, with what they are for.")
    ] = False,
) -> None:
    """List the desensitised columns that no published mart reads and no contract excepts: 用多少, 取多少 (D09-10).

    Example: lakewarden unused network.xdr_s1u_http --exceptions
    """
    from jobs.usage.lineage import columns_read  # noqa: PLC0415 - a parser of SQL takes a second to import
    from jobs.usage.rendering import rendered  # noqa: PLC0415
    from jobs.usage.unused import excepted, findings  # noqa: PLC0415

    contracts = load_all()
    asked = [load(dataset)] if dataset else list(contracts.values())
    tables = {contract.table: contract.desensitised_columns for contract in contracts.values()}
    read = columns_read(rendered(ROOT / "dbt_project"), tables)
    found = findings(asked, read)
    for finding in found:
        console.print(str(finding))
    if exceptions:
        for column, kept_for in excepted(asked, read):
            console.print(f"{column}: {kept_for.use} ({kept_for.requirement})")
    surviving = sum(len(contract.surviving) for contract in asked)
    console.print(f"{len(asked)} datasets, {surviving} columns beyond raw, {len(found)} findings")
