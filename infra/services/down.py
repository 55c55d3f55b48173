"""Stop every service of this installation within 30 s, tasks and child processes included. Safe to repeat."""

import time

from infra.services.installation import Installation
from infra.services.supervisor import stop_everything


def main() -> None:
    """Stop what LAKE_HOME runs."""
    installation = Installation.from_environment()
    began = time.monotonic()
    stop_everything(installation, within_s=28)
    print(f"nothing runs on {installation.home} any more ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
