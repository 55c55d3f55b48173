"""The families of datasets: one folder of contracts each, taken in by one DAG."""

from dataclasses import dataclass
from pathlib import Path

from contracts.clock import minutes_of_day
from contracts.errors import InvalidContracts, Problem
from contracts.loading import ROOT, dataset_ids
from contracts.yaml_lines import read_yaml

_NAME = "family.yaml"


@dataclass(frozen=True)
class Family:
    """What a family says of itself in `contracts/<name>/family.yaml`."""

    name: str
    label: str  # Chinese
    holds: str  # what its datasets are, in Chinese
    owner: str
    taken_at: tuple[str, ...]  # cron expressions in the time of China; midnight among them, for backfills


def families(root: Path = ROOT) -> list[Family]:
    """Every family that has contracts, by name; cheap enough for a DAG file.

    Raises: InvalidContracts when a folder of contracts does not say what it is.
    """
    names = sorted({dataset_id.partition(".")[0] for dataset_id in dataset_ids(root)})
    read = [_family(root / name / _NAME) for name in names]
    if problems := [found for found in read if isinstance(found, Problem)]:
        raise InvalidContracts(problems)
    return [found for found in read if isinstance(found, Family)]


def _family(path: Path) -> Family | Problem:
    if not path.is_file():
        return Problem(path, 1, "is missing; a folder of contracts says who owns it and when its files are taken")
    said = read_yaml(path)
    wanted = {"label", "holds", "owner", "taken_at"}
    if not isinstance(said, dict) or set(said) != wanted:
        return Problem(path, 1, f"must hold exactly {', '.join(sorted(wanted))}")
    for cron in said["taken_at"]:
        try:
            minutes_of_day(cron)
        except ValueError as fault:
            return Problem(path, 1, f"taken_at: {fault}")
    return Family(path.parent.name, said["label"], said["holds"], said["owner"], tuple(said["taken_at"]))
