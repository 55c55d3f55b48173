"""Desensitised to marts: one dbt build, beside what readers see; nothing is built when nothing has changed."""

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
from jobs.publish.inputs import PROJECT, built_from, note, read_inputs, seeds_fingerprint
from jobs.settings import ROOT
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

#: The marts go through the ledger like a dataset: one batch per state of their input.
MARTS = "marts"
_MOST_BUILDS = 3


@dataclass(frozen=True)
class Built:
    """A build and whether dbt had to run for it."""

    build_id: str
    is_new: bool


def build(lake: Lake, contracts: Mapping[str, Contract], *, smallest_visible_group: int, afresh: bool = False) -> Built:
    """Run `dbt build` for what has changed since the build that stands; for nothing when nothing has. Safe to repeat.

    What no model reads is no input: a release of such a dataset builds nothing. Of the datasets that are read, what is
    downstream of a change is built, and everything when the project, the keys or the smallest group changed.
    afresh: everything is built as if nothing stood, the seeds and what incremental models hold too.
    Raises: BuildFailed when a model, a test or a unit test failed, HalfRotated while a key domain is; readers keep what
    they have.
    """
    ledger = Ledger(lake.home)
    ledger.prepare()
    require_no_rotation(ledger)
    sources = read_by_models(contracts, ROOT)
    tables = {contract.id: contract.table for contract in sources}
    inputs = read_inputs(ledger, list(tables), smallest_visible_group)
    newest = ledger.newest_batch(MARTS, Zone.DESENSITISED)
    if not afresh and newest is not None and inputs.is_of(newest.batch_id):
        return Built(newest.batch_id, is_new=False)
    prepare_sources(lake, sources)
    lake.spark.sql(f"CREATE DATABASE IF NOT EXISTS marts_build LOCATION '{lake.home}/marts'")
    seeds, keys = seeds_fingerprint(), key_generation(ledger)
    # what an incremental model holds of an earlier key generation joins with nothing any more
    afresh = afresh or (newest is not None and newest.contract_version != keys)
    # seeds are facts of the project; loading them again would cost as much as several models
    has_seeds = newest is not None and newest.content_checksum == seeds and not afresh
    left_out = ("unit_test", "seed") if has_seeds else ("unit_test",)
    stands = built_from(lake.home, newest.batch_id) if newest is not None and not afresh else None
    for _ in range(_MOST_BUILDS):
        changed = inputs.changed_since(stands)
        downstream = None if changed is None else [f"desensitised.{tables[dataset]}" for dataset in sorted(changed)]
        _dbt_build(lake.home, smallest_visible_group, left_out, downstream, afresh=afresh)
        stands, inputs = inputs, read_inputs(ledger, list(tables), smallest_visible_group)
        if stands == inputs:
            break
        # a batch was released while dbt ran: some models have it and others do not
    note(lake.home, inputs)
    number = newest.table_version + 1 if newest is not None else 1
    # a second build of the same input is a publication of its own: readers keep the first until gate 4 passes this one
    is_again = newest is not None and inputs.is_of(newest.batch_id)
    build_id = f"{inputs.fingerprint}-{number}" if is_again else inputs.fingerprint
    ledger.record("batches", [_batch(build_id, number, seeds, keys, len(results(lake.home)))])
    return Built(build_id, is_new=True)


def prepare_sources(lake: Lake, sources: Sequence[Contract]) -> None:
    """Each source of the models can be read: the ledger, and what nobody delivered yet as a view without rows."""
    lake.show_ledger(("files", "batches", "verdicts"))
    known = lake.shown(Zone.DESENSITISED)
    for contract in sources:
        if contract.table not in known:
            lake.show_nothing(contract)


def target(home: Path) -> Path:
    """The folder dbt writes its manifest and results to."""
    return home / "marts" / ".dbt" / "target"


def results(home: Path) -> list[dict[str, object]]:
    """What dbt says of every model, seed and test of the last build."""
    found: list[dict[str, object]] = json.loads((target(home) / "run_results.json").read_text(encoding="utf-8"))[
        "results"
    ]
    return found


def _dbt_build(
    home: Path, smallest_visible_group: int, left_out: Sequence[str], downstream: Sequence[str] | None, *, afresh: bool
) -> None:
    """Models, seeds and the tests of what they hold; unit tests prove the SQL and are part of `make test`.

    downstream: only what depends on these sources, or on the ledger, which every build finds changed; None: everything.
    afresh: incremental models forget what they hold.
    """
    selected = [] if downstream is None else ["--select", *(f"source:{name}+" for name in ("ops", *downstream))]
    command = [
        Path(sys.executable).with_name("dbt"), "build", *(f"--exclude-resource-type={kind}" for kind in left_out),
        "--project-dir", PROJECT, "--profiles-dir", PROJECT, "--no-use-colors",
        "--target-path", target(home), "--log-path", target(home).parent / "logs",
        "--vars", json.dumps({"smallest_visible_group": smallest_visible_group}),
        *(["--full-refresh"] if afresh else []), *selected,
    ]  # fmt: skip
    finished = subprocess.run(list(map(str, command)), check=False, env={**os.environ, "DO_NOT_TRACK": "1"})
    if finished.returncode:
        raise BuildFailed(
            f"dbt build stopped with {finished.returncode}; see above and {target(home).parent / 'logs'}. "
            "Published numbers stay as they are"
        )


def _batch(build_id: str, number: int, seeds: str, keys: str, nodes: int) -> BatchRow:
    """A build in the ledger; its number takes the place of a table version, its seeds that of the content.

    The generation of the keys takes the place of a contract's version.
    """
    return BatchRow(
        dataset=MARTS,
        batch_id=build_id,
        zone=Zone.DESENSITISED,
        state=BatchState.WRITTEN,
        arrival_date=None,
        table_version=number,
        row_count=nodes,
        content_checksum=seeds,
        contract_version=keys,
        contract_fingerprint="",
    )
