"""The calendar that the marts join: every day that readers see is what the announcements say of it."""

import importlib.util
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Platform

PROJECT = Path(__file__).parents[2] / "dbt_project"

pytestmark = pytest.mark.services


def test_every_published_day_is_what_the_announcements_say_of_it(demo: Platform) -> None:
    spec = importlib.util.spec_from_file_location("generate_calendar", PROJECT / "generate_calendar.py")
    assert spec
    assert spec.loader
    calendar = sys.modules["generate_calendar"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(calendar)
    overrides = calendar.load_overrides(PROJECT / "calendar_overrides.yml")
    expected = [
        (day.date, day.date.year, (day.date.month + 2) // 3, day.date.month, day.date.replace(day=1), *day[1:])
        for day in calendar.days(max(calendar.library_years() | set(overrides)), overrides)
    ]

    with duckdb.connect(str(demo.home / "published" / "published.duckdb"), read_only=True) as published:
        seen = published.execute(
            "SELECT date, year, quarter, month, month_start, is_working_day, holiday_name FROM mart.dim_date ORDER BY date"
        ).fetchall()

    assert len(expected) > 3000
    assert seen == expected
