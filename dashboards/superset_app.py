"""The part of a deploy that needs Superset itself; imported only when there is something to do."""

from typing import Any
from uuid import UUID

from contracts.errors import LakewardenError
from dashboards.accounts import ADMIN, VIEWER, keep_account, keep_roles
from dashboards.bundle import Bundle, uuids_in



class ImportDiffers(LakewardenError):
    """After the import Superset does not hold exactly what the files say."""


def bring_into_line(bundle: Bundle, passwords: dict[str, str]) -> None:
    """Migrate, set roles and accounts, import, remove what left the files, compare. Raises ImportDiffers."""
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset import appbuilder, db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.utils.core import override_user

        upgrade(directory=app.extensions["migrate"].directory)
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()  # resets the stock roles, so ours come after it
        admin = keep_account(security_manager, ADMIN, passwords[ADMIN], security_manager.find_role("Admin"))
        with override_user(admin):
            ImportAssetsCommand(dict(bundle)).run()
        _remove_strays(db.session, bundle)
        viewer_role = keep_roles(security_manager, _held(db.session, "datasets"))
        keep_account(security_manager, VIEWER, passwords[VIEWER], viewer_role)
        db.session.commit()
        _compare(db.session, bundle)


def _models() -> dict[str, Any]:
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    # In the order in which they can be deleted.
    return {"dashboards": Dashboard, "charts": Slice, "datasets": SqlaTable, "databases": Database}


def _held(session: Any, kind: str) -> list[Any]:
    """What Superset holds of one kind and these files answer for; what an administrator made by hand is not ours."""
    model = _models()[kind]
    return session.query(model).filter(model.is_managed_externally.is_(True)).all()


def _remove_strays(session: Any, bundle: Bundle) -> None:
    for kind in _models():
        wanted = uuids_in(bundle, kind)
        for stray in (held for held in _held(session, kind) if held.uuid not in wanted):
            session.delete(stray)
        session.commit()


def _compare(session: Any, bundle: Bundle) -> None:
    """An import skips what it cannot resolve without a word, so every object and every link is looked for."""
    import yaml

    differences: list[str] = []
    for kind in _models():
        held, wanted = {thing.uuid for thing in _held(session, kind)}, uuids_in(bundle, kind)
        differences += [f"{kind}: {uuid} is missing" for uuid in sorted(wanted - held)]
        differences += [f"{kind}: {uuid} is not in the files" for uuid in sorted(held - wanted)]
    files = {UUID(content["uuid"]): content for path, text in bundle.items() if "uuid" in (content := yaml.safe_load(text))}
    for dashboard in _held(session, "dashboards"):
        nodes = files[dashboard.uuid]["position"].values()
        wanted = {UUID(node["meta"]["uuid"]) for node in nodes if isinstance(node, dict) and node["type"] == "CHART"}
        if {chart.uuid for chart in dashboard.slices} != wanted:
            differences.append(f"dashboards: {dashboard.slug} does not hold exactly its {len(wanted)} charts")
    for chart in _held(session, "charts"):
        if chart.datasource is None or str(chart.datasource.uuid) != files[chart.uuid]["dataset_uuid"]:
            differences.append(f"charts: {chart.slice_name} hangs on another dataset")
    for dataset in _held(session, "datasets"):
        for part, name in (("columns", "column_name"), ("metrics", "metric_name")):
            if {getattr(held, name) for held in getattr(dataset, part)} != {one[name] for one in files[dataset.uuid][part]}:
                differences.append(f"datasets: {dataset.table_name} has other {part}")
    if differences:
        raise ImportDiffers("after the import Superset differs from the files:\n" + "\n".join(f"  {one}" for one in differences))
