"""Invented people for the copy: who they are, what identifies them, and a day of files from sources that know them."""

import secrets
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from itertools import count, filterfalse, islice
from math import floor
from pathlib import Path

from contracts.loading import load
from contracts.treatments import Grid
from infra.demo.generate import generate
from infra.demo.people import Canary, canary, identifying
from infra.demo.setting import Setting, Size
from jobs.desensitise.treatments import METRES_PER_DEGREE
from jobs.prove.deliveries import CUSTOMERS, FEEDBACK, GOOD_CUSTOMERS, odd_deliveries
from jobs.prove.disguises import Kind, Secret, is_common

TRANSACTIONS = "crm.transactions"
DATASETS = (CUSTOMERS, TRANSACTIONS, FEEDBACK, "network.engineering_parameters")
#: Before every date that the generated rows tell of could be one to come.
DAY = date(2025, 11, 11)

#: Folders of the copy: the day as generated, a lake in which all goes well or is refused, and one whose gate 3 finds
#: people in a table.
MADE, THROUGH, BROKEN = "made", "through", "broken"
#: In the broken lake its table as gate 3 refused it, after its rows were deleted, and after VACUUM.
LEFT, DELETED, VACUUMED = "left", "deleted", "vacuumed"

_KINDS = {
    "name": Kind.TEXT, "mobile": Kind.NUMBER, "resident_id": Kind.NUMBER, "email": Kind.TEXT, "address": Kind.TEXT,
    "longitude": Kind.POSITION, "latitude": Kind.POSITION, "card": Kind.NUMBER,
}  # fmt: skip
_PEOPLE = 3
_DECIMALS = 4  # the fewest that a position is searched for with
_SIZE = Size(customers=500, transactions=1_000, feedback=240, cells=120, cities=8, measured_days=1)


def invented() -> tuple[Canary, ...]:
    """Three people drawn anew, so that whatever is found of them comes from this search and from no earlier one."""
    drawn = (canary(secrets.randbelow(10**9)) for _ in count())
    return tuple(islice(filterfalse(is_found_by_chance, drawn), _PEOPLE))


def is_found_by_chance(person: Canary) -> bool:
    """Whether a coordinate is a round number, or the middle of a square, which a treatment leaves as it is."""
    if any(map(is_common, people_secrets([person]))):
        return True
    treatments = (field.treatment for dataset in DATASETS for field in load(dataset).fields)
    grids = [treatment for treatment in treatments if isinstance(treatment, Grid)]
    return any(_is_middle(float(person[grid.axis]), grid.metres) for grid in grids)  # type: ignore[literal-required]


def _is_middle(degrees: float, metres: float) -> bool:
    step = metres / METRES_PER_DEGREE
    return round((floor(degrees / step) + 0.5) * step, _DECIMALS) == round(degrees, _DECIMALS)


def people_secrets(people: Sequence[Canary]) -> list[Secret]:
    """Eight for each person; a number says which person, so that a hit names its way without naming anybody."""
    return [
        Secret(f"{field} of person {number}", _KINDS[field], value)
        for number, person in enumerate(people, start=1)
        for field, value in identifying(person).items()
    ]


def plant(folder: Path, people: Sequence[Canary]) -> None:
    """Land a day of files that tell of these people, and of others: in good rows, in bad ones, and beside the rows.

    The first person also stands in rows that fail their contract; files that gate 1 refuses hold the third.
    """
    made = folder / MADE
    generate(Setting(secrets.randbelow(10**9), DAY, _SIZE, months=1, canaries=people), made)
    for dataset in DATASETS:
        for path in sorted((made / "landing" / Path(*dataset.split("."))).rglob("*.*")):
            land(folder / THROUGH, dataset, DAY, path.name, path.read_bytes())
    for dataset, name, content in odd_deliveries(made, people):
        land(folder / THROUGH, dataset, DAY, name, content)
    land(folder / BROKEN, CUSTOMERS, DAY, "a.csv", next(made.rglob(GOOD_CUSTOMERS)).read_bytes())


def land(home: Path, dataset: str, day: date, name: str, content: bytes) -> str:
    """Put a file into the inbox, whole at once; gives its digest."""
    folder = home / "landing" / Path(*dataset.split(".")) / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.part"
    draft.write_bytes(content)
    draft.rename(folder / name)
    return sha256(content).hexdigest()
