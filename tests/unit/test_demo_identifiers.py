"""The demo's identifiers against examples that the standards and other publications print."""

import random
import re
from datetime import date

import pytest

from contracts.identifiers import IDENTIFIERS
from infra.demo import identifiers


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])  # GB 11643, annex
def test_resident_check_agrees_with_the_standards_examples(number: str) -> None:
    assert identifiers.resident_check(number[:17]) == number[17]


@pytest.mark.parametrize("code", ["D2143569X"])  # GB 11714, annex
def test_organisation_check_agrees_with_published_codes(code: str) -> None:
    assert identifiers.organisation_check(code[:8]) == code[8]


def test_uscc_check_agrees_with_the_standards_example() -> None:
    assert identifiers.uscc_check("91350100M000100Y4") == "3"  # GB 32100


@pytest.mark.parametrize("number", ["79927398713", "4111111111111111", "378282246310005"])
def test_luhn_check_agrees_with_published_numbers(number: str) -> None:
    assert identifiers.luhn_check(number[:-1]) == number[-1]


def test_resident_id_tells_division_birthday_and_gender() -> None:
    number = identifiers.resident_id("330106", date(1988, 2, 29), 124)
    assert (number[:6], number[6:14], int(number[16]) % 2) == ("330106", "19880229", 0)


def test_uscc_holds_a_valid_organisation_code() -> None:
    code = identifiers.uscc("330106", 123456)
    assert len(code) == 18
    assert identifiers.organisation_check(code[8:16]) == code[16]
    assert identifiers.uscc_check(code[:17]) == code[17]


def test_bank_cards_begin_with_62_and_pass() -> None:
    cards = [identifiers.bank_card(random.Random(seed)) for seed in range(200)]  # noqa: S311  # repeatable
    assert {len(card) for card in cards} == {16, 19}
    assert all(card.startswith("62") and identifiers.luhn_check(card[:-1]) == card[-1] for card in cards)


def test_subscribers_and_devices_have_fifteen_digits() -> None:
    imsi, imei = identifiers.imsi(7), identifiers.imei(7)
    assert re.fullmatch(IDENTIFIERS["imsi"].pattern or "", imsi)
    assert (len(imei), identifiers.luhn_check(imei[:-1])) == (15, imei[-1])


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
