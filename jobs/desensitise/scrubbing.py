"""Free text without people: identifiers, names and addresses stand as their labels, so the sentence can still be read.

Names and addresses have no form of their own and are told by the words around them; docs/treatments.md says how well.
"""

from collections.abc import Callable, Iterable
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.identifiers import IDENTIFIERS
from contracts.people_in_text import ADDRESSES, COULD_HOLD_ADDRESS, NAMES
from expectations.identity import holds_identity
from expectations.normal_form import is_ascii, plain_text, searchable_behind_dates

#: An address first, for a number in front of its @ is not all of it.
_IN_ORDER = sorted((i for i in IDENTIFIERS.values() if i.pattern), key=lambda i: i.kind != "email")
_LABELS = [(str(identifier.pattern), f"[{identifier.label}]") for identifier in _IN_ORDER]
#: Groups of eleven digits and more, in which nobody can tell where a number begins; behind a date a new one begins.
_SEPARATOR = r"(?<!(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})[ \-]{1,2}"
_GROUPS = rf"(?<![0-9])(?=(?:[0-9](?:{_SEPARATOR})?){{11}})[0-9]+(?:{_SEPARATOR}[0-9]+)+"
_LONG_NUMBER, HIDDEN = "[长数字]", "[已隐去]"


def scrubbed(text: Column) -> Column:
    """The text with `[手机号码]` and the like in place of every identifier of the catalogue; NULL stays NULL.

    Addresses become `[地址]` and names `[姓名]` where the words around them tell, see `contracts.people_in_text`.
    Full-width characters become half-width. Where numbers are written in groups (`138 0013 8000`), the blanks and
    hyphens between all digits of that text are lost, and its other numbers of eleven digits or more become `[长数字]`,
    like groups of digits in which no identifier can be told to begin. A text that still holds an identity is hidden
    whole, so that gate 3 never meets one.
    Source: D09-10; contracts/identifiers.py.
    """
    in_turn = (_without_addresses, _labelled, _labelled_in_groups_too, _without_names)
    return reduce(_named, in_turn, plain_text(text))


def _without_addresses(text: Column) -> Column:
    could_hold_one = ~is_ascii(text) & text.rlike(COULD_HOLD_ADDRESS)
    return F.when(could_hold_one, _replaced(text, ADDRESSES)).otherwise(text)


def _without_names(text: Column) -> Column:
    return F.when(is_ascii(text), text).otherwise(_replaced(text, NAMES))


def _labelled_in_groups_too(written: Column) -> Column:
    def labelled(joined: Column) -> Column:
        in_groups = F.regexp_replace(_labelled(joined), "[0-9]{11,}", _LONG_NUMBER)
        return F.when(holds_identity(written), in_groups).otherwise(F.regexp_replace(written, _GROUPS, _LONG_NUMBER))

    return _named(_named(searchable_behind_dates(written), labelled), _hidden_if_anything_is_left)


def _replaced(text: Column, replacements: Iterable[tuple[str, str]]) -> Column:
    for pattern, replacement in replacements:
        text = F.regexp_replace(text, pattern, replacement)
    return text


def _hidden_if_anything_is_left(text: Column) -> Column:
    return F.when(holds_identity(text), F.lit(HIDDEN)).otherwise(text)


def _named(value: Column, then: Callable[[Column], Column]) -> Column:
    """`then` of the value, computed once however often it is used; no expression nests deeper than Connect takes."""
    return F.transform(F.array(value), then)[0]


def _labelled(text: Column) -> Column:
    """In two halves, for Connect's messages may nest a hundred deep, and each replacement is two of them."""
    half = len(_LABELS) // 2
    return _named(_replaced(text, _LABELS[:half]), lambda begun: _replaced(begun, _LABELS[half:]))
