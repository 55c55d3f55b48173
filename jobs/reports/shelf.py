"""What is signed and what is read, where their files lie, and that these are still those that were written."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.errors import DraftAltered
from jobs.reports.editions import Edition
from jobs.storage.whole_files import write_whole


@dataclass(frozen=True)
class Content:
    """What is signed: every figure with its source, and the text around them. The same in draft and issue."""

    figures: list[dict[str, Any]]
    text: str

    @property
    def figures_json(self) -> bytes:
        """One figure a line, so that two editions can be compared by any tool."""
        lines = ",\n".join(json.dumps(fact, ensure_ascii=False, sort_keys=True) for fact in self.figures)
        return f"[\n{lines}\n]\n".encode()

    @property
    def sha256(self) -> str:
        """Changes with any figure, any word, any line of a chart."""
        return hashlib.sha256(self.figures_json + b"\0" + self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Document:
    """One edition as it is read, in two forms."""

    html: bytes
    pdf: bytes

    @property
    def sha256s(self) -> tuple[str, str]:
        """Of the HTML file and of the PDF, as an edition has them once it is issued."""
        return hashlib.sha256(self.html).hexdigest(), hashlib.sha256(self.pdf).hexdigest()


@dataclass(frozen=True)
class Shelf:
    """Below `root`: `drafts` and `released`, each `<report>/<period>/v<version>/`."""

    root: Path

    def draft(self, edition: Edition) -> Path:
        """The folder of a draft: facts.json, text.html, and the document as it would look."""
        return self._folder("drafts", edition)

    def released(self, edition: Edition) -> Path:
        """The folder of what was issued: facts.json and the document."""
        return self._folder("released", edition)

    def put_draft(self, edition: Edition, content: Content, document: Document) -> None:
        """Write or replace the files of a draft; safe to repeat."""
        folder = self.draft(edition)
        write_whole(folder / "text.html", content.text.encode("utf-8"))
        _put(folder, content, document)

    def put_released(self, edition: Edition, content: Content, document: Document) -> None:
        """Write or replace what is issued; safe to repeat."""
        _put(self.released(edition), content, document)

    def content(self, edition: Edition) -> Content:
        """What was drafted. Raises: DraftAltered when it is not what the ledger says."""
        folder = self.draft(edition)
        try:
            figures = json.loads((folder / "facts.json").read_bytes())
            found = Content(figures, (folder / "text.html").read_bytes().decode("utf-8"))
        except (OSError, ValueError):
            raise DraftAltered(f"the files of {edition.name} in {folder} are gone or broken; draft it anew") from None
        if found.sha256 != edition.content_sha256:
            raise DraftAltered(f"the files of {edition.name} in {folder} are not those that were drafted")
        return found

    def issued(self, edition: Edition) -> Document | None:
        """What was issued, when it lies there as the ledger says; None otherwise."""
        folder = self.released(edition)
        try:
            found = Document((folder / "report.html").read_bytes(), (folder / "report.pdf").read_bytes())
        except OSError:
            return None
        return found if found.sha256s == (edition.html_sha256, edition.pdf_sha256) else None

    def _folder(self, stage: str, edition: Edition) -> Path:
        return self.root / stage / edition.report / edition.period / f"v{edition.version}"


def _put(folder: Path, content: Content, document: Document) -> None:
    write_whole(folder / "facts.json", content.figures_json)
    write_whole(folder / "report.html", document.html)
    write_whole(folder / "report.pdf", document.pdf)
