"""The names of the storage roots; apart from the tables themselves, so that the ledger needs no engine."""

from enum import StrEnum


class Zone(StrEnum):
    """A storage root with its own readers and writers; see docs/architecture.md."""

    RAW = "raw"
    QUARANTINE = "quarantine"
    VAULT = "vault"
    DESENSITISED = "desensitised"
    OPS = "ops"
