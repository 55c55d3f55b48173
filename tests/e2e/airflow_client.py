"""Airflow as its users reach it: over REST with a login, and `airflow backfill` at the prompt."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

ENDED = {"success", "failed"}
POLL_S = 1.0


class NotEnded(AssertionError):
    """A run that should have ended did not; the message holds the states of its tasks."""


@dataclass(frozen=True)
class AirflowClient:
    """One login at one Airflow. Paths are those below /api/v2."""

    api: httpx.Client

    @classmethod
    @contextmanager
    def login(cls, url: str, name: str, password: str) -> Iterator["AirflowClient"]:
        answer = token_answer(url, name, password).raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        with httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=180) as api:
            yield cls(api)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        return dict(self.api.get(path, params=parameters).raise_for_status().json())

    def wait_for_dags(self, *dags: str, within_s: float = 300) -> None:
        """The DAG processor needs some seconds for its first reading."""
        deadline = time.monotonic() + within_s
        while missing := [dag for dag in dags if self.api.get(f"/dags/{dag}").status_code != httpx.codes.OK]:
            errors = [error["stack_trace"] for error in self.get("/importErrors")["import_errors"]]
            assert not errors, "\n".join(errors)
            assert time.monotonic() < deadline, f"Airflow does not know {', '.join(missing)}"
            time.sleep(POLL_S)

    def trigger_answer(self, dag: str, **form: str) -> httpx.Response:
        return self.api.post(f"/dags/{dag}/dagRuns", json={"logical_date": None, "conf": form})

    def trigger(self, dag: str, **form: str) -> str:
        """Start a run as a person does, with what the form asks; returns its id."""
        return str(self.trigger_answer(dag, **form).raise_for_status().json()["dag_run_id"])

    def pause(self, dag: str, *, is_paused: bool = True) -> None:
        """Let nothing start a DAG but a person, or let its schedule go on."""
        self.api.patch(f"/dags/{dag}", json={"is_paused": is_paused}).raise_for_status()

    def runs(self, dag: str, **parameters: Any) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self.get(f"/dags/{dag}/dagRuns", order_by="-id", **parameters)["dag_runs"])

    def wait(self, dag: str, run: str, within_s: float = 900) -> str:
        """The state in which the run ended."""
        deadline = time.monotonic() + within_s
        while (state := self.get(f"/dags/{dag}/dagRuns/{run}")["state"]) not in ENDED:
            if time.monotonic() > deadline:
                raise NotEnded(f"{dag} {run} is {state} after {within_s:.0f} s: {self.states(dag, run)}")
            time.sleep(POLL_S)
        return str(state)

    def run(self, dag: str, within_s: float = 900) -> tuple[str, str]:
        """Start a run by hand and wait: its id and the state in which it ended."""
        run = self.trigger(dag)
        return run, self.wait(dag, run, within_s)

    def wait_for_question(self, dag: str, run: str, task: str, scheduler_log: Path, within_s: float = 400) -> None:
        """Until a task waits for somebody's answer and the scheduler knows that its process has ended.

        Airflow 3.3 fails a task that is answered between the two.
        """
        deadline = time.monotonic() + within_s
        while (state := self.states(dag, run).get(task)) != "awaiting_input":
            assert state not in {"failed", "upstream_failed"}, self.states(dag, run)
            assert time.monotonic() < deadline, f"{task} is {state} after {within_s:.0f} s"
            time.sleep(POLL_S)
        noted = f"TaskInstance Finished: dag_id={dag}, task_id={task}, run_id={run},"
        while noted not in scheduler_log.read_text(encoding="utf-8", errors="replace"):
            assert time.monotonic() < deadline, f"the scheduler noted no end of {task} within {within_s:.0f} s"
            time.sleep(POLL_S)

    def answer(self, dag: str, run: str, task: str, option: str) -> httpx.Response:
        """What the page of required actions sends."""
        path = f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
        return self.api.patch(path, json={"chosen_options": [option], "params_input": {}})

    def wait_for_next(self, dag: str, seen: set[str], within_s: float = 180) -> str:
        """The id of a run that is not among those seen."""
        deadline = time.monotonic() + within_s
        while not (new := [run["dag_run_id"] for run in self.runs(dag) if run["dag_run_id"] not in seen]):
            assert time.monotonic() < deadline, f"nothing started {dag} within {within_s:.0f} s"
            time.sleep(POLL_S)
        return str(new[-1])

    def wait_for_tick(self, dag: str, within_s: float = 300) -> None:
        """Until the clock has started the DAG and what it started has ended."""
        deadline = time.monotonic() + within_s
        while not self.runs(dag, run_type="scheduled"):
            assert time.monotonic() < deadline, f"the clock did not start {dag} within {within_s:.0f} s"
            time.sleep(POLL_S)
        self.settle(dag)

    def settle(self, dag: str, within_s: float = 1200) -> list[str]:
        """Wait until no run of the DAG is queued or running; the ids of all its runs, newest first."""
        deadline = time.monotonic() + within_s
        while self.runs(dag, state=["queued", "running"]):
            assert time.monotonic() < deadline, f"{dag} is still busy after {within_s:.0f} s"
            time.sleep(POLL_S)
        return [run["dag_run_id"] for run in self.runs(dag)]

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Its instances in this run: by the id of the task, and for a step of a dataset by `<dataset>.<step>`."""
        found = self.get(f"/dags/{dag}/dagRuns/{run}/taskInstances", limit=200)["task_instances"]
        # a step that never began is shown by its number, but one before it has the name
        shown = {(task["map_index"], task["rendered_map_index"]) for task in found if task["map_index"] >= 0}
        named = {index: name for index, name in shown if name not in {None, str(index)}}
        return {_name(task, named): task for task in found}

    def states(self, dag: str, run: str) -> dict[str, str | None]:
        return {name: task["state"] for name, task in self.tasks(dag, run).items()}

    def log(self, dag: str, run: str, task: str, attempt: int) -> str:
        """The events of one attempt's log, a line each, as the interface shows them."""
        instance = self.tasks(dag, run)[task]
        path = f"/dags/{dag}/dagRuns/{run}/taskInstances/{instance['task_id']}/logs/{attempt}"
        asked = {"full_content": True, "map_index": instance["map_index"]}
        answer = self.api.get(path, params=asked, headers={"Accept": "application/json"})
        return "\n".join(str(entry.get("event", entry)) for entry in answer.raise_for_status().json()["content"])


def _name(task: dict[str, Any], named: dict[int, str]) -> str:
    step = str(task["task_id"])
    return f"{named[task['map_index']]}.{step.rpartition('.')[2]}" if task["map_index"] >= 0 else step


def token_answer(url: str, name: str, password: str) -> httpx.Response:
    """What the door says to a name and a password."""
    return httpx.post(f"{url}/auth/token", json={"username": name, "password": password}, timeout=180)


def span(task: dict[str, Any]) -> tuple[datetime, datetime]:
    """From when to when the last attempt of a task ran."""
    return moment(task["start_date"]), moment(task["end_date"])


def moment(text: str) -> datetime:
    """Airflow's UTC moments."""
    return datetime.fromisoformat(text).astimezone(UTC)
