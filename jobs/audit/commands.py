"""The command of the audit; `jobs.cli` lists it among its own."""

from typing import Annotated

import typer

from jobs.errors import AuditBroken
from jobs.settings import from_environment

audit_app = typer.Typer(no_args_is_help=True, help="The record of who did what.")


@audit_app.command()
def verify(
    heads: Annotated[
        list[str] | None, typer.Option("--head", help="A head that was written down elsewhere, <number>:<hash>.")
    ] = None,
) -> None:
    """Read the whole audit and tell every place that was altered, moved, added or cut off; exit code 65 if any was.

    Example: lakewarden audit verify --head 42:9f2c…
    """
    from jobs.audit.chain import Head  # noqa: PLC0415
    from jobs.audit.log import Audit  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    settings = from_environment()
    ledger = Ledger(settings.home)
    ledger.prepare()
    try:
        kept = [Head(int(number), entry_hash) for number, entry_hash in (head.split(":") for head in heads or ())]
    except ValueError:
        raise typer.BadParameter("a head is <number>:<hash>, as this command prints it") from None
    found = Audit(ledger, settings.audit_heads).verify(*kept)
    typer.echo(f"audit: {found.entry_count} entries; head to keep: {found.head.sequence}:{found.head.entry_hash}")
    if found.breaks:
        listed = "\n".join(f"  entry {one.sequence} {one.what}" for one in found.breaks)
        raise AuditBroken(f"the audit does not hold; keep it as it is and look for the reason\n{listed}")
