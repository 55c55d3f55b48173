"""What the marts are built from, by dataset, so that a build touches only what is downstream of a change."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs.settings import ROOT
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchState
from jobs.storage.zones import Zone

PROJECT = ROOT / "dbt_project"


@dataclass(frozen=True)
class Inputs:
    """`project`: a digest of the dbt project and of what it is told; `datasets`: of each dataset's released rows."""

    project: str
    datasets: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Changes when a batch of one of the datasets is released or a file of it replayed or refused.

        Also when the project or the smallest group changes.
        """
        said = [self.project, *(f"{name}={digest}" for name, digest in sorted(self.datasets.items()))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    def is_of(self, build: str) -> bool:
        """Whether the build of this id was made from this: the id is the fingerprint, and a number if built again."""
        return build.partition("-")[0] == self.fingerprint

    def changed_since(self, earlier: "Inputs | None") -> frozenset[str] | None:
        """The datasets whose rows are not those of `earlier`; None when everything is to be built."""
        if earlier is None or earlier.project != self.project or earlier.datasets.keys() != self.datasets.keys():
            return None
        return frozenset(name for name, digest in self.datasets.items() if earlier.datasets[name] != digest)


def read_inputs(ledger: Ledger, datasets: Sequence[str], smallest_visible_group: int) -> Inputs:
    """What the marts would be built from now."""
    released = ledger.ask(
        f"SELECT dataset, count(*) AS rows, {_content('batch_id', 'table_version')} AS content FROM batches "
        "WHERE zone = $zone AND state = $passed AND list_contains($datasets, dataset) GROUP BY dataset",
        zone=Zone.DESENSITISED,
        passed=BatchState.PASSED,
        datasets=list(datasets),
    )
    taken = ledger.ask(
        f"SELECT dataset, count(*) AS rows, {_content('file_sha256', 'batch_id', 'rows_loaded')} AS content "
        "FROM files WHERE rows_loaded > 0 AND list_contains($datasets, dataset) GROUP BY dataset",
        datasets=list(datasets),
    )
    said = dict.fromkeys(datasets, "")
    for row in (*released, *taken):
        said[row["dataset"]] += f"{row['rows']} {row['content']} "
    return Inputs(_project_digest(smallest_visible_group), {name: _short(text) for name, text in said.items()})


def built_from(home: Path, build: str) -> Inputs | None:
    """What the build of this id was made from; None where nobody knows any more."""
    try:
        kept = json.loads(_note(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    inputs = Inputs(kept["project"], kept["datasets"])
    return inputs if inputs.is_of(build) else None


def note(home: Path, inputs: Inputs) -> None:
    """Keep what a build was made from; without this note the next one builds everything."""
    draft = _note(home).with_suffix(".part")
    draft.write_text(json.dumps(asdict(inputs), indent=1), encoding="utf-8")
    draft.replace(_note(home))


def seeds_fingerprint() -> str:
    """Changes when a seed or its types change."""
    digest = hashlib.sha256((PROJECT / "dbt_project.yml").read_bytes())
    for path in sorted((PROJECT / "seeds").glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _project_digest(smallest_visible_group: int) -> str:
    digest = hashlib.sha256(str(smallest_visible_group).encode())
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv") and "target" not in path.parts:
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _content(*columns: str) -> str:
    """A digest of distinct rows in SQL, whatever their order; the rows themselves stay where they are."""
    return f"bit_xor(md5_number(concat_ws('|', {', '.join(columns)})))::VARCHAR"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _note(home: Path) -> Path:
    return home / "marts" / ".dbt" / "built_from.json"
