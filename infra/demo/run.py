"""The main job, from generated files in landing to published dashboards, through Airflow's own scheduler.

    infra/with_settings.sh python -m infra.demo.run

Expects the platform to be up. Safe to repeat: with nothing new the same runs end in seconds and change nothing.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console

from contracts.families import families
from infra.demo.follow import DagFailed, Runs
from infra.demo.people import canary, identifying
from infra.services import up
from infra.services.installation import Installation
from infra.services.supervisor import ServiceDown

SOURCES = tuple(family.name for family in families())
MARTS = "marts"
PATIENCE_S = 1800
SEED, PLANTED = 20_260_101, 3

console = Console(width=140, soft_wrap=True, highlight=False)


def generate_input(installation: Installation) -> None:
    """Afterwards one day of input lies in landing; the same seed gives the same files."""
    size = os.environ.get("LAKEWARDEN_DEMO_SIZE", "demo")
    options = {
        "home": installation.home,
        "day": arrival_day(installation),
        "size": size,
        "seed": SEED,
        "planted": PLANTED,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    up.run_logged(installation, "demo-generate", "python", "-m", "infra.demo.generate", *words)


def arrival_day(installation: Installation) -> str:
    """The day of the demo: the one that was made first, else today, so that a repetition brings nothing new."""
    made = installation.home / "demo" / "expected.json"
    if made.exists():
        return str(json.loads(made.read_text(encoding="utf-8"))["day"])
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"


def run_pipeline(runs: Runs, *, is_published: bool) -> None:
    """Afterwards every source has gone as far as its gates let it, and what came of it is published.

    Raises: DagFailed, with the task and its log, when a gate or a task stopped; readers then keep the old numbers.
    """
    began = datetime.now(UTC)
    runs.wait_until_known((*SOURCES, MARTS), within_s=180)
    runs.unpause((*SOURCES, MARTS))
    runs.follow({dag: runs.trigger(dag) for dag in SOURCES}, within_s=PATIENCE_S)
    if runs.anything_new_since(began):
        runs.follow_until_quiet(MARTS, since=began, within_s=PATIENCE_S)
    elif is_published:
        console.print("  nothing new arrived: the published numbers stay as they are")
    else:  # an earlier demo came as far as the marts and no further
        runs.follow({MARTS: runs.trigger(MARTS)}, within_s=PATIENCE_S)


def search_for_the_planted(installation: Installation) -> Path:
    """Afterwards a report says that the planted people are nowhere beyond the restricted zones; gives the report.

    Raises: ServiceDown when the search found one of them, or could not search everything.
    """
    people = installation.home / "demo" / "planted.txt"
    people.touch(mode=0o600)
    values = (identifying(canary(SEED, number)).values() for number in range(PLANTED))
    people.write_text("\n".join(chain.from_iterable(values)) + "\n", encoding="utf-8")
    up.run_logged(installation, "prove", "lakewarden", "prove", "--values", people)
    return max((installation.home / "evidence").glob("*.zh.html"))


def main() -> int:
    """Exit code 1 with one sentence when something stops on the way."""
    installation = Installation.from_environment()
    began = time.monotonic()
    try:
        with up.step("one day of demo input generated into landing"):
            generate_input(installation)
        with Runs.of(installation, console.print) as runs:
            run_pipeline(runs, is_published=installation.published.exists())
        pipeline_s = time.monotonic() - began
        if not installation.published.exists():
            raise DagFailed(f"no run failed, but nothing was published at {installation.published}; see `make status`")
        up.ready_superset(installation)
        with up.step("planted people searched for wherever nobody may be"):
            report = search_for_the_planted(installation)
    except (DagFailed, ServiceDown) as fault:
        print(f"lakewarden: {fault}", file=sys.stderr)
        return 1
    except httpx.HTTPError as error:
        print(
            f"lakewarden: Airflow's API broke off ({type(error).__name__}: {error}); see `make status`", file=sys.stderr
        )
        return 1
    except subprocess.CalledProcessError as error:
        print(f"lakewarden: {error}", file=sys.stderr)
        return 1
    console.print(f"demo done: pipeline {pipeline_s:.0f} s, all {time.monotonic() - began:.0f} s")
    console.print(f"evidence that the planted people went no further than they may: {report}")
    console.print(up.overview(installation, ("airflow-api-server", "superset", "engine")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
