"""The two accounts of the dashboards and the role that may look and nothing else."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug.security import check_password_hash

from contracts.errors import LakewardenError

VIEWER_ROLE = "lakewarden_viewer"
ADMIN, VIEWER = "admin", "viewer"
# First and last name, shown in this order beside a dashboard that the account made.
NAMES = {ADMIN: ("数据平台", "管理员"), VIEWER: ("看板", "查看者")}

# Permission and the thing it is for. Everything that is not here is refused, exports and SQL Lab among it.
VIEWER_PERMISSIONS: tuple[tuple[str, str], ...] = (
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
# Without it the login page is English.
PUBLIC_PERMISSIONS = (("can_language_pack", "Superset"),)

SHORTEST_PASSWORD, FEWEST_KINDS = 12, 3
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class WeakPassword(LakewardenError):
    """A password file holds a password that is too easy to guess; only web forms check, so we do."""


class UnknownPermission(LakewardenError):
    """Superset does not know a permission of the viewer role: another version, or `init` has not run."""


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


def keep_account(security: Any, username: str, password: str, role: Any) -> Any:
    """Make the account or bring it into line: this password, exactly this role, active. Returns the user."""
    user = security.find_user(username=username)
    if user is None:
        user = security.add_user(username, *NAMES[username], f"{username}@localhost", role, password=password)
        if not user:
            raise LakewardenError(f"Superset refused to make the account {username}; its log says why")
        return user
    if not check_password_hash(user.password, password):
        security.reset_password(user.id, password)
    user.first_name, user.last_name = NAMES[username]
    user.roles, user.active = [role], True
    security.update_user(user)
    return user


def keep_roles(security: Any, datasets: Iterable[Any]) -> Any:
    """Give the viewer role exactly its permissions plus access to `datasets`; returns the role."""
    role = security.find_role(VIEWER_ROLE) or security.add_role(VIEWER_ROLE)
    role.permissions = [
        *(_permission(security, *pair) for pair in VIEWER_PERMISSIONS),
        *(security.add_permission_view_menu("datasource_access", dataset.perm) for dataset in datasets),
    ]
    public = security.find_role("Public") or security.add_role("Public")
    public.permissions = [_permission(security, *pair) for pair in PUBLIC_PERMISSIONS]
    security.session.commit()
    return role


def _permission(security: Any, permission: str, thing: str) -> Any:
    found = security.find_permission_view_menu(permission, thing)
    if found is None:
        raise UnknownPermission(f"Superset has no permission {permission} on {thing}; was it upgraded?")
    return found
