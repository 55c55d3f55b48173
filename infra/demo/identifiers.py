"""Chinese identifiers with their check characters, drawn from a seed."""

import random
from datetime import date

from contracts.check_digits import luhn_check, organisation_check, resident_check, uscc_check

_CARD_BINS = ("621226", "621700", "622202", "622588", "622848", "623052", "620058", "625912")

#: First three digits that public mobile networks use; data-only and satellite ranges are left out.
MOBILE_PREFIXES = tuple(
    "130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 167 "
    "173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 193 195 196 197 198 199".split()
)


def resident_id(division_code: str, born: date, serial: int) -> str:
    """A resident identity number; `serial` is 1 to 999, odd for men and even for women."""
    first17 = f"{division_code}{born:%Y%m%d}{serial:03d}"
    return first17 + resident_check(first17)


def uscc(division_code: str, organisation: int) -> str:
    """The credit code of an enterprise (registered with the market authority); `organisation` below 10^6.

    The organisation code begins with MA, as those given since 2015 do.
    """
    first8 = f"MA{organisation:06d}"
    first17 = f"91{division_code}{first8}{organisation_check(first8)}"
    return first17 + uscc_check(first17)


def bank_card(rng: random.Random) -> str:
    """A card number of 16 or 19 digits that begins with 62 and passes the Luhn check."""
    length = 9 if rng.random() < 0.3 else 12
    body = f"{rng.choice(_CARD_BINS)}{int(rng.random() * 10**length):0{length}d}"
    return body + luhn_check(body)


def mobile(rng: random.Random) -> str:
    """A mobile number of eleven digits with a prefix in use."""
    return f"{rng.choice(MOBILE_PREFIXES)}{rng.randrange(10**8):08d}"


def imsi(subscriber: int) -> str:
    """The fifteen digits of a subscriber in a Chinese network; `subscriber` below 10^10. Source: 3GPP TS 23.003."""
    return f"46000{subscriber:010d}"


def imei(device: int) -> str:
    """The fifteen digits of a device, the last a check digit; `device` below 10^6. Source: 3GPP TS 23.003."""
    first14 = f"86000000{device:06d}"
    return first14 + luhn_check(first14)


def disguised_mobile(rng: random.Random, number: str) -> str:
    """The number as people write it: mostly plain, else with blanks, hyphens, a country code or full-width digits."""
    style = rng.randrange(20)
    if style < 13:
        return number
    grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
    written = (
        grouped,
        grouped.replace(" ", "-"),
        f"+86{number}",
        f"+86 {grouped}",
        f"0086{number}",
        full_width(number),
        f" {number} ",
    )
    return written[style - 13]


def full_width(text: str) -> str:
    """The digits as full-width characters, as some input methods leave them.

    Example:
        >>> full_width("139")
        '１３９'
    """
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


def broken(number: str) -> str:
    """The number with another last digit, so that its check fails; nothing else about it changes."""
    last = number[-1]
    return number[:-1] + (str((int(last) + 1) % 10) if last.isdigit() else "0")
