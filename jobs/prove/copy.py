"""A copy of the installation in a folder of its own, through which invented people go; nothing of ours is touched."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.demo.people import Canary
from jobs.errors import CopyNotMade
from jobs.prove.disguises import Secret
from jobs.prove.matching import Matcher
from jobs.prove.planting import BROKEN, DELETED, LEFT, THROUGH, VACUUMED, people_secrets, plant
from jobs.prove.proof import Expectation
from jobs.prove.scanner import files_below, scan
from jobs.prove.sinks import Sink, sinks
from jobs.prove.values import keys_and_passwords
from jobs.settings import ROOT
from jobs.storage.zones import Zone

_SAID, _TEMPORARY = "said", "temporary"
#: States of the table in which people were left on purpose; they are controls.
_CONTROLS = (LEFT, DELETED, VACUUMED)


@dataclass(frozen=True)
class Copy:
    """A copy after invented people went all its ways."""

    folder: Path
    people: tuple[Canary, ...]

    @property
    def secrets(self) -> list[Secret]:
        """What identifies the people."""
        return people_secrets(self.people)

    @property
    def keys(self) -> list[Secret]:
        """The keys that were made for the copy."""
        return [key for lake in (THROUGH, BROKEN) for key in keys_and_passwords(self.folder / lake)]

    @property
    def sinks(self) -> dict[Sink, list[Path]]:
        """Every sink of the copy in which something lies."""
        through, broken = sinks(self.folder / THROUGH), sinks(self.folder / BROKEN)
        controls = {self.folder / BROKEN / name for name in _CONTROLS}
        found: dict[Sink, list[Path]] = {}
        for sink, paths in (*through.items(), *broken.items()):
            kept = [path for path in paths if controls.isdisjoint(path.parents)]
            if kept:
                named = Sink(f"copy: {sink.english}", f"副本：{sink.chinese}")
                found.setdefault(named, []).extend(kept)
        said = Sink("copy: results, errors and temporary files of commands", "副本：命令的输出、报错与临时文件")
        found[said] = [path for name in (_SAID, _TEMPORARY) for path in files_below(self.folder / name)]
        return found

    def expectations(self, matcher: Matcher) -> tuple[Expectation, ...]:
        """The controls: the same search finds the people where they must be, and no more where they must be gone."""
        everybody = {secret.label for secret in self.secrets}
        first = {label for label in everybody if label.endswith("person 1")}

        def found(*place: str) -> set[str]:
            folder = self.folder.joinpath(*place)
            return scan(files_below(folder), self.folder, matcher).labels & everybody

        in_quarantine = found(THROUGH, Zone.QUARANTINE)
        left, deleted, vacuumed = (found(BROKEN, state) for state in (LEFT, DELETED, VACUUMED))
        return (
            Expectation("landing holds every value", "接入区含全部植入值", found(THROUGH, "landing") == everybody),
            Expectation("raw holds every value", "原始区含全部植入值", found(THROUGH, Zone.RAW) == everybody),
            Expectation("quarantine holds the rows that failed", "隔离区含未通过的行", in_quarantine >= first),
            Expectation("the vault holds nobody in clear", "保险库中无明文", not found(THROUGH, Zone.VAULT)),
            Expectation("people left in a table on purpose are found", "故意留在表中的人被找到", bool(left)),
            Expectation("also after their rows were deleted", "删除行之后、清理之前仍被找到", bool(deleted)),
            Expectation("not after VACUUM", "清理（VACUUM）之后不再找到", not vacuumed),
        )


def make_copy(folder: Path, people: tuple[Canary, ...]) -> Copy:
    """Plant people in the folder and send them all ways of `jobs.prove.passage`, over the running engine.

    Raises: CopyNotMade, when a step did not end as it should; what it said lies in the folder.
    """
    plant(folder, people)
    said, temporary = folder / _SAID / "passage.txt", folder / _TEMPORARY
    for place in (said.parent, temporary):
        place.mkdir()
    with said.open("w", encoding="utf-8") as output:
        ended = subprocess.run(
            ["env", f"TMPDIR={temporary}", sys.executable, "-m", "jobs.prove.passage", str(folder)],
            cwd=ROOT, input=json.dumps(people), text=True, stdout=output, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if ended.returncode:
        raise CopyNotMade(f"a step of the copy did not end as it should; `make up ONLY=engine`, or read {said}")
    return Copy(folder, people)
