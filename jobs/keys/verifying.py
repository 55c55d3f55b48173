"""Whether the vault is still what was sealed."""

from collections.abc import Mapping

from contracts.model import Contract
from jobs.desensitise.vault import altered_rows
from jobs.keys.record import require_no_rotation
from jobs.keys.ring import Keyring
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone


def altered(lake: Lake, ring: Keyring, contracts: Mapping[str, Contract]) -> dict[str, int]:
    """The rows that do not authenticate, by dataset of the vault; zero for a dataset that is whole.

    Raises: HalfRotated, because half of the vault then has other keys; KeyMissing.
    """
    require_no_rotation(ring.ledger)
    found = {}
    for contract in contracts.values():
        domains = {treatment.domain for _, treatment in contract.sealed}
        if domains and lake.exists(Zone.VAULT, contract.table):
            with ring.frame(lake.spark, ring.current(domains)) as key_frame:
                if key_frame is not None:
                    found[contract.id] = altered_rows(lake.read(Zone.VAULT, contract.table), domains, key_frame)
    return found
