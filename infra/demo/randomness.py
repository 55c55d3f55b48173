"""Random numbers that depend on a seed and a counter only, so that nothing made has to be remembered."""

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import accumulate
from typing import Generic, TypeVar

_MASK = (1 << 64) - 1
Part = str | int
T = TypeVar("T")


def stream(seed: int, *parts: Part) -> random.Random:
    """A generator of its own for what `parts` name; equal seed and parts give equal numbers, on every machine."""
    return random.Random(":".join(map(str, (seed, *parts))))


def key_of(seed: int, *parts: Part) -> int:
    """64 bits that stand for `parts`, to be given to `mixed`."""
    return int.from_bytes(sha256(":".join(map(str, (seed, *parts))).encode()).digest()[:8])


def mixed(key: int, counter: int) -> int:
    """64 well-mixed bits of the counter (splitmix64): a tenth of the cost of `stream`, for what is made by millions."""
    z = (key + counter * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class Choice(Generic[T]):
    """Draws from weighted values; `at` takes a number of [0, 1) so that any source of randomness fits."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values: Sequence[T] = tuple(weights)
        total = sum(weights.values())
        self._bounds = [bound / total for bound in accumulate(weights.values())]
        self._bounds[-1] = 1.0

    def at(self, fraction: float) -> T:
        """The value whose share of [0, 1) holds `fraction`."""
        return self._values[bisect_right(self._bounds, fraction)]


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """`total` split into whole numbers in proportion to `weights`; the largest remainders get what is left.

    Example:
        >>> shared_out(10, [1, 1, 2])
        [3, 2, 5]
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: counts[place] - exact[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
