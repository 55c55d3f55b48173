"""Planted faults fall where they are counted."""

from collections import Counter
from datetime import date

import pytest

from infra.demo.planting import Planting
from infra.demo.randomness import Choice, shared_out
from infra.demo.setting import SIZES, Setting, size_of

REASONS = ("missing_value", "wrong_type", "unknown_code")


def test_the_share_of_bad_rows_is_exact_and_every_reason_takes_its_turn() -> None:
    planting = Planting(1_000, 0.03, REASONS)
    assert Counter(filter(None, map(planting.reason, range(1_000)))) == dict.fromkeys(REASONS, 10)


def test_few_rows_still_show_every_reason_once() -> None:
    planting = Planting(50, 0.01, REASONS)
    assert Counter(filter(None, map(planting.reason, range(50)))) == dict.fromkeys(REASONS, 1)


def test_no_share_means_no_bad_row_and_no_duplicate() -> None:
    planting = Planting(500, 0.0, REASONS)
    assert not any(planting.reason(row) or planting.is_repeated(row) for row in range(500))


def test_no_bad_row_is_repeated() -> None:
    planting = Planting(4_000, 0.1, REASONS)
    repeated = [row for row in range(4_000) if planting.is_repeated(row)]
    assert repeated
    assert not [row for row in repeated if planting.reason(row)]


def test_shares_add_up_to_the_total() -> None:
    assert sum(shared_out(997, [0.3, 5, 1.7, 2])) == 997


def test_a_choice_follows_its_weights() -> None:
    choice = Choice({"a": 1, "b": 3})
    assert [choice.at(fraction) for fraction in (0.0, 0.249, 0.25, 0.999)] == ["a", "a", "b", "b"]


@pytest.mark.parametrize("text", ["tiny", "999", "-5", ""])
def test_a_size_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="small, medium, demo, large"):
        size_of(text)


def test_a_number_is_a_size_too() -> None:
    assert size_of("10_000_000").transactions == 10_000_000


def test_history_is_two_years_and_the_running_month_up_to_the_day_before() -> None:
    periods = Setting(1, date(2026, 3, 1), SIZES["small"]).periods
    assert len(periods) == 25
    assert (periods[0][0], periods[-1]) == (date(2024, 2, 1), (date(2026, 2, 1), date(2026, 2, 28)))


def test_an_increment_tells_of_the_day_before_only() -> None:
    setting = Setting(1, date(2026, 3, 1), SIZES["small"], months=0)
    assert setting.periods == [(date(2026, 2, 28), date(2026, 2, 28))]
