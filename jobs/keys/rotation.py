"""From one key version to the next: make it, make every batch again under it, destroy the old one.

What has to be done stands in the ledger batch by batch, so a killed run loses nothing and the next goes on from there.
New batches take the new version from the moment it is recorded. Readers see the old rows of every dataset until all are
made again, and then the new ones of all.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from contracts.model import Contract
from expectations.gate import Gate
from jobs.desensitise.run import treat_batch
from jobs.errors import GateNotPassed, HalfRotated, KeyStoreRefused
from jobs.grades.holding import put_in_force, require_not_lowered
from jobs.keys.freezing import freeze, thaw
from jobs.keys.record import (
    KeyVersion,
    behind,
    datasets_of,
    half_rotated_message,
    recorded,
    require_no_rotation,
)
from jobs.keys.remaking import require_remakeable
from jobs.keys.ring import Keyring
from jobs.storage.keys import KINDS
from jobs.storage.lake import Lake
from jobs.storage.ledger_rows import BatchState
from jobs.storage.turn import turn
from jobs.storage.zones import Zone
from jobs.verify import require_desensitised


@dataclass(frozen=True)
class Moved:
    """A batch that was made again; `left`: how many still wait."""

    dataset: str
    batch_id: str
    rows: int
    left: int


def rotate(
    lake: Lake, ring: Keyring, contracts: Mapping[str, Contract], domains: Collection[str], *, forget: Collection[str]
) -> list[KeyVersion]:
    """The domains have a new version, which writes from now on; readers see what they saw before. Safe to kill.

    Waits for whoever writes a dataset of the domains or the marts at this moment.
    Raises: HalfRotated while another rotation is not finished; NotRemakeable, GradeLowered, KeyMissing, KeyStoreRefused
    and KeyStoreUnreachable, all before anything is changed.
    """
    ledger = ring.ledger
    affected = {c.id for c in contracts.values() if set(c.token_domains) & set(domains)}
    affected |= {dataset for domain in domains for dataset in datasets_of(ledger, domain)}
    with ExitStack() as turns:
        for subject in (Gate.MARTS, *sorted(affected)):
            turns.enter_context(turn(lake.home, subject))
        if waiting := behind(ledger):
            raise HalfRotated(half_rotated_message(waiting))
        require_remakeable(lake, affected, contracts, forget)
        for dataset in sorted(affected):
            require_not_lowered(ledger, contracts[dataset])
        made = ring.make_next(domains)
        thaw(lake, ledger, contracts)  # what an earlier run left at its very end, or at its very beginning
        freeze(lake, ledger, [contracts[dataset] for dataset in sorted(affected)])
        ring.record(made)
    return made


def retoken(
    lake: Lake,
    ring: Keyring,
    contracts: Mapping[str, Contract],
    *,
    forget: Collection[str],
    tell: Callable[[Moved], None],
) -> Sequence[str]:
    """Make every batch again whose tokens are of an older version, then move all readers; returns what they now see.

    Holds a dataset's turn for one batch at a time, so new files pass in between. Safe to repeat and to kill.
    Raises: NotRemakeable, GradeLowered and KeyMissing before anything is changed; GateFailed when gate 3 refuses a
    batch.
    """
    ledger = ring.ledger
    waiting = behind(ledger)
    affected = sorted({batch.dataset for batch in waiting})
    require_remakeable(lake, affected, contracts, forget)
    grades = {dataset: require_not_lowered(ledger, contracts[dataset]) for dataset in affected}
    keys = ring.current({domain for batch in waiting for domain in contracts[batch.dataset].token_domains})
    for dataset, known in grades.items():
        put_in_force(ledger, contracts[dataset], known)
    batches = sorted({(batch.dataset, batch.batch_id) for batch in waiting})
    for done, (dataset, batch_id) in enumerate(batches, start=1):
        with turn(lake.home, dataset):
            rows = _made_again(lake, ring, keys, contracts[dataset], batch_id, forgets=dataset in forget)
        tell(Moved(dataset, batch_id, rows, len(batches) - done))
    if left := behind(ledger):  # of a writer on another machine, which no turn of this one held back
        raise HalfRotated(half_rotated_message(left))
    return thaw(lake, ledger, contracts)


def retire(ring: Keyring, domain: str, *, below: int) -> list[KeyVersion]:
    """Destroy the keys of every version of the domain below a floor, then record it. Safe to repeat and to kill.

    Raises: HalfRotated while a rotation is not finished; KeyStoreRefused for a floor above the version that writes, and
    when only people may remove keys.
    """
    versions = recorded(ring.ledger).get(domain, [])
    if not versions or below > versions[-1].version:
        raise KeyStoreRefused(
            f"domain '{domain}': version {versions[-1].version if versions else 1} writes and cannot be retired; "
            f"`lakewarden keys rotate {domain}` makes the next one"
        )
    require_no_rotation(ring.ledger)
    old = [version for version in versions if version.version < below]
    if ring.store.read_only:
        _require_removed(ring, old)
    for version in old:
        for kind in KINDS:
            ring.store.destroy(kind, domain, version.version)
    retired = [replace(version, is_retired=True) for version in old]
    ring.record(retired)
    return retired


def _require_removed(ring: Keyring, versions: Sequence[KeyVersion]) -> None:
    keys = [(kind, version.domain, version.version) for version in versions for kind in KINDS]
    left = [ring.store.name_of(*key) for key in keys if ring.store.find(*key) is not None]
    if left:
        raise KeyStoreRefused(
            f"this key store can only be read. Remove these keys there and run it again: {', '.join(left)}"
        )


def _made_again(
    lake: Lake, ring: Keyring, keys: Mapping[str, KeyVersion], contract: Contract, batch_id: str, *, forgets: bool
) -> int:
    """Make a batch again under the newest versions of its domains; one that was released has to pass gate 3 again.

    The ledger learns of keys and verdict in one commit: killed before it, the batch is simply made once more.
    """
    ledger = ring.ledger
    source, before = (ledger.batch(contract.id, batch_id, zone) for zone in (Zone.RAW, Zone.DESENSITISED))
    if source is None or before is None or source.state is not BatchState.PASSED:
        raise GateNotPassed(
            f"{contract.id} batch {batch_id} has no passing verdict of gate raw; run `lakewarden gate raw "
            f"{contract.id}`, then `lakewarden keys retoken` again"
        )
    if forgets and not lake.exists(Zone.RAW, contract.table):
        lake.create(Zone.RAW, contract.table, contract.raw_columns)
    made = treat_batch(lake, ring, keys, contract, source)
    if forgets:
        made = replace(made, row_count=lake.read(Zone.DESENSITISED, contract.table, batch_id).count())
    if before.state is BatchState.PASSED:
        require_desensitised(lake, contract, made)
        made = replace(made, state=BatchState.PASSED)
    ledger.record("batches", [made])
    return made.row_count
