"""`python -m infra.demo.generate`: one day of landing input, and the list of what is wrong in it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.loading import load
from infra.demo import (
    cells,
    customers,
    dealings,
    device_reports,
    forms,
    measurements,
    sample_files,
    showroom,
    transactions,
)
from infra.demo.market import Market
from infra.demo.people import canary
from infra.demo.planting import Tally
from infra.demo.samples import ROWS, Values
from infra.demo.setting import Setting, size_of

#: Datasets of which a few sample rows arrive, whatever the size, for they take a way of their own.
#: Each costs the pipeline some seconds, so not every dataset is here.
SAMPLED = (
    "documents.files",  # a file is the record
    "forms.partner_handover",  # the form whose contacts are sealed
    "network.xdr_s1_mme",  # records without header, moments as numbers, subscribers only as keys
    "registers.information_loans",  # employees, by day and hour
)
#: Datasets whose samples have values of their own, so that marts show something.
TOLD: Mapping[str, Callable[[Setting], Iterator[Values]]] = {
    "crm.complaints": dealings.complaints,
    "crm.receivables": dealings.receivables,
    "crm.sales_targets": dealings.targets,
    "crm.satisfaction_survey": dealings.surveys,
    "dealer.a_cards": showroom.cards,
    "dealer.follow_ups": showroom.follow_ups,
    "dealer.lost_deals": showroom.lost_deals,
    "dealer.walk_ins": showroom.visits,
    "power.connection_register": dealings.connections,
    "power.key_account_attributes": dealings.key_accounts,
}
_REFRESH_ROWS = 2_000


def _sample(dataset: str, setting: Setting, folder: Path) -> Iterator[Tally]:
    return sample_files.write(load(dataset), setting.day, folder)


def _told(dataset: str, setting: Setting, folder: Path) -> Iterator[Tally]:
    return sample_files.write(load(dataset), setting.day, folder, list(TOLD[dataset](setting)))


_WRITERS: dict[str, Callable[[Setting, Path], Iterator[Tally]]] = {
    module.DATASET: module.write for module in (forms, cells, measurements, device_reports, customers, transactions)
}
_WRITERS |= {dataset: partial(_sample, dataset) for dataset in SAMPLED}
_WRITERS |= {dataset: partial(_told, dataset) for dataset in TOLD}


class AlreadyThere(Exception):
    """The day's landing folder holds input of another setting; landing is never written over."""


def generate(
    setting: Setting, home: Path, told: Callable[[str, int], None] = lambda _dataset, _rows: None
) -> dict[str, Any]:
    """Write the day's files under `home`/landing and give back the list of what was written; safe to repeat.

    The list also stands in `home`/demo/expected.json (the last day made) and expected-<day>.json.
    `told` hears the dataset and its rows so far, every few thousand rows.
    Raises: AlreadyThere, before anything is written, when the day's folder holds input of another setting.
    """
    listing = home / "demo" / f"expected-{setting.day.isoformat()}.json"
    made = _fingerprint(setting)
    if listing.exists():
        expected: dict[str, Any] = json.loads(listing.read_text(encoding="utf-8"))
        if expected["setting"] != made:
            raise AlreadyThere(
                f"{listing} tells of input made with {expected['setting']}, not {made}; "
                "choose another day or another home"
            )
        if expected["complete"]:
            return expected
    expected = {"day": setting.day.isoformat(), "setting": made, "complete": False, "datasets": {}}
    _write_json(listing, expected)
    for dataset, write in _WRITERS.items():
        folder = home / "landing" / Path(*dataset.split(".")) / setting.day.isoformat()
        expected["datasets"][dataset] = _write_dataset(dataset, write(setting, folder), told).as_dict()
    expected["complete"] = True
    _write_json(listing, expected)
    _write_json(listing.with_name("expected.json"), expected)
    return expected


def _write_dataset(dataset: str, tallies: Iterator[Tally], told: Callable[[str, int], None]) -> Tally:
    tally, next_told = Tally(), 0
    for tally in tallies:  # the last one is the whole
        if tally.rows >= next_told:
            told(dataset, tally.rows)
            next_told = tally.rows + _REFRESH_ROWS
    told(dataset, tally.rows)
    return tally


def _fingerprint(setting: Setting) -> dict[str, Any]:
    return {
        "seed": setting.seed,
        "size": list(vars(setting.size).values()),
        "months": setting.months,
        "bad_share": setting.bad_share,
        "canaries": sha256(json.dumps(list(setting.canaries), sort_keys=True).encode()).hexdigest(),
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def expected_rows(setting: Setting) -> dict[str, int]:
    """About how many rows each dataset will have; for the progress bars."""
    size = setting.size
    hours = 24 * len(setting.measured_days)
    return {
        forms.DATASET: size.feedback,
        cells.DATASET: size.cells,
        measurements.DATASET: size.cells * hours * len(measurements.COUNTERS),
        device_reports.DATASET: size.cells * len(setting.measured_days) * device_reports.REPORTS_PER_CELL,
        customers.DATASET: Market(setting).count_on(setting.last_day),
        transactions.DATASET: size.transactions,
        **dict.fromkeys(SAMPLED, ROWS),
        **{dataset: sum(1 for _ in tell(setting)) for dataset, tell in TOLD.items()},
    }


def main(  # noqa: PLR0917  # every parameter is an option of the command line
    home: Annotated[Path, typer.Option(help="Folder that holds landing/; LAKE_HOME of the installation.")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Arrival day of the files.")],
    size: Annotated[str, typer.Option(help="small, medium, demo, large or a number of transactions.")] = "demo",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files.")] = 20_260_101,
    months: Annotated[int, typer.Option(min=0, max=60, help="Months of history; 0 for the day before only.")] = 25,
    bad_share: Annotated[
        float, typer.Option(min=0, max=0.15, help="Part of the rows that is spoilt on purpose.")
    ] = 0.01,
    planted: Annotated[int, typer.Option(min=0, help="People to plant, so that they can be searched for.")] = 0,
) -> None:
    """Write one day of demo input: every file a source would send, with a known share of bad rows."""
    console = Console(stderr=True)
    try:
        people = [canary(seed, number) for number in range(planted)]
        setting = Setting(seed, day.date(), size_of(size), months, bad_share, people)
        expected = _with_progress(setting, home, console)
    except (AlreadyThere, ValueError) as problem:
        console.print(f"[red]{problem}[/red]", highlight=False)
        raise typer.Exit(1) from None
    rows = sum(dataset["rows"] for dataset in expected["datasets"].values())
    bad = sum(dataset["bad_rows"] for dataset in expected["datasets"].values())
    console.print(
        f"{rows:,} rows, {bad:,} of them bad on purpose; the list stands in {home / 'demo' / 'expected.json'}"
    )


def _with_progress(setting: Setting, home: Path, console: Console) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bars = {dataset: progress.add_task(dataset, total=rows) for dataset, rows in expected_rows(setting).items()}
        return generate(setting, home, lambda dataset, rows: progress.update(bars[dataset], completed=rows))


if __name__ == "__main__":
    typer.run(main)
