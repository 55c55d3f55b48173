"""Rows of one name and one text each, most of which share what stands around them: built by column, not by row."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.ingest.readers.batches import ROWS_AT_ONCE, Chunk
from jobs.ingest.readers.faults import RowFaultReason


class LongRows:
    """The rows of a file, numbered from 1 as they are added, and given up chunk by chunk.

    What the rows of one `add` share is held once and spread when a chunk is made: a file has twenty or more values
    in each of its records, and a tuple for each of them would cost more than reading them.
    """

    def __init__(self, shared: Sequence[str], name: str, text: str) -> None:
        self._fields = (tuple(shared), name, text)
        self._next = 1
        self._clear()

    def _clear(self) -> None:
        self._shared: list[tuple[str | None, ...]] = []
        self._counts: list[int] = []
        self._names: list[str | None] = []
        self._texts: list[str | None] = []
        self._faults: dict[int, RowFaultReason | None] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to take a chunk."""
        return len(self._texts) >= ROWS_AT_ONCE

    def add(
        self,
        shared: tuple[str | None, ...],
        names: Sequence[str | None],
        texts: Sequence[str | None],
        faults: Sequence[RowFaultReason | None] | None = None,
    ) -> None:
        """One row per text, with the name and the fault at its place; no `faults` means none."""
        if faults:
            self._faults |= enumerate(faults, len(self._texts))
        self._shared.append(shared)
        self._counts.append(len(texts))
        self._names += names
        self._texts += texts

    def take(self) -> Chunk:
        """All rows since the last chunk."""
        fields, name, text = self._fields
        columns: Mapping[str, Any] = {
            **spread(fields, self._shared, self._counts),
            name: pa.array(self._names, pa.string()),
            text: pa.array(self._texts, pa.string()),
        }
        numbers = pa.array(np.arange(self._next, self._next + len(self._texts)))
        chunk = Chunk(numbers, columns, self._fault_column())
        self._next += len(self._texts)
        self._clear()
        return chunk

    def _fault_column(self) -> Any:
        count = len(self._texts)
        if not self._faults:
            return pa.nulls(count, pa.string())
        return pa.array([self._faults.get(place) for place in range(count)], pa.string())


def spread(fields: Sequence[str], shared: Sequence[tuple[str | None, ...]], counts: Sequence[int]) -> dict[str, Any]:
    """A column by field of what is shared, each as often as its count says.

    Example:
        >>> spread(["cell"], [("1",), ("2",)], [2, 1])["cell"].to_pylist()
        ['1', '1', '2']
    """
    places = pa.array(np.repeat(np.arange(len(counts)), counts))
    columns = zip(*shared, strict=True) if shared else repeat((), len(fields))
    return {field: pa.array(said, pa.string()).take(places) for field, said in zip(fields, columns, strict=True)}
