"""One pull: everything new that the form server of a dataset has, as files in its inbox."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contracts.model import Contract
from jobs.errors import PullFailed
from jobs.pull.inbox import PulledInbox
from jobs.pull.kobo import kobo_pages
from jobs.pull.odk import odk_pages
from jobs.pull.pages import SETTLED_AFTER_S, Cursor, Page
from jobs.pull.server import Server

_MAIN_TABLE = "Submissions"
_OTHERS_MAY_READ = 0o077


@dataclass(frozen=True)
class Pulled:
    """What a pull landed."""

    files: int
    records: int


def pull(
    contract: Contract, landing: Path, server: Server, *, is_known: Callable[[str], bool], now: datetime
) -> Pulled:
    """Land every page that is new and settled at `now`; repeated or killed, it leaves nothing out and doubles nothing.

    is_known: whether the ledger has a file of this digest. Raises: PullFailed; pages landed before it stay.
    """
    inbox = PulledInbox(landing, contract, is_known)
    cursor = inbox.cursor()
    files = records = 0
    for page in _pages(contract, server, cursor, now - timedelta(seconds=SETTLED_AFTER_S)):
        inbox.land(page, cursor, now)
        cursor = page.cursor
        files, records = files + 1, records + page.records
    return Pulled(files, records)


def secret_in(file: Path) -> str:
    """The secret that a form server wants, from the file that holds nothing else. Raises: PullFailed."""
    if not file.is_file():
        raise PullFailed(
            f"no secret '{file.name}'; write the token, or user:password, into {file}, readable by you alone"
        )
    if file.stat().st_mode & _OTHERS_MAY_READ:
        raise PullFailed(f"others may read the secret '{file.name}'; chmod 600 {file}")
    secret = file.read_text(encoding="utf-8").strip()
    if not secret:
        raise PullFailed(f"the secret '{file.name}' is empty")
    return secret


def _pages(contract: Contract, server: Server, cursor: Cursor, until: datetime) -> Iterator[Page]:
    agreed = contract.source.pull
    if agreed is None:
        raise PullFailed(
            f"{contract.id}: the contract's source has no pull; files of this dataset are brought, not fetched"
        )
    if agreed.kind == "kobo":
        return kobo_pages(server, cursor, agreed.page_size, until)
    tables = [
        reader.options.get("table", _MAIN_TABLE) for reader in contract.source.readers if reader.kind == "odata_json"
    ]
    return odk_pages(server, cursor, agreed.page_size, until, with_repeats=tables != [_MAIN_TABLE])
