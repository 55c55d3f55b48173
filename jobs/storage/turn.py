"""One writer at a time: whoever writes a dataset's tables, the scheduler, a backfill or a person, takes its turn."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(home: Path, what: str) -> Iterator[None]:
    """Hold the turn for a dataset, or for the marts; waits for the one who has it. Ends with the process, even killed.

    Source: docs/adr/0003-batches-and-the-ledger.md; a lock of this machine, as the engine's one driver is.
    """
    locks = home / "ops" / ".turns"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / what).open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
