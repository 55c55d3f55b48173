"""How a partner is run and what it says of itself: one line of JSON, its imports not counted.

python -m tests.bench.partners.with_polars <wide table>.parquet <folder for what it writes> <folder of the key store>
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

_INNER_PAD = 0x36
_KEY_BYTES = 32
_BLOCK = 64


@dataclass(frozen=True)
class Keys:
    """The first versions in our key store, where a token key stands as the two padded blocks of HMAC (RFC 2104)."""

    folder: Path

    def blocks(self, domain: str) -> tuple[bytes, bytes]:
        """The inner and the outer one."""
        content = (self.folder / "token" / domain / "v1.key").read_bytes()
        return content[:_BLOCK], content[_BLOCK:]

    def token(self, domain: str) -> bytes:
        return bytes(byte ^ _INNER_PAD for byte in self.blocks(domain)[0][:_KEY_BYTES])

    def seal(self, domain: str) -> bytes:
        return (self.folder / "seal" / domain / "v1.key").read_bytes()


#: Reads the wide table, writes what it makes of it.
Work = Callable[[Path, Path, Keys], None]


def main(desensitise: Work, vault: Work | None = None) -> None:
    """Run both as the command line says and print rows, seconds of the wall's clock and of all threads' CPU time.

    Shape: rows, seconds, cpu_seconds, vault_seconds, vault_cpu_seconds; the last two null for who cannot encrypt.
    """
    table, out, keys = (Path(word) for word in sys.argv[1:])
    seconds, cpu_seconds = spent(lambda: desensitise(table, out / "desensitised.parquet", Keys(keys)))
    sealing = (None, None) if vault is None else spent(lambda: vault(table, out / "vault.parquet", Keys(keys)))
    say(
        rows=pq.read_metadata(table).num_rows, seconds=seconds, cpu_seconds=cpu_seconds,
        vault_seconds=sealing[0], vault_cpu_seconds=sealing[1],
    )  # fmt: skip


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall's clock, and of this process on any core."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def say(**figures: float | None) -> None:
    """The one line."""
    print(json.dumps(figures))
