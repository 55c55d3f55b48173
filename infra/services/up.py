"""Start the platform and return when it is of use. Safe to repeat: what runs is left alone.

    infra/with_settings.sh python -m infra.services.up [program ...]

Without programs: all of them. `engine` alone is what tests of jobs need.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from pyspark.errors import PySparkException
from rich.console import Console
from rich.table import Table

from infra.engine import warm
from infra.services.health import wait_until_healthy
from infra.services.installation import AIRFLOW, PORTS, PROGRAMS, Installation, ports
from infra.services.supervisor import ServiceDown, launch, start, states

console = Console(width=140, soft_wrap=True, highlight=False)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    console.print(f"  {title:<58} ...")
    yield
    console.print(f"  {title:<58} {time.monotonic() - began:.0f} s")


def up(installation: Installation, programs: Collection[str]) -> None:
    """Afterwards each of the programs runs and is healthy, and the engine has done its first, slow work."""
    subprocess.run([installation.root / "infra" / "secrets.sh"], check=True)
    launch(installation)
    wanted = [program for program in PROGRAMS if program in programs and not _runs(installation, program)]
    if not installation.published.exists():
        wanted = [program for program in wanted if program != "superset"]
    _require_free_ports(wanted)
    start(installation, [program for program in wanted if program in {"engine", "standby"}])
    if set(wanted) & set(AIRFLOW):
        prepare_airflow(installation)
        start(installation, [program for program in wanted if program in AIRFLOW])
    if "engine" in programs:
        ready_engine(installation)
    if {"engine", "airflow-scheduler"} <= set(programs):
        make_keys(installation)
    if "airflow-api-server" in programs:
        with step("Airflow answers, and all its parts with it"):
            wait_until_healthy(installation, "airflow-api-server")
    if "superset" in programs:
        ready_superset(installation)


def ready_engine(installation: Installation) -> None:
    """Afterwards the engine answers at both doors and is warm; once per life of its JVM."""
    with step("engine answers over Connect and Thrift"):
        wait_until_healthy(installation, "engine")
    warmed = installation.services / "engine.warmed"
    engine = states(installation)["engine"]
    life = f"{engine['pid']} {engine['start']}"
    if _stands(warmed, life):
        return
    with step("engine warmed by a first write, merge and query"):
        try:
            warm.main()
        except PySparkException as error:
            log = installation.log("engine")
            raise ServiceDown(f"engine broke off while it was warmed ({type(error).__name__}); see {log}") from None
    warmed.write_text(life, encoding="ascii")


def make_keys(installation: Installation) -> None:
    """Afterwards every domain that a contract names has its keys; keys that exist stay as they are."""
    contracts = sorted((installation.root / "contracts").glob("*/*.odcs.yaml"))
    store = os.environ.get("LAKEWARDEN_KEY_STORE", "").encode()
    made_for = sha256(b"".join((store, *(contract.read_bytes() for contract in contracts)))).hexdigest()
    stamp = installation.home / "keys" / "made-for"
    if _stands(stamp, made_for):
        return
    with step("keys and ledger of the lake"):
        run_logged(installation, "keys", "lakewarden", "keys", "create")
    stamp.parent.mkdir(mode=0o700, exist_ok=True)
    stamp.write_text(made_for, encoding="ascii")


def prepare_airflow(installation: Installation) -> None:
    """Afterwards Airflow's database fits the installed version and has its accounts and pools."""
    recipe = (installation.root / "infra" / "airflow" / "prepare.py").read_bytes()
    version = (installation.root / ".venv" / "platform" / ".made-from").read_bytes()
    stamp, made_from = installation.home / "airflow" / "prepared", sha256(recipe + version).hexdigest()
    if _stands(stamp, made_from):
        return
    with step("Airflow's database, accounts and pools"):
        script = installation.root / "infra" / "airflow" / "airflow.sh"
        run_logged(installation, "airflow-prepare", script, "python", "-m", "infra.airflow.prepare")
    stamp.write_text(made_from, encoding="ascii")


def ready_superset(installation: Installation) -> None:
    """Afterwards Superset shows the dashboards of this checkout; it waits for a first publication to show."""
    if not installation.published.exists():
        console.print("  Superset waits for the first publication: `make demo`, or `make up` again after one")
        return
    with step("dashboards in line with this checkout"):
        script = installation.root / "infra" / "superset" / "superset.sh"
        run_logged(installation, "superset-deploy", script, "python", "-m", "dashboards.deploy")
    start(installation, ["superset"])
    with step("Superset answers"):
        wait_until_healthy(installation, "superset")


def run_logged(installation: Installation, name: str, *command: str | Path) -> None:
    """Run a command with its output in a log of its own; a failure is a ServiceDown that names the log."""
    log = installation.log(name)
    with log.open("w", encoding="utf-8") as output:
        log.chmod(0o600)
        ended = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
    if ended.returncode != 0:
        raise ServiceDown(
            f"{name} failed with exit code {ended.returncode}; see {log}, mend the cause and run it again"
        )


def _stands(stamp: Path, content: str) -> bool:
    """Was the step behind this stamp done for the same thing?"""
    return stamp.exists() and stamp.read_text(encoding="ascii") == content


def _runs(installation: Installation, program: str) -> bool:
    return states(installation).get(program, {}).get("statename") in {"RUNNING", "STARTING"}


def _require_free_ports(programs: Collection[str]) -> None:
    """Refuse to start beside a stranger: its answer would be taken for ours."""
    for program in programs:
        for setting, port in zip(PORTS.get(program, ()), ports(program), strict=True):
            with socket.socket() as candidate:
                candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    candidate.bind(("127.0.0.1", port))
                except OSError:
                    raise ServiceDown(
                        f"{program} needs port {port}, which another program holds; end that one or set {setting}"
                    ) from None


def overview(installation: Installation, programs: Collection[str]) -> Table:
    """What is where, and as whom one gets in; passwords stay in their files."""
    table = Table(
        "what", "where", "as", f"password or token, in {installation.home}/secrets/", box=None, pad_edge=False
    )
    if "airflow-api-server" in programs:
        for account in ("admin", "viewer"):
            table.add_row("Airflow", installation.address("airflow-api-server"), account, f"airflow_{account}_password")
    if "superset" in programs and installation.published.exists():
        for account in ("admin", "viewer"):
            table.add_row("Superset", installation.address("superset"), account, f"superset_{account}_password")
    if "engine" in programs:
        connect, thrift = ports("engine")
        table.add_row("Spark Connect", f"sc://localhost:{connect}", "", "connect_token")
        table.add_row("Hive Thrift", f"127.0.0.1:{thrift}", "any local user", "")
    return table


def main() -> int:
    """Exit code 1 with one sentence when a service cannot be brought up."""
    os.umask(0o077)
    installation = Installation.from_environment()
    programs = sys.argv[1:] or list(PROGRAMS)
    if unknown := set(programs) - set(PROGRAMS):
        print(
            f"lakewarden: unknown service {', '.join(sorted(unknown))}; there are {', '.join(PROGRAMS)}",
            file=sys.stderr,
        )
        return 2
    began = time.monotonic()
    try:
        up(installation, programs)
    except ServiceDown as fault:
        print(f"lakewarden: {fault}", file=sys.stderr)
        return 1
    console.print(f"up after {time.monotonic() - began:.0f} s, state in {installation.home}")
    console.print(overview(installation, programs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
