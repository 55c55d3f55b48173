"""What each kind of role may do in Superset, and the accounts and roles themselves; access.py says who sees what."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from werkzeug.security import check_password_hash

from contracts.errors import LakewardenError
from dashboards.access import ANALYST, ROLE_PREFIX, Account, Role

ADMIN = "admin"
ADMIN_ACCOUNT = Account(ADMIN, ("数据平台", "管理员"), "Admin")

# Permission and the thing it is for. Everything that is not here is refused, exports and SQL Lab among it.
LOOKING: tuple[tuple[str, str], ...] = (
    *(("can_read", thing) for thing in ("Dashboard", "Chart", "SecurityRestApi", "DashboardPermalinkRestApi")),
    *(("can_read", thing) for thing in ("DashboardFilterStateRestApi", "CssTemplate", "Theme", "CurrentUserRestApi")),
    ("can_write", "DashboardFilterStateRestApi"),
    *((permission, "Superset") for permission in ("can_dashboard", "can_log", "can_language_pack", "can_explore_json")),
    ("can_time_range", "Api"),
    ("can_recent_activity", "Log"),
    ("can_userinfo", "UserDBModelView"),
    ("can_this_form_get", "ResetMyPasswordView"),
    ("can_this_form_post", "ResetMyPasswordView"),
    ("menu_access", "Dashboards"),
    ("menu_access", "Home"),
)
# On top of looking: asking the published file in SQL. The connection is read-only and locked (_shared/database.yaml).
ASKING = (
    *(
        (permission, "SQLLab")
        for permission in ("can_read", "can_execute_sql_query", "can_get_results", "can_format_sql")
    ),
    *((permission, "TabStateView") for permission in ("can_activate", "can_get", "can_post", "can_put", "can_delete")),
    *((permission, "TableSchemaView") for permission in ("can_post", "can_expanded", "can_delete")),
    *((permission, "Superset") for permission in ("can_sqllab", "can_sqllab_history")),
    *(("can_read", thing) for thing in ("Database", "Query")),
    *(("menu_access", thing) for thing in ("SQL Lab", "SQL Editor", "Query Search")),
)
# Nobody takes data out by a click, the administrator neither: `lakewarden export` is the way, with reason and record.
EXPORTS = (
    ("can_csv", "Superset"),
    *(("can_export_csv", thing) for thing in ("SQLLab", "Query")),
    *(
        ("can_export", thing)
        for thing in ("Chart", "Dashboard", "Dataset", "Database", "SavedQuery", "ImportExportRestApi")
    ),
)
# Without it the login page is English.
PUBLIC_PERMISSIONS = (("can_language_pack", "Superset"),)

SHORTEST_PASSWORD, FEWEST_KINDS = 12, 3
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class WeakPassword(LakewardenError):
    """A password file holds a password that is too easy to guess; only web forms check, so we do."""


class UnknownPermission(LakewardenError):
    """Superset does not know a permission of our roles: another version, or `init` has not run."""


def strong_password(file: Path) -> str:
    """The password in `file`. Raises WeakPassword unless it has 12 characters of three kinds."""
    password = file.read_text(encoding="utf-8").strip()
    kinds = sum(bool(re.search(kind, password)) for kind in _KINDS)
    if len(password) < SHORTEST_PASSWORD or kinds < FEWEST_KINDS:
        raise WeakPassword(
            f"the password in {file.name} is too weak: at least {SHORTEST_PASSWORD} characters, with three of"
            " lower case, upper case, digits and signs. Replace it, or delete the file and a random one is made."
        )
    return password


def keep_account(security: Any, account: Account, password: str) -> Any:
    """Make the account or bring it into line: this password, exactly its role, active. Returns the user."""
    role, user = security.find_role(account.role), security.find_user(username=account.username)
    if user is None:
        email = f"{account.username}@localhost"
        user = security.add_user(account.username, *account.shown_as, email, role, password=password)
        if not user:
            raise LakewardenError(f"Superset refused to make the account {account.username}; its log says why")
        return user
    if not check_password_hash(user.password, password):
        security.reset_password(user.id, password)
    user.first_name, user.last_name = account.shown_as
    user.roles, user.active = [role], True
    security.update_user(user)
    return user


def keep_role(security: Any, role: Role, datasets: Iterable[Any], database: Any) -> Any:
    """Give a role exactly its permissions, and access to `datasets`; an analyst's to the whole published file."""
    held = security.find_role(role.name) or security.add_role(role.name)
    may = (*LOOKING, *ASKING) if role.kind == ANALYST else LOOKING
    held.permissions = [
        *(_permission(security, *pair) for pair in may),
        *(security.add_permission_view_menu("datasource_access", dataset.perm) for dataset in datasets),
        *([security.add_permission_view_menu("database_access", database.perm)] if role.kind == ANALYST else []),
    ]
    security.session.commit()
    return held


def keep_strangers_out(security: Any) -> None:
    """Whoever is not logged in may read the texts of the login page, and nothing else."""
    public = security.find_role("Public") or security.add_role("Public")
    public.permissions = [_permission(security, *pair) for pair in PUBLIC_PERMISSIONS]
    security.session.commit()


def stop_exports(security: Any) -> None:
    """Take every permission to export from every role, the stock ones and the administrator's among them."""
    for role in security.get_all_roles():
        role.permissions = [one for one in role.permissions if (one.permission.name, one.view_menu.name) not in EXPORTS]
    security.session.commit()


def dismiss_others(security: Any, roles: Sequence[Role], accounts: Sequence[Account]) -> None:
    """Lock the accounts that left the file and remove their roles; roles and accounts made by hand are left alone."""
    ours = {role for role in security.get_all_roles() if role.name.startswith(ROLE_PREFIX)}
    known = {account.username for account in accounts}
    for user in security.get_all_users():
        if ours & set(user.roles) and user.username not in known:
            user.roles, user.active = [], False
            security.update_user(user)
    for role in ours - {security.find_role(role.name) for role in roles}:
        security.session.delete(role)
    security.session.commit()


def _permission(security: Any, permission: str, thing: str) -> Any:
    found = security.find_permission_view_menu(permission, thing)
    if found is None:
        raise UnknownPermission(f"Superset has no permission {permission} on {thing}; was it upgraded?")
    return found
