"""What runs, since when, at which ports, in how much memory; then what the lake itself says.

infra/with_settings.sh python -m infra.services.status
"""

import subprocess
import sys
from datetime import timedelta

import psutil
from rich.console import Console
from rich.table import Table

from infra.services.health import FAULTS
from infra.services.installation import PROGRAMS, Installation, ports
from infra.services.supervisor import states


def memory_mb(pid: int) -> float:
    """What a process and its children hold, shared pages counted once (PSS)."""
    try:
        parent = psutil.Process(pid)
        family = (parent, *parent.children(recursive=True))
        return float(sum(process.memory_full_info().pss for process in family)) / 2**20
    except psutil.Error:
        return 0.0


def health(installation: Installation, program: str, state: str) -> str:
    """In words; only a running service is asked, and some have nobody to ask but the API server."""
    if state != "RUNNING" or program not in FAULTS:
        return ""
    return FAULTS[program](installation) or "healthy"


def overview(installation: Installation) -> Table:
    """One row per service."""
    table = Table("service", "state", "since", "ports", "memory", "health", box=None, pad_edge=False)
    known = states(installation)
    for program in PROGRAMS:
        info = known.get(program, {"statename": "STOPPED", "pid": 0})
        running = bool(info["pid"])
        table.add_row(
            program,
            info["statename"].lower(),
            str(timedelta(seconds=info["now"] - info["start"])) if running else "",
            ", ".join(map(str, ports(program))) if running else "",
            f"{memory_mb(info['pid']):.0f} MB" if running else "",
            health(installation, program, info["statename"]),
        )
    return table


def main() -> int:
    """Exit code 0 when every service runs and is healthy, else 3."""
    installation = Installation.from_environment()
    table = overview(installation)
    console = Console(width=140, soft_wrap=True, highlight=False)
    console.print(table)
    wrong = [answer for answer in table.columns[-1].cells if answer not in {"", "healthy"}]
    all_run = all(state == "running" for state in table.columns[1].cells)
    console.print()
    subprocess.run(["lakewarden", "status"], check=False)
    return 0 if all_run and not wrong else 3


if __name__ == "__main__":
    sys.exit(main())
