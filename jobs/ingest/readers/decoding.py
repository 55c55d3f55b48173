"""Which encoding a text file is in, and its bytes as UTF-8; never the whole file at once."""

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.mixed_text import MarkedText, Trust, first_line_of_utf8, judged

_CHUNK_BYTES = 1 << 20
_UTF8_MARK = codecs.BOM_UTF8
_MARKS = {_UTF8_MARK: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Utf8(NamedTuple):
    """A text file as UTF-8 without a byte-order mark; whether marks stand in it, see `mixed_text`."""

    stream: Any
    is_marked: bool


@contextmanager
def utf8_text(path: Path, allowed: Sequence[str]) -> Iterator[Utf8]:
    """The file in the encoding that it is in, or, where no encoding fits it to its end, the lines that can be trusted.

    Raises: FileFault WRONG_ENCODING where hardly a line can be.
    """
    trust: Trust | None = None
    try:
        encoding = decided_encoding(path, allowed)
    except FileFault:
        trust = judged(path, _possible(path, allowed))
        if trust is None:
            raise
        encoding = "utf-8"
    with _as_utf8(path, encoding) as stream:
        yield Utf8(MarkedText(stream, trust) if trust else stream, trust is not None)


def decided_encoding(path: Path, allowed: Sequence[str]) -> str:
    """The first allowed encoding in which the whole file decodes; a byte-order mark decides alone.

    UTF-8 may decode as GB18030 without an error, so contracts list it first, and GB18030 must not hold a line of it.
    UTF-16 is never guessed without a mark.
    Raises: FileFault WRONG_ENCODING with the offset of the first byte that does not decode.
    """
    tried = []
    for encoding in _possible(path, allowed):
        offset = first_undecodable(path, encoding)
        if offset is None:
            return encoding
        tried.append(f"byte {offset} is not {encoding}")
    raise FileFault(FileFaultReason.WRONG_ENCODING, "; ".join(tried) or "no byte-order mark")


def _possible(path: Path, allowed: Sequence[str]) -> list[str]:
    """The encodings to try. Raises: FileFault WRONG_ENCODING for the mark of one that is not allowed."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    if marked and marked not in allowed:
        raise FileFault(FileFaultReason.WRONG_ENCODING, f"a byte-order mark of {marked}; allowed {', '.join(allowed)}")
    return [marked] if marked else [encoding for encoding in allowed if encoding != "utf-16"]


def first_undecodable(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that is not of this encoding, or None for a file that decodes to its end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    fed = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK_BYTES)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return fed - waiting + error.start
            if not chunk:
                return first_line_of_utf8(path) if encoding == "gb18030" else None
            fed += len(chunk)


def _as_utf8(path: Path, encoding: str) -> Any:
    """The file's bytes as UTF-8 without a byte-order mark, for a file that decodes to its end."""
    if encoding == "utf-8":
        file = path.open("rb")
        file.seek(len(_UTF8_MARK) if file.read(len(_UTF8_MARK)) == _UTF8_MARK else 0)
        return file
    return pa.transcoding_input_stream(pa.OSFile(str(path)), encoding, "utf8")
