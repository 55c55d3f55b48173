"""What the ledger knows of keys: versions and their fingerprints, which batch was made with which, what readers see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jobs.errors import HalfRotated
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone

#: One row per batch beyond raw and key domain.
_USES = (
    "(SELECT dataset, batch_id, unnest(map_entries(key_fingerprints)) AS used FROM batches WHERE zone = $desensitised)"
)
_NEWEST = "(SELECT domain, arg_max(token_fingerprint, version) AS newest FROM key_versions GROUP BY domain)"


@dataclass(frozen=True)
class KeyVersion:
    """One version of a domain's two keys, known by their fingerprints. Retired: destroyed, nothing is made with it."""

    domain: str
    version: int
    token_fingerprint: str
    seal_fingerprint: str
    is_retired: bool = False


@dataclass(frozen=True)
class Behind:
    """A batch made with another version of a domain's keys than the newest."""

    domain: str
    dataset: str
    batch_id: str


class View(StrEnum):
    """What the view of a dataset shows.

    LIVE: every released batch. FROZEN: the rows of one version of the table, while a key domain is half rotated.
    SWITCHING: the view can show both, and shows the live rows.
    """

    LIVE = "live"
    SWITCHING = "switching"
    FROZEN = "frozen"


@dataclass(frozen=True)
class ShownTable:
    """What readers see of a dataset; `hidden_batches`: those that version `table_version` holds unreleased."""

    dataset: str
    state: View
    table_version: int
    hidden_batches: tuple[str, ...]


def recorded(ledger: Ledger) -> dict[str, list[KeyVersion]]:
    """The key versions by domain, oldest first; a domain that is not here has version 1 and no other."""
    found: dict[str, list[KeyVersion]] = {}
    columns = "domain, version, token_fingerprint, seal_fingerprint, is_retired"
    for row in ledger.ask(f"SELECT {columns} FROM key_versions ORDER BY domain, version"):
        found.setdefault(row["domain"], []).append(KeyVersion(**row))
    return found


def keys_in_use(ledger: Ledger) -> dict[str, str]:
    """The fingerprint of the token key that each domain's data was last made with."""
    rows = ledger.ask(
        "SELECT used.key AS domain, arg_max(used.value, updated_at) AS fingerprint "
        "FROM (SELECT unnest(map_entries(key_fingerprints)) AS used, updated_at FROM batches) GROUP BY domain"
    )
    return {row["domain"]: row["fingerprint"] for row in rows}


@dataclass(frozen=True)
class Use:
    """A batch beyond raw and the token key of one domain that it was made with."""

    domain: str
    fingerprint: str
    dataset: str
    batch_id: str


def uses(ledger: Ledger) -> list[Use]:
    """Which batch was made with which key, by domain, key, dataset and batch."""
    rows = ledger.ask(
        f"SELECT used.key AS domain, used.value AS fingerprint, dataset, batch_id FROM {_USES} "
        "ORDER BY domain, fingerprint, dataset, batch_id",
        desensitised=Zone.DESENSITISED,
    )
    return [Use(**row) for row in rows]


def behind(ledger: Ledger) -> list[Behind]:
    """What a re-tokenisation has still to make again, by dataset and batch; empty when no domain is half rotated."""
    rows = ledger.ask(
        f"SELECT domain, dataset, batch_id FROM {_USES} JOIN {_NEWEST} "
        "ON domain = used.key WHERE used.value <> newest ORDER BY dataset, batch_id, domain",
        desensitised=Zone.DESENSITISED,
    )
    return [Behind(**row) for row in rows]


def datasets_of(ledger: Ledger, domain: str) -> set[str]:
    """The datasets that have a batch made with a key of the domain."""
    return {use.dataset for use in uses(ledger) if use.domain == domain}


def shown_tables(ledger: Ledger, *states: View) -> list[ShownTable]:
    """The datasets whose views are in one of these states; a dataset without a row is live."""
    rows = ledger.ask(
        "SELECT dataset, state, table_version, hidden_batches FROM shown_tables "
        "WHERE state IN (SELECT unnest($states)) ORDER BY dataset",
        states=list(states),
    )
    return [
        ShownTable(row["dataset"], View(row["state"]), row["table_version"], tuple(row["hidden_batches"] or ()))
        for row in rows
    ]


def record_shown(ledger: Ledger, tables: Iterable[ShownTable], state: View) -> None:
    """All of them change in one commit, and readers with them."""
    ledger.record(
        "shown_tables",
        [
            {
                "dataset": table.dataset,
                "state": state.value,
                "table_version": table.table_version,
                "hidden_batches": list(table.hidden_batches),
            }
            for table in tables
        ],
    )


def is_frozen(ledger: Ledger, dataset: str) -> bool:
    """Whether readers of the dataset see a version of it from before a rotation that is not finished."""
    return any(table.dataset == dataset for table in shown_tables(ledger, View.FROZEN))


def require_no_rotation(ledger: Ledger) -> None:
    """Raises: HalfRotated while a rotation has begun and has not ended, with how far it came."""
    frozen, waiting = shown_tables(ledger, View.FROZEN), behind(ledger)
    if frozen or waiting:
        raise HalfRotated(half_rotated_message(waiting))


def half_rotated_message(waiting: Sequence[Behind]) -> str:
    """Which domains, how many batches, and what next."""
    domains = ", ".join(f"'{domain}'" for domain in sorted({batch.domain for batch in waiting}))
    batches = len({(batch.dataset, batch.batch_id) for batch in waiting})
    what = f"domain {domains} is half rotated: {batches} batches have tokens of an older key" if waiting else (
        "a rotation of keys has moved every batch and has not ended"
    )  # fmt: skip
    return (
        f"{what}; what is published stays as it is. Run `lakewarden keys retoken`: it goes on where it stopped. "
        "`lakewarden keys status` shows the batches"
    )


def key_generation(ledger: Ledger) -> str:
    """The versions of the domains that were ever rotated, as text: what was made in another generation does not join.

    Example: "customer=2 phone=3"; empty as long as nothing was rotated.
    """
    newest = {domain: versions[-1].version for domain, versions in recorded(ledger).items()}
    return " ".join(f"{domain}={version}" for domain, version in sorted(newest.items()) if version > 1)
