"""Each check character against numbers that its standard, or another publication, prints."""

import pytest

from contracts import check_digits


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (check_digits.resident_check, "11010519491231002X"),  # GB 11643, annex
        (check_digits.resident_check, "440524188001010014"),
        (check_digits.organisation_check, "D2143569X"),  # GB 11714, annex
        (check_digits.uscc_check, "91350100M000100Y43"),  # GB 32100
        (check_digits.luhn_check, "79927398713"),
        (check_digits.luhn_check, "4111111111111111"),
        (check_digits.luhn_check, "378282246310005"),
        (check_digits.luhn_check, "490154203237518"),  # 3GPP TS 23.003: a device
        (check_digits.registration_check, "794623"),  # ISO 7064 MOD 11,10
        (check_digits.hong_kong_check, "A1234563"),
        (check_digits.hong_kong_check, "AB9876543"),
        (check_digits.taiwan_check, "A123456789"),
    ],
)
def test_the_last_character_follows_from_the_others(check, number):
    assert check(number[:-1]) == number[-1]


def test_the_ninth_character_of_a_vehicle_follows_from_the_others():
    assert check_digits.vin_check("1M8GDM9AXKP042788") == "X"
    assert check_digits.vin_check("11111111111111111") == "1"


def test_a_number_of_fifteen_digits_is_that_of_eighteen():
    assert check_digits.in_eighteen_characters("110105491231002") == "11010519491231002X"
