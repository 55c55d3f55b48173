"""One pull: everything new that the form server of a dataset has, as files in its inbox."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contracts.model import Contract, Pull
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
    """What a pull landed. `allowed_from`: nothing was asked, because the owner allows the next pull from then only."""

    files: int
    records: int
    allowed_from: datetime | None = None


def pull(
    contract: Contract, landing: Path, server: Server, *, is_known: Callable[[str], bool], now: datetime
) -> Pulled:
    """Land every page that is new and settled at `now`; repeated or killed, it leaves nothing out and doubles nothing.

    is_known: whether the ledger has a file of this digest. Raises: PullFailed; pages landed before it stay.
    """
    agreed, inbox = _agreed(contract), PulledInbox(landing, contract, is_known)
    if (allowed := next_allowed(agreed, inbox.asked_at())) is not None and now < allowed:
        return Pulled(0, 0, allowed)
    cursor = inbox.cursor()
    files = records = 0
    for page in _pages(contract, agreed, server, cursor, now - timedelta(seconds=SETTLED_AFTER_S)):
        inbox.land(page, cursor, now)
        cursor = page.cursor
        files, records = files + 1, records + page.records
    inbox.note_asked(now)
    return Pulled(files, records)


def next_allowed(agreed: Pull, asked_at: datetime | None) -> datetime | None:
    """The moment from which the server's owner allows the next pull (D09-9); None when it is allowed at once.

    asked_at: the begin of the last whole pull. One that broke off counts for nothing: the next goes on with it.
    """
    return None if asked_at is None else asked_at + timedelta(minutes=agreed.at_most_every_minutes)


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


def _agreed(contract: Contract) -> Pull:
    if contract.source.pull is None:
        raise PullFailed(
            f"{contract.id}: the contract's source has no pull; files of this dataset are brought, not fetched"
        )
    return contract.source.pull


def _pages(contract: Contract, agreed: Pull, server: Server, cursor: Cursor, until: datetime) -> Iterator[Page]:
    if agreed.kind == "kobo":
        return kobo_pages(server, cursor, agreed.page_size, until)
    tables = [
        reader.options.get("table", _MAIN_TABLE) for reader in contract.source.readers if reader.kind == "odata_json"
    ]
    return odk_pages(server, cursor, agreed.page_size, until, with_repeats=tables != [_MAIN_TABLE])
