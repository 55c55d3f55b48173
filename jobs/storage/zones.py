"""The names of the storage roots; apart from the tables themselves, so that the ledger needs no engine."""

from enum import StrEnum


class Zone(StrEnum):
    """A storage root with its own readers and writers; see docs/architecture.md."""

    RAW = "raw"
    QUARANTINE = "quarantine"
    VAULT = "vault"
    DESENSITISED = "desensitised"
    RESTRICTED = "restricted"
    OPS = "ops"


#: Where rows of a landed file may lie; who takes a file back takes it out of all of them.
ZONES_OF_ROWS = (Zone.RAW, Zone.QUARANTINE, Zone.DESENSITISED, Zone.VAULT, Zone.RESTRICTED)
