"""Which libraries the steps of the scheduler need: asked of a process that imports the steps, says it and ends.

python -m jobs.standby.libraries
"""

import contextlib
import importlib
import subprocess
import sys

from jobs.standby.door import CODE_ROOT

STEPS = (
    "jobs.cli",
    "jobs.ingest.run",
    "jobs.desensitise.run",
    "jobs.pull.run",
    "jobs.verify",
    "jobs.keys.choosing",
    "jobs.publish.build",
    "jobs.publish.gate",
    "jobs.publish.run",
    "jobs.status",
    "jobs.storage.engine",
    # what opening a session imports
    "pyspark.sql.connect.session",
    "pyspark.sql.connect.functions",
)
_OURS = {"jobs", "expectations", "contracts", "infra", "__main__"}


def import_libraries() -> None:
    """Afterwards every library is imported that a step imports, and no module of ours."""
    asked = subprocess.run([sys.executable, "-m", __name__], check=True, capture_output=True, text=True, cwd=CODE_ROOT)
    for name in asked.stdout.split():
        if name.partition(".")[0] not in _OURS:
            with contextlib.suppress(ImportError):  # a name that a library made up for itself comes with the library
                importlib.import_module(name)


if __name__ == "__main__":
    for step in STEPS:
        importlib.import_module(step)
    print(*sys.modules)
