"""One describing function per family of media types."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from jobs.ingest.readers import document_libraries
from jobs.ingest.readers.archive import open_archive, require_plausible_ratio, require_safe
from jobs.ingest.readers.decoding import decided_encoding
from jobs.ingest.readers.describing import MOST_CHARACTERS, ContentState, Description, with_text
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.kinds import holds_encrypted_office
from jobs.ingest.readers.markup import elements, release

_MOST_UNPACKED_BYTES = 512 << 20
#: The parts of an Office file that hold its text, and those that are its pages, sheets or slides.
_OFFICE_TEXT = re.compile(r"word/document\.xml|xl/sharedStrings\.xml|ppt/slides/slide[0-9]+\.xml")
_OFFICE_PAGE = re.compile(r"xl/worksheets/[^/]+\.xml|ppt/slides/slide[0-9]+\.xml")
_DAMAGED = Description(ContentState.DAMAGED)
#: What the readers of tables refuse a file for, as the state of a document.
_REFUSED: Mapping[FileFaultReason, Description] = {
    FileFaultReason.TOO_LARGE: Description(ContentState.OVER_LIMIT),
    FileFaultReason.RECORD_TOO_LONG: Description(ContentState.OVER_LIMIT),
    FileFaultReason.ENCRYPTED: Description(ContentState.NOT_READ, is_encrypted=True),
}


def describe(path: Path, media_type: str) -> Description:
    """What can be told of a document of this type; a damaged one is described as such, and stays a record.

    Raises: ImportError when the library for it is not installed, which says nothing of the document.
    """
    parse = _PARSERS.get(media_type)
    if parse is None:
        return Description(ContentState.NOT_READ)
    try:
        return parse(path)
    except FileFault as fault:
        return _REFUSED.get(fault.reason, _DAMAGED)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):  # what unpacking a damaged part says
        return _DAMAGED


def _by_library(parse: Callable[[Path], Description], path: Path) -> Description:
    """What a library tells; its own words of a document it cannot read may quote it, so they stay here."""
    try:
        return parse(path)
    except (ImportError, MemoryError):  # neither says anything of the document
        raise
    except Exception:
        return _DAMAGED


def _office(path: Path) -> Description:
    """Text, and the number of sheets or slides; a text document states no pages before it is laid out."""
    with open_archive(path) as archive:
        require_safe(archive, path.stat().st_size, _MOST_UNPACKED_BYTES)
        require_plausible_ratio(archive)
        names = sorted(archive.namelist())
        pages = sum(1 for name in names if _OFFICE_PAGE.fullmatch(name)) or None
        return with_text(_office_text(archive, [name for name in names if _OFFICE_TEXT.fullmatch(name)]), pages)


def _office_text(archive: zipfile.ZipFile, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        with archive.open(name) as part:
            for element in elements(part, ("t", "p", "si")):
                if element.tag.endswith("}t"):
                    yield element.text or ""
                else:  # the end of a paragraph or of a cell's text
                    yield "\n"
                    release(element)


def _old_office(path: Path) -> Description:
    """Whether it is a newer Office file with a password; the old binary formats are not read."""
    return Description(ContentState.NOT_READ, is_encrypted=holds_encrypted_office(path))


def _plain_text(path: Path) -> Description:
    encoding = decided_encoding(path, ("utf-8", "gb18030", "utf-16"))
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding) as file:
        return with_text(iter(lambda: file.read(MOST_CHARACTERS), ""))


_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARSERS: Mapping[str, Callable[[Path], Description]] = {
    "application/pdf": partial(_by_library, document_libraries.pdf),
    f"{_OFFICE}wordprocessingml.document": _office,
    f"{_OFFICE}spreadsheetml.sheet": _office,
    f"{_OFFICE}presentationml.presentation": _office,
    "application/x-ole-storage": _old_office,
    "text/plain": _plain_text,
    **dict.fromkeys(
        ("image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff", "image/webp"),
        partial(_by_library, document_libraries.picture),
    ),
    **dict.fromkeys(
        ("audio/wav", "audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4"),
        partial(_by_library, document_libraries.sound),
    ),
}
