"""What Superset holds, brought into line with the files. Importable only inside Superset's application context."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import yaml
from flask_migrate import upgrade
from superset import appbuilder, db, security_manager
from superset.commands.importers.v1.assets import ImportAssetsCommand
from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable
from superset.models.core import Database
from superset.models.dashboard import Dashboard
from superset.models.slice import Slice
from superset.utils.core import override_user

from contracts.errors import LakewardenError
from dashboards.access import Account, Role
from dashboards.accounts import (
    ADMIN,
    ADMIN_ACCOUNT,
    dismiss_others,
    keep_account,
    keep_role,
    keep_strangers_out,
    stop_exports,
)
from dashboards.bundle import Bundle, uuid_of_dataset, uuids_in
from dashboards.sources import Yaml

# In the order in which they can be deleted.
MODELS: dict[str, Any] = {"dashboards": Dashboard, "charts": Slice, "datasets": SqlaTable, "databases": Database}


# Marks the row rules that were made here; one that an administrator adds by hand is left alone.
_RULE_OF_THE_FILES = "dashboards/access.py"


class ImportDiffers(LakewardenError):
    """After the import Superset does not hold exactly what the files say."""


def bring_into_line(
    app: Any, bundle: Bundle, roles: Sequence[Role], accounts: Sequence[Account], passwords: dict[str, str]
) -> None:
    """Migrate, import, remove what left the files, set roles, rules and accounts, compare. Raises ImportDiffers."""
    upgrade(directory=app.extensions["migrate"].directory)
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()  # resets the stock roles, so ours come after it
    stop_exports(security_manager)
    admin = keep_account(security_manager, ADMIN_ACCOUNT, passwords[ADMIN])
    with override_user(admin):
        ImportAssetsCommand(dict(bundle)).run()
    _remove_strays(bundle)
    keep_strangers_out(security_manager)
    _keep_roles(roles)
    for account in accounts:
        keep_account(security_manager, account, passwords[account.username])
    dismiss_others(security_manager, roles, accounts)
    if found := differences(bundle):
        lines = "\n".join(f"  {one}" for one in found)
        raise ImportDiffers(f"after the import Superset differs from the files:\n{lines}")


def _keep_roles(roles: Sequence[Role]) -> None:
    """Each role with its datasets and its row rules, in place of the rules that were made here before.

    All rules change in one transaction, and a role is given a dataset only after its rule stands.
    """
    held, (database, *_) = {dataset.uuid: dataset for dataset in _held("datasets")}, _held("databases")
    for rule in db.session.query(RowLevelSecurityFilter).filter_by(description=_RULE_OF_THE_FILES):
        db.session.delete(rule)
    db.session.flush()
    for role in roles:
        kept = security_manager.find_role(role.name) or security_manager.add_role(role.name)
        for name, clause in role.rules.items():
            rule = RowLevelSecurityFilter(
                name=f"{role.name} {name}", description=_RULE_OF_THE_FILES, filter_type="Regular", clause=clause,
                tables=[held[uuid_of_dataset(name)]], roles=[kept],
            )  # fmt: skip
            db.session.add(rule)
    db.session.commit()
    for role in roles:
        keep_role(security_manager, role, [held[uuid_of_dataset(name)] for name in role.datasets], database)


def differences(bundle: Bundle) -> list[str]:
    """An import skips without a word what it cannot resolve, so every object and every link is looked for."""
    files = {UUID(content["uuid"]): content for content in map(yaml.safe_load, bundle.values()) if "uuid" in content}
    found: list[str] = []
    for kind in MODELS:
        held, wanted = {thing.uuid for thing in _held(kind)}, uuids_in(bundle, kind)
        found += [f"{kind}: {uuid} is missing" for uuid in wanted - held]
        found += [f"{kind}: {uuid} is not in the files" for uuid in held - wanted]
    if found:
        return sorted(found)
    found += [f"dashboard {held.slug}: other charts" for held in _held("dashboards") if _other_charts(held, files)]
    found += [f"chart {held.slice_name}: another dataset" for held in _held("charts") if _other_dataset(held, files)]
    found += [f"dataset {held.table_name}: other columns" for held in _held("datasets") if _other_columns(held, files)]
    return sorted(found)


def _other_charts(dashboard: Any, files: dict[UUID, Yaml]) -> bool:
    nodes = [node for node in files[dashboard.uuid]["position"].values() if isinstance(node, dict)]
    wanted = {UUID(node["meta"]["uuid"]) for node in nodes if node["type"] == "CHART"}
    return {chart.uuid for chart in dashboard.slices} != wanted


def _other_dataset(chart: Any, files: dict[UUID, Yaml]) -> bool:
    return chart.datasource is None or chart.datasource.uuid != UUID(files[chart.uuid]["dataset_uuid"])


def _other_columns(dataset: Any, files: dict[UUID, Yaml]) -> bool:
    file = files[dataset.uuid]
    columns, metrics = {one.column_name for one in dataset.columns}, {one.metric_name for one in dataset.metrics}
    return columns != {one["column_name"] for one in file["columns"]} or metrics != {
        one["metric_name"] for one in file["metrics"]
    }


def _held(kind: str) -> list[Any]:
    """What Superset holds of one kind and these files answer for; what an administrator made by hand is not ours."""
    model = MODELS[kind]
    return list(db.session.query(model).filter(model.is_managed_externally.is_(True)))


def _remove_strays(bundle: Bundle) -> None:
    for kind in MODELS:
        wanted = uuids_in(bundle, kind)
        for stray in (held for held in _held(kind) if held.uuid not in wanted):
            db.session.delete(stray)
        db.session.commit()
