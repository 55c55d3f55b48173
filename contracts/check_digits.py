"""The check characters of identifiers, in plain Python: the reference that makes numbers and judges the engine's rules.

Constants stand here once; `expectations.checksums` writes the same arithmetic as native expressions.
"""

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_CHECKS = "0123456789X0"
#: A missing first letter of a Hong Kong identity card counts as a blank, worth 36.
HONG_KONG_ALPHABET = ALPHANUMERIC + " "
HONG_KONG_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, 1)
#: The letter of a Taiwan identity card stands for 10 and its place here.
TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
TAIWAN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1, 1)
VIN_LETTERS, VIN_DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789"
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_CHECKS = "0123456789X"

_DOUBLED = str.maketrans("0123456789", "0246813579")  # the digit sum of twice the digit
_VIN_VALUES = str.maketrans(VIN_LETTERS, VIN_DIGITS)


def resident_check(first17: str) -> str:
    """The 18th character of a resident identity number. Source: GB 11643 (ISO 7064 MOD 11-2).

    Example:
        >>> resident_check("11010519491231002")
        'X'
    """
    return RESIDENT_CHECKS[sum(int(d) * w for d, w in zip(first17, RESIDENT_WEIGHTS, strict=True)) % 11]


def in_eighteen_characters(fifteen: str) -> str:
    """The number of today for a resident identity number of fifteen digits, as they were given until 1999.

    Example:
        >>> in_eighteen_characters("110105491231002")
        '11010519491231002X'
    """
    first17 = f"{fifteen[:6]}19{fifteen[6:]}"
    return first17 + resident_check(first17)


def organisation_check(first8: str) -> str:
    """The ninth character of an organisation code. Source: GB 11714.

    Example:
        >>> organisation_check("D2143569")
        'X'
    """
    total = sum(int(c, 36) * w for c, w in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return ORGANISATION_CHECKS[11 - total % 11]


def uscc_check(first17: str) -> str:
    """The 18th character of a unified social credit code. Source: GB 32100.

    Example:
        >>> uscc_check("91350100M000100Y4")
        '3'
    """
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def luhn_check(digits: str) -> str:
    """The check digit that makes a card, device or SIM number pass. Source: ISO/IEC 7812-1.

    Example:
        >>> luhn_check("7992739871")
        '3'
    """
    total = sum(map(int, digits[-1::-2].translate(_DOUBLED))) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def registration_check(first14: str) -> str:
    """The fifteenth digit of an old business registration number. Source: ISO 7064 MOD 11,10.

    Example:
        >>> registration_check("79462")
        '3'
    """
    product = 10
    for digit in first14:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def hong_kong_check(number: str) -> str:
    """The character in brackets of a Hong Kong identity card, for its one or two letters and six digits.

    Example:
        >>> hong_kong_check("A123456")
        '3'
    """
    padded = number.rjust(8)
    total = sum(HONG_KONG_ALPHABET.index(c) * w for c, w in zip(padded, HONG_KONG_WEIGHTS, strict=False))
    return "0123456789A"[-total % 11]


def taiwan_check(first9: str) -> str:
    """The last digit of a Taiwan identity number, for its letter and eight digits.

    Example:
        >>> taiwan_check("A12345678")
        '9'
    """
    tens, units = divmod(TAIWAN_LETTERS.index(first9[0]) + 10, 10)
    total = tens + 9 * units + sum(int(d) * w for d, w in zip(first9[1:], TAIWAN_WEIGHTS, strict=False))
    return str(-total % 10)


def vin_check(number: str) -> str:
    """The ninth of the seventeen characters of a vehicle identification number. Source: GB 16735.

    Example:
        >>> vin_check("1M8GDM9A_KP042788")
        'X'
    """
    values = number.translate(_VIN_VALUES).replace("_", "0")
    return VIN_CHECKS[sum(int(v) * w for v, w in zip(values, VIN_WEIGHTS, strict=True)) % 11]
