"""Who sees which rows of which dashboards, decided from files alone; superset_state.py carries it out.

A manager looks at all dashboards but those for stewards. A regional manager looks at the dashboards whose every
dataset knows regions, and in them at the own region alone. An analyst has every mart, by SQL too. A steward looks at
everything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.errors import LakewardenError
from dashboards.sources import Board, Sources, Yaml

MANAGER, REGIONAL_MANAGER, ANALYST, STEWARD = "manager", "regional_manager", "analyst", "steward"
KINDS = (MANAGER, REGIONAL_MANAGER, ANALYST, STEWARD)
ROLE_PREFIX = "lakewarden_"

#: The columns by which the marts know a region, the finer one first; both hold six digits of GB/T 2260.
REGION_COLUMNS = ("region_code", "province_code")
_NOTHING = "1 = 0"
_PROVINCE_DIGITS, _CODE_DIGITS = 2, 6


class UnknownAccess(LakewardenError):
    """The file of accounts names a role or a region that there is not."""


@dataclass(frozen=True)
class Region:
    """Which column of a mart holds the region, and which rows alone have one."""

    column: str
    when: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a rule is made of."""
        return (self.column, *self.when)


@dataclass(frozen=True)
class Role:
    """One role of Superset: its kind says what may be done; `rules` are SQL conditions by dataset (`board/name`).

    A rule stands for every dataset that knows regions, whether the role looks at it or not.
    """

    name: str
    kind: str
    datasets: tuple[str, ...]
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """Somebody who logs in; `shown_as`: first and last name."""

    username: str
    shown_as: tuple[str, str]
    role: str


def region_of(dataset: Yaml) -> Region | None:
    """What a dataset file says under `region`: a column, or a column and the rows that have one."""
    declared = dataset.get("region")
    if declared is None:
        return None
    return Region(declared, {}) if isinstance(declared, str) else Region(declared["column"], declared.get("when", {}))


def rule(region: Region, code: str) -> str:
    """The SQL condition that leaves the rows of one province or city. A city has no share in what a province adds up.

    Example:
        >>> rule(Region("region_code", {}), "440000"), rule(Region("province_code", {}), "440300")
        ("region_code LIKE '44%'", '1 = 0')
    """
    prefix = code.rstrip("0").ljust(_PROVINCE_DIGITS, "0")
    prefix += "0" * (len(prefix) % 2)
    if region.column == "province_code" and len(prefix) > _PROVINCE_DIGITS:
        return _NOTHING
    conditions = [*(f"{name} = '{value}'" for name, value in region.when.items()), f"{region.column} LIKE '{prefix}%'"]
    return " AND ".join(conditions)


def plan(sources: Sources, accounts: Mapping[str, Yaml], regions: Iterable[str]) -> tuple[list[Role], list[Account]]:
    """The roles that the accounts need, and the accounts.

    regions: the codes of every province and city. Raises: UnknownAccess.
    """
    known = frozenset(regions)
    roles: dict[str, Role] = {}
    made = []
    for username, account in accounts.items():
        role = _role(sources, username, account, known)
        roles[role.name] = role
        made.append(Account(username, tuple(account["shown_as"]), role.name))
    return list(roles.values()), made


def _role(sources: Sources, username: str, account: Mapping[str, Any], known: frozenset[str]) -> Role:
    kind = account.get("role")
    if kind not in KINDS:
        raise UnknownAccess(f"the account {username} has the role {kind}; there are {', '.join(KINDS)}")
    if (kind == REGIONAL_MANAGER) != ("region" in account):
        raise UnknownAccess(f"the account {username}: a regional manager, and nobody else, has a region")
    boards = [board for board in sources.boards if _looks_at(kind, board)]
    datasets = {f"{board.name}/{name}": dataset for board in boards for name, dataset in board.datasets.items()}
    if kind != REGIONAL_MANAGER:
        return Role(f"{ROLE_PREFIX}{kind}", kind, tuple(datasets))
    code = str(account["region"])
    if code not in known:
        raise UnknownAccess(f"the account {username} has the region {code}, which is no province or city of GB/T 2260")
    rules = {
        f"{board.name}/{name}": rule(region, code)
        for board in sources.boards
        for name, dataset in board.datasets.items()
        if (region := region_of(dataset))
    }
    return Role(f"{ROLE_PREFIX}region_{code}", kind, tuple(datasets), rules)


def _looks_at(kind: str, board: Board) -> bool:
    """A chart that a reader may not see is an error on the page, so a dashboard is shown whole or not at all."""
    if kind == REGIONAL_MANAGER:
        return not board.dashboard.get("stewards_only") and all(map(region_of, board.datasets.values()))
    return kind != MANAGER or not board.dashboard.get("stewards_only")
