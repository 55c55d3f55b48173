"""Whether quotes open and close where they may: the CSV parser takes an unclosed quote for data and says nothing."""

import numpy as np
import numpy.typing as npt

from jobs.ingest.readers.faults import FileFault, FileFaultReason

_QUOTE = ord('"')
_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.intp]


class QuoteWatch:
    """Follows the quotes of a delimited text while its bytes pass by, from one chunk to the next.

    A quote opens a cell only at the cell's start, and closes it only before a delimiter, a line end or the end of
    the file; two in a row inside a quoted cell are one literal quote; elsewhere a quote is an ordinary character.
    """

    def __init__(self, delimiter: str) -> None:
        self._before_cell = np.frombuffer(f"{delimiter}\r\n".encode(), np.uint8)
        self._after_cell = np.append(self._before_cell, np.uint8(_QUOTE))
        self._is_inside = False
        self._has_just_closed = False
        self._last = ord("\n")
        self._passed = 0

    def feed(self, data: bytes) -> None:
        """Follow the next bytes. Raises: FileFault BROKEN_QUOTING with the offset behind the header."""
        if not data:
            return
        codes = np.frombuffer(data, np.uint8)
        if self._has_just_closed and codes[0] not in self._after_cell:
            self._refuse(0)
        places = np.flatnonzero(codes == _QUOTE)
        if len(places):
            self._follow(codes, places)
        self._has_just_closed = self._has_just_closed and len(places) > 0 and places[-1] == len(codes) - 1
        self._last = int(codes[-1])
        self._passed += len(codes)

    def finish(self) -> None:
        """The file is at its end. Raises: FileFault TRUNCATED where a quote is still open."""
        if self._is_inside:
            raise FileFault(FileFaultReason.TRUNCATED, "a quote is never closed")

    def _follow(self, codes: _Bytes, places: _Places) -> None:
        before = codes[places - 1]
        if places[0] == 0:
            before[0] = self._last
        is_opening = (np.arange(len(places)) + self._is_inside) % 2 == 0
        may_open = np.isin(before, self._before_cell)
        may_open[1:] |= np.diff(places) == 1
        may_open[0] |= self._has_just_closed and places[0] == 0
        if may_open[is_opening].all():
            self._require_cell_ends(codes, places[~is_opening])
            self._is_inside = bool(is_opening[-1])
            self._has_just_closed = not self._is_inside
        else:
            self._follow_one_by_one(codes, places)

    def _follow_one_by_one(self, codes: _Bytes, places: _Places) -> None:
        """The same for a chunk in which quotes stand inside unquoted cells, where pairing them up would mislead."""
        closed = -1 if self._has_just_closed else -2
        closings = []
        for place in places.tolist():
            if self._is_inside:
                self._is_inside, closed = False, place
                closings.append(place)
            else:
                before = codes[place - 1] if place else self._last
                self._is_inside = closed == place - 1 or before in self._before_cell
        self._require_cell_ends(codes, np.array(closings, np.intp))
        self._has_just_closed = not self._is_inside and closed == places[-1]

    def _require_cell_ends(self, codes: _Bytes, closings: _Places) -> None:
        known = closings[closings < len(codes) - 1]
        is_wrong = ~np.isin(codes[known + 1], self._after_cell)
        if is_wrong.any():
            self._refuse(int(known[is_wrong][0]) + 1)

    def _refuse(self, place: int) -> None:
        raise FileFault(FileFaultReason.BROKEN_QUOTING, f"byte {self._passed + place} behind the header")
