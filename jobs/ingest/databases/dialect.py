"""What one kind of database needs said in its own words: names, values, and each type as text without loss."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contracts.errors import LakewardenError

_LONGEST_NAME, _LONGEST_VALUE = 128, 200
_SIZES = re.compile(r"\(([0-9]+|\*),\s*(-?[0-9]+)\)")
#: Spark's decimals have as many digits; longer numbers are read as text like all others, and only not added up.
_MOST_DIGITS = 38
_NUMBER = re.compile(r"-?[0-9]{1,38}(\.[0-9]{1,38})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?)Z?")


class Unspeakable(LakewardenError):
    """A name or a value cannot be said to a database without doubt about what it would understand."""


class Family(StrEnum):
    """What the values of a type are, as far as comparing and adding goes."""

    EXACT = "exact number"
    FLOAT = "floating number"
    TEXT = "text"
    DATE = "date"
    MOMENT = "time without zone"
    ZONED = "time with zone"
    OTHER = "other"


@dataclass(frozen=True)
class TypeRule:
    """How one type of a database becomes text that a person would write, with every digit it has.

    pattern: the type's name in lower case as the catalogue says it, without its sizes.
    text: SQL with `{column}`; NULL stays NULL.
    literal: SQL with `{day}` and `{time}` for a value of a time type; NULL of families that have their own.
    number: SQL with `{column}` for the value as a number, where the type is none that adds up.
    scale: digits behind the point where the catalogue does not say; None when they are not limited.
    """

    pattern: str
    family: Family
    text: str
    literal: str = ""
    number: str = "{column}"
    scale: int | None = None

    def digits_behind_the_point(self, type_name: str) -> int | None:
        """How many digits a number of this type has behind the point at most; None when it cannot be added up."""
        if self.family is not Family.EXACT:
            return None
        sizes = _SIZES.search(type_name)
        if sizes is None:
            return self.scale
        digits, scale = sizes.groups()
        is_too_long = digits != "*" and int(digits) > _MOST_DIGITS
        return None if is_too_long else max(0, int(scale))


@dataclass(frozen=True)
class Dialect:
    """One kind of database.

    url: the JDBC address with `{host}`, `{port}` and `{database}`.
    catalogue: the question for a table's columns in order, with `{schema}` and `{table}` as texts; its answer has the
        column's name, type, size and scale as `c0` to `c3`, the last two NULL where the type holds them.
    total: SQL for a sum that cannot overflow, with `{number}` and `{scale}`.
    first_rows: what to write before the columns and behind the order to get the first `{n}` rows.
    session: connection properties that fix how the database writes and reads times, texts and names.
    patience: connection properties after which a silent network is an error, not a wait.
    encryption: connection properties that demand TLS and a valid certificate; for every host but this one.
    choices: further connection properties that an installation may set; none of them runs code or opens files of ours
        beyond certificates.
    """

    name: str
    driver: str
    url: str
    quotes: tuple[str, str]
    types: tuple[TypeRule, ...]
    catalogue: str
    total: str
    count_text: str
    first_rows: tuple[str, str]
    string: str = "'{text}'"
    session: Mapping[str, str] = field(default_factory=dict)
    patience: Mapping[str, str] = field(default_factory=dict)
    encryption: Mapping[str, str] = field(default_factory=dict)
    choices: frozenset[str] = frozenset()

    def quoted(self, name: str) -> str:
        """A name as an identifier, whatever it is made of. Raises: Unspeakable."""
        _require_speakable(name, _LONGEST_NAME)
        opening, closing = self.quotes
        return f"{opening}{name.replace(closing, closing * 2)}{closing}"

    def said(self, text: str) -> str:
        """A text as a literal. Raises: Unspeakable."""
        _require_speakable(text, _LONGEST_VALUE)
        return self.string.format(text=text.replace("'", "''"))

    def value(self, text: str, rule: TypeRule) -> str:
        """A value as a literal of a column's type. Raises: Unspeakable when the text is no value of that type."""
        if rule.family in (Family.TEXT, Family.OTHER):
            return self.said(text)
        if rule.family in (Family.EXACT, Family.FLOAT) and _NUMBER.fullmatch(text):
            return text
        if rule.family is Family.DATE and _DAY.fullmatch(text):
            return rule.literal.format(day=text, time="")
        if rule.family in (Family.MOMENT, Family.ZONED):
            moment = _MOMENT.fullmatch(text if len(text) > len("yyyy-mm-dd") else f"{text} 00:00:00")
            if moment:
                return rule.literal.format(day=moment[1], time=moment[2])
        raise Unspeakable(f"a value in the contract or the ledger is no {rule.family}")

    def rule_of(self, type_name: str) -> TypeRule | None:
        """The rule of a type as the catalogue names it; None for a type that nobody taught us."""
        name = re.sub(r"\s*\(.*\)", "", type_name.lower())
        return next((rule for rule in self.types if re.fullmatch(rule.pattern, name)), None)


def _require_speakable(text: str, most: int) -> None:
    if not 0 < len(text) <= most:
        raise Unspeakable(f"a name or a value has {len(text)} characters; 1 to {most} can be said to a database")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise Unspeakable("a name or a value holds a control character, which is not said to a database")
