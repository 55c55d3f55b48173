"""The normal form of identifiers, so that every spelling of one value is one value.

Full-width digits, blanks, hyphens, +86, lower-case x and Excel's `.0` are all seen in real files.
"""

import re

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0"
_HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "
_INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
_NO_DATE_OR_TIME = r"(?<!(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})(?<![0-9]:[0-9]{2})"
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


def searchable_behind_dates(value: Column) -> Column:
    """The same, but a number that follows a date or a time after a blank is not joined to it; NULL stays NULL."""
    return F.regexp_replace(plain_text(value), rf"(?<=[0-9]){_NO_DATE_OR_TIME}[ \-]{{1,2}}(?=[0-9])", "")


def digits_only(value: Column) -> Column:
    """A number written as text, without separators and without Excel's `.0`; NULL stays NULL."""
    return F.regexp_replace(F.regexp_replace(plain_text(value), r"\.0+$", ""), r"[\s()\-·]", "")


def phone(value: Column) -> Column:
    """A phone number without country code: +86, 0086, 86 and a 0 before a mobile are one number; NULL stays NULL."""
    return without_country_code(digits_only(value))


def without_country_code(number: Column) -> Column:
    """Digits without what may stand before a mobile number, also those of signalling records; NULL stays NULL.

    There each two digits change places and an F fills the last pair: 683108108300F0 is 8613800138000 (3GPP TS 24.008).
    """
    unswapped = F.regexp_replace(number, f"^(6)(8)(3){'([0-9])' * 9}F([0-9])$", "$2$1$4$3$6$5$8$7$10$9$12$11$13")
    return F.regexp_replace(unswapped, r"^(?:(?:\+|00)?86)?0?(?=1[3-9][0-9]{9}$)", "")


def code(value: Column) -> Column:
    """A number that may end in a letter, such as a resident ID with x; NULL stays NULL."""
    return F.upper(digits_only(value))


def resident_number(value: Column) -> Column:
    """The seventeen digits that are a resident's own: the last of eighteen follows from them.

    Fifteen digits of old get their century, so that both numbers of a person are one. NULL stays NULL.
    Source: GB 11643-1999.
    """
    without_check = F.regexp_replace(code(value), "^([1-9][0-9]{16})[0-9X]$", "$1")
    return F.regexp_replace(without_check, "^([1-9][0-9]{5})([0-9]{9})$", "$1\\19$2")


def traveller(value: Column) -> Column:
    """The nine characters of a Hong Kong or Macao permit that stay its holder's for life; NULL stays NULL."""
    return F.substring(code(value), 1, 9)


def device_serial(value: Column) -> Column:
    """The 14 digits of a device that never change: networks send a check digit, a spare 0 or a version behind them.

    Source: 3GPP TS 22.016, TS 23.003. NULL stays NULL.
    """
    return F.substring(digits_only(value), 1, 14)


def plate(value: Column) -> Column:
    """A number plate without the dot or blank behind its region; NULL stays NULL."""
    return F.replace(code(value), F.lit("."), F.lit(""))


def mac(value: Column) -> Column:
    """The twelve digits of a network card, whatever parts them; NULL stays NULL."""
    return F.upper(F.regexp_replace(plain_text(value), "[:.\\-]", ""))


def name(value: Column) -> Column:
    """A name without any blank inside: `欧阳 测试` is `欧阳测试`; NULL stays NULL."""
    return F.regexp_replace(plain_text(value), r"\s+", "")


def email(value: Column) -> Column:
    """An address in lower case; NULL stays NULL."""
    return F.lower(plain_text(value))


NORMAL_FORM = {
    "mobile_phone": phone,
    "landline": phone,
    "resident_id": resident_number,
    "foreigner_permit": code,
    "hong_kong_macao_permit": traveller,
    "taiwan_permit": code,
    "hong_kong_id": code,
    "macao_id": code,
    "taiwan_id": code,
    "passport": code,
    "bank_card": code,
    "uscc": code,
    "organisation_code": code,
    "business_registration": code,
    "tax_number": code,
    "imsi": code,
    "iccid": code,
    "imei": device_serial,
    "vin": code,
    "account_number": code,
    "plate": plate,
    "mac": mac,
    "person_name": name,
    "organisation_name": name,
    "email": email,
}


def normalised(value: Column, identifier: str | None) -> Column:
    """The normal form of an identifier of this kind; any other value is only made plain. NULL stays NULL."""
    return NORMAL_FORM.get(identifier or "", plain_text)(value)
