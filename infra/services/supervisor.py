"""Supervisord over its socket: is it there, start programs, stop everything."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterable
from http.client import HTTPException
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from infra.services.installation import Installation

SOCKET_PATH_LIMIT = 100
"""The kernel ends the path of a socket at 108 bytes; supervisord adds a short ending while it binds."""


class ServiceDown(Exception):
    """A service cannot be started or does not become healthy; the message says which, why and what next."""


def control(installation: Installation) -> Any:
    """The remote interface of a running supervisord; every call raises OSError when there is none."""
    socket = f"unix://{installation.services / 'supervisor.sock'}"
    return ServerProxy("http://127.0.0.1", transport=SupervisorTransport(serverurl=socket)).supervisor


def is_running(installation: Installation) -> bool:
    """Does the supervisord of this installation answer?"""
    try:
        return bool(control(installation).getState()["statename"] == "RUNNING")
    except (OSError, HTTPException):
        return False


def states(installation: Installation) -> dict[str, dict[str, Any]]:
    """Program: what supervisord knows about it (statename, pid, start, now); empty when nothing runs."""
    if not is_running(installation):
        return {}
    return {info["name"]: info for info in control(installation).getAllProcessInfo()}


def launch(installation: Installation) -> None:
    """Afterwards supervisord runs; safe to repeat."""
    if is_running(installation):
        return
    socket = installation.services / "supervisor.sock"
    if len(str(socket)) > SOCKET_PATH_LIMIT:
        raise ServiceDown(f"LAKE_HOME is too long a path for a socket ({socket}); choose a shorter one")
    installation.services.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = installation.root / "infra" / "services" / "supervisord.conf"
    subprocess.run(["supervisord", "--configuration", configuration], check=True)
    deadline = time.monotonic() + 10
    while not is_running(installation):
        if time.monotonic() > deadline:
            raise ServiceDown(f"supervisord does not answer; see {installation.services / 'supervisord.log'}")
        time.sleep(0.1)


def start(installation: Installation, programs: Iterable[str]) -> None:
    """Afterwards each of the programs is running or being started; one that runs is left alone."""
    for program in programs:
        try:
            control(installation).startProcess(program, False)
        except Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise ServiceDown(
                    f"{program} cannot be started: {fault.faultString}; see {installation.log(program)}"
                ) from None


def restart(installation: Installation, program: str) -> None:
    """Stop a program and start it again; afterwards it is being started."""
    try:
        control(installation).stopProcess(program)
    except Fault as fault:
        if "NOT_RUNNING" not in fault.faultString:
            raise
    start(installation, [program])


def stop_everything(installation: Installation, within_s: float) -> None:
    """Stop all programs at once, then supervisord; afterwards no process of this installation is left."""
    deadline = time.monotonic() + within_s
    if is_running(installation):
        server = control(installation)
        with contextlib.suppress(OSError, HTTPException, Fault):  # somebody else is stopping it too
            server.stopAllProcesses(False)
            while time.monotonic() < deadline - 5 and any(info["pid"] for info in server.getAllProcessInfo()):
                time.sleep(0.2)
            server.shutdown()
    while descendants(installation) and time.monotonic() < deadline - 3:
        time.sleep(0.2)
    _end(descendants(installation))


def descendants(installation: Installation) -> list[psutil.Process]:
    """Every process that supervisord of this installation brought to life, whatever group it has moved to."""
    mark = str(installation.home)
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LAKEWARDEN_SERVICES_OF") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _end(processes: list[psutil.Process]) -> None:
    """Ask, wait two seconds, then insist."""
    for process in processes:
        _signal(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=2)
    for process in stubborn:
        _signal(process.kill)
    psutil.wait_procs(stubborn, timeout=1)


def _signal(send: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        send()
