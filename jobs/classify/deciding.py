"""From what was seen of a column to what it is: shares against what chance makes, then the column's name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from math import sqrt

from contracts.identifiers import IDENTIFIERS, Identifier, Proof
from expectations.signals import CHECKED, DATE, MOMENT, SENTENCE, WITHIN
from jobs.classify.measuring import Cells

#: Of the different values of a column, how many must be of a kind to decide (privacy reference 4.7).
_DECISIVE_SHARE = 0.95
#: How many are enough where the column's name says the kind too: by form, and where the form proves by itself.
_LABELLED_SHARE, _LABELLED_FORM_SHARE = 0.5, 0.3
#: What chance may be taken for a proof, and how often a form that proves by itself arises without meaning it.
_SMALLEST_CHANCE, _CHANCE_OF_A_FORM = 1e-3, 1e-3
#: Three values of a kind, or one of a hundred, are there on purpose; in long texts one of two hundred.
_FEWEST, _SMALLEST_SHARE, _SMALLEST_SHARE_WITHIN = 3, 0.01, 0.005
#: A range of numbers has one beginning, people's numbers have many.
_FEWEST_PREFIXES = 3
_SHARE_OF_SENTENCES, _SHARE_OF_OTHER_WORDS = 0.3, 0.5
#: An account's number is nobody's that many rows share.
_FEWEST_ACCOUNTS, _SHARE_OF_ACCOUNTS = 30, 0.2


@dataclass(frozen=True)
class _Words:
    """At which shares words tell a kind.

    alone: the share of each signal that is needed where the name says nothing, among `fewest` different values.
    named_by: signals of which the share `named` is enough where it does.
    """

    alone: Mapping[str, float]
    fewest: int
    named_by: tuple[str, ...]
    named: float


_WORDS: Mapping[str, _Words] = {
    # words for things begin with a surname too, but do not go on like a given name
    "person_name": _Words({"person_name": 0.8, f"person_name{CHECKED}": 0.6}, 30, ("person_name",), 0.3),
    "organisation_name": _Words({"organisation_name": 0.6}, 10, ("organisation_name",), 0.3),
    "address": _Words({"address": 0.5}, 10, ("address", SENTENCE), 0.2),
    "coordinate": _Words({f"coordinate{CHECKED}": 0.95}, 3, ("coordinate", f"coordinate{CHECKED}"), 0.5),
    "birth_date": _Words({DATE: 2.0}, 0, (DATE, MOMENT), 0.5),  # a day alone is nobody's birthday
}


class Confidence(IntEnum):
    """How sure a finding is; a surer one wins over another about the same column."""

    NONE = 0
    NAMED = 1  # the column's name alone: there were too few values to contradict it
    MIXED = 2  # more such values than chance makes, among others
    LABELLED = 3  # the name says it, and enough values look like it
    DECISIVE = 4  # nearly all values are


@dataclass(frozen=True)
class Finding:
    """What a column seems to be, and why; shares are of its different values.

    matched: of the form of the kind. checked: of those, the share that passes its check; None without a check.
    hinted: what the name speaks of. within: kinds that stand inside longer texts, with the share of such texts.
    """

    kind: str | None = None
    confidence: Confidence = Confidence.NONE
    matched: float = 0.0
    checked: float | None = None
    hinted: tuple[str, ...] = ()
    within: Mapping[str, float] = field(default_factory=dict)


def decide(cells: Cells, hinted: tuple[str, ...]) -> Finding:
    """The surest finding; of two that are equally sure that of more values, then the first of the catalogue."""
    within = _within(cells)
    claims = [claim for kind in IDENTIFIERS.values() for claim in _claims(kind, cells, hinted, within)]
    if not claims:
        return Finding(hinted=hinted, within=within)
    confidence, kind = max(claims, key=lambda claim: (claim[0], _strength(claim[1], cells)))
    matched, checked = cells.share(kind), None
    if IDENTIFIERS[kind].proof is Proof.CHECK and cells.counts[kind]:
        checked = cells.counts[f"{kind}{CHECKED}"] / cells.counts[kind]
    return Finding(kind, confidence, matched, checked, hinted, within)


def _strength(kind: str, cells: Cells) -> float:
    """What the kind's claim rests on: values that pass its check, where it has one."""
    return cells.share(f"{kind}{CHECKED}" if IDENTIFIERS[kind].proof is Proof.CHECK else kind)


def _claims(
    kind: Identifier, cells: Cells, hinted: tuple[str, ...], within: Mapping[str, float]
) -> Iterator[tuple[Confidence, str]]:
    """At most one claim of the kind to the column."""
    is_hinted = kind.kind in hinted
    if kind.proof is Proof.CHECK:
        confidence = _by_check(kind, cells, is_hinted)
    elif kind.proof is Proof.FORM:
        confidence = _by_form(kind.kind, cells, is_hinted)
    elif kind.proof is Proof.LABEL:
        is_labelled = is_hinted and cells.share(kind.kind) >= _LABELLED_SHARE
        confidence = Confidence.LABELLED if is_labelled else Confidence.NONE
    elif kind.kind in _WORDS:
        confidence = _by_words(_WORDS[kind.kind], cells, is_hinted)
    elif kind.kind == "free_text":
        confidence = _as_free_text(cells, is_hinted, within)
    else:
        confidence = _as_account(cells, is_hinted)
    if confidence is Confidence.NONE and hinted[:1] == (kind.kind,) and cells.distinct < _FEWEST:
        confidence = Confidence.NAMED
    if confidence is not Confidence.NONE:
        yield confidence, kind.kind


def _by_check(kind: Identifier, cells: Cells, is_hinted: bool) -> Confidence:
    """A check digit raises the claim; where the name says it, the form is enough: real cards fail their check (T3)."""
    formed, passed = cells.counts[kind.kind], cells.counts[f"{kind.kind}{CHECKED}"]
    share = passed / cells.distinct if cells.distinct else 0.0
    is_range = kind.kind == "mobile_phone" and cells.mobile_prefixes < _FEWEST_PREFIXES
    if share >= _DECISIVE_SHARE and kind.chance**passed <= _SMALLEST_CHANCE and (is_hinted or not is_range):
        return Confidence.DECISIVE
    if is_hinted and formed >= _LABELLED_SHARE * cells.distinct > 0:
        return Confidence.LABELLED
    return Confidence.MIXED if not is_range and _is_beyond_chance(kind, formed, passed, cells) else Confidence.NONE


def _is_beyond_chance(kind: Identifier, formed: int, passed: int, cells: Cells) -> bool:
    """Whether more values pass than chance makes of so many of the form, and enough to matter.

    Of kinds that chance makes often a third must pass besides: numbers in a sequence are not random.
    """
    expected = formed * kind.chance
    is_many = passed >= max(_FEWEST, _SMALLEST_SHARE * cells.distinct)
    share_needed = max(1 / 3, kind.chance + 0.2) if kind.chance > _SMALLEST_CHANCE else 0.0
    is_more = passed > expected + 4 * sqrt(expected * (1 - kind.chance)) + 2
    return is_many and is_more and passed >= share_needed * formed


def _by_form(kind: str, cells: Cells, is_hinted: bool) -> Confidence:
    found, share = cells.counts[kind], cells.share(kind)
    is_version = kind == "ip" and cells.counts[f"ip{CHECKED}"] < found / 2
    if share >= _DECISIVE_SHARE and _CHANCE_OF_A_FORM**found <= _SMALLEST_CHANCE and (is_hinted or not is_version):
        return Confidence.DECISIVE
    if is_hinted and share >= _LABELLED_FORM_SHARE:
        return Confidence.LABELLED
    # some numbers with a leading 0 are landlines by chance
    is_some = found >= max(_FEWEST, _SMALLEST_SHARE * cells.distinct) and not is_version and kind != "landline"
    return Confidence.MIXED if is_some else Confidence.NONE


def _by_words(words: _Words, cells: Cells, is_hinted: bool) -> Confidence:
    if cells.distinct >= words.fewest and all(cells.share(signal) >= share for signal, share in words.alone.items()):
        return Confidence.DECISIVE
    is_labelled = is_hinted and cells.share(*words.named_by) >= words.named
    return Confidence.LABELLED if is_labelled else Confidence.NONE


def _as_free_text(cells: Cells, is_hinted: bool, within: Mapping[str, float]) -> Confidence:
    is_prose = cells.share(SENTENCE) >= _SHARE_OF_SENTENCES
    if is_prose and cells.distinct >= _FEWEST and cells.share(*_WORDS) < _SHARE_OF_OTHER_WORDS:
        return Confidence.DECISIVE
    is_labelled = (is_hinted and cells.distinct >= _FEWEST_ACCOUNTS) or within
    return Confidence.LABELLED if is_labelled else Confidence.NONE


def _as_account(cells: Cells, is_hinted: bool) -> Confidence:
    is_own = cells.distinct >= max(_FEWEST_ACCOUNTS, _SHARE_OF_ACCOUNTS * cells.filled)
    return Confidence.LABELLED if is_hinted and is_own else Confidence.NONE


def _within(cells: Cells) -> dict[str, float]:
    """The kinds that stand among other words in enough of the texts; a whole cell of the kind does not count."""
    found: dict[str, int] = {}
    for given, count in cells.by_signals.items():
        for signal in given:
            kind = signal.removeprefix(WITHIN)
            if kind != signal and kind not in given:
                found[kind] = found.get(kind, 0) + count
    fewest = max(_FEWEST, _SMALLEST_SHARE_WITHIN * cells.distinct)
    return {kind: count / cells.distinct for kind, count in sorted(found.items()) if count >= fewest}
