"""The generator of dbt_project/seeds/calendar_exceptions.csv: where working days come from, and what it refuses to guess."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="module")
def calendar() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_calendar", DBT_PROJECT / "generate_calendar.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_year_that_nobody_holds_is_an_error(calendar):
    first_unknown = max(calendar.library_years()) + 1
    with pytest.raises(calendar.UnknownYear, match=rf"\[{first_unknown}\].*calendar_overrides.yml"):
        next(calendar.days(first_unknown, {}))


def test_a_year_of_ours_fills_the_gap(calendar, tmp_path):
    year = max(calendar.library_years()) + 1
    saturday = next(
        day for day in (dt.date(year, 2, 1) + dt.timedelta(days=n) for n in range(7)) if day.isoweekday() == 6
    )
    file = tmp_path / "overrides.yml"
    file.write_text(
        f"years:\n  {year}:\n    holidays: {{{year}-01-01: 元旦}}\n    worked_weekend_days: [{saturday}]\n",
        encoding="utf-8",
    )
    days = {day.date: day for day in calendar.days(year, calendar.load_overrides(file))}

    assert days[dt.date(year, 1, 1)] == (dt.date(year, 1, 1), False, "元旦")
    assert days[saturday].is_working_day
    assert not days[saturday + dt.timedelta(days=1)].is_working_day


@pytest.mark.parametrize(
    ("date", "is_working_day", "holiday_name"),
    [
        ("2026-02-17", False, "春节"),
        ("2026-02-14", True, None),  # a Saturday that is worked to make up for it
        ("2026-03-07", False, None),  # an ordinary Saturday
        ("2026-03-09", True, None),
    ],
)
def test_shifted_days_follow_the_announcement(calendar, date, is_working_day, holiday_name):
    day = calendar.day_of_library(dt.date.fromisoformat(date))
    assert (day.is_working_day, day.holiday_name) == (is_working_day, holiday_name)


def test_every_holiday_of_the_library_has_a_chinese_name_or_lies_before_the_calendar(calendar):
    named = set(calendar.HOLIDAY_NAMES)
    assert named, "no names: this test would prove nothing"
    held = {name for day, name in calendar.constants.holidays.items() if day >= calendar.FIRST_DAY}
    assert held <= named


def test_the_seed_is_what_the_generator_writes(calendar):
    overrides = calendar.load_overrides(DBT_PROJECT / "calendar_overrides.yml")
    last_year = max(calendar.library_years() | set(overrides))
    held = calendar.days(last_year, overrides)
    expected = [calendar.seed_row(day) for day in held if calendar.is_exception(day)]
    with (DBT_PROJECT / "seeds" / "calendar_exceptions.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[0] == "date"
    assert rows == expected, "run .venv/platform/bin/python dbt_project/generate_calendar.py"
