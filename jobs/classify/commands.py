"""The commands that find identifiers; `jobs.cli` lists them among its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from contracts.loading import load
from jobs.prompt import console_for, known_datasets, opened_lake
from jobs.settings import from_environment

app = typer.Typer(no_args_is_help=True)
console = console_for(piped_width=200)

#: One at a time, for the sample of a file has one place; see `staging`.
_TURN = "classify"


@app.command()
def classify(
    what: Annotated[str, typer.Argument(help="<family>.<dataset>, or a file.", autocompletion=known_datasets)],
    draft: Annotated[
        Path | None, typer.Option(help="Write a contract to edit to this new file, <family>/<dataset>.odcs.yaml.")
    ] = None,
    rows: Annotated[int, typer.Option(min=100, help="About how many rows to look at, drawn evenly.")] = 20_000,
) -> None:
    """Look at a sample of a raw table or of any file (csv, xlsx, json, parquet): which columns hold identifiers?

    Nothing is changed. A sample clears no column: gates 2 and 3 read every value.

    Example: lakewarden classify export.xlsx --draft contracts/crm/new_export.odcs.yaml
    """
    from jobs.classify.contract_draft import (  # noqa: PLC0415
        new_contract,
        raised_contract,
        require_new,
        write_draft,
    )
    from jobs.classify.files import opened  # noqa: PLC0415
    from jobs.classify.run import classify_dataset, classify_file  # noqa: PLC0415
    from jobs.classify.show import show_proposals  # noqa: PLC0415

    settings = from_environment()
    path, target = Path(what), draft.resolve() if draft else None
    if target:
        require_new(target)
    file = opened(path.resolve()) if path.is_file() else None
    contract = None if file else load(what)
    with opened_lake(settings, writes=_TURN) as lake:
        proposals = classify_file(lake, file, rows) if file else []
        proposals = classify_dataset(lake, contract, rows) if contract else proposals
    show_proposals(proposals, console)
    if target is None:
        console.print("以合同形式写出: 加 --draft contracts/<family>/<dataset>.odcs.yaml")
        return
    today = datetime.now(UTC).date()
    text = new_contract(target, file, proposals, today) if file else raised_contract(load(what), proposals)
    write_draft(target, text)
    console.print(f"合同草稿: {draft}; 改好后运行 lakewarden contracts check")


@app.command("classify-score")
def classify_score(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As the tables of docs/classification.md.")] = False,
) -> None:
    """Print precision and recall of `classify` on its labelled set, for each kind, by columns and by single values.

    Example: lakewarden classify-score
    """
    from jobs.classify.labelled import labelled_columns  # noqa: PLC0415
    from jobs.classify.score import score  # noqa: PLC0415
    from jobs.classify.show import markdown, show_scores  # noqa: PLC0415

    with opened_lake(from_environment(), writes=_TURN) as lake:
        scores = score(lake, labelled_columns())
    if as_markdown:
        print(markdown(scores))
    else:
        show_scores(scores, console)


@app.command("scrub-score")
def scrub_score(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As the table of docs/treatments.md.")] = False,
) -> None:
    """Print how well scrubbing finds names and addresses in the labelled sentences, and which it misses.

    The sentences are made up, with a seed; nobody real stands in them.

    Example: lakewarden scrub-score
    """
    from jobs.classify.labelled_texts import labelled_texts  # noqa: PLC0415
    from jobs.classify.score_texts import markdown_of_texts, score_texts  # noqa: PLC0415

    with opened_lake(from_environment(), writes=_TURN) as lake:
        scores = score_texts(lake, labelled_texts())
    print(markdown_of_texts(scores))
    if not as_markdown:
        for text in scores.missed:
            console.print(f"  {text}", markup=False)
