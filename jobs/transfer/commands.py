"""The commands of both sides; `jobs.cli` lists them among its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from contracts.loading import load, load_all
from jobs.prompt import console_for, known_datasets
from jobs.settings import from_environment

if TYPE_CHECKING:  # signatures and tables cost time that `--help` must not
    from jobs.transfer.pack import Advance

app = typer.Typer(no_args_is_help=True)
peers_app = typer.Typer(no_args_is_help=True, help="Who may exchange packages with this installation.")
app.add_typer(peers_app, name="peers")
console = console_for()

_MEBIBYTE = 1 << 20

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder, usually of a mounted medium.")]


@app.command()
def pack(
    target: Folder,
    datasets: Annotated[
        list[str] | None, typer.Argument(help="<family>.<dataset> …; all without one.", autocompletion=known_datasets)
    ] = None,
    part_mb: Annotated[int, typer.Option(min=1, help="The largest part in MiB, so that each fits a medium.")] = 1024,
) -> None:
    """Put the whole files of the inboxes into a signed package, for a network that this one has no line to.

    Example: lakewarden pack /media/transfer crm.customers forms.market_feedback --part-mb 2000
    """
    from jobs.transfer.outbox import Outbox  # noqa: PLC0415
    from jobs.transfer.pack import pack as run  # noqa: PLC0415
    from jobs.transfer.signing import Peers  # noqa: PLC0415

    settings = from_environment()
    chosen = {dataset: load(dataset) for dataset in datasets} if datasets else load_all()
    outbox, peers = Outbox(settings.home, load_all()), Peers(settings.home)
    plans = outbox.claim(
        peers.own_name(), chosen, part_bytes=part_mb * _MEBIBYTE, settle_seconds=settings.settle_seconds
    )
    for plan in plans:
        with _bar("packing", plan.byte_count) as advance:
            run(outbox, peers, plan, target, advance)
        for dataset, packed in plan.datasets.items():
            console.print(f"{dataset} {packed.contract_version}: {packed.file_count} files, {packed.byte_count} bytes")
        console.print(
            f"package {plan.package_id}: {len(plan.pieces)} parts; next, there: lakewarden unpack <its folder>"
        )
    if not plans:
        console.print("nothing new to pack")


@app.command()
def unpack(package: Folder) -> None:
    """Verify a package and land its files; may be stopped and run again, and takes parts as they come.

    Example: lakewarden unpack /media/transfer/3f2a91c04b775d10
    """
    from jobs.transfer.signing import Peers  # noqa: PLC0415
    from jobs.transfer.unpack import open_package  # noqa: PLC0415
    from jobs.transfer.unpack import unpack as run  # noqa: PLC0415

    settings, contracts = from_environment(), load_all()
    peers = Peers(settings.home)
    opened = open_package(package, peers, contracts)
    manifest = opened.manifest
    with _bar("unpacking", manifest.byte_count) as advance:
        receipt = run(settings.home, opened, peers, contracts, advance)
    for dataset, packed in manifest.datasets.items():
        console.print(f"{dataset}: {packed.file_count} files landed; next: lakewarden ingest {dataset}")
    console.print(
        f"package {manifest.package_id} of {manifest.sender} is landed; its receipt for the sender: {receipt}"
    )


@app.command()
def receipt(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The receipt that the receiver sent back.")],
) -> None:
    """Say what arrived of a package, as its receiver signed it.

    Example: lakewarden receipt /media/transfer/3f2a91c04b775d10.receipt
    """
    from jobs.transfer.pack import read_receipt  # noqa: PLC0415
    from jobs.transfer.signing import Peers  # noqa: PLC0415

    read = read_receipt(Peers(from_environment().home), file.read_bytes())
    arrived = read.part_count - len(read.parts_missing)
    console.print(
        f"package {read.package_id} at {read.receiver}, {read.written_at:%Y-%m-%d %H:%M} UTC: "
        f"{arrived} of {read.part_count} parts arrived, {'landed' if read.is_landed else 'nothing landed yet'}"
    )
    if not read.is_landed:
        console.print(f"next: lakewarden resend <folder> {read.package_id} --receipt <this file>")


@app.command()
def resend(
    target: Folder,
    package_id: Annotated[str, typer.Argument(help="The package's id, which is the name of its folder.")],
    receipt: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Leave out the parts that arrived.")
    ] = None,
) -> None:
    """Write a package again, byte for byte; anew where a contract has changed since.

    Example: lakewarden resend /media/transfer 3f2a91c04b775d10 --receipt 3f2a91c04b775d10.receipt
    """
    from jobs.transfer.outbox import Outbox  # noqa: PLC0415
    from jobs.transfer.pack import arrived_parts  # noqa: PLC0415
    from jobs.transfer.pack import resend as run  # noqa: PLC0415
    from jobs.transfer.signing import Peers  # noqa: PLC0415

    settings = from_environment()
    outbox, peers = Outbox(settings.home, load_all()), Peers(settings.home)
    manifest = outbox.manifest(package_id)
    arrived = arrived_parts(peers, manifest, receipt.read_bytes()) if receipt else frozenset()
    with _bar("packing", manifest.byte_count) as advance:
        sent = run(outbox, peers, manifest, target, advance, arrived=arrived)
    console.print(f"package {sent.name}: written again without the {len(arrived)} parts that arrived")


@peers_app.command("create")
def peers_create(
    name: Annotated[str, typer.Argument(help="The name that packages of this installation bear.")],
) -> None:
    """Name this installation and make its key; prints the public key, which the other side trusts.

    Example: lakewarden peers create branch-a
    """
    from jobs.transfer.signing import Peers, fingerprint  # noqa: PLC0415

    public_key = Peers(from_environment().home).create(name)
    console.print(f"lakewarden peers trust {name} {public_key}")
    console.print(f"fingerprint, to be compared by another way: {fingerprint(public_key)}")


@peers_app.command("trust")
def peers_trust(
    name: Annotated[str, typer.Argument(help="The other installation's name.")],
    public_key: Annotated[str, typer.Argument(help="Its public key, 64 hexadecimal digits.")],
) -> None:
    """Take packages and receipts of another installation from now on.

    Example: lakewarden peers trust branch-a 9f2c…
    """
    from jobs.transfer.signing import Peers, fingerprint  # noqa: PLC0415

    Peers(from_environment().home).trust(name, public_key)
    console.print(f"{name} is trusted; compare its fingerprint with {name}: {fingerprint(public_key)}")


@contextmanager
def _bar(what: str, byte_count: int) -> Iterator["Advance"]:
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=byte_count)
        yield lambda done: progress.advance(task, done)
