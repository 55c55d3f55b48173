"""Commands that the process on standby runs: the same output and end as without it, and nobody outlives his door."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jobs.standby.protocol import address
from jobs.storage.turn import turn
from tests.conftest import ROOT

LAKEWARDEN = Path(sys.executable).with_name("lakewarden")
UNKNOWN_FAMILY = ("waiting", "no-such-family")
WAITS_FOR_ITS_TURN = ("gate", "raw", "crm.customers")
TITLE = ["lakewarden", *WAITS_FOR_ITS_TURN]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "LAKE_HOME": str(home), "PYTHONPATH": str(ROOT)}


def command(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [LAKEWARDEN, *words], env=environment(home), cwd=home, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def standby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psutil.Popen]:
    """The process on standby of an empty lake."""
    home = tmp_path_factory.mktemp("lake")
    (home / "services").mkdir(mode=0o700)
    server = psutil.Popen(
        [sys.executable, "-m", "jobs.standby.server"], env=environment(home), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline().decode().startswith("on standby"), "it ended before anybody could ask it"
    server.home = home
    yield server
    server.terminate()
    server.wait(60)


def words_of(process: psutil.Process) -> list[str]:
    """Its title; none of one that has ended."""
    try:
        return " ".join(process.cmdline()).split()
    except psutil.Error:
        return []


def holds(process: psutil.Process, file: Path) -> bool:
    """Whether it has this file open."""
    try:
        return os.fspath(file) in {opened.path for opened in process.open_files()}
    except psutil.Error:
        return False


@contextmanager
def waiting_command(standby: psutil.Popen) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """A command that runs on standby and waits for its turn as long as this lasts: its door, and the process itself."""
    with turn(standby.home, "crm.customers"):
        door = command(standby.home, *WAITS_FOR_ITS_TURN)
        lock, deadline = standby.home / "ops" / ".turns" / "crm.customers", time.monotonic() + 60
        while not (found := [child for child in standby.children() if words_of(child) == TITLE and holds(child, lock)]):
            assert time.monotonic() < deadline, "the command did not run on standby"
            time.sleep(0.05)
        yield door, found[0]
    # or the next test would take it for its own, which waits for its turn too
    door.wait(60)
    found[0].wait(60)


def test_output_and_exit_code_are_those_of_a_command_that_runs_by_itself(standby, tmp_path: Path):
    answers = []
    for home in (standby.home, tmp_path):
        running = command(home, *UNKNOWN_FAMILY)
        answers.append((*running.communicate(), running.returncode))
    assert answers[0] == answers[1]
    assert "no-such-family" in answers[0][1]
    assert answers[0][2] != 0


def test_a_command_knows_who_asks_and_where(standby):
    running = command(standby.home, "waiting", "forms")
    output, errors = running.communicate()
    assert (running.returncode, output.strip()) == (0, "[]"), errors


def test_who_looks_at_the_processes_sees_the_step(standby):
    with waiting_command(standby) as (_, process):
        assert words_of(process) == TITLE
        assert process.environ()["LAKE_HOME"] == str(standby.home), "services are known by their environment"


def test_a_signal_to_the_door_reaches_the_command(standby):
    with waiting_command(standby) as (door, process):
        door.send_signal(signal.SIGTERM)
        assert door.wait(60) == 128 + signal.SIGTERM
        process.wait(60)


def test_a_command_does_not_outlive_a_door_that_was_killed(standby):
    with waiting_command(standby) as (door, process):
        door.kill()
        door.wait()
        process.wait(60)


def test_a_command_that_was_killed_is_said_to_be(standby):
    with waiting_command(standby) as (door, process):
        process.kill()
        _, errors = door.communicate(timeout=60)
    assert door.returncode == 128 + signal.SIGKILL
    assert "ended from outside" in errors


def test_another_user_cannot_ask(standby):
    socket = address(environment(standby.home))
    assert socket.stat().st_mode & 0o077 == 0


def test_no_code_of_ours_is_held(tmp_path: Path):
    script = tmp_path / "held.py"
    script.write_text("import sys, jobs.standby.server as s; s.import_libraries(); print(*sys.modules)")
    asked = subprocess.run(
        [sys.executable, script], env=environment(tmp_path), cwd=ROOT, check=True, capture_output=True, text=True
    )
    modules = set(asked.stdout.split())
    assert {"pandas", "pyspark.sql.connect.session", "duckdb"} <= modules
    ours = {name for name in modules if name.partition(".")[0] in {"jobs", "contracts", "expectations", "infra"}}
    assert {name.rpartition(".")[0] for name in ours} == {"", "jobs", "jobs.standby"}
    assert "jobs.cli" not in ours
