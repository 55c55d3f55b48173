"""Airflow over its REST API, as a person would use it: start runs, watch them, say what stopped and where to look."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from infra.services.installation import Installation

POLL_S = 3.0  # the scheduler's one API process serves the tasks too
PATIENCE_S = 180.0
REPORT_S = 30.0


class DagFailed(Exception):
    """A run did not succeed or did not end; the message names dag, task and log."""


@dataclass
class Runs:
    """The runs of one Airflow, with a person's login."""

    api: httpx.Client
    logs: Path
    say: Callable[[str], Any]
    _began: float = field(default_factory=time.monotonic)
    _said: dict[str, tuple[str, float]] = field(default_factory=dict)

    @classmethod
    @contextlib.contextmanager
    def of(cls, installation: Installation, say: Callable[[str], Any]) -> Iterator["Runs"]:
        """Logged in as `admin`; the password goes from its file into the request and nowhere else."""
        address = installation.address("airflow-api-server")
        password = installation.secret("airflow_admin_password").read_text(encoding="ascii")
        answer = httpx.post(f"{address}/auth/token", json={"username": "admin", "password": password}, timeout=30)
        if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
            raise DagFailed(
                f"Airflow at {address} refused the account `admin` ({answer.status_code}); if its password was changed "
                "there, write it to secrets/airflow_admin_password"
            )
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        with httpx.Client(base_url=f"{address}/api/v2", headers=headers, timeout=60) as api:
            yield cls(api, installation.home / "airflow" / "logs", say)

    @retry(
        retry=retry_if_exception_type(httpx.TransportError),
        stop=stop_after_delay(PATIENCE_S),
        wait=wait_exponential(max=10),
        reraise=True,
    )
    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """The answer of one GET request, asked for again while a busy machine keeps Airflow from answering.

        Raises: httpx.HTTPError.
        """
        answer = self.api.get(path, params=parameters).raise_for_status()
        return dict(answer.json())

    def wait_until_known(self, dags: Iterable[str], within_s: float) -> None:
        """Return when the DAG processor has read each of the DAGs; a file that it cannot read is named."""
        deadline = time.monotonic() + within_s
        missing = set(dags)
        while missing := {dag for dag in missing if self.api.get(f"/dags/{dag}").status_code != httpx.codes.OK}:
            if errors := self.get("/importErrors")["import_errors"]:
                raise DagFailed(
                    f"Airflow cannot import {errors[0]['filename']}; its reason: `airflow dags list-import-errors`, "
                    "through infra/airflow/airflow.sh"
                )
            if time.monotonic() > deadline:
                raise DagFailed(
                    f"Airflow does not know the DAGs {', '.join(sorted(missing))} after {within_s:.0f} s; "
                    "see services/airflow-dag-processor.log"
                )
            time.sleep(POLL_S)

    def unpause(self, dags: Iterable[str]) -> None:
        """Afterwards the scheduler runs what these DAGs start."""
        for dag in dags:
            self.api.patch(f"/dags/{dag}", json={"is_paused": False}).raise_for_status()

    def trigger(self, dag: str) -> str:
        """Start a run now, whatever its schedule says; gives its id."""
        run = f"demo__{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        self.api.post(f"/dags/{dag}/dagRuns", json={"dag_run_id": run, "logical_date": None}).raise_for_status()
        return run

    def follow(self, started: dict[str, str], within_s: float) -> None:
        """Return when the run of each DAG has succeeded, saying how far each is.

        Raises: DagFailed when one failed or has not ended in time.
        """
        deadline = time.monotonic() + within_s
        waiting = dict(started)
        while waiting:
            for dag, run in list(waiting.items()):
                state = self.get(f"/dags/{dag}/dagRuns/{run}")["state"]
                if state == "failed":
                    raise DagFailed(self.what_failed(dag, run))
                if state == "success":
                    del waiting[dag]
                self.report(dag, ("done: " if state == "success" else "") + self.progress(dag, run))
            if time.monotonic() > deadline:
                raise DagFailed(f"{', '.join(waiting)}: not ended after {within_s:.0f} s; logs in {self.logs}")
            time.sleep(POLL_S)

    def follow_until_quiet(self, dag: str, since: datetime, within_s: float) -> None:
        """Follow every run of an asset-driven DAG that was queued since then, until none is left and one succeeded."""
        deadline, followed = time.monotonic() + within_s, set[str]()
        while not followed or self.open_runs(dag):
            for run in self.runs_since(dag, since):
                if run not in followed:
                    self.follow({dag: run}, within_s)
                    followed.add(run)
            if time.monotonic() > deadline:
                raise DagFailed(
                    f"{dag}: nothing started it within {within_s:.0f} s although there was something new; is it paused?"
                )
            time.sleep(POLL_S)

    def runs_since(self, dag: str, since: datetime) -> list[str]:
        """Ids of the runs queued since then, oldest first."""
        answer = self.get(f"/dags/{dag}/dagRuns", run_after_gte=since.isoformat(), order_by="run_after")
        return [run["dag_run_id"] for run in answer["dag_runs"]]

    def open_runs(self, dag: str) -> bool:
        """Is a run of the DAG waiting or running?"""
        return bool(self.get(f"/dags/{dag}/dagRuns", state=["queued", "running"], limit=1)["total_entries"])

    def anything_new_since(self, since: datetime) -> bool:
        """Did a task since then say that it wrote one of the assets which start other DAGs?"""
        return bool(self.get("/assets/events", timestamp_gte=since.isoformat(), limit=1)["total_entries"])

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        """The task instances of a run."""
        return list(self.get(f"/dags/{dag}/dagRuns/{run}/taskInstances", limit=200)["task_instances"])

    def progress(self, dag: str, run: str) -> str:
        """How many tasks are done and which are at work, in one line."""
        tasks = self.tasks(dag, run)
        states = Counter(task["state"] or "waiting" for task in tasks)
        ended = states["success"] + states["skipped"]
        running = ", ".join(name_of(task) for task in tasks if task["state"] == "running")
        notes = [f"{ended} of {len(tasks)} tasks"]
        notes += [f"{states['skipped']} with nothing to do"] if states["skipped"] else []
        notes += [f"{states['up_for_retry']} to be tried again"] if states["up_for_retry"] else []
        notes += [f"now {running}"] if running else []
        return "; ".join(notes)

    def report(self, dag: str, line: str) -> None:
        """One line of progress with the seconds since the beginning; the same line again only after a while."""
        now = time.monotonic()
        last_line, last_at = self._said.get(dag, ("", 0.0))
        if line != last_line or now - last_at > REPORT_S:
            self.say(f"  {now - self._began:5.0f} s  {dag:<9} {line}")
            self._said[dag] = (line, now)

    def what_failed(self, dag: str, run: str) -> str:
        """Which tasks failed first, and the file that says why."""
        failed = [task for task in self.tasks(dag, run) if task["state"] == "failed"]
        lines = [f"{dag}: the run {run} failed; what was published before stays as it was"]
        lines += [
            f"  task {name_of(task)}, attempt {task['try_number']}: {self.log_of(dag, run, task)}" for task in failed
        ]
        return "\n".join([*lines, "  mend the cause and run `make demo` again: it goes on from there"])

    def log_of(self, dag: str, run: str, task: dict[str, Any]) -> Path:
        """Where Airflow wrote the log of a task's last attempt."""
        folder = self.logs / f"dag_id={dag}" / f"run_id={run}" / f"task_id={task['task_id']}"
        if task["map_index"] >= 0:
            folder /= f"map_index={task['map_index']}"
        return folder / f"attempt={task['try_number']}.log"


def name_of(task: dict[str, Any]) -> str:
    """A task instance as the interface shows it: the step, and the dataset that it is for."""
    step = str(task["task_id"]).rpartition(".")[2]
    return f"{task['rendered_map_index']} {step}" if task["map_index"] >= 0 else step
