"""The keys of one lake: a store has them, the ledger says which version writes and how to recognise it."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict

from pyspark.sql import DataFrame, SparkSession

from jobs.errors import KeyMissing, KeyStoreRefused
from jobs.keys.handing import readable_by_the_engine
from jobs.keys.record import KeyVersion, keys_in_use, recorded
from jobs.storage.keys import KEY_BYTES, KINDS, SEAL, TOKEN, KeyStore, fingerprint, missing_message
from jobs.storage.ledger import Ledger


class Keyring:
    """Gives out the newest version that the ledger knows, never merely the newest that the store happens to have.

    A store that was restored from an old backup lacks that version, and then everything stops instead of going on with
    an older key and breaking every join in silence.
    """

    def __init__(self, store: KeyStore, ledger: Ledger) -> None:
        self.store = store
        self.ledger = ledger

    def current(self, domains: Iterable[str]) -> dict[str, KeyVersion]:
        """The version that writes, by domain; its keys are in the store and are those that data was made with.

        Raises: KeyMissing, KeyStoreUnreachable, KeyStoreRefused.
        """
        wanted = sorted(domains)
        known = recorded(self.ledger) if wanted else {}
        newest = {domain: known[domain][-1].version if domain in known else 1 for domain in wanted}
        found = {domain: self._seen(domain, version) for domain, version in newest.items()}
        used = keys_in_use(self.ledger) if set(wanted) - known.keys() else {}
        for domain, seen in found.items():
            if domain in known:
                _require_same(seen, known[domain][-1])
            else:  # made before the ledger kept versions
                expected = used.get(domain, seen.token_fingerprint)
                _require_same(seen, KeyVersion(domain, 1, expected, seen.seal_fingerprint))
        return found

    @contextmanager
    def frame(self, spark: SparkSession, versions: Mapping[str, KeyVersion]) -> Iterator[DataFrame | None]:
        """The one row of `KeyFiles.frame` with these versions, good inside the block; None when no key is asked for."""
        if not versions:
            yield None
            return
        numbers = {domain: version.version for domain, version in versions.items()}
        with readable_by_the_engine(self.store, self.ledger.home, numbers) as files:
            yield files.frame(spark, numbers)

    def create_missing(self, domains: Iterable[str]) -> list[str]:
        """Make the keys that do not exist yet; returns the domains that got new ones. Safe to repeat and to kill.

        Raises: KeyMissing for a domain in use whose key is gone or another one, because a new key would break every
        join in silence; KeyStoreRefused when only people may put keys there.
        """
        known, used = recorded(self.ledger), keys_in_use(self.ledger)
        in_use = sorted(set(domains) & (known.keys() | used.keys()))
        fresh = sorted(set(domains) - set(in_use))
        held = self.current(in_use)
        created = self._make(fresh, dict.fromkeys(fresh, 1))
        made = [self._seen(domain, 1) for domain in fresh]
        self.record([*made, *(version for domain, version in held.items() if domain not in known)])
        return created

    def make_next(self, domains: Iterable[str]) -> list[KeyVersion]:
        """The keys of the version after the newest are in the store, and nothing is made with them before `record`.

        Safe to repeat and to kill: what an earlier attempt put there is taken. Raises: as `create_missing`.
        """
        current = self.current(domains)
        numbers = {domain: version.version + 1 for domain, version in current.items()}
        self._make(sorted(numbers), numbers)
        return [self._seen(domain, number) for domain, number in numbers.items()]

    def record(self, versions: Iterable[KeyVersion]) -> None:
        """From this commit on the ledger knows these versions, and the newest of each domain writes."""
        self.ledger.record("key_versions", [asdict(version) for version in versions])

    def _make(self, domains: list[str], versions: Mapping[str, int]) -> list[str]:
        missing = [
            (kind, domain, versions[domain])
            for domain in domains
            for kind in KINDS
            if self.store.find(kind, domain, versions[domain]) is None
        ]
        if missing and self.store.read_only:
            names = ", ".join(self.store.name_of(*key) for key in missing)
            raise KeyStoreRefused(
                f"this key store can only be read. Put a key of its own under each of these names, made by "
                f"`openssl rand -base64 {KEY_BYTES}`, and run it again: {names}"
            )
        for key in missing:
            self.store.create(*key, secrets.token_bytes(KEY_BYTES))
        return sorted({domain for kind, domain, _ in missing if kind == TOKEN})

    def _seen(self, domain: str, version: int) -> KeyVersion:
        prints = {}
        for kind in KINDS:
            key = self.store.find(kind, domain, version)
            if key is None:
                raise KeyMissing(missing_message(self.store, kind, domain, version))
            prints[kind] = fingerprint(kind, key)
        return KeyVersion(domain, version, prints[TOKEN], prints[SEAL])


def _require_same(seen: KeyVersion, expected: KeyVersion) -> None:
    for kind, found, wanted in (
        (TOKEN, seen.token_fingerprint, expected.token_fingerprint),
        (SEAL, seen.seal_fingerprint, expected.seal_fingerprint),
    ):
        if found != wanted:
            raise KeyMissing(
                f"the {kind} key of domain '{seen.domain}', version {seen.version}, is not the one that data was made "
                f"with (fingerprint {wanted}, here {found}); restore the key store from its backup"
            )
