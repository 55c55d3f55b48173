"""How well `classify` does on the labelled set: precision and recall of each kind, by columns and by single values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import Row

from contracts.identifiers import IDENTIFIERS, Proof
from contracts.name_hints import hinted_kinds
from expectations.signals import CHECKED, WITHIN
from jobs.classify.deciding import decide
from jobs.classify.labelled import LabelledColumn
from jobs.classify.measuring import by_signals, cells_of
from jobs.classify.staging import staged
from jobs.storage.lake import Lake


@dataclass(frozen=True)
class Score:
    """What was found of one kind: rightly, wrongly, and not at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def recall(self) -> float:
        """The share of those there that were found; 1 where there were none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        """The share of those found that were there; 1 where none was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


@dataclass(frozen=True)
class Scores:
    """By kind, in the order of the catalogue: `columns`, `values`; `mistakes` name the columns that were mistaken."""

    columns: Mapping[str, Score]
    values: Mapping[str, Score]
    mistakes: tuple[str, ...]

    @property
    def structured(self) -> Score:
        """All columns of kinds that a check digit, a form or a form with a name tells, and all others as their foes."""
        return sum((s for kind, s in self.columns.items() if IDENTIFIERS[kind].proof is not Proof.WORDS), Score())


def score(lake: Lake, columns: Sequence[LabelledColumn]) -> Scores:
    """Look at the labelled set as `classify` looks at a table, and compare what it finds with the labels."""
    found = _looked_at(lake, columns)
    kinds: list[tuple[str | None, str | None]] = []
    mistakes = []
    for place, column in enumerate(columns):
        cells = cells_of(len(column.values), [row for row in found if row["column"] == place])
        finding = decide(cells, hinted_kinds([column.name]))
        kinds.append((column.kind, finding.kind))
        if finding.kind != column.kind:
            mistakes.append(f"{column.name}: {column.kind} found as {finding.kind}")
    values = [(row["label"], _kind_of_value(row), row["distinct"]) for row in found if row["label"] != ""]
    return Scores(_scored((*pair, 1) for pair in kinds), _of_single_values(values), tuple(mistakes))


def _of_single_values(values: Iterable[tuple[str | None, str | None, int]]) -> dict[str, Score]:
    """Only of kinds that a value can prove without its column's name."""
    needs_column = {kind for kind, found in IDENTIFIERS.items() if not found.is_checkable}
    return {kind: found for kind, found in _scored(values).items() if kind not in needs_column}


def _looked_at(lake: Lake, columns: Sequence[LabelledColumn]) -> list[Row]:
    rows = [(place, value, label) for place, column in enumerate(columns) for value, label in column.values]
    names = ("column", "value", "label")
    cells = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    with staged(lake, cells) as frame:
        found: list[Row] = by_signals(frame, "column", "label").collect()
    return found


def _kind_of_value(row: Row) -> str | None:
    """What one value alone would be taken for: the first kind whose form and check it has, else what stands in it.

    Of a text that holds several, the one that was looked for: a mobile number before the @ makes an address no other.
    """
    signals = str(row["signals"]).split()
    if row["label"] in signals and str(row["label"]).startswith(WITHIN):
        return str(row["label"])
    for kind, found in IDENTIFIERS.items():
        if found.proof is Proof.CHECK and kind != "mobile_phone" and f"{kind}{CHECKED}" in signals:
            return kind
        if (found.proof is Proof.FORM or kind == "mobile_phone") and kind in signals:
            return kind
    return next((signal for signal in signals if signal.startswith(WITHIN)), None)


def _scored(pairs: Iterable[tuple[str | None, str | None, int]]) -> dict[str, Score]:
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for label, found, count in pairs:
        if label is not None and label == found:
            right[label] += count
            continue
        if label is not None:
            missed[label] += count
        if found is not None:
            wrong[found] += count
    return {
        kind: Score(right[kind], wrong[kind], missed[kind]) for kind in _in_order({*right, *missed, *wrong})
    }  # fmt: skip


def _in_order(kinds: set[str]) -> Iterator[str]:
    order = list(IDENTIFIERS)
    yield from sorted(kinds, key=lambda kind: (kind.startswith(WITHIN), order.index(kind.removeprefix(WITHIN))))
