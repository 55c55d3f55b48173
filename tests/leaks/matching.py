"""Many patterns in one pass: numpy finds where four bytes of one occur, and only there the whole is compared."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from tests.leaks.disguises import Disguise, Kind, Secret, disguises, without_separators

_WINDOW = 4
_SLOT_BITS = 16
_SCATTER = np.uint32(0x9E3779B1)  # 2**32 divided by the golden ratio: spreads words evenly over the slots
_SEPARATORS = b" \t\r\n\0-_.,()"
_ZERO_WIDTH_SPACE = "\u200b".encode()
_DECIMALS = 4


class Matcher:
    """Searches bytes and numbers for secrets in all their disguises.

    Raises: ValueError when there is nothing to search for, because such a search would always be clean.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        secrets = list(secrets)
        if not secrets:
            raise ValueError("no secret to search for: a scan would prove nothing")
        self._whole = _Patterns(pattern for secret in secrets for pattern in disguises(secret).items())
        self._compact = _Patterns(pattern for secret in secrets for pattern in without_separators(secret).items())
        self._positions = {
            round(float(secret.value), _DECIMALS): Disguise(secret, "number in a column")
            for secret in secrets
            if secret.kind is Kind.POSITION
        }
        self.longest = self._whole.longest

    def in_bytes(self, data: bytes) -> set[Disguise]:
        """What stands in the bytes as they are, and after separators between figures are taken out."""
        compact = data.replace(_ZERO_WIDTH_SPACE, b"").translate(None, _SEPARATORS)
        return {*self._whole.found_in(data), *self._compact.found_in(compact)}

    def in_numbers(self, values: np.ndarray) -> set[Disguise]:
        """Positions among floating-point numbers, exact or rounded to ten metres."""
        rounded = np.round(values.astype(np.float64, copy=False), _DECIMALS)
        return {found for value, found in self._positions.items() if (rounded == value).any()}


class _Patterns:
    def __init__(self, patterns: Iterable[tuple[bytes, Disguise]]) -> None:
        self._by_word: dict[int, list[tuple[int, bytes, Disguise]]] = defaultdict(list)
        self._slots = np.zeros(1 << _SLOT_BITS, dtype=bool)
        self.longest = 0
        for pattern, disguise in patterns:
            anchor = _rarest_window(pattern)
            word = int.from_bytes(pattern[anchor : anchor + _WINDOW], "little")
            self._by_word[word].append((anchor, pattern, disguise))
            self._slots[_slots(np.array([word], dtype=np.uint32))] = True
            self.longest = max(self.longest, len(pattern))

    def found_in(self, data: bytes) -> Iterator[Disguise]:
        for place, word in self._candidates(data):
            for anchor, pattern, disguise in self._by_word.get(word, ()):
                start = place - anchor
                if start >= 0 and data.startswith(pattern, start) and not _goes_on(disguise, data, start):
                    yield disguise

    def _candidates(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where a word begins that shares its slot with a pattern's, and the word."""
        for shift in range(_WINDOW):
            count = (len(data) - shift) // _WINDOW
            if count <= 0:
                return
            words = np.frombuffer(data, dtype="<u4", count=count, offset=shift)
            hits = np.flatnonzero(self._slots[_slots(words)])
            yield from zip((hits * _WINDOW + shift).tolist(), words[hits].tolist(), strict=True)


def _slots(words: np.ndarray) -> np.ndarray:
    return (words * _SCATTER) >> np.uint32(32 - _SLOT_BITS)


def _rarest_window(pattern: bytes) -> int:
    """The last of the windows with the most different bytes: beginnings are often alike, and zeros are everywhere."""
    if len(pattern) < _WINDOW:
        raise ValueError(f"a pattern of {len(pattern)} bytes is found by chance everywhere")
    return max(range(len(pattern) - _WINDOW + 1), key=lambda at: (len(set(pattern[at : at + _WINDOW])), at))


_CLOCK = re.compile(rb"[0-9]{2}:[0-9]{2}:$")


def _goes_on(disguise: Disguise, data: bytes, start: int) -> bool:
    """Whether a decimal begins earlier: 20.1234 is no part of 1120.1234, nor a second of the clock 06:59:20.123456."""
    before = data[max(start - 6, 0) : start]
    return disguise.starts_number and (before[-1:].isdigit() or _CLOCK.search(before) is not None)
