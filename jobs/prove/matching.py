"""Many patterns in one pass: numpy finds where six bytes of one occur, and only there the whole is compared."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from jobs.prove.disguises import SHORTEST, Disguise, Kind, Secret, disguises, without_separators

_WINDOW = SHORTEST
_WORD = 8  # bytes that numpy reads at once; the last two of them are no part of the window
_MASK = np.uint64((1 << 8 * _WINDOW) - 1)
#: 2**64 divided by the golden ratio spreads words evenly; shifted, so that the bytes behind the window do not count.
_SCATTER = np.uint64((0x9E3779B97F4A7C15 << 8 * (_WORD - _WINDOW)) & (2**64 - 1))
_FEWEST_SLOT_BITS, _MOST_SLOT_BITS = 16, 24
_SEPARATORS = b" \t\r\n\0-_.,()"
_ZERO_WIDTH_SPACE = "\u200b".encode()
_DECIMALS = 4


class Matcher:
    """Searches bytes and numbers for secrets in all their disguises.

    Raises: ValueError when there is nothing to search for, because such a search would always be clean, and for a
    secret that would be found by chance.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        secrets = list(secrets)
        if not secrets:
            raise ValueError("no secret to search for: a scan would prove nothing")
        self._whole = _Patterns(pattern for secret in secrets for pattern in disguises(secret).items())
        self._compact = _Patterns(pattern for secret in secrets for pattern in without_separators(secret).items())
        self._positions: dict[float, list[Disguise]] = defaultdict(list)
        for secret in secrets:
            if secret.kind is Kind.POSITION:
                self._positions[round(float(secret.value), _DECIMALS)].append(Disguise(secret, "number in a column"))
        self._rounded = np.array(sorted(self._positions))
        self.longest = self._whole.longest

    def in_bytes(self, data: bytes) -> set[Disguise]:
        """What stands in the bytes as they are, and after separators between figures are taken out."""
        compact = data.replace(_ZERO_WIDTH_SPACE, b"").translate(None, _SEPARATORS)
        return {*self._whole.found_in(data), *self._compact.found_in(compact)}

    def in_numbers(self, values: np.ndarray) -> set[Disguise]:
        """Positions among floating-point numbers, exact or rounded to ten metres."""
        if not self._positions:
            return set()
        rounded = np.round(values.astype(np.float64, copy=False), _DECIMALS)
        there = self._rounded[np.isin(self._rounded, rounded)]
        return {disguise for value in there.tolist() for disguise in self._positions[value]}


class _Patterns:
    """Every pattern under one window of its own bytes, and a table of slots that tells most other windows apart."""

    def __init__(self, patterns: Iterable[tuple[bytes, Disguise]]) -> None:
        self._by_word: dict[int, list[tuple[int, bytes, Disguise]]] = defaultdict(list)
        self.longest = 0
        for pattern, disguise in patterns:
            anchor = self._rarest_window(pattern)
            self._by_word[_word(pattern, anchor)].append((anchor, pattern, disguise))
            self.longest = max(self.longest, len(pattern))
        self._words = np.array(sorted(self._by_word), dtype=np.uint64)
        # one of 128 slots is taken at the most, so that few places are looked at twice
        bits = min(max(_FEWEST_SLOT_BITS, len(self._words).bit_length() + 7), _MOST_SLOT_BITS)
        self._shift = np.uint64(64 - bits)
        self._slots = np.zeros(1 << bits, dtype=bool)
        self._slots[self._slots_of(self._words)] = True

    def found_in(self, data: bytes) -> Iterator[Disguise]:
        for place, word in self._candidates(data):
            for anchor, pattern, disguise in self._by_word[word]:
                start = place - anchor
                if start >= 0 and data.startswith(pattern, start) and not _goes_on(disguise, data, start):
                    yield disguise

    def _candidates(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where a pattern's window stands, and the window."""
        if not len(self._words):
            return
        padded = data + bytes(_WORD)
        for shift in range(_WORD):
            words = np.frombuffer(padded, dtype="<u8", count=(len(padded) - shift) // _WORD, offset=shift)
            hits = np.flatnonzero(self._slots[self._slots_of(words)])
            if not hits.size:
                continue
            windows = words[hits] & _MASK
            nearest = np.searchsorted(self._words, windows).clip(max=len(self._words) - 1)
            are_ours = self._words[nearest] == windows
            places = hits[are_ours] * _WORD + shift
            yield from zip(places.tolist(), windows[are_ours].tolist(), strict=True)

    def _slots_of(self, words: np.ndarray) -> np.ndarray:
        return (words * _SCATTER) >> self._shift

    def _rarest_window(self, pattern: bytes) -> int:
        """The window that fewest patterns use so far; of these the one with the most different bytes, and the last.

        Beginnings are often alike, zeros are everywhere, and a list of addresses ends in one domain.
        """
        return max(
            range(len(pattern) - _WINDOW + 1),
            key=lambda at: (-len(self._by_word.get(_word(pattern, at), ())), len(set(pattern[at : at + _WINDOW])), at),
        )


def _word(pattern: bytes, at: int) -> int:
    return int.from_bytes(pattern[at : at + _WINDOW], "little")


_CLOCK = re.compile(rb"[0-9]{2}:[0-9]{2}:$")


def _goes_on(disguise: Disguise, data: bytes, start: int) -> bool:
    """Whether a decimal begins earlier: 20.1234 is no part of 1120.1234, nor a second of the clock 06:59:20.123456."""
    before = data[max(start - 6, 0) : start]
    return disguise.starts_number and (before[-1:].isdigit() or _CLOCK.search(before) is not None)
