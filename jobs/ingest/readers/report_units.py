"""Measurement reports say most quantities as the number of an interval; here is what each interval means.

The mappings are those of 3GPP TS 36.133, as network operators apply them: the value is the interval's lower edge, so
the reported number can be found again. Interval 0 of power and quality stands for everything below the range.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

#: One step of the timing advance is 16 basic time units of 1 / (15000 * 2048) s, there and back.
METRES_PER_STEP = Decimal("78.07")
_STEP_UNITS = 16
_MOST_DIGITS = 9
#: In words: the file says nothing.
NIL = "NIL"


def _linear(factor: str, offset: str) -> Callable[[int], Decimal]:
    return lambda raw: raw * Decimal(factor) + Decimal(offset)


_CONVERSIONS: Mapping[str, Callable[[int], Decimal]] = {
    "LteScRSRP": _linear("1", "-141"),  # dBm
    "LteNcRSRP": _linear("1", "-141"),
    "LteScRSRQ": _linear("0.5", "-20"),  # dB
    "LteNcRSRQ": _linear("0.5", "-20"),
    "LteScPHR": _linear("1", "-23"),  # dB
    "LteScSinrUL": _linear("1", "-11"),  # dB
    "LteScAOA": _linear("0.5", "0"),  # degrees
}
_DISTANCES: Mapping[str, Callable[[int], Decimal]] = {
    "steps": lambda raw: raw * METRES_PER_STEP,
    "basic_units": lambda raw: raw * METRES_PER_STEP / _STEP_UNITS,
}


def physical(name: str, words: Any, timing_advance: str) -> Any:
    """A column of reported numbers, by its name in the file without `MR.`, in dBm, dB, degrees or metres, as text.

    `words` is dictionary-encoded, for there are few distinct numbers and many reports. A column without unit stays.
    `timing_advance` says what LteScTadv counts: `steps`, or `basic_units` in older files, sixteen to a step.
    NULL: stays NULL. What is no whole number stays as written, for its row to be refused later.

    Example:
        >>> physical("LteScRSRP", pa.array(["44", None, "x"]).dictionary_encode(), "steps").to_pylist()
        ['-97', None, 'x']
        >>> physical("LteScTadv", pa.array(["2", "3"]).dictionary_encode(), "steps").to_pylist()
        ['156.14', '234.21']
    """
    convert = _DISTANCES[timing_advance] if name == "LteScTadv" else _CONVERSIONS.get(name)
    said = [_said(word, convert) for word in words.dictionary.to_pylist()]
    return pa.array(said, pa.string()).take(words.indices)


def _said(word: str, convert: Callable[[int], Decimal] | None) -> str:
    if convert is None or not (word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS):
        return word
    return f"{convert(int(word)):f}"
