"""Watches landing for whole files; one loop for all families, in Airflow's triggerer."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

#: What tells a file from the same file a moment ago: path below landing, size, time of the last write.
Seen = tuple[str, int, int]


class WholeFiles(BaseEventTrigger):
    """One event whenever files have come to rest in landing; it names their families and never a file.

    A file counts as whole when two looks `every_s` seconds apart find it the same. Begun again, the watch reports once
    more what still lies there, so nothing is missed; a family that is started without need finds nothing to do.
    """

    def __init__(self, every_s: float) -> None:
        super().__init__()
        self.every_s = every_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How another process makes this trigger again; Airflow's interface."""
        return "pipeline.landing.WholeFiles", {"every_s": self.every_s}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Never ends."""
        landing = Path(os.environ["LAKE_HOME"], "landing")
        before: set[Seen] = set()
        reported: set[Seen] = set()
        while True:
            now = await asyncio.to_thread(lambda: set(lying_in(landing)))
            if news := (now & before) - reported:
                yield TriggerEvent({"families": sorted({family_of(file) for file in news})})
            reported = (reported | news) & now
            before = now
            await asyncio.sleep(self.every_s)


def lying_in(landing: Path) -> Iterator[Seen]:
    """The files of all inboxes; what programs hide with a dot, and the store of taken files, is passed over."""
    for folder, folders, names in os.walk(landing):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            try:
                about = path.stat()
            except FileNotFoundError:  # taken between the listing and this look
                continue
            if not name.startswith("."):
                yield path.relative_to(landing).as_posix(), about.st_size, about.st_mtime_ns


def family_of(file: Seen) -> str:
    """The family that an inbox belongs to.

    Example:
        >>> family_of(("crm/customers/2026-01-31/export.csv", 10, 0))
        'crm'
    """
    return file[0].partition("/")[0]
