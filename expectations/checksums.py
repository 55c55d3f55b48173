"""Whether an identifier can be one: forms and check digits as native expressions. NULL stays NULL.

Source: GB 11643-1999 and ISO 7064 MOD 11-2 (resident ID), GB 32100-2015 (USCC), ISO/IEC 7812-1 (Luhn).
"""

from collections.abc import Callable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from expectations.normal_form import code, digits_only, email, phone

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# first two digits of the division; 83 and a first 9 are residence permits
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9])"
_ID_FORM = rf"^{_PROVINCE}[0-9]{{4}}(?:18|19|20)[0-9]{{2}}[01][0-9][0-3][0-9]{{4}}[0-9X]$"
_USCC_FORM = rf"^[1-9ANY][1-59][0-9]{{6}}[{_USCC_CHARACTERS}]{{10}}$"


def _weighted(text: Column, weights: tuple[int, ...], alphabet: str) -> Column:
    """The sum of the characters' places in `alphabet`, weighted; `text` has at least as many characters."""
    places = (
        (F.instr(F.lit(alphabet), F.substring(text, position, 1)) - 1) * weight
        for position, weight in enumerate(weights, start=1)
    )
    return sum(places, start=F.lit(0))


def resident_id(value: Column) -> Column:
    """Eighteen characters, a province, a real birth date and the MOD 11-2 check character."""
    text = code(value)
    birth = F.try_to_timestamp(F.substring(text, 7, 8), F.lit("yyyyMMdd"))
    check = F.substring(F.lit(_ID_CHECK), (_weighted(text, _ID_WEIGHTS, "0123456789") % 11 + 1).cast("int"), F.lit(1))
    real_date = F.when(text.isNotNull(), birth.isNotNull())
    return text.rlike(_ID_FORM) & real_date & (F.substring(text, 18, 1) == check)


def uscc(value: Column) -> Column:
    """Eighteen characters with the check character of GB 32100-2015; places 9 to 17 are not checked by themselves."""
    text = code(value)
    place = (31 - _weighted(text, _USCC_WEIGHTS, _USCC_CHARACTERS) % 31) % 31
    check = F.substring(F.lit(_USCC_CHARACTERS), (place + 1).cast("int"), F.lit(1))
    return text.rlike(_USCC_FORM) & (F.substring(text, 18, 1) == check)


def mobile_phone(value: Column) -> Column:
    """Eleven digits beginning with 13 to 19; prefixes come and go, so no closer look."""
    return phone(value).rlike(r"^1[3-9][0-9]{9}$")


def phone_number(value: Column) -> Column:
    """A mobile number, or a landline with area code."""
    return phone(value).rlike(r"^(?:1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7})$")


def bank_card(value: Column) -> Column:
    """Twelve to nineteen digits that pass Luhn."""
    text = digits_only(value)
    return text.rlike(r"^[0-9]{12,19}$") & F.call_function("luhn_check", text)


def email_address(value: Column) -> Column:
    """One @ between a local part and a domain with a dot."""
    return email(value).rlike(r"^[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$")


VALID: Mapping[str, Callable[[Column], Column]] = {
    "resident_id": resident_id,
    "uscc": uscc,
    "mobile_phone": mobile_phone,
    "landline": phone_number,
    "bank_card": bank_card,
    "email": email_address,
}
