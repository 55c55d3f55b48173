"""The command line: people and the scheduler use the same door. Parses, opens the lake, calls one function."""

import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from contracts.errors import LakewardenError, UnknownDataset
from contracts.loading import dataset_ids, from_databases, load, load_all
from expectations.gate import Gate
from jobs.audit.commands import audit_app
from jobs.classify.commands import app as classify_app
from jobs.contract_commands import contracts_app
from jobs.export.commands import export_app
from jobs.form_commands import form_app, pull
from jobs.grades.commands import grade_app
from jobs.keys.commands import keys_app
from jobs.privacy.commands import app as privacy_app
from jobs.prompt import Dataset, console_for, opened_lake
from jobs.prove.commands import prove
from jobs.reports.commands import report_app
from jobs.reveal.commands import reveal_app
from jobs.settings import from_environment
from jobs.transfer.commands import app as transfer_app
from jobs.usage.commands import app as usage_app

if TYPE_CHECKING:  # the engine's client takes seconds to import, and `--help` must not
    from jobs.ingest.tally import Ingested

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="先脱敏, 再使用. 例: lakewarden ingest crm.customers && lakewarden gate raw crm.customers",
)
app.add_typer(contracts_app, name="contracts")
app.add_typer(keys_app, name="keys")
app.add_typer(transfer_app)
app.add_typer(classify_app)
app.add_typer(form_app, name="form")
app.add_typer(usage_app)
app.add_typer(report_app, name="report")
app.add_typer(reveal_app, name="reveal")
app.add_typer(export_app, name="export")
app.add_typer(audit_app, name="audit")
app.add_typer(grade_app, name="grade")
app.add_typer(privacy_app, name="privacy")
console = console_for()


def _known_families() -> list[str]:
    return sorted({dataset_id.partition(".")[0] for dataset_id in dataset_ids()})


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only files of this arrival day.")]


@app.command()
def ingest(
    dataset: Dataset,
    day: Day = None,
    whole: Annotated[bool, typer.Option(help="Of a database: read all again and take it as it is.")] = False,
    nothing_new_exit_code: Annotated[int, typer.Option(help="The exit code when nothing waits.")] = 0,
) -> None:
    """Take new files of landing, or what is new in databases, through gate 1 into raw; bad rows go to quarantine.

    Example: lakewarden ingest crm.customers --day 2026-01-31
    """
    from jobs.ingest.arrival import not_taken  # noqa: PLC0415
    from jobs.ingest.arrival import waiting as files_waiting  # noqa: PLC0415
    from jobs.ingest.databases.waiting import turn_of  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    ledger = Ledger(settings.home)
    ledger.prepare()
    batches: list[Ingested] = []
    reasons: Sequence[str] = ()
    arrived_on = day.date() if day else None
    unfinished = dataset in ledger.unfinished()
    is_waiting = bool(files_waiting(settings.landing, contract))
    if contract.comes_from_databases:
        turn = turn_of(settings.home, ledger, contract, day=arrived_on, now=datetime.now(UTC))
        is_waiting, reasons = turn.is_due, turn.reasons
    if unfinished or is_waiting:
        from jobs.ingest.run import ingest as run  # noqa: PLC0415

        with opened_lake(settings, writes=dataset) as lake:
            batches = run(
                lake, settings.landing, contract,
                day=arrived_on, settle_seconds=settings.settle_seconds, whole=whole,
            )  # fmt: skip
            unfinished = dataset in ledger.unfinished()
    for batch in batches:
        console.print(
            f"{dataset} batch {batch.batch_id}: files {batch.files} (refused {batch.refused_files}), rows in "
            f"{batch.rows_in} = loaded {batch.loaded} + quarantined {batch.quarantined} + duplicate {batch.duplicate}"
        )
    for reason in reasons:
        console.print(f"{dataset}: {reason}")
    if odd := not_taken(settings.landing, contract):
        console.print(f"{dataset}: {odd} entries of the inbox are no readable files and stay there; remove them")
    if not batches:
        console.print(f"{dataset}: nothing new{', an earlier batch waits at a later step' if unfinished else ''}")
        raise typer.Exit(0 if unfinished else nothing_new_exit_code)


app.command()(pull)
app.command()(prove)


@app.command()
def waiting(
    family: Annotated[
        str | None, typer.Argument(help="Only this family, e.g. crm.", autocompletion=_known_families)
    ] = None,
    day: Day = None,
) -> None:
    """Print, as a JSON list, the datasets with new files, a database's turn or a batch on its way; asked first.

    Example: lakewarden waiting crm
    """
    from jobs.ingest.arrival import with_files  # noqa: PLC0415
    from jobs.ingest.databases.waiting import turn_of  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    settings = from_environment()
    ledger = Ledger(settings.home)
    ledger.prepare()
    asked = [dataset_id for dataset_id in dataset_ids() if family in {None, dataset_id.partition(".")[0]}]
    if not asked:
        raise UnknownDataset(f"no contract of a family '{family}'. Known: {', '.join(_known_families())}")
    arrived_on = day.date() if day else None
    some = ledger.unfinished() | set(with_files(settings.landing, asked, day=arrived_on))
    due = [load(dataset_id) for dataset_id in asked if dataset_id in from_databases()]
    now = datetime.now(UTC)
    some |= {c.id for c in due if turn_of(settings.home, ledger, c, day=arrived_on, now=now).is_due}
    print(json.dumps([dataset_id for dataset_id in asked if dataset_id in some]))


@app.command()
def desensitise(dataset: Dataset) -> None:
    """Replace the desensitised rows of every batch that gate raw passed; keys stay joinable, people go.

    Example: lakewarden desensitise crm.customers
    """
    from jobs.desensitise.run import desensitise as run  # noqa: PLC0415
    from jobs.keys.choosing import key_store  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    with opened_lake(settings, writes=dataset) as lake:
        for batch in run(lake, key_store(settings), contract):
            console.print(f"{dataset} batch {batch.batch_id}: {batch.row_count} rows desensitised")


@app.command()
def gate(
    name: Annotated[Gate, typer.Argument(help="raw, desensitised or marts; gate landing is part of ingest.")],
    dataset: Annotated[str | None, typer.Argument(help="<family>.<dataset>; none for marts.")] = None,
) -> None:
    """Record a verdict for everything that waits at a gate; exit code 1 when it does not hold.

    Example: lakewarden gate raw crm.customers
    """
    from jobs.publish.gate import verify_marts  # noqa: PLC0415
    from jobs.verify import verify_desensitised, verify_raw  # noqa: PLC0415

    settings = from_environment()
    with opened_lake(settings, writes=dataset or Gate.MARTS) as lake:
        if name is Gate.MARTS:
            verdicts = verify_marts(lake, smallest_visible_group=settings.smallest_visible_group)
        elif name in {Gate.RAW, Gate.DESENSITISED} and dataset:
            verify = verify_raw if name is Gate.RAW else verify_desensitised
            verdicts = verify(lake, load(dataset))
        else:
            raise typer.BadParameter("gate raw and gate desensitised need a dataset; gate landing is part of ingest")
    warned = [verdict.check for verdict in verdicts if not verdict.passed]
    console.print(f"gate {name}: {dataset or 'marts'}: {len(verdicts)} rules judged, passed")
    for check in warned:
        console.print(f"  warning: {check.rule}: {check.found:g} rows")


@app.command()
def locate() -> None:
    """Place measurement reports by the cells' sites; core data, for the machine room alone (D09-3, D09-10).

    The result lies in the zone `restricted`: in no catalogue, no view and no mart. The scheduler never runs this.

    Example: lakewarden locate
    """
    from jobs.restricted.run import REPORTS  # noqa: PLC0415
    from jobs.restricted.run import locate as run  # noqa: PLC0415

    settings = from_environment()
    with opened_lake(settings, writes=REPORTS) as lake:
        done = run(lake)
    for batch in done:
        console.print(f"{REPORTS} batch {batch.batch_id}: {batch.positions} positions of {batch.rows} rows")
    if not done:
        console.print(f"{REPORTS}: every batch is placed already, or none has passed gate raw")


@app.command()
def build(
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Everything from the desensitised tables, as if no build stood.")
    ] = False,
) -> None:
    """Rebuild the marts from what is released, beside what readers see; does nothing when nothing has changed.

    Example: lakewarden build
    """
    from jobs.publish.build import build as run  # noqa: PLC0415

    settings = from_environment()
    with opened_lake(settings, writes=Gate.MARTS) as lake:
        built = run(lake, load_all(), smallest_visible_group=settings.smallest_visible_group, afresh=afresh)
    console.print(f"build {built.build_id}: {'done' if built.is_new else 'stands already, nothing has changed'}")


@app.command()
def publish() -> None:
    """Move every reader to the marts that gate 4 passed, at once; without a passing verdict nothing happens.

    Example: lakewarden publish
    """
    from jobs.publish.run import publish as run  # noqa: PLC0415

    settings = from_environment()
    with opened_lake(settings, writes=Gate.MARTS) as lake:
        published = run(lake)
    what = "published" if published.is_new else "readers see this already"
    console.print(f"publication {published.publication_id}: {len(published.marts)} marts, {what}")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Plain data instead of tables.")] = False,
) -> None:
    """Show what arrived, what passed, what is stuck and what is published.

    Example: lakewarden status
    """
    from jobs.show import show  # noqa: PLC0415
    from jobs.status import status as look  # noqa: PLC0415

    settings = from_environment()
    found = look(settings.home, settings.landing, load_all())
    if as_json:
        print(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
    else:
        show(found, console)


@app.command()
def replay(
    dataset: Dataset,
    file: Annotated[str, typer.Argument(help="The file's digest, its first characters, or a path to the same bytes.")],
    refuse: Annotated[str | None, typer.Option(help="Take its rows out for good instead, with this reason.")] = None,
) -> None:
    """Take a file again after its contract was mended: claims it, ingests it, replaces its earlier rows.

    Example: lakewarden replay forms.market_feedback 3f2a91c04b77
    """
    from jobs.ingest.run import ingest as run  # noqa: PLC0415
    from jobs.replay import refuse as give_up  # noqa: PLC0415
    from jobs.replay import replay as again  # noqa: PLC0415
    from jobs.replay import stored_digest  # noqa: PLC0415

    settings, contract = from_environment(), load(dataset)
    digest = stored_digest(Path(file)) if Path(file).is_file() else file
    with opened_lake(settings, writes=dataset) as lake:
        if refuse:
            give_up(lake, contract, digest, refuse)
            console.print(f"{dataset}: {digest[:12]} stays refused; its rows are out of every zone")
            return
        again(lake, contract, digest)
        run(lake, settings.landing, contract, day=None, settle_seconds=settings.settle_seconds)
    console.print(f"{dataset}: {digest[:12]} taken again; next: lakewarden gate raw {dataset}")


def main() -> None:
    """Run a command; an error of ours ends it with one message and the error's exit code."""
    # so that a stopped task closes its session, and the engine does not write on beside the next attempt
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app()
    except LakewardenError as error:
        Console(stderr=True, highlight=False, width=160).print(f"lakewarden: {error}", style="red", markup=False)
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
