"""What the text of one cell could be: the names of all signals that it gives; their shares judge a column.

A signal is the kind of an identifier whose form the whole cell has; the kind with `CHECKED` behind it where its check
holds too; `WITHIN` and a kind that stands somewhere inside a longer text; and what else tells columns apart.
"""

from collections.abc import Iterable, Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts import chinese_words as words
from contracts.identifiers import IDENTIFIERS, Proof
from expectations.checksums import CHECKS
from expectations.identity import could_hold_identity, kinds_within
from expectations.normal_form import code, plain_text, searchable_text, without_country_code

CHECKED, WITHIN = "+", "within:"
INTEGER, NUMBER, DATE, MOMENT, SENTENCE = "is:integer", "is:number", "is:date", "is:moment", "is:sentence"

_FORMS = {kind for kind, found in IDENTIFIERS.items() if found.form}
#: Kinds whose signs part them from digits and letters, so that separators must stay when they are looked for.
_AS_WRITTEN = ("email", "url", "ip", "mac", "officer_card", "wechat_id")
_WITH_HAN = ("plate",)
_DIGITS_AND_LETTERS = _FORMS - set(_AS_WRITTEN) - set(_WITH_HAN)
#: One number or code, in which nothing else stands.
_CODE = "^[0-9A-Z]+$"
_INTEGER = "^-?(?:0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(?:[0-9]{1,3}(?:,[0-9]{3})+|0|[1-9][0-9]{0,14})(?:\.[0-9]+)?$"
_DAY = "(?:19|20)[0-9]{2}[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12][0-9]|3[01])日?"
#: Degrees inside the box around China with a digit behind the third decimal, which is closer than a hundred metres.
_LATITUDE = r"(?:[3-9]|[1-4][0-9]|5[0-4])\.[0-9]{4,}"
_LONGITUDE = r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-6])\.[0-9]{4,}"
#: An address of a network, not the number of a version: those seldom have a part above 31.
_LARGE_OCTET = r"(?<![0-9])(?:3[2-9]|[4-9][0-9]|[12][0-9]{2})(?![0-9])"


def with_signals(cells: DataFrame) -> DataFrame:
    """The frame with `signals` beside its text `value`: names with a blank between, and `prefix` and `digits`.

    prefix: the first three characters in normal form. digits: how many stand before the point of a number, else NULL.

    Grain: one row in, one row out. NULL and empty text give no signal.
    Each cell is brought into its normal forms once, and only those tests run that its characters allow.
    """
    # Columns, for what stands in a branch of a CASE is evaluated anew wherever it is named.
    looked_into = ~F.col("compact").rlike(_CODE) & could_hold_identity(F.col("plain"))
    prepared = (
        cells.withColumn("plain", plain_text(F.col("value")))
        .withColumn("compact", without_country_code(code(F.col("value"))))
        .withColumn("searchable", F.when(looked_into, searchable_text(F.col("plain"))))
    )
    signals = _signals(F.col("plain"), F.col("compact"), F.col("searchable"))
    found = prepared.withColumns({"signals": signals, "prefix": F.substring("compact", 1, 3)})
    whole = F.regexp_replace(F.substring_index("plain", ".", 1), "^-?0?|,", "")
    return found.withColumn("digits", F.when(F.col("signals").contains(NUMBER), F.length(whole))).drop(
        "plain", "compact", "searchable"
    )


def _signals(plain: Column, compact: Column, searchable: Column) -> Column:
    is_digits, is_code = compact.rlike("^[0-9]+$"), compact.rlike(_CODE)
    kinds_of_digits = [kind for kind in IDENTIFIERS if kind in _DIGITS_AND_LETTERS - {"hong_kong_id", "vin"}]
    kinds_of_codes = [kind for kind in IDENTIFIERS if kind in _DIGITS_AND_LETTERS]
    in_digits = _named(*_forms(kinds_of_digits, compact), *_numbers(plain))
    in_codes = _named(*_forms(kinds_of_codes, compact), *_forms(("mac", "wechat_id"), plain), *_numbers(plain))
    return (
        F.when(is_digits, in_digits)
        .when(is_code, in_codes)
        .otherwise(F.concat_ws(" ", _text_signals(plain, compact), _signals_within(searchable)))
    )


def _text_signals(plain: Column, compact: Column) -> Column:
    return _named(
        *_forms(_AS_WRITTEN, plain),
        *_forms(_WITH_HAN, compact),
        (f"ip{CHECKED}", plain.rlike(_LARGE_OCTET)),
        *_numbers(plain),
        ("person_name", plain.rlike(words.PERSON_NAME)),
        (f"person_name{CHECKED}", plain.rlike(words.LIKELY_PERSON_NAME)),
        ("organisation_name", plain.rlike(words.ORGANISATION_NAME)),
        ("address", plain.rlike(words.ADDRESS)),
        (SENTENCE, plain.rlike(words.SENTENCE)),
    )


def _numbers(plain: Column) -> Iterator[tuple[str, Column]]:
    yield NUMBER, plain.rlike(_NUMBER)
    yield INTEGER, plain.rlike(_INTEGER)
    yield DATE, plain.rlike(f"^{_DAY}$")
    yield MOMENT, plain.rlike(f"^{_DAY}[T ]*[0-9]{{1,2}}:[0-9]{{2}}")
    yield "coordinate", plain.rlike(f"^(?:{_LATITUDE}|{_LONGITUDE})$")
    yield f"coordinate{CHECKED}", plain.rlike(f"^(?:{_LONGITUDE}[,; ]+{_LATITUDE}|{_LATITUDE}[,; ]+{_LONGITUDE})$")


def _signals_within(searchable: Column) -> Column:
    return _named(*((f"{WITHIN}{kind}", stands) for kind, stands in kinds_within(searchable)))


def _forms(kinds: Iterable[str], text: Column) -> Iterator[tuple[Column, Column]]:
    """For each kind what a cell of its form is called, and whether it has the form."""
    for kind in kinds:
        name: Column = F.lit(kind)
        if IDENTIFIERS[kind].proof is Proof.CHECK:
            name = F.when(CHECKS[kind](text), f"{kind} {kind}{CHECKED}").otherwise(kind)
        yield name, text.rlike(IDENTIFIERS[kind].form or "")


def _named(*signals: tuple[Column | str, Column]) -> Column:
    names = (F.when(is_given, F.lit(name) if isinstance(name, str) else name) for name, is_given in signals)
    return F.concat_ws(" ", *names)
