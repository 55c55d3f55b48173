"""Whose act it is: an account is a door and a name at it, `os:li` or `airflow:li.na`."""

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from jobs.errors import UnknownPerson
from jobs.settings import Settings

PROMPT, SCHEDULER = "os", "airflow"
#: Who acts where the calendar or the clock does; it is no person, so it decides and signs nothing.
CLOCK = "lakewarden:clock"
_NO_LOGIN = 2**32 - 1  # what the kernel shows where nobody logged in, as in a container


def acting_account(settings: Settings, at_scheduler: str | None) -> str:
    """The account of whoever takes this step: at the prompt, or the one that the scheduler says is logged in there.

    Raises: UnknownPerson when somebody at the prompt claims to be logged in elsewhere.
    """
    if at_scheduler is None:
        return account_at_the_prompt()
    if not settings.is_scheduler:
        raise UnknownPerson("only the scheduler says who is logged in there; at the prompt you act as yourself")
    return f"{SCHEDULER}:{at_scheduler}"


def account_at_the_prompt(login: Path = Path("/proc/self/loginuid")) -> str:
    """The account that logged in, which stays the same behind `sudo` and `su`; else the one that runs this process."""
    logged_in = int(login.read_text(encoding="ascii")) if login.is_file() else _NO_LOGIN
    user = os.getuid() if logged_in == _NO_LOGIN else logged_in
    try:
        return f"{PROMPT}:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"{PROMPT}:{user}"


def names_at_scheduler(accounts: Iterable[str]) -> list[str]:
    """The names under which the scheduler knows those who have these accounts.

    Example:
        >>> names_at_scheduler(["os:li", "airflow:li.na"])
        ['li.na']
    """
    doors = (account.partition(":") for account in accounts)
    return [name for door, _, name in doors if door == SCHEDULER]
