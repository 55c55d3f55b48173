"""Where a person finds what was granted: one folder per person, one file per request, gone when the grant ends."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jobs.storage.whole_files import write_private


@dataclass(frozen=True)
class Place:
    """Below `root`: `<person>/<request>.<ending>`, folders 0700 and files 0600."""

    root: Path
    ending: Literal["csv", "xlsx"]

    def path(self, person: str, request_id: str) -> Path:
        """Where the file of one request lies."""
        return self.root / person / f"{request_id}.{self.ending}"

    def folder(self, person: str) -> Path:
        """The person's own folder, which nobody else may look into; made when it is not there."""
        own = self.root / person
        for folder in (self.root, own):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return own

    def put(self, person: str, request_id: str, content: bytes) -> Path:
        """Write or replace the file of a request, whole or not at all."""
        self.folder(person)
        path = self.path(person, request_id)
        write_private(path, content)
        return path

    def sweep(self, live: Collection[str]) -> list[str]:
        """Remove the files of every request that is not among the live ones, half written ones too; returns their ids.

        What a person put there besides is left alone. Only for whoever has the turn: a writer's scratch goes too.
        """
        # a request's file, its draft, and what openpyxl leaves of a sheet when it is killed
        ours = re.compile(rf"(?P<request_id>[0-9a-f]{{16}})\.(?:{self.ending}|draft)|openpyxl\..*")
        removed = []
        for path in sorted(self.root.glob("*/*")):
            found = ours.fullmatch(path.name)
            if found and found["request_id"] not in live:
                path.unlink(missing_ok=True)
                removed += [found["request_id"]] if found["request_id"] else []
        return removed
