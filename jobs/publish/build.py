"""Desensitised to marts: one dbt build, beside what readers see; nothing is built when nothing has changed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.generate import read_by_models
from contracts.model import Contract
from jobs.errors import BuildFailed
from jobs.keys.record import key_generation, require_no_rotation
from jobs.settings import ROOT
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

#: The marts go through the ledger like a dataset: one batch per state of their input.
MARTS = "marts"
_PROJECT = ROOT / "dbt_project"
_MOST_BUILDS = 3


@dataclass(frozen=True)
class Built:
    """A build and whether dbt had to run for it."""

    fingerprint: str
    is_new: bool


def build(lake: Lake, contracts: Mapping[str, Contract], *, smallest_visible_group: int) -> Built:
    """Run `dbt build` unless a build of the same input and the same project stands already. Safe to repeat.

    What no model reads is no input: a release of such a dataset builds nothing.
    Raises: BuildFailed when a model, a test or a unit test failed, HalfRotated while a key domain is; readers keep what
    they have.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
    require_no_rotation(ledger)
    sources = read_by_models(contracts, ROOT)
    datasets = [contract.id for contract in sources]
    fingerprint = input_fingerprint(ledger, datasets, smallest_visible_group)
    newest = ledger.newest_batch(MARTS, Zone.DESENSITISED)
    if newest is not None and newest.batch_id == fingerprint:
        return Built(fingerprint, is_new=False)
    prepare_sources(lake, sources)
    lake.spark.sql(f"CREATE DATABASE IF NOT EXISTS marts_build LOCATION '{lake.home}/marts'")
    seeds = seeds_fingerprint()
    # seeds are facts of the project; loading them again would cost as much as several models
    left_out = ("unit_test", "seed") if newest is not None and newest.content_checksum == seeds else ("unit_test",)
    keys = key_generation(ledger)
    # what an incremental model holds of an earlier key generation joins with nothing any more
    afresh = newest is not None and newest.contract_version != keys
    for _ in range(_MOST_BUILDS):
        _dbt_build(lake.home, smallest_visible_group, left_out, afresh=afresh)
        seen, fingerprint = fingerprint, input_fingerprint(ledger, datasets, smallest_visible_group)
        if seen == fingerprint:
            break
        # a batch was released while dbt ran: some models have it and others do not
    number = newest.table_version + 1 if newest is not None else 1
    ledger.record("batches", [_batch(fingerprint, number, seeds, keys, len(results(lake.home)))])
    return Built(fingerprint, is_new=True)


def prepare_sources(lake: Lake, sources: Sequence[Contract]) -> None:
    """Each source of the models can be read: the ledger, and what nobody delivered yet as a view without rows."""
    lake.show_ledger(("files", "batches", "verdicts"))
    known = lake.shown(Zone.DESENSITISED)
    for contract in sources:
        if contract.table not in known:
            lake.show_nothing(contract)


def input_fingerprint(ledger: Ledger, datasets: Sequence[str], smallest_visible_group: int) -> str:
    """Changes when a batch of one of the datasets is released or a file of it replayed or refused.

    Also when the project or the smallest group changes.
    """
    released = ledger.ask(
        f"SELECT count(*) AS batches, {_content('dataset', 'batch_id', 'table_version')} AS content FROM batches "
        "WHERE zone = $zone AND state = $passed AND list_contains($datasets, dataset)",
        zone=Zone.DESENSITISED,
        passed=BatchState.PASSED,
        datasets=list(datasets),
    )
    taken = ledger.ask(
        f"SELECT count(*) AS files, {_content('dataset', 'file_sha256', 'batch_id', 'rows_loaded')} AS content "
        "FROM files WHERE rows_loaded > 0 AND list_contains($datasets, dataset)",
        datasets=list(datasets),
    )
    digest = hashlib.sha256(f"{released}|{taken}|{smallest_visible_group}".encode())
    for path in sorted(_PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv") and "target" not in path.parts:
            digest.update(path.relative_to(_PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _content(*columns: str) -> str:
    """A digest of distinct rows in SQL, whatever their order; the rows themselves stay where they are."""
    return f"bit_xor(md5_number(concat_ws('|', {', '.join(columns)})))::VARCHAR"


def seeds_fingerprint() -> str:
    """Changes when a seed or its types change."""
    digest = hashlib.sha256((_PROJECT / "dbt_project.yml").read_bytes())
    for path in sorted((_PROJECT / "seeds").glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def target(home: Path) -> Path:
    """The folder dbt writes its manifest and results to."""
    return home / "marts" / ".dbt" / "target"


def results(home: Path) -> list[dict[str, object]]:
    """What dbt says of every model, seed and test of the last build."""
    found: list[dict[str, object]] = json.loads((target(home) / "run_results.json").read_text(encoding="utf-8"))[
        "results"
    ]
    return found


def _dbt_build(home: Path, smallest_visible_group: int, left_out: Sequence[str], *, afresh: bool) -> None:
    """Models, seeds and the tests of what they hold; unit tests prove the SQL and are part of `make test`.

    afresh: incremental models forget what they hold.
    """
    command = [
        Path(sys.executable).with_name("dbt"), "build", *(f"--exclude-resource-type={kind}" for kind in left_out),
        "--project-dir", _PROJECT, "--profiles-dir", _PROJECT, "--no-use-colors",
        "--target-path", target(home), "--log-path", target(home).parent / "logs",
        "--vars", json.dumps({"smallest_visible_group": smallest_visible_group}),
        *(["--full-refresh"] if afresh else []),
    ]  # fmt: skip
    finished = subprocess.run(list(map(str, command)), check=False, env={**os.environ, "DO_NOT_TRACK": "1"})
    if finished.returncode:
        raise BuildFailed(
            f"dbt build stopped with {finished.returncode}; see above and {target(home).parent / 'logs'}. "
            "Published numbers stay as they are"
        )


def _batch(fingerprint: str, number: int, seeds: str, keys: str, nodes: int) -> BatchRow:
    """A build in the ledger; its number takes the place of a table version, its seeds that of the content.

    The generation of the keys takes the place of a contract's version.
    """
    return BatchRow(
        dataset=MARTS,
        batch_id=fingerprint,
        zone=Zone.DESENSITISED,
        state=BatchState.WRITTEN,
        arrival_date=None,
        table_version=number,
        row_count=nodes,
        content_checksum=seeds,
        contract_version=keys,
        contract_fingerprint="",
    )
