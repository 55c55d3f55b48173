"""The report of a search, as Markdown and as a page, in Chinese and in English; it holds no value."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from jobs.prove.proof import Proof, SinkProof, State
from jobs.prove.words import CHINESE, ENGLISH, Words
from jobs.storage.whole_files import write_whole

FOLDER = "evidence"
_MEBIBYTE = 1 << 20
_STYLE = (
    "body{font-family:system-ui,'Noto Sans CJK SC',sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left}"
)


def write(proof: Proof, home: Path, command: str) -> list[Path]:
    """Write the report into `home`/evidence: two languages, two formats; the English Markdown comes first.

    command: how the search is made again, as it was typed.
    """
    stem = f"leaks-{proof.at:%Y%m%dT%H%M%SZ}"
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    written = []
    for words in (ENGLISH, CHINESE):
        text = markdown(proof, words, command)
        for suffix, content in ((".md", text), (".html", _page(text, words))):
            path = folder / f"{stem}.{words.language}{suffix}"
            write_whole(path, content.encode())
            path.chmod(0o600)
            written.append(path)
    return written


def markdown(proof: Proof, words: Words, command: str) -> str:
    """The report in one language."""
    gaps = [f"{_name(one, words)}: {gap}" for one in proof.sinks for gap in one.gaps]
    return words.template.format(
        at=f"{proof.at:%Y-%m-%d %H:%M}",
        verdict=words.verdict[proof.state],
        searched_for=", ".join(_counts(proof, words)),
        sinks=_table(words.columns, [*(_row(one, words) for one in proof.sinks), _total(proof, words)]),
        findings=_findings(proof, words),
        gaps=_items(gaps, words),
        absent=_items((_name(one, words) for one in proof.sinks if one.state is State.ABSENT), words),
        expectations=_items(_expectations(proof, words), words),
        command=command,
    )


def _counts(proof: Proof, words: Words) -> Iterator[str]:
    yield from (f"{words.kinds[kind]} {count}" for kind, count in sorted(proof.searched_for.items()))
    yield f"{words.keys} {proof.keys}"


def _name(one: SinkProof, words: Words) -> str:
    return words.here(one.sink.chinese, one.sink.english)


def _row(one: SinkProof, words: Words) -> list[str]:
    formats = " ".join(sorted({control.format for control in one.controls}))
    return [
        _name(one, words),
        *_figures([one]),
        f"{len(one.scan.hits)}",
        f"{words.state[one.state]} {f'({formats})' if formats else ''}".strip(),
    ]


def _total(proof: Proof, words: Words) -> list[str]:
    return [words.total, *_figures(proof.sinks), f"{len(proof.hits)}", words.state[proof.state]]


def _figures(proofs: Sequence[SinkProof]) -> list[str]:
    """Files, megabytes, rows, and controls found of those planted."""
    controls = [control for one in proofs for control in one.controls]
    return [
        f"{sum(one.scan.files for one in proofs):,}",
        f"{sum(one.scan.size for one in proofs) / _MEBIBYTE:,.1f}",
        f"{sum(one.scan.rows for one in proofs):,}",
        f"{sum(control.found for control in controls)} / {len(controls)}",
    ]


def _findings(proof: Proof, words: Words) -> str:
    rows = [
        [words.here(sink.chinese, sink.english), f"`{hit.file}`", f"`{hit.where}`", hit.label, hit.disguise]
        for sink, hit in proof.hits
    ]
    return _table(words.finding_columns, rows) if rows else words.none


def _expectations(proof: Proof, words: Words) -> Iterator[str]:
    for expected in proof.expectations:
        yield f"{words.here(expected.chinese, expected.english)}: {words.held[expected.held]}"


def _items(items: Iterable[str], words: Words) -> str:
    return "\n".join(f"- {item}" for item in items) or words.none


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(map(_line, (columns, ["---"] * len(columns), *rows)))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _page(text: str, words: Words) -> str:
    body = MarkdownIt("commonmark").enable("table").render(text)
    return (
        f'<!doctype html><html lang="{words.language}"><meta charset="utf-8"><title>{words.title}</title>'
        f"<style>{_STYLE}</style><body>{body}</body></html>\n"
    )
