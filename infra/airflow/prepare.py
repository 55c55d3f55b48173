"""Bring Airflow's database to this version, with its accounts and pools. Safe to repeat.

    infra/airflow/airflow.sh python -m infra.airflow.prepare

One process for all of it, because each `airflow` command spends five seconds on its own imports.
"""

import os
from pathlib import Path

from airflow.models.pool import Pool
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils import db

ACCOUNTS = {"admin": "Admin", "viewer": "Viewer"}
"""Account: role. Their passwords are in the secrets folder; who changes one in the interface keeps the change."""

POOLS = {"engine": (2, "Work on the Spark engine: as many tasks at once as it has cores")}


def make_accounts(secrets: Path) -> None:
    """Afterwards every account exists with its role; an account that exists is left as it is."""
    with get_application_builder() as builder:
        for name, role in ACCOUNTS.items():
            if builder.sm.find_user(name):
                continue
            password = (secrets / f"airflow_{name}_password").read_text(encoding="ascii")
            if not builder.sm.add_user(
                name, name, "Lakewarden", f"{name}@localhost", builder.sm.find_role(role), password
            ):
                raise SystemExit(f"Airflow refused to make the account {name!r}; its own message is above")


def main() -> None:
    """Run on the database that Airflow's settings name."""
    db.upgradedb()
    make_accounts(Path(os.environ["LAKE_HOME"], "secrets"))
    for name, (slots, description) in POOLS.items():
        Pool.create_or_update_pool(name=name, slots=slots, description=description, include_deferred=False)


if __name__ == "__main__":
    main()
