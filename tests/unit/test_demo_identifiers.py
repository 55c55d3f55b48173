"""The demo's identifiers pass the checks of their standards; the checks themselves: test_check_digits.py."""

import random
import re
from datetime import date

from contracts.check_digits import luhn_check, organisation_check, uscc_check
from contracts.identifiers import IDENTIFIERS
from infra.demo import identifiers


def test_resident_id_tells_division_birthday_and_gender() -> None:
    number = identifiers.resident_id("330106", date(1988, 2, 29), 124)
    assert (number[:6], number[6:14], int(number[16]) % 2) == ("330106", "19880229", 0)


def test_uscc_holds_a_valid_organisation_code() -> None:
    code = identifiers.uscc("330106", 123456)
    assert len(code) == 18
    assert organisation_check(code[8:16]) == code[16]
    assert uscc_check(code[:17]) == code[17]


def test_bank_cards_begin_with_62_and_pass() -> None:
    cards = [identifiers.bank_card(random.Random(seed)) for seed in range(200)]  # noqa: S311  # repeatable
    assert {len(card) for card in cards} == {16, 19}
    assert all(card.startswith("62") and luhn_check(card[:-1]) == card[-1] for card in cards)


def test_subscribers_and_devices_have_fifteen_digits() -> None:
    imsi, imei = identifiers.imsi(7), identifiers.imei(7)
    assert re.fullmatch(IDENTIFIERS["imsi"].pattern or "", imsi)
    assert (len(imei), luhn_check(imei[:-1])) == (15, imei[-1])


def test_a_broken_number_differs_in_its_last_place_only() -> None:
    for number in ("11010519491231002X", "6222021234567890128", "440524188001010014"):
        spoilt = identifiers.broken(number)
        assert (spoilt[:-1], spoilt == number) == (number[:-1], False)


def test_every_disguise_still_tells_the_number() -> None:
    rng = random.Random(1)  # noqa: S311  # repeatable
    written = {identifiers.disguised_mobile(rng, "13812345678") for _ in range(500)}
    assert len(written) == 8
    for text in written:
        digits = "".join(str(int(c)) for c in text if c.isdigit())  # int reads full-width digits too
        assert digits.endswith("13812345678")
