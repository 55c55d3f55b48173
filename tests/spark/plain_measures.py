"""The same measures once more, written from their definitions: exact fractions over plain rows, no Spark, no pandas."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

Row = Mapping[str, object]


def classes(rows: Sequence[Row], quasi: Sequence[str]) -> list[list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in quasi)].append(row)
    return list(found.values())


def risks(rows: Sequence[Row], quasi: Sequence[str], minimum_k: int) -> dict[str, Fraction | int]:
    sizes = [len(each) for each in classes(rows, quasi)]
    return {
        "groups": len(sizes),
        "hidden_groups": 0,
        "people_shown": len(rows),
        "k": min(sizes),
        "share_below_k": Fraction(sum(size for size in sizes if size < minimum_k), len(rows)),
        "average_risk": Fraction(len(sizes), len(rows)),
        "prosecutor_risk": Fraction(1, min(sizes)),
        "journalist_risk": Fraction(1, min(sizes)),
        "marketer_risk": sum(size * Fraction(1, size) for size in sizes) / len(rows),
    }


def diversity(rows: Sequence[Row], quasi: Sequence[str], sensitive: str) -> dict[str, float]:
    shares = [_shares(each, sensitive) for each in classes(rows, quasi)]
    whole = _shares(rows, sensitive)
    is_number = isinstance(rows[0][sensitive], int | float)
    distance = _ordered if is_number else _equal
    return {
        "distinct_l": min(len(each) for each in shares),
        "entropy_l": min(math.exp(-math.fsum(p * math.log(p) for p in map(float, each.values()))) for each in shares),
        "t": float(max(distance(each, whole) for each in shares)),
    }


def trail_uniqueness(trails: Mapping[str, set[object]], known: Mapping[str, set[object]]) -> Fraction:
    """The share of people whose known points lie in no trail but their own."""
    alone = sum(sum(points <= trail for trail in trails.values()) == 1 for points in known.values())
    return Fraction(alone, len(known))


def _shares(rows: Sequence[Row], column: str) -> dict[object, Fraction]:
    return {value: Fraction(n, len(rows)) for value, n in Counter(row[column] for row in rows).items()}


def _equal(here: Mapping[object, Fraction], whole: Mapping[object, Fraction]) -> Fraction:
    return sum((abs(here.get(value, Fraction(0)) - share) for value, share in whole.items()), Fraction(0)) / 2


def _ordered(here: Mapping[object, Fraction], whole: Mapping[object, Fraction]) -> Fraction:
    moved = carried = Fraction(0)
    for value in sorted(whole):  # type: ignore[type-var]
        carried += here.get(value, Fraction(0)) - whole[value]
        moved += abs(carried)
    return moved / (len(whole) - 1)
