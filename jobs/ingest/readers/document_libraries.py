"""What libraries tell of a document: its form and its text. Who made it, when, where and with what is never looked at.

No PDF information, no EXIF, no tags. A document can be built to take all memory or to keep its reader busy for ever;
the process that reads it has limits (`confined`), so it costs nothing but itself.
"""

from pathlib import Path
from typing import Any

from jobs.ingest.readers.describing import MOST_CHARACTERS, MOST_PAGES, ContentState, Description, fit_text

_PICTURES = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")


def pdf(path: Path) -> Description:
    """Pages and text; of an encrypted document nothing, also where it opens without a password: it is restricted."""
    from pypdf import PdfReader  # noqa: PLC0415 - few readers meet a document, and it costs half a second

    reader = PdfReader(path)
    if reader.is_encrypted:
        return Description(ContentState.NOT_READ, is_encrypted=True)
    page_count, texts, length = len(reader.pages), [], 0
    for page in reader.pages[:MOST_PAGES]:
        texts.append(page.extract_text())
        length += len(texts[-1]) + 1
        if length > MOST_CHARACTERS:
            break
    is_cut = length > MOST_CHARACTERS or page_count > MOST_PAGES
    text = fit_text("\n".join(texts)[:MOST_CHARACTERS])
    return Description(ContentState.CUT if is_cut else ContentState.READ, page_count=page_count, text=text)


def picture(path: Path) -> Description:
    """Size in pixels, and the pages of a TIFF; no pixel is decoded."""
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(path, formats=_PICTURES) as opened:
            width, height = opened.size
            pages = _frames(opened, MOST_PAGES + 1) if opened.format == "TIFF" else None
    except Image.DecompressionBombError:
        return Description(ContentState.OVER_LIMIT)
    if pages is not None and pages > MOST_PAGES:
        return Description(ContentState.CUT, pixel_width=width, pixel_height=height)
    return Description(ContentState.READ, page_count=pages, pixel_width=width, pixel_height=height)


def sound(path: Path) -> Description:
    """Length in seconds; a header that does not tell it gives zero, which is no length."""
    from tinytag import TinyTag  # noqa: PLC0415

    length = TinyTag.get(path, tags=False).duration
    if length and 0 < length < float("inf"):
        return Description(ContentState.READ, duration_s=round(length, 3))
    return Description(ContentState.NOT_READ)


def _frames(opened: Any, most: int) -> int:
    """How many frames a picture has, counted one after the other and no further than `most`."""
    for number in range(most):
        try:
            opened.seek(number)
        except EOFError:
            return number
    return most
