"""Whose act a step is: who logged in at the prompt, or whom the scheduler names, and nobody else's word."""

from pathlib import Path

import pytest

from jobs.approval.accounts import CLOCK, account_at_the_prompt, acting_account
from jobs.errors import UnknownPerson
from jobs.reports import commands
from jobs.settings import Settings


def settings(*, is_scheduler: bool) -> Settings:
    return Settings(Path("nowhere"), 0, None, 0, 5, is_scheduler=is_scheduler)


def test_the_account_at_the_prompt_is_who_logged_in_whoever_runs_the_command(tmp_path):
    login = tmp_path / "loginuid"
    login.write_text("0", encoding="ascii")
    assert account_at_the_prompt(login) == "os:root"
    login.write_text("54321", encoding="ascii")
    assert account_at_the_prompt(login) == "os:54321"
    login.write_text(str(2**32 - 1), encoding="ascii")
    assert account_at_the_prompt(login) == account_at_the_prompt(tmp_path / "missing") != "os:54321"


@pytest.mark.parametrize("is_scheduler", [False, True])
def test_who_names_nobody_acts_as_the_account_at_the_prompt(is_scheduler):
    for acting in (acting_account, commands._account):
        assert acting(settings(is_scheduler=is_scheduler), None) == account_at_the_prompt()


@pytest.mark.parametrize(
    ("named", "account", "of_a_report"), [("li.na", "airflow:li.na", "airflow:li.na"), ("", "airflow:", CLOCK)]
)
def test_the_scheduler_says_who_is_logged_in_and_a_report_that_nobody_started_is_the_calendars(
    named, account, of_a_report
):
    assert acting_account(settings(is_scheduler=True), named) == account
    assert commands._account(settings(is_scheduler=True), named) == of_a_report


@pytest.mark.parametrize("named", ["li.na", ""])
def test_at_the_prompt_nobody_says_so(named):
    for acting in (acting_account, commands._account):
        with pytest.raises(UnknownPerson, match="only the scheduler"):
            acting(settings(is_scheduler=False), named)
