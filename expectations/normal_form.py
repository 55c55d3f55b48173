"""The normal form of identifiers, so that every spelling of one value is one value.

Full-width digits, blanks, hyphens, +86, lower-case x and Excel's `.0` are all seen in real files.
"""

import re

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0"
_HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "
_INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
_BETWEEN_DIGITS = r"(?<=[0-9])[\s()\-·.](?=[0-9])"


def is_ascii(value: Column) -> Column:
    """Whether every character is one byte long, which is cheaper to see than what they are; NULL stays NULL."""
    return F.octet_length(value) == F.char_length(value)


def plain_text(value: Column) -> Column:
    """Half-width, without invisible characters, trimmed; NULL stays NULL."""
    changed = F.regexp_replace(F.translate(value, _FULL_WIDTH, _HALF_WIDTH), _INVISIBLE, "")
    return F.trim(F.when(is_ascii(value), value).otherwise(changed))


def plain_word(word: str) -> str:
    """What `plain_text` makes of a word that is known beforehand.

    Example:
        >>> plain_word(" Ａ级（一） ")
        'A级(一)'
    """
    return re.sub(_INVISIBLE, "", word.translate(str.maketrans(_FULL_WIDTH, _HALF_WIDTH))).strip()


def searchable_text(value: Column) -> Column:
    """Text in which an identifier can be found whatever stands between its digits; NULL stays NULL."""
    return F.regexp_replace(plain_text(value), r"(?<=[0-9])[ \-]{1,2}(?=[0-9])", "")


def digits_only(value: Column) -> Column:
    """A number written as text, without separators and without Excel's `.0`; NULL stays NULL."""
    return F.regexp_replace(F.regexp_replace(plain_text(value), r"\.0+$", ""), r"[\s()\-·]", "")


def phone(value: Column) -> Column:
    """A phone number without country code: +86, 0086 and 86 are one number; NULL stays NULL."""
    return F.regexp_replace(digits_only(value), r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$)", "")


def code(value: Column) -> Column:
    """A number that may end in a letter, such as a resident ID with x; NULL stays NULL."""
    return F.upper(digits_only(value))


def device_serial(value: Column) -> Column:
    """The 14 digits of a device that never change: networks send a check digit, a spare 0 or a version behind them.

    Source: 3GPP TS 22.016, TS 23.003. NULL stays NULL.
    """
    return F.substring(digits_only(value), 1, 14)


def name(value: Column) -> Column:
    """A name without any blank inside: `欧阳 测试` is `欧阳测试`; NULL stays NULL."""
    return F.regexp_replace(plain_text(value), r"\s+", "")


def email(value: Column) -> Column:
    """An address in lower case; NULL stays NULL."""
    return F.lower(plain_text(value))


NORMAL_FORM = {
    "mobile_phone": phone,
    "landline": phone,
    "resident_id": code,
    "bank_card": code,
    "uscc": code,
    "imsi": code,
    "imei": device_serial,
    "account_number": code,
    "plate": code,
    "person_name": name,
    "organisation_name": name,
    "email": email,
}


def normalised(value: Column, identifier: str | None) -> Column:
    """The normal form of an identifier of this kind; any other value is only made plain. NULL stays NULL."""
    return NORMAL_FORM.get(identifier or "", plain_text)(value)
