"""The way of invented people through a copy: every stage passes them, and every stage fails on one of them.

Runs as a process of its own, so that whatever it or a library prints is kept and searched:
`python -m jobs.prove.passage <folder>`, the people as JSON on its input. The engine's catalogue is left alone.
"""

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from deltalake import DeltaTable
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.errors import LakewardenError
from contracts.loading import load
from contracts.model import Contract
from contracts.treatments import Keep
from expectations.errors import GateFailed
from infra.demo.people import Canary
from jobs.desensitise.run import desensitise
from jobs.errors import AllFilesRefused, GateNotPassed, StepFailed
from jobs.ingest.run import ingest
from jobs.keys.ring import Keyring
from jobs.prove.deliveries import CUSTOMERS, FEEDBACK, feedback_answers
from jobs.prove.planting import (
    BROKEN,
    DATASETS,
    DAY,
    DELETED,
    LEFT,
    MADE,
    THROUGH,
    TRANSACTIONS,
    VACUUMED,
    land,
)
from jobs.replay import refuse
from jobs.settings import Settings, from_environment
from jobs.storage.engine import engine
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone
from jobs.verify import verify_desensitised, verify_raw


class _CopyLake(Lake):
    """A lake whose tables nobody can name: the views of the running installation stay as they are."""

    def release(self, contract: Contract) -> None:
        return


@dataclass(frozen=True)
class _Way:
    """One lake of the copy and the engine that works on it; each step says what came of it."""

    home: Path
    settings: Settings

    def step(self, what: str, do: Callable[[Lake], object], fails: type[LakewardenError] | None = None) -> None:
        """A step in a session of its own, as a command has it. Raises: AssertionError unless it ends as it should."""
        try:
            with engine(self.settings) as spark:
                came = do(_CopyLake(self.home, lambda: spark))
        except LakewardenError as refused:
            print(f"{what}: {refused}", flush=True)
            if fails is None or not isinstance(refused, fails):
                raise
        else:
            print(f"{what}: {came}", flush=True)
            if fails is not None:
                raise AssertionError(f"{what} was to end with {fails.__name__}")

    def taken(self, contract: Contract, fails: type[LakewardenError] | None = None) -> None:
        """What lies in the inbox goes into raw."""
        landing = self.home / "landing"
        self.step(f"ingest {contract.id}", lambda lake: ingest(lake, landing, contract), fails)

    def treated(self, contract: Contract, fails: type[LakewardenError] | None = None) -> None:
        """What gate 2 passed goes into desensitised."""
        self.step(f"desensitise {contract.id}", lambda lake: desensitise(lake, KeyFiles(lake.home), contract), fails)

    def judged_raw(self, contract: Contract, fails: type[LakewardenError] | None = None) -> None:
        """Gate 2."""
        self.step(f"gate raw {contract.id}", lambda lake: len(verify_raw(lake, contract)), fails)

    def judged_desensitised(self, contract: Contract, fails: type[LakewardenError] | None = None) -> None:
        """Gate 3."""
        self.step(f"gate desensitised {contract.id}", lambda lake: len(verify_desensitised(lake, contract)), fails)


def pass_through(way: _Way, contracts: Mapping[str, Contract]) -> None:
    """Every dataset through its gates; bad rows and refused files lie among the good ones."""
    for contract in contracts.values():
        way.taken(contract)
        way.judged_raw(contract)
        way.treated(contract)
        way.judged_desensitised(contract)


def fail_at_every_gate(way: _Way, made: Path, contracts: Mapping[str, Contract], people: Sequence[Canary]) -> None:
    """A file that gate 1 refuses whole, a batch that gate 2 stops, a cast that the engine refuses, deleted rows."""
    _, second, third = people
    land(way.home, CUSTOMERS, DAY, f"{third['name']}.csv", f"{third['name']},{third['mobile']}\n1,2\n".encode())
    way.taken(contracts[CUSTOMERS], AllFilesRefused)
    refused = land(way.home, FEEDBACK, DAY, "bad.csv", feedback_answers(made, second, DAY.isoformat(), bad=True))
    way.taken(contracts[FEEDBACK])
    way.judged_raw(contracts[FEEDBACK], GateFailed)
    way.treated(contracts[FEEDBACK], GateNotPassed)
    way.step("refuse", lambda lake: refuse(lake, contracts[FEEDBACK], refused, "资料有误，请重报").state)
    way.step("cast", lambda lake: _phones(lake).select(F.col("contact_phone").cast("date")).collect(), StepFailed)
    for file in sorted(way.home.glob(f"landing/.store/{TRANSACTIONS}/*")):
        way.step("delete", partial(refuse, contract=contracts[TRANSACTIONS], file_sha256=file.name, reason="更正"))
    DeltaTable(way.home / Zone.DESENSITISED / contracts[CUSTOMERS].table).create_checkpoint()


def _phones(lake: Lake) -> DataFrame:
    return lake.read(Zone.RAW, load(CUSTOMERS).table)


def leave_people_in_a_table(way: _Way, contract: Contract) -> None:
    """A treatment fails on a row, another keeps phones, gate 3 stops it; the rows are deleted, then vacuumed."""
    way.taken(contract)
    way.judged_raw(contract)
    way.treated(_with_phones(contract, Keep(becomes="called_on"), "date"), StepFailed)
    keeping = _with_phones(contract, Keep(), "string")
    way.treated(keeping)
    way.judged_desensitised(keeping, GateFailed)
    table = way.home / Zone.DESENSITISED / contract.table
    shutil.copytree(table, way.home / LEFT)
    way.step("delete", lambda lake: lake.spark.sql(f"DELETE FROM delta.`{table}`").collect())
    shutil.copytree(table, way.home / DELETED)
    way.step("vacuum", lambda lake: _vacuum(lake, table))
    shutil.copytree(table, way.home / VACUUMED)


def _vacuum(lake: Lake, table: Path) -> None:
    lake.spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    lake.spark.sql(f"VACUUM delta.`{table}` RETAIN 0 HOURS").collect()


def _with_phones(contract: Contract, treatment: Keep, kind: str) -> Contract:
    """The contract as somebody who made a mistake would have written it."""
    fields = (
        replace(field, treatment=treatment, type=kind) if field.name == "contact_phone" else field
        for field in contract.fields
    )
    return replace(contract, fields=tuple(fields))


def main() -> None:
    """Both ways, one after the other."""
    folder, people, settings = Path(sys.argv[1]), json.load(sys.stdin), from_environment()
    contracts = {dataset: load(dataset) for dataset in DATASETS}
    through, broken = _Way(folder / THROUGH, settings), _Way(folder / BROKEN, settings)
    domains = {domain for contract in contracts.values() for domain in contract.token_domains}
    for way in (through, broken):
        ledger = Ledger(way.home)
        ledger.prepare()
        Keyring(KeyFiles(way.home), ledger).create_missing(domains)
    pass_through(through, contracts)
    fail_at_every_gate(through, folder / MADE, contracts, people)
    leave_people_in_a_table(broken, contracts[CUSTOMERS])


if __name__ == "__main__":
    main()
