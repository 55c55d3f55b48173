"""Read one document with a library, in a process of its own:

    python -I document_worker.py pdf|picture|sound <path> <most pages> <most characters>

A document can be built to take all memory, to keep its reader busy for ever, or to make a library of C fall over; a
task that reads thousands of files must not die of one. So this process has hard limits and imports nothing of ours. It
prints one JSON object, the facts that `describing.Description` names. Who made a document, when, where and with what is
never looked at: no PDF information, no EXIF, no tags.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

MOST_MEMORY_BYTES = 1 << 30
MOST_CPU_S = 60

_PICTURES = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")

Facts = dict[str, Any]


def limit_this_process() -> None:
    """Let an allocation fail, or the kernel end the process, where a document asks for too much."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))


def pdf(path: str, most_pages: int, most_characters: int) -> Facts:
    """Pages and text; of an encrypted document nothing, also where it opens without a password: it is restricted."""
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(path)
    if reader.is_encrypted:
        return {"state": "not_read", "is_encrypted": True}
    page_count, texts, length = len(reader.pages), [], 0
    for page in reader.pages[:most_pages]:
        texts.append(page.extract_text())
        length += len(texts[-1]) + 1
        if length > most_characters:
            break
    is_cut = length > most_characters or page_count > most_pages
    text = "\n".join(texts)[:most_characters]
    return {"state": "cut" if is_cut else "read", "page_count": page_count, "text": text}


def picture(path: str, most_pages: int, _: int) -> Facts:
    """Size in pixels, and the pages of a TIFF; no pixel is decoded."""
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(path, formats=_PICTURES) as opened:
            width, height = opened.size
            facts: Facts = {"state": "read", "pixel_width": width, "pixel_height": height}
            if opened.format == "TIFF":
                pages = _frames(opened, most_pages + 1)
                if pages > most_pages:
                    return {**facts, "state": "cut"}
                facts["page_count"] = pages
            return facts
    except Image.DecompressionBombError:
        return {"state": "over_limit"}


def sound(path: str, _: int, __: int) -> Facts:
    """Length in seconds; a header that does not tell it gives zero, which is no length."""
    from tinytag import TinyTag  # noqa: PLC0415

    length = TinyTag.get(path, tags=False).duration
    if length and 0 < length < float("inf"):
        return {"state": "read", "duration_s": round(length, 3)}
    return {"state": "not_read"}


def _frames(picture: Any, most: int) -> int:
    """How many frames a picture has, counted one after the other and no further than `most`."""
    for number in range(most):
        try:
            picture.seek(number)
        except EOFError:
            return number
    return most


_PARSERS: Mapping[str, Callable[[str, int, int], Facts]] = {"pdf": pdf, "picture": picture, "sound": sound}


def described(parser: str, path: str, most_pages: int, most_characters: int) -> Facts:
    """The facts of one document. Raises: ImportError, which says nothing of the document."""
    try:
        return _PARSERS[parser](path, most_pages, most_characters)
    except ImportError:
        raise
    except MemoryError:
        return {"state": "over_limit"}
    except Exception:  # the library's own words may quote the document
        return {"state": "damaged"}


if __name__ == "__main__":
    limit_this_process()
    print(json.dumps(described(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
