"""What one installation is made of: where its state lives, which services it has, at which ports."""

import os
from dataclasses import dataclass
from pathlib import Path

AIRFLOW = ("airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")
PROGRAMS = ("engine", "standby", *AIRFLOW, "superset")
"""The programs of supervisord.conf, in the order in which they are started."""

PORTS = {
    "engine": ("LAKEWARDEN_CONNECT_PORT", "LAKEWARDEN_THRIFT_PORT"),
    "airflow-api-server": ("LAKEWARDEN_AIRFLOW_PORT",),
    "superset": ("LAKEWARDEN_SUPERSET_PORT",),
}
"""Program: the settings that hold the ports on which it listens."""


@dataclass(frozen=True)
class Installation:
    """The checkout that runs and the lake that it runs on, as infra/settings.sh sets them."""

    root: Path
    home: Path

    @classmethod
    def from_environment(cls) -> "Installation":
        """Of LAKEWARDEN_ROOT and LAKE_HOME; call through infra/with_settings.sh, which sets both."""
        return cls(Path(os.environ["LAKEWARDEN_ROOT"]), Path(os.environ["LAKE_HOME"]))

    @property
    def services(self) -> Path:
        """Supervisor's socket, its pid and the logs of all services; 0700."""
        return self.home / "services"

    @property
    def published(self) -> Path:
        """The file that the dashboards read; absent before the first publication."""
        return self.home / "published" / "published.duckdb"

    def secret(self, name: str) -> Path:
        """Where a secret is kept; its content is read by those who need it and printed by nobody."""
        return self.home / "secrets" / name

    def log(self, program: str) -> Path:
        """The log of one service."""
        return self.services / f"{program}.log"

    def address(self, program: str) -> str:
        """The web address of a service on this machine."""
        return f"http://127.0.0.1:{ports(program)[0]}"


def ports(program: str) -> list[int]:
    """The ports on which a program listens; none for one that does not."""
    return [int(os.environ[name]) for name in PORTS.get(program, ())]
