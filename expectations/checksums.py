"""Whether an identifier can be one: forms and check digits as native expressions. NULL stays NULL.

Source: GB 11643-1999 and ISO 7064 MOD 11-2 (resident ID), GB 32100-2015 (USCC), GB 11714 (organisation code),
ISO 7064 MOD 11,10 (registration number), ISO/IEC 7812-1 (Luhn: cards, SIM cards, devices), GB 16735 (vehicles).
The same arithmetic in plain Python: contracts/check_digits.py.
"""

from collections.abc import Callable, Mapping
from functools import partial

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts import check_digits as digits
from contracts.identifiers import ASSIGNED_MOBILE, IDENTIFIERS
from expectations.check_characters import DIGITS, character_at, resident_check, weighted
from expectations.normal_form import code, digits_only, email, normalised, phone, plain_text

_LENGTH = 18


def real_date(text: Column) -> Column:
    """Whether eight digits are a day of the calendar; NULL stays NULL."""
    return F.when(text.isNotNull(), F.try_to_timestamp(text, F.lit("yyyyMMdd")).isNotNull())


def _resident(text: Column) -> Column:
    """A real date and the check character of eighteen; fifteen digits of old have none and so pass nothing (T10)."""
    is_right = (F.substring(text, 18, 1) == resident_check(text)) & real_date(F.substring(text, 7, 8))
    return (F.length(text) == _LENGTH) & is_right


def _foreigner(text: Column) -> Column:
    """Since 2023 as a resident number; before, three letters and twelve digits with a date in them, which decides."""
    return F.when(text.rlike("^9"), _resident(text)).otherwise(
        real_date(F.concat(F.lit("19"), F.substring(text, 8, 6)))
    )


def _uscc(text: Column) -> Column:
    place = (31 - weighted(text, digits.USCC_WEIGHTS, digits.USCC_ALPHABET) % 31) % 31
    return F.substring(text, 18, 1) == character_at(digits.USCC_ALPHABET, place)


def _organisation(text: Column) -> Column:
    rest = weighted(text, digits.ORGANISATION_WEIGHTS, digits.ALPHANUMERIC) % 11
    return F.substring(text, 9, 1) == character_at(digits.ORGANISATION_CHECKS, 11 - rest)


def _registration(text: Column) -> Column:
    """The first fourteen digits folded by MOD 11,10 give the fifteenth."""
    first14 = F.transform(F.split(F.substring(text, 1, 14), ""), lambda digit: digit.try_cast("int"))

    def folded(product: Column, digit: Column) -> Column:
        total = (product + digit) % 10
        return F.when(total == 0, 10).otherwise(total) * 2 % 11

    product = F.aggregate(F.filter(first14, lambda digit: digit.isNotNull()), F.lit(10), folded)
    return F.substring(text, 15, 1) == ((11 - product) % 10).cast("string")


def _luhn(text: Column) -> Column:
    return F.call_function("luhn_check", text)


def _device(text: Column) -> Column:
    """Fifteen digits: networks send a spare 0 where the box shows the Luhn digit. Source: 3GPP TS 22.016."""
    return text.rlike("^[0-9]{15}$") & (text.endswith("0") | _luhn(text))


def _hong_kong(text: Column) -> Column:
    padded = F.lpad(F.substring(text, 1, F.length(text) - 1), 8, " ")
    rest = weighted(padded, digits.HONG_KONG_WEIGHTS[:8], digits.HONG_KONG_ALPHABET) % 11
    return F.substring(text, -1, 1) == character_at("0123456789A", (11 - rest) % 11)


def _taiwan(text: Column) -> Column:
    letter = F.instr(F.lit(digits.TAIWAN_LETTERS), F.substring(text, 1, 1)) + 9
    total = F.floor(letter / 10) + letter % 10 * 9 + weighted(F.substring(text, 2, 9), digits.TAIWAN_WEIGHTS, DIGITS)
    return total % 10 == 0


def _vehicle(text: Column) -> Column:
    values = F.translate(text, digits.VIN_LETTERS, digits.VIN_DIGITS)
    rest = weighted(values, digits.VIN_WEIGHTS, DIGITS) % 11
    return F.substring(text, 9, 1) == character_at(digits.VIN_CHECKS, rest)


#: What a value that has the form of its kind must pass besides; evaluated for such values only.
CHECKS: Mapping[str, Callable[[Column], Column]] = {
    "resident_id": _resident,
    "foreigner_permit": _foreigner,
    "uscc": _uscc,
    "imei": _device,
    "bank_card": _luhn,
    "mobile_phone": lambda text: text.rlike(ASSIGNED_MOBILE),
    "vin": _vehicle,
    "hong_kong_id": _hong_kong,
    "taiwan_id": _taiwan,
    "organisation_code": _organisation,
    "business_registration": _registration,
}


def passes(kind: str, text: Column) -> Column:
    """Whether text in the normal form of the kind has its form and passes its check; NULL stays NULL."""
    has_form = text.rlike(IDENTIFIERS[kind].form or "")
    return F.when(has_form, CHECKS[kind](text)).otherwise(has_form) if kind in CHECKS else has_form


def resident_id(value: Column) -> Column:
    """A province, a real birth date and the MOD 11-2 check character; permits of foreigners are built alike.

    Fifteen digits of an old number have no check character and count where their date is real.
    """
    text = code(value)
    has_form = text.rlike("|".join(f"(?:{IDENTIFIERS[kind].form})" for kind in ("resident_id", "foreigner_permit")))
    is_old = text.rlike("^[0-9]{15}$") & real_date(F.concat(F.lit("19"), F.substring(text, 7, 6)))
    return F.when(has_form, _resident(text) | is_old).otherwise(has_form)


def uscc(value: Column) -> Column:
    """Eighteen characters with the check character of GB 32100-2015; places 9 to 17 are not checked by themselves."""
    return passes("uscc", normalised(value, "uscc"))


def mobile_phone(value: Column) -> Column:
    """Eleven digits beginning with 13 to 19; prefixes come and go, so no closer look."""
    return phone(value).rlike(r"^1[3-9][0-9]{9}$")


def phone_number(value: Column) -> Column:
    """A mobile number, or a landline with area code and perhaps an extension."""
    number = phone(value)
    return number.rlike(r"^(?:1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7})$") | passes("landline", number)


def bank_card(value: Column) -> Column:
    """Twelve to nineteen digits that pass Luhn."""
    text = digits_only(value)
    return text.rlike(r"^[0-9]{12,19}$") & _luhn(text)


def email_address(value: Column) -> Column:
    """One @ between a local part and a domain with a dot."""
    return email(value).rlike(r"^[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$")


def _valid(kind: str, value: Column) -> Column:
    # what is the same for all writings of a device is less than what its form and check are about
    as_written = {"imei": digits_only, "mac": plain_text}.get(kind)
    return passes(kind, as_written(value) if as_written else normalised(value, kind))


#: For the rule `valid_identifier`; every kind that a contract may have checked.
VALID: Mapping[str, Callable[[Column], Column]] = {
    **{kind: partial(_valid, kind) for kind, identifier in IDENTIFIERS.items() if identifier.is_checkable},
    "resident_id": resident_id,
    "mobile_phone": mobile_phone,
    "landline": phone_number,
    "bank_card": bank_card,
    "email": email_address,
}
