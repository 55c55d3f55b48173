"""Bring Superset into line with these files: `.venv/superset/bin/python -m dashboards.deploy`; safe to repeat.

One process with one application does all of it, since starting the application costs more than any step. When nothing
has changed since the last deploy, no application is started.
"""

import fcntl
import hashlib
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import LakewardenError
from dashboards import check
from dashboards.access import Account, Role, plan
from dashboards.accounts import ADMIN, strong_password
from dashboards.bundle import Bundle, archive, build_bundle
from dashboards.marts import read_marts, region_codes, smallest_visible_group
from dashboards.sources import FOLDER, Sources, read_accounts, read_sources

ROOT = FOLDER.parent
# What Superset is told, and the file below $LAKE_HOME/secrets that tells it.
SECRETS = {
    "SUPERSET_SECRET_KEY": "superset_secret",
    "SUPERSET_GUEST_SECRET": "superset_guest",
    "SUPERSET_ASYNC_SECRET": "superset_async",
}


class BrokenDashboards(LakewardenError):
    """The files contradict each other or the marts; nothing was imported."""


class NothingPublished(LakewardenError):
    """There is no published file yet, so there is nothing that a dashboard could show."""


class MissingSecret(LakewardenError):
    """A secret that Superset needs is not there and could not be made."""


def main() -> None:
    """Deploy the dashboards of this checkout into the Superset below $LAKE_HOME."""
    started = time.monotonic()
    os.umask(0o077)
    lake = Path(os.environ.get("LAKE_HOME", ROOT / ".lake")).absolute()
    home = Path(os.environ.get("SUPERSET_HOME", lake / "superset")).absolute()
    try:
        outcome = deploy(lake, home)
    except LakewardenError as error:
        sys.exit(f"dashboards: {error}")
    print(f"dashboards: {outcome} ({time.monotonic() - started:.1f} s)")


def deploy(lake: Path, home: Path) -> str:
    """Do what is needed and say in a few words what was done."""
    published = lake / "published" / "published.duckdb"
    if not published.exists():
        raise NothingPublished(f"nothing is published at {published}; run `make demo`, or `lakewarden publish`")
    sources = read_sources()
    bundle = checked_bundle(sources, published)
    roles, accounts = plan(sources, read_accounts(), region_codes())
    home.mkdir(parents=True, exist_ok=True)
    with alone(home):
        passwords = read_secrets(lake / "secrets", [account.username for account in accounts])
        mark, stamp = stamp_of(bundle, passwords, roles, accounts), home / "deployed.sha256"
        if stamp.exists() and stamp.read_text() == mark and (home / "superset.db").exists():
            return f"nothing new, {describe(bundle)} stand as deployed"
        stamp.unlink(missing_ok=True)
        os.environ |= {"LAKE_HOME": str(lake), "SUPERSET_HOME": str(home)}
        os.environ["SUPERSET_CONFIG_PATH"] = str(ROOT / "infra" / "superset" / "superset_config.py")
        deploy_into_superset(bundle, roles, accounts, passwords)
        flush(home / "cache_data")
        stamp.write_text(mark)
    return f"deployed {describe(bundle)}"


def deploy_into_superset(bundle: Bundle, roles: list[Role], accounts: list[Account], passwords: dict[str, str]) -> None:
    """Start the application once and do everything in it. The imports cost seconds, so they wait until needed."""
    logging.disable(logging.INFO)  # a thousand lines of migrations tell nobody anything
    from superset.app import create_app  # noqa: PLC0415  (reads the settings at import)

    app = create_app()
    with app.app_context():
        from dashboards.superset_state import bring_into_line  # noqa: PLC0415  (its models need the application)

        bring_into_line(app, bundle, roles, accounts, passwords)


def checked_bundle(sources: Sources, published: Path) -> Bundle:
    """The bundle for this published file. Raises BrokenDashboards with every finding."""
    marts = read_marts()
    if findings := check.findings(sources, marts, smallest_visible_group()):
        lines = "\n".join(f"  {finding}" for finding in findings)
        raise BrokenDashboards(f"{len(findings)} findings, nothing was imported; mend them and deploy again:\n{lines}")
    return build_bundle(sources, marts, published)


def read_secrets(folder: Path, usernames: Iterable[str]) -> dict[str, str]:
    """Make what is missing, put Superset's secrets into the environment, and return the passwords by account."""
    passwords = {username: f"superset_{username}_password" for username in (ADMIN, *usernames)}
    if not all((folder / name).exists() for name in (*SECRETS.values(), *passwords.values())):
        command = [ROOT / "infra" / "secrets.sh", *passwords.values()]
        subprocess.run(command, env=os.environ | {"LAKE_HOME": str(folder.parent)}, check=True)
    for variable, name in SECRETS.items():
        if not (secret := (folder / name).read_text(encoding="utf-8").strip()):
            raise MissingSecret(f"{name} below $LAKE_HOME/secrets is empty; delete it and deploy again")
        os.environ.setdefault(variable, secret)
    return {account: strong_password(folder / name) for account, name in passwords.items()}


def stamp_of(bundle: Bundle, passwords: dict[str, str], roles: list[Role], accounts: list[Account]) -> str:
    """A hash over all that a deploy depends on: the archive, the settings, this code, the versions, the passwords."""
    digest = hashlib.sha256(archive(bundle))
    versions = ROOT / "infra" / "locks" / "superset.txt"
    for file in sorted((*FOLDER.glob("*.py"), *(ROOT / "infra" / "superset").glob("*.*"), versions)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update(repr((sorted(passwords.items()), roles, accounts)).encode())
    return digest.hexdigest()


def flush(folder: Path) -> None:
    """Forget cached chart data. The folder stays: a running Superset does not make it again."""
    for entry in folder.glob("*"):
        entry.unlink(missing_ok=True)


def describe(bundle: Bundle) -> str:
    """Counts for people."""
    counts = Counter(path.partition("/")[0] for path in bundle)
    return ", ".join(f"{counts[kind]} {kind}" for kind in ("dashboards", "charts", "datasets"))


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the deploy lock of this Superset; a second deploy waits."""
    with (home / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
