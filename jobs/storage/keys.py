"""The key store: files outside every zone, 0600, read by the engine as data so that no plan ever holds a key.

A token key is stored as the two padded blocks of HMAC-SHA-256 (RFC 2104), which native SQL can then finish. Pads are as
secret as the key itself. A seal key is 32 bytes for AES-256-GCM.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from jobs.errors import KeyMissing
from jobs.storage.whole_files import write_secret

_BLOCK = 64
TOKEN, SEAL = "token", "seal"


def padded_blocks(key: bytes) -> bytes:
    """The inner and the outer padded key block of HMAC-SHA-256, 64 bytes each; `key` has at most 64 bytes."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block) + bytes(byte ^ 0x5C for byte in block)


class KeyFiles:
    """The embedded key store: `keys/<kind>/<domain>/v<version>.key`."""

    def __init__(self, home: Path) -> None:
        self.root = home / "keys"

    def path(self, kind: str, domain: str, version: int = 1) -> Path:
        """Where one key lies."""
        return self.root / kind / domain / f"v{version}.key"

    def create_missing(self, domains: Iterable[str], *, in_use: Mapping[str, str]) -> list[str]:
        """Make the keys that do not exist yet; returns the domains that got new ones.

        `in_use`: fingerprints of the token keys that desensitised data was made with, by domain.
        Raises: KeyMissing for a domain in use whose key is gone or another one, because a new key would break every
        join in silence.
        """
        created = []
        for domain in sorted(domains):
            if domain in in_use:
                self._require_same(domain, in_use[domain])
                continue
            token, seal = self.path(TOKEN, domain), self.path(SEAL, domain)
            if not token.is_file():
                created.append(domain)
                write_secret(token, padded_blocks(secrets.token_bytes(32)))
            if not seal.is_file():
                write_secret(seal, secrets.token_bytes(32))
        return created

    def fingerprints(self, domains: Iterable[str]) -> dict[str, str]:
        """Twelve hex digits that tell one token key from another and reveal nothing of a random key.

        Raises: KeyMissing.
        """
        return {domain: _fingerprint(self._existing(TOKEN, domain)) for domain in domains}

    def frame(self, spark: SparkSession, domains: Iterable[str]) -> DataFrame:
        """One row with the columns `inner_<domain>`, `outer_<domain>` and `seal_<domain>`, read by the engine.

        Raises: KeyMissing before anything is read or written.
        """
        paths = {(kind, domain): self._existing(kind, domain) for domain in domains for kind in (TOKEN, SEAL)}
        content = spark.read.format("binaryFile").load([str(path) for path in paths.values()])
        return content.agg(
            *(column for (kind, domain), path in paths.items() for column in _columns(kind, domain, path))
        )

    def _existing(self, kind: str, domain: str) -> Path:
        path = self.path(kind, domain)
        if not path.is_file():
            raise KeyMissing(
                f"no {kind} key for domain '{domain}' in {self.root}; restore the key store from its backup. "
                "For a new domain: `lakewarden keys create`"
            )
        return path

    def _require_same(self, domain: str, fingerprint: str) -> None:
        if _fingerprint(self._existing(TOKEN, domain)) != fingerprint:
            raise KeyMissing(
                f"the token key of domain '{domain}' is not the one that desensitised data was made with "
                f"({fingerprint}); restore the key store from its backup"
            )


def _columns(kind: str, domain: str, path: Path) -> Iterable[Column]:
    content = F.max(F.when(F.col("path").endswith(f"/{kind}/{domain}/{path.name}"), F.col("content")))
    if kind == SEAL:
        return [content.alias(f"seal_{domain}")]
    # spark counts from 1
    return [
        F.substring(content, 1, _BLOCK).alias(f"inner_{domain}"),
        F.substring(content, _BLOCK + 1, _BLOCK).alias(f"outer_{domain}"),
    ]


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(b"lakewarden key fingerprint" + path.read_bytes()).hexdigest()[:12]
