"""The commands around contracts: check them, write what is derived from them, hand their rules to other tools."""

import json
from pathlib import Path

import typer
from rich.console import Console

from contracts.errors import LakewardenError
from contracts.generate import generated
from contracts.loading import load, load_all
from expectations.suite import suite
from jobs.prompt import Dataset
from jobs.settings import ROOT

contracts_app = typer.Typer(no_args_is_help=True, help="Check the contracts and what is derived from them.")
console = Console(width=160, highlight=False)


@contracts_app.command("check")
def contracts_check() -> None:
    """Report every mistake in every contract, and every generated file that is out of date.

    Example: lakewarden contracts check
    """
    contracts = load_all()
    stale = [path for path, text in generated(contracts, ROOT).items() if not _holds(path, text)]
    if stale:
        names = ", ".join(path.relative_to(ROOT).as_posix() for path in stale)
        raise LakewardenError(f"out of date: {names}; run `lakewarden contracts generate` and commit")
    console.print(f"{len(contracts)} contracts hold, generated files are fresh")


@contracts_app.command("suite")
def contracts_suite(dataset: Dataset) -> None:
    """Print a contract's rules as a Great Expectations suite, for tools that read one.

    Example: lakewarden contracts suite crm.customers > customers.suite.json
    """
    print(json.dumps(suite(load(dataset)), ensure_ascii=False, indent=1))


@contracts_app.command("generate")
def contracts_generate() -> None:
    """Write what is derived from the contracts: dbt sources and the data dictionary.

    Example: lakewarden contracts generate
    """
    for path, text in generated(load_all(), ROOT).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _holds(path, text):
            path.write_text(text, encoding="utf-8")
            console.print(f"wrote {path.relative_to(ROOT)}")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
