"""What is packed and what was: a plan is written first, then its files leave the inbox for the folder of sent ones.

Below `LAKE_HOME`: `transfer/outgoing/<id>.json` is the plan of a package that is not whole yet,
`transfer/sent/<id>.json` the manifest of one that is, `landing/.sent/<dataset>/<sha256>` a file in one of both.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from contracts.model import Contract
from jobs.errors import PackageRefused
from jobs.ingest.arrival import Arrival, arrivals, inbox, sent, take
from jobs.storage.turn import turn
from jobs.storage.whole_files import write_whole
from jobs.transfer.manifest import Manifest, PackedFile, Plan, planned


class Outbox:
    """The sending side of one installation; `contracts` are those of all datasets that its packages may hold."""

    def __init__(self, home: Path, contracts: Mapping[str, Contract]) -> None:
        self.home = home
        self.contracts = contracts
        self._landing = home / "landing"
        self._outgoing = home / "transfer" / "outgoing"
        self._sent = home / "transfer" / "sent"

    def claim(self, sender: str, datasets: Collection[str], *, part_bytes: int, settle_seconds: float) -> list[Plan]:
        """The packages to be written: those that an earlier run began, then one of all that is new in these inboxes.

        A file that was packed before is not packed again, and its copy leaves the inbox.
        """
        with ExitStack() as turns:
            for dataset in sorted(datasets):
                turns.enter_context(turn(self.home, dataset))  # until what we claim has left the inbox
            plans = self._begun()
            found = {
                dataset: list(arrivals(self._landing, self.contracts[dataset], day=None, settle_seconds=settle_seconds))
                for dataset in datasets
            }
            known = {(file.dataset, file.sha256) for plan in plans for file in plan.files}
            if new := list(self._new(found, known)):
                plan = planned(sender, new, self.contracts, part_bytes=part_bytes, now=datetime.now(UTC))
                self.begin(plan)
                plans.append(plan)
            for dataset, arrived in found.items():
                for arrival in arrived:
                    take(arrival, sent(self._landing, self.contracts[dataset]))
        return plans

    def begin(self, plan: Plan) -> None:
        """Write down what goes into a package; from here on a killed run is finished by the next one."""
        write_whole(self._outgoing / f"{plan.package_id}.json", plan.as_bytes())

    def finish(self, manifest: Manifest) -> None:
        """The package stands whole; its manifest is kept, so that it can be made again."""
        write_whole(self._sent / f"{manifest.package_id}.json", manifest.as_bytes())
        self._drop(manifest)

    def give_back(self, plan: Plan) -> None:
        """Lay the files of a package that cannot be made into their inboxes again, and forget the package."""
        for file in plan.files:
            kept = self.file(file)
            if kept.is_file():
                day = inbox(self._landing, self.contracts[file.dataset]) / file.arrival_date.isoformat()
                day.mkdir(parents=True, exist_ok=True)
                kept.rename(day / file.sha256)
        self._drop(plan)

    def manifest(self, package_id: str) -> Manifest:
        """The manifest of a package that was made here. Raises: PackageRefused."""
        path = self._sent / f"{package_id}.json"
        if not package_id.isalnum() or not path.is_file():
            raise PackageRefused(f"no package of this id was made here; those that were stand in {self._sent}")
        return Manifest.from_bytes(path.read_bytes(), path.name)

    def renewed(self, plan: Plan) -> Plan:
        """The same files under the contracts of today; the same package where none of them has changed."""
        return planned(plan.sender, plan.files, self.contracts, part_bytes=plan.part_bytes, now=datetime.now(UTC))

    def file(self, file: PackedFile) -> Path:
        """Where the bytes of a packed file are kept."""
        return sent(self._landing, self.contracts[file.dataset]) / file.sha256

    def _begun(self) -> list[Plan]:
        plans = [Plan.from_bytes(path.read_bytes(), path.name) for path in self._outgoing.glob("*.json")]
        return sorted(plans, key=lambda plan: (plan.created_at, plan.package_id))

    def _new(self, found: Mapping[str, Sequence[Arrival]], known: Collection[tuple[str, str]]) -> Iterator[PackedFile]:
        for dataset, arrived in found.items():
            earliest = {arrival.sha256: arrival for arrival in reversed(arrived)}
            for sha256, arrival in earliest.items():
                file = PackedFile(
                    dataset=dataset,
                    arrival_date=arrival.arrival_date,
                    sha256=sha256,
                    size_bytes=arrival.size_bytes,
                )
                if (dataset, sha256) not in known and not self.file(file).exists():
                    yield file

    def _drop(self, plan: Plan) -> None:
        (self._outgoing / f"{plan.package_id}.json").unlink(missing_ok=True)
