"""How well scrubbing hides people in sentences, on the labelled set: recall and precision of names and addresses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.people_in_text import ADDRESS, NAME
from jobs.classify.labelled_texts import LabelledText
from jobs.classify.score import Score
from jobs.classify.staging import staged
from jobs.desensitise.scrubbing import scrubbed
from jobs.storage.lake import Lake

#: Of a name or an address so many characters in a row must not be left.
_LEFT_OF_A_NAME, _LEFT_OF_AN_ADDRESS = 2, 3


@dataclass(frozen=True)
class TextScores:
    """Of names, of addresses; and of the sentences about nobody how many there are and how many came out changed.

    missed: sentences with somebody who is still in them.
    """

    names: Score
    addresses: Score
    about_nobody: int
    changed: int
    missed: tuple[str, ...]


def score_texts(lake: Lake, texts: Sequence[LabelledText]) -> TextScores:
    """Scrub the labelled sentences as a column is scrubbed, and compare what is left with the labels."""
    rows = pa.table({"place": list(range(len(texts))), "value": [text.text for text in texts]})
    with staged(lake, rows) as frame:
        found = frame.select("place", F.col("value"), scrubbed(F.col("value")).alias("left")).collect()
    left = {int(row["place"]): str(row["left"]) for row in found}
    judged = [(text, judge(text, left[place])) for place, text in enumerate(texts)]
    nobody = [places for text, places in judged if not text.names and not text.doors]
    return TextScores(
        names=sum((names for _, (names, _) in judged), Score()),
        addresses=sum((addresses for _, (_, addresses) in judged), Score()),
        about_nobody=len(nobody),
        changed=sum(1 for names, addresses in nobody if names.wrong or addresses.wrong),
        missed=tuple(text.text for text, (names, addresses) in judged if names.missed or addresses.missed),
    )


def judge(text: LabelledText, left: str) -> tuple[Score, Score]:
    """Names and addresses of one sentence: hidden, hidden though nobody stands there, and left."""
    return (
        _score(text.names, left, NAME, _LEFT_OF_A_NAME),
        _score(text.doors, left, ADDRESS, _LEFT_OF_AN_ADDRESS),
    )


def markdown_of_texts(scores: TextScores) -> str:
    """The table of docs/treatments.md."""
    lines = ["| in sentences | there | recall | precision |", "| --- | --- | --- | --- |"]
    for what, score in (("names", scores.names), ("addresses", scores.addresses)):
        lines.append(f"| {what} | {score.right + score.missed} | {score.recall:.1%} | {score.precision:.1%} |")
    lines.append(f"| sentences about nobody | {scores.about_nobody} | - | {scores.changed} changed |")
    return "\n".join(lines)


def _score(hidden: Sequence[str], left: str, label: str, length: int) -> Score:
    missed = sum(any(part in left for part in _parts(value, length)) for value in hidden)
    right = len(hidden) - missed
    return Score(right, max(0, left.count(label) - right), missed)


def _parts(value: str, length: int) -> Iterator[str]:
    return (value[at : at + length] for at in range(max(1, len(value) - length + 1)))
