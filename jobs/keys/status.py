"""What stands where: every key version, whether the store has it, and which batches were made with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from jobs.errors import KeyStoreRefused, KeyStoreUnreachable
from jobs.keys.record import KeyVersion, Use, recorded, uses
from jobs.storage.keys import KINDS, SEAL, TOKEN, KeyStore, fingerprint
from jobs.storage.ledger import Ledger


class Standing(StrEnum):
    """How the store and the ledger agree on one key version."""

    WRITES = "writes"
    KEPT = "kept"
    RETIRED = "retired"
    MISSING = "missing"
    ANOTHER = "another key"
    UNKNOWN = "the store does not say"


@dataclass(frozen=True)
class VersionStatus:
    """One version of a domain's keys; `batches`: what was made with it. Fingerprints are empty where nobody knows."""

    domain: str
    version: int
    standing: Standing
    token_fingerprint: str
    seal_fingerprint: str
    batches: tuple[Use, ...]

    @property
    def by_dataset(self) -> dict[str, list[str]]:
        """The batches' ids by dataset."""
        grouped = groupby(self.batches, key=lambda use: use.dataset)
        return {dataset: [use.batch_id for use in found] for dataset, found in grouped}


def key_status(store: KeyStore, ledger: Ledger, domains: Collection[str]) -> list[VersionStatus]:
    """Every version of these domains and of all that the ledger knows, oldest first; asks the store once per key."""
    known, used = recorded(ledger), uses(ledger)
    found = []
    for domain in sorted({*domains, *known}):
        versions = known.get(domain) or [KeyVersion(domain, 1, "", "")]
        of_domain = [use for use in used if use.domain == domain]
        for version in versions:
            found.append(_status(store, version, of_domain, writes=version is versions[-1]))
    return found


def _status(store: KeyStore, version: KeyVersion, used: Sequence[Use], *, writes: bool) -> VersionStatus:
    standing, prints = _standing(store, version, writes=writes)
    token = version.token_fingerprint or prints.get(TOKEN, "")
    batches = tuple(use for use in used if use.fingerprint == token)
    seal = version.seal_fingerprint or prints.get(SEAL, "")
    return VersionStatus(version.domain, version.version, standing, token, seal, batches)


def _standing(store: KeyStore, version: KeyVersion, *, writes: bool) -> tuple[Standing, dict[str, str]]:
    if version.is_retired:
        return Standing.RETIRED, {}
    try:
        keys = {kind: store.find(kind, version.domain, version.version) for kind in KINDS}
    except (KeyStoreUnreachable, KeyStoreRefused):
        return Standing.UNKNOWN, {}
    prints = {kind: fingerprint(kind, key) for kind, key in keys.items() if key is not None}
    if len(prints) < len(KINDS):
        return Standing.MISSING, prints
    expected = {TOKEN: version.token_fingerprint, SEAL: version.seal_fingerprint}
    if any(expected[kind] not in {"", prints[kind]} for kind in KINDS):
        return Standing.ANOTHER, prints
    return Standing.WRITES if writes else Standing.KEPT, prints
