"""Is a service of use? Each question is put to the service itself; an open port alone proves nothing."""

import time
from collections.abc import Callable

import httpx

from infra.engine import probe
from infra.services.installation import Installation
from infra.services.supervisor import ServiceDown, states


def engine_fault(_: Installation) -> str | None:
    """None when `SELECT 1` is answered over Connect and over Thrift."""
    return probe.fault()


def airflow_fault(installation: Installation) -> str | None:
    """None when the API answers and has heard of its scheduler, DAG processor and triggerer lately."""
    try:
        health = httpx.get(f"{installation.address('airflow-api-server')}/api/v2/monitor/health", timeout=10).json()
    except (httpx.HTTPError, ValueError) as error:
        return f"its API does not answer ({type(error).__name__})"
    sick = [
        part
        for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")
        if health[part]["status"] != "healthy"
    ]
    return f"it reports as not healthy: {', '.join(sick)}" if sick else None


def superset_fault(installation: Installation) -> str | None:
    """None when Superset answers on its health page."""
    try:
        answer = httpx.get(f"{installation.address('superset')}/health", timeout=10)
    except httpx.HTTPError as error:
        return f"it does not answer ({type(error).__name__})"
    return None if answer.status_code == httpx.codes.OK else f"its health page says {answer.status_code}"


FAULTS: dict[str, Callable[[Installation], str | None]] = {
    "engine": engine_fault,
    "airflow-api-server": airflow_fault,
    "superset": superset_fault,
}
"""Program: the question that shows its health. Airflow's API server answers for its other parts too."""


def wait_until_healthy(installation: Installation, program: str, within_s: float = 300) -> None:
    """Return when the service is of use; a service that gave up, or the end of patience, is a ServiceDown."""
    deadline = time.monotonic() + within_s
    while reason := FAULTS[program](installation):
        if states(installation).get(program, {}).get("statename") == "FATAL":
            raise ServiceDown(f"{program} ended again and again after its start; see {installation.log(program)}")
        if time.monotonic() > deadline:
            raise ServiceDown(
                f"{program} is not healthy after {within_s:.0f} s: {reason}; see {installation.log(program)}"
            )
        time.sleep(0.5)
