"""How fast one core of this CPU makes SHA-256 by OpenSSL: the limit of whatever hashes one value after the other.

    python -m tests.bench.partners.sha256_limit <tokens>

A token takes two hashes, of a padded key block with the value and of one with a digest: 82 and 96 bytes for eighteen digits,
two blocks each. `hashes_per_cpu_second` is `hashlib` on messages of these lengths, so with the cost of Python's calls;
`blocks_per_cpu_second` is one long message, so the CPU alone.
"""

import hashlib
import sys

from tests.bench.partners.measured import say, spent

BLOCK_BYTES = 64
_LONG_BLOCKS = 1 << 20
_INNER, _OUTER, _VALUE = b"\x36" * BLOCK_BYTES, b"\x5c" * BLOCK_BYTES, b"0" * 18


def hash_as_for_tokens(tokens: int) -> None:
    inner, outer, sha256 = _INNER + _VALUE, _OUTER + b"\0" * 32, hashlib.sha256
    for _ in range(tokens):
        sha256(inner).digest()
        sha256(outer).digest()


def main() -> None:
    tokens, message = int(sys.argv[1]), bytes(BLOCK_BYTES * _LONG_BLOCKS)
    seconds, cpu_seconds = spent(lambda: hash_as_for_tokens(tokens))
    _, of_blocks = spent(lambda: hashlib.sha256(message).digest())
    say(
        rows=tokens, seconds=seconds, cpu_seconds=cpu_seconds, hashes_per_cpu_second=2 * tokens / cpu_seconds,
        blocks_per_cpu_second=_LONG_BLOCKS / of_blocks,
    )  # fmt: skip


if __name__ == "__main__":
    main()
