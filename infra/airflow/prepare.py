"""Bring Airflow's database to this version, with its accounts and pools. Safe to repeat.

    infra/airflow/airflow.sh python -m infra.airflow.prepare

One process for all of it, because each `airflow` command spends five seconds on its own imports.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from airflow.models.pool import Pool
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils import db

APPROVER = "Approver"
ACCOUNTS = {
    "admin": ["Admin"],
    "viewer": ["Viewer"],
    "steward": ["User"],
    **{name: ["Viewer", APPROVER] for name in ("checker", "approver", "manager")},
}
"""Account: roles. Their passwords are in the secrets folder; who changes one in the interface keeps the change."""

MAY_ANSWER = [
    ("can_edit", "HITL Detail"),
    *((may, f"DAG:{dag}") for dag in ("reveal", "reports", "report_corrections") for may in ("can_read", "can_edit")),
]
"""What an approver may beside looking: answer what these DAGs ask. The operator names who is asked each time."""

POOLS = {"engine": (2, "Work on the Spark engine: as many tasks at once as it has cores")}


def make_accounts(secrets: Path) -> None:
    """Afterwards every account exists with its roles; an account that exists is left as it is."""
    with get_application_builder() as builder:
        builder.sm.bulk_sync_roles([{"role": APPROVER, "perms": MAY_ANSWER}])
        for name, roles in ACCOUNTS.items():
            if builder.sm.find_user(name):
                continue
            password = (secrets / f"airflow_{name}_password").read_text(encoding="ascii")
            held = [builder.sm.find_role(role) for role in roles]
            if not builder.sm.add_user(name, name, "Lakewarden", f"{name}@localhost", held, password):
                raise SystemExit(f"Airflow refused to make the account {name!r}; its own message is above")
        note_ids({user.username: user.get_id() for user in builder.sm.get_all_users()})


def note_ids(ids: Mapping[str, str]) -> None:
    """Write down which account has which id, because a request for an answer is addressed to ids."""
    noted = Path(os.environ["AIRFLOW_HOME"], "accounts.json")
    draft = noted.with_suffix(".draft")
    draft.write_text(json.dumps(ids, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(noted)


def main() -> None:
    """Run on the database that Airflow's settings name."""
    db.upgradedb()
    make_accounts(Path(os.environ["LAKE_HOME"], "secrets"))
    for name, (slots, description) in POOLS.items():
        Pool.create_or_update_pool(name=name, slots=slots, description=description, include_deferred=False)


if __name__ == "__main__":
    main()
