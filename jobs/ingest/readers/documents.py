"""Any file as one record (D15-10): what it is, how large, how far it could be read, and its text."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, chunks
from jobs.ingest.readers.media import MEDIA_TYPES, media_type
from jobs.ingest.readers.parsers import describe

#: What is told of each file, by the names that a contract may use.
FIELDS = (
    "document_id", "media_type", "document_kind", "size_bytes", "content_state", "is_encrypted", "page_count",
    "pixel_width", "pixel_height", "duration_s", "text_length", "extracted_text",
)  # fmt: skip


def read_document(path: Path, contract: Contract, reader: Reader) -> Iterator[Chunk]:  # noqa: ARG001 - one shape
    """One row, number 1, whatever the file holds; a damaged or encrypted document is a record too.

    NULL: `page_count`, `pixel_width`, `pixel_height` and `duration_s` where the type has none or nobody reads it;
        `text_length` and `extracted_text` where no text was found, as in a scan.
    """
    kind = media_type(path)
    found = describe(path, kind)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    facts: dict[str, object] = {
        "document_id": digest,
        "media_type": kind,
        "document_kind": MEDIA_TYPES[kind],
        "size_bytes": path.stat().st_size,
        "content_state": found.state,
        "is_encrypted": str(found.is_encrypted).lower(),
        "page_count": found.page_count,
        "pixel_width": found.pixel_width,
        "pixel_height": found.pixel_height,
        "duration_s": found.duration_s,
        "text_length": None if found.text is None else len(found.text),
        "extracted_text": found.text,
    }
    cells = [None if facts[name] is None else str(facts[name]) for name in FIELDS]
    yield from chunks([(1, None, cells)], FIELDS)
