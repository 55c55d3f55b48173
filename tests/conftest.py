"""What tests stand on: an engine of their own for jobs, and the whole platform for the rest; started once, stopped."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from jobs.keys.ring import Keyring
from jobs.settings import Settings
from jobs.storage.engine import engine
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from tests.e2e.airflow_client import AirflowClient
from tests.file_durations import FileDurations

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "test-output"
KEY_DOMAINS = ("customer", "organisation", "partner", "phone", "resident", "submission", "transaction")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the long tests out unless they are asked for; the summary of a run names each with this reason."""
    if os.environ.get("LAKEWARDEN_LONG_TESTS"):
        return
    left_out = pytest.mark.skip(reason="takes minutes; LAKEWARDEN_LONG_TESTS=1 make test runs it")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(left_out)


@pytest.hookimpl(trylast=True)  # behind the terminal, which it writes to
def pytest_configure(config: pytest.Config) -> None:
    """Adds what a run shows beside pytest's own."""
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):  # absent without output
        config.pluginmanager.register(FileDurations(terminal))


@dataclass(frozen=True)
class Platform:
    """One running installation, reached as its users reach it."""

    home: Path
    ports: dict[str, int]
    environment: dict[str, str] = field(repr=False)

    @property
    def airflow_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['LAKEWARDEN_AIRFLOW_PORT']}"

    @property
    def superset_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['LAKEWARDEN_SUPERSET_PORT']}"

    @property
    def scheduler_log(self) -> Path:
        return self.home / "services" / "airflow-scheduler.log"

    @property
    def settings(self) -> Settings:
        token = (self.home / "secrets" / "connect_token").read_text(encoding="ascii").strip()
        return Settings(self.home, self.ports["LAKEWARDEN_CONNECT_PORT"], token, 0, 5)

    def password(self, name: str) -> str:
        """The content of a secret file, e.g. `airflow_viewer_password`."""
        return (self.home / "secrets" / name).read_text(encoding="utf-8").strip()

    def run(self, *command: str, check: bool = True, timeout_s: float = 1800) -> subprocess.CompletedProcess[str]:
        """A command of the checkout with this installation's settings; its output goes into the failure."""
        finished = subprocess.run(
            [str(ROOT / "infra" / "with_settings.sh"), *command],
            cwd=ROOT, env=self.environment, text=True, capture_output=True, check=False, timeout=timeout_s,
        )  # fmt: skip
        if check and finished.returncode:
            pytest.fail(
                f"{command[0]} ended with {finished.returncode}\n{finished.stdout[-6000:]}\n{finished.stderr[-6000:]}"
            )
        return finished

    def lakewarden(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """The command line, as a person types it."""
        return self.run("lakewarden", *arguments, check=check)

    def engine_pid(self) -> int:
        """The process id of the engine's JVM."""
        from infra.services.installation import Installation  # noqa: PLC0415
        from infra.services.supervisor import states  # noqa: PLC0415

        return int(states(Installation(ROOT, self.home))["engine"]["pid"])


#: Thousands of small statements on an engine that lives for minutes: better code would never pay for its making.
#: (With this compiler alone the JVM keeps 48 MB of code, too little for Spark, and a tenth of its time sweeps them.)
SHORT_LIVED = {
    "LAKEWARDEN_ENGINE_MEMORY": "2g",
    "LAKEWARDEN_ENGINE_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m",
}


def installation(name: str, first_port: int, **more: str) -> Platform:
    """A fresh installation beside a user's own: other folder, other ports, nothing left of an earlier test run.

    more: variables of its environment, e.g. LAKEWARDEN_ENGINE_OPTIONS; without them it runs as a user's own does.
    """
    names = ("LAKEWARDEN_CONNECT_PORT", "LAKEWARDEN_THRIFT_PORT", "LAKEWARDEN_AIRFLOW_PORT", "LAKEWARDEN_SUPERSET_PORT")
    ports = {name: first_port + offset for offset, name in enumerate(names)}
    home = ROOT / name
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("LAKE", "AIRFLOW", "SUPERSET"))},
        **{key: str(port) for key, port in ports.items()},
        "LAKE_HOME": str(home),
        "LAKEWARDEN_DEMO_SIZE": "medium",  # the least of which every chart shows something
        "LAKEWARDEN_SETTLE_SECONDS": "0",
        **more,
    }
    platform = Platform(home, ports, environment)
    if home.exists():
        platform.run("python", "-m", "infra.services.down", check=False)
        shutil.rmtree(home)
    return platform


@pytest.fixture(scope="session")
def job_engine() -> Iterator[Platform]:
    """An engine alone, for tests of jobs."""
    # most plans are run once, on a few rows: to generate and compile a program for each takes a sixth of the time
    plainly = "--conf spark.sql.codegen.wholeStage=false"
    platform = installation(".lake-test-engine", 15250, LAKEWARDEN_ENGINE_OPTIONS=plainly, **SHORT_LIVED)
    platform.run("python", "-m", "infra.services.up", "engine")
    yield platform
    platform.run("python", "-m", "infra.services.down", check=False)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The whole platform, empty: engine, Airflow and Superset."""
    # most plans are run once, on a few rows: to generate and compile code for each takes a sixth of the time; the same
    # steps as generated code are what tests of jobs run
    interpreted = "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN"
    platform = installation(".lake-test", 15260, LAKEWARDEN_ENGINE_OPTIONS=interpreted, **SHORT_LIVED)
    platform.run("python", "-m", "infra.services.up")
    with AirflowClient.login(platform.airflow_url, "admin", platform.password("airflow_admin_password")) as airflow:
        airflow.wait_for_dags("arrivals")
        airflow.pause("arrivals")  # tests land files and say themselves when they are taken
    yield platform
    platform.run("python", "-m", "infra.services.down", check=False)


@pytest.fixture(scope="session")
def demo(platform: Platform) -> Platform:
    """The platform after the main job: one generated day through the real scheduler, published, dashboards deployed."""
    platform.run("python", "-m", "infra.demo.run", timeout_s=2700)
    return platform


@pytest.fixture(scope="session")
def spark(job_engine: Platform) -> Iterator[SparkSession]:
    """One session for all tests of columns and frames."""
    with engine(job_engine.settings) as session:
        yield session


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger of one test; it needs no engine."""
    made = Ledger(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    """An empty lake of one test, with its ledger and its keys."""
    made = Lake(tmp_path / "lake", lambda: spark)
    Ledger(made.home).prepare()
    Keyring(KeyFiles(made.home), Ledger(made.home)).create_missing(KEY_DOMAINS)
    return made


@pytest.fixture(scope="session")
def frame(spark: SparkSession) -> Callable[[str], DataFrame]:
    """Rows as a person reads them: `a | b` above, a row a line, an empty cell is NULL; all columns are text."""

    def read(text: str) -> DataFrame:
        lines = [line for line in text.splitlines() if line.strip()]
        rows = [[cell.strip() for cell in re.split(r"\|", line)] for line in lines]
        header, values = rows[0], rows[1:]
        assert values, "a frame without rows would prove nothing"
        assert all(len(row) == len(header) for row in values), "every row has as many cells as the header"
        schema = ", ".join(f"`{name}` string" for name in header)
        return spark.createDataFrame([tuple(cell or None for cell in row) for row in values], schema)

    return read
