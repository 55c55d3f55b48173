"""The commands around keys; `jobs.cli` lists them among its own."""

from typing import Annotated

import typer

from contracts.loading import load_all
from jobs.errors import VaultAltered
from jobs.prompt import console_for, opened_lake
from jobs.settings import from_environment

keys_app = typer.Typer(no_args_is_help=True, help="The key store: versions, rotation, re-tokenisation.")
console = console_for()

_TURN = "keys"
_MOST_SHOWN = 5

Domains = Annotated[list[str], typer.Argument(help="Key domains, e.g. customer; see docs/glossary.md.")]
Forget = Annotated[
    list[str] | None,
    typer.Option(help="A dataset whose rows may go where raw has no longer what they were made from; repeatable."),
]


def _known_domains() -> set[str]:
    return {domain for contract in load_all().values() for domain in contract.token_domains}


def _require_known(domains: list[str]) -> None:
    known = _known_domains()
    if unknown := sorted(set(domains) - known):
        raise typer.BadParameter(f"no contract has a domain {', '.join(unknown)}. Known: {', '.join(sorted(known))}")


@keys_app.command("create")
def create() -> None:
    """Make the keys that the contracts' domains lack; never replaces a key that data was made with.

    Example: lakewarden keys create
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.ring import Keyring  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415
    from jobs.storage.ledger_tables import TABLES  # noqa: PLC0415

    settings, domains = from_environment(), _known_domains()
    with opened_lake(settings, writes=_TURN) as lake:
        ledger = Ledger(settings.home)
        ledger.prepare()
        lake.show_ledger(TABLES)
        created = Keyring(key_store(settings), ledger).create_missing(domains)
    console.print(f"keys: {len(domains)} domains, created: {', '.join(created) or 'none'}")


@keys_app.command("status")
def status(
    domain: Annotated[str | None, typer.Argument(help="Only this domain, with the id of every batch.")] = None,
) -> None:
    """Show the key versions, their fingerprints, whether the store has them, and which batches have which.

    Example: lakewarden keys status customer
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.record import View, behind, half_rotated_message, shown_tables  # noqa: PLC0415
    from jobs.keys.show import versions_table  # noqa: PLC0415
    from jobs.keys.status import key_status  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    if domain:
        _require_known([domain])
    settings = from_environment()
    ledger = Ledger(settings.home)
    ledger.prepare()
    versions = key_status(key_store(settings), ledger, _known_domains())
    wanted = [found for found in versions if domain in {None, found.domain}]
    console.print(versions_table(wanted, most_batches=None if domain else _MOST_SHOWN))
    frozen, waiting = shown_tables(ledger, View.FROZEN), behind(ledger)
    if frozen or waiting:
        console.print(half_rotated_message(waiting))
        console.print(f"轮换期间读者看到轮换之前的版本: {', '.join(shown.dataset for shown in frozen) or '-'}")


@keys_app.command("rotate")
def rotate(domains: Domains, forget: Forget = None) -> None:
    """Make the next version of these domains' keys; new batches take it, readers keep what they see.

    Names first every dataset whose raw rows are gone, and then changes nothing. Next: lakewarden keys retoken.

    Example: lakewarden keys rotate customer phone
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.ring import Keyring  # noqa: PLC0415
    from jobs.keys.rotation import rotate as run  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    _require_known(domains)
    settings = from_environment()
    with opened_lake(settings, writes=_TURN) as lake:
        ledger = Ledger(settings.home)
        ledger.prepare()
        made = run(lake, Keyring(key_store(settings), ledger), load_all(), domains, forget=forget or [])
    for version in made:
        console.print(
            f"{version.domain}: version {version.version}, fingerprint {version.token_fingerprint}, writes now"
        )
    console.print("next: lakewarden keys retoken, which makes every earlier batch again")


@keys_app.command("retoken")
def retoken(forget: Forget = None) -> None:
    """Make every batch of a rotated domain again from raw, tokens and vault; may be killed and run again.

    At its end, all readers move to the new tokens at once; then `lakewarden build` makes the marts again.

    Example: lakewarden keys retoken
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.ring import Keyring  # noqa: PLC0415
    from jobs.keys.rotation import Moved  # noqa: PLC0415
    from jobs.keys.rotation import retoken as run  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    def tell(moved: Moved) -> None:
        console.print(
            f"{moved.dataset} batch {moved.batch_id}: {moved.rows} rows made again, {moved.left} batches left"
        )

    settings = from_environment()
    with opened_lake(settings, writes=_TURN) as lake:
        ledger = Ledger(settings.home)
        ledger.prepare()
        shown = run(lake, Keyring(key_store(settings), ledger), load_all(), forget=forget or [], tell=tell)
    console.print(f"every batch has the newest tokens; readers moved: {', '.join(shown) or 'none had to'}")


@keys_app.command("retire")
def retire(
    domain: Annotated[str, typer.Argument(help="A key domain.")],
    below: Annotated[int, typer.Option(min=2, help="The oldest version that stays.")],
) -> None:
    """Destroy the keys of a domain's versions below a floor, when no batch was made with them any more.

    Example: lakewarden keys retire customer --below 2
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.ring import Keyring  # noqa: PLC0415
    from jobs.keys.rotation import retire as run  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415
    from jobs.storage.turn import turn  # noqa: PLC0415

    settings = from_environment()
    ledger = Ledger(settings.home)
    ledger.prepare()
    with turn(settings.home, _TURN):
        retired = run(Keyring(key_store(settings), ledger), domain, below=below)
    console.print(f"{domain}: destroyed: {', '.join(f'version {found.version}' for found in retired) or 'none'}")


@keys_app.command("verify")
def verify() -> None:
    """Open every row of the vault inside the engine and count those that do not authenticate; shows no value.

    Example: lakewarden keys verify
    """
    from jobs.keys.choosing import key_store  # noqa: PLC0415
    from jobs.keys.ring import Keyring  # noqa: PLC0415
    from jobs.keys.verifying import altered  # noqa: PLC0415
    from jobs.storage.ledger import Ledger  # noqa: PLC0415

    settings = from_environment()
    with opened_lake(settings) as lake:
        ledger = Ledger(settings.home)
        ledger.prepare()
        found = altered(lake, Keyring(key_store(settings), ledger), load_all())
    if bad := {dataset: rows for dataset, rows in found.items() if rows}:
        named = ", ".join(f"vault.{dataset.replace('.', '_')}: {rows} rows" for dataset, rows in bad.items())
        raise VaultAltered(
            f"rows that do not authenticate: {named}; they were altered, or sealed with other keys. Make their batches "
            "again from raw (`lakewarden replay`), and find out who wrote there"
        )
    console.print(f"vault: every row of {len(found)} datasets authenticates")
