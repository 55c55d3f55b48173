"""Keys and where they lie: what every key store can do, and the files that serve by default.

A domain has two keys in each version, 32 random bytes each: one makes its tokens (HMAC-SHA-256), one seals its values
(AES-256-GCM). The engine reads keys as data, from files, so that no plan ever holds one. In such a file a token key
stands as the two padded blocks of HMAC (RFC 2104), which native SQL can then finish; they are as secret as the key.
"""

import hashlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Protocol

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from jobs.errors import KeyMissing, KeyStoreRefused
from jobs.storage.whole_files import write_secret

TOKEN, SEAL = "token", "seal"
KINDS = (TOKEN, SEAL)
KEY_BYTES = 32
_BLOCK = 64
_INNER_PAD, _OUTER_PAD = 0x36, 0x5C


class KeyStore(Protocol):
    """Where keys lie, outside every zone; versions count from 1. `read_only`: people put keys there, not we."""

    read_only: ClassVar[bool]

    def find(self, kind: str, domain: str, version: int) -> bytes | None:
        """The 32 bytes of one key; None when the store answers and does not have it.

        Raises: KeyStoreUnreachable, KeyStoreRefused.
        """

    def create(self, kind: str, domain: str, version: int, key: bytes) -> None:
        """Keep a key for good; one that is there is never overwritten.

        Raises: KeyStoreRefused when the version is taken; KeyStoreUnreachable.
        """

    def destroy(self, kind: str, domain: str, version: int) -> None:
        """Afterwards the store does not have this version any more; safe to repeat.

        Raises: KeyStoreUnreachable, KeyStoreRefused.
        """

    def name_of(self, kind: str, domain: str, version: int) -> str:
        """What a person looks for in the store; no secret."""


def padded_blocks(key: bytes) -> bytes:
    """The inner and the outer padded key block of HMAC-SHA-256, 64 bytes each; `key` has at most 64 bytes."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ _INNER_PAD for byte in block) + bytes(byte ^ _OUTER_PAD for byte in block)


def for_the_engine(kind: str, key: bytes) -> bytes:
    """What stands in the file that the engine reads: the padded blocks of a token key, a seal key as it is."""
    return padded_blocks(key) if kind == TOKEN else key


def fingerprint(kind: str, key: bytes) -> str:
    """Twelve hex digits that tell one key from another and reveal nothing of a random key."""
    return hashlib.sha256(b"lakewarden key fingerprint" + for_the_engine(kind, key)).hexdigest()[:12]


class KeyFiles:
    """The embedded key store: `keys/<kind>/<domain>/v<version>.key`, readable by the owner only."""

    read_only: ClassVar[bool] = False

    def __init__(self, home: Path) -> None:
        self.root = home / "keys"

    def path(self, kind: str, domain: str, version: int = 1) -> Path:
        """Where one key lies."""
        return self.root / kind / domain / f"v{version}.key"

    def name_of(self, kind: str, domain: str, version: int) -> str:
        return str(self.path(kind, domain, version))

    def find(self, kind: str, domain: str, version: int) -> bytes | None:
        path = self.path(kind, domain, version)
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeyStoreRefused(f"others may read {path}; `chmod 600` it and rotate the keys of '{domain}'")
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyStoreRefused(f"{path} cannot be read ({type(error).__name__})") from None
        key = content[:KEY_BYTES] if kind == SEAL else bytes(byte ^ _INNER_PAD for byte in content[:KEY_BYTES])
        if len(key) != KEY_BYTES or for_the_engine(kind, key) != content:
            raise KeyStoreRefused(f"{path} is no {kind} key; restore the key store from its backup")
        return key

    def create(self, kind: str, domain: str, version: int, key: bytes) -> None:
        path = self.path(kind, domain, version)
        try:
            write_secret(path, for_the_engine(kind, key))
        except FileExistsError:
            raise KeyStoreRefused(f"{path} exists already; a key in use is never overwritten") from None

    def destroy(self, kind: str, domain: str, version: int) -> None:
        self.path(kind, domain, version).unlink(missing_ok=True)

    def frame(self, spark: SparkSession, versions: Mapping[str, int]) -> DataFrame:
        """One row that the engine reads from the files: the keys of each domain in the version given for it.

        Shape: for each domain `inner_<domain>`, `outer_<domain>`, `seal_<domain>` and the number `version_<domain>`.
        Raises: KeyMissing before anything is read or written.
        """
        paths = {
            (kind, domain): self.path(kind, domain, version) for domain, version in versions.items() for kind in KINDS
        }
        for (kind, domain), path in paths.items():
            if not path.is_file():
                raise KeyMissing(missing_message(self, kind, domain, versions[domain]))
        content = spark.read.format("binaryFile").load([str(path) for path in paths.values()])
        return content.agg(
            *(column for (kind, domain), path in paths.items() for column in _columns(kind, domain, path)),
            *(F.lit(version).alias(f"version_{domain}") for domain, version in versions.items()),
        )


def missing_message(store: KeyStore, kind: str, domain: str, version: int) -> str:
    """What is missing, where, and what next."""
    return (
        f"no {kind} key for domain '{domain}', version {version}: {store.name_of(kind, domain, version)} is not there; "
        "restore the key store from its backup. For a new domain: `lakewarden keys create`"
    )


def _columns(kind: str, domain: str, path: Path) -> Iterator[Column]:
    content = F.max(F.when(F.col("path").endswith(f"/{kind}/{domain}/{path.name}"), F.col("content")))
    if kind == SEAL:
        yield content.alias(f"seal_{domain}")
    else:  # spark counts from 1
        yield F.substring(content, 1, _BLOCK).alias(f"inner_{domain}")
        yield F.substring(content, _BLOCK + 1, _BLOCK).alias(f"outer_{domain}")
