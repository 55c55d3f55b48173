"""Which encoding a text file is in, and its bytes as UTF-8; never the whole file at once."""

import codecs
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.ingest.readers.faults import FileFault, FileFaultReason

_CHUNK_BYTES = 1 << 20
_UTF8_MARK = codecs.BOM_UTF8
_MARKS = {_UTF8_MARK: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decided_encoding(path: Path, allowed: Sequence[str]) -> str:
    """The first allowed encoding in which the whole file decodes; a byte-order mark decides alone.

    UTF-8 may decode as GB18030 without an error, so contracts list it first. UTF-16 is never guessed without a mark.
    Raises: FileFault WRONG_ENCODING with the offset of the first byte that does not decode.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    if marked and marked not in allowed:
        raise FileFault(FileFaultReason.WRONG_ENCODING, f"a byte-order mark of {marked}; allowed {', '.join(allowed)}")
    tried = []
    for encoding in [marked] if marked else [encoding for encoding in allowed if encoding != "utf-16"]:
        offset = first_undecodable(path, encoding)
        if offset is None:
            return encoding
        tried.append(f"byte {offset} is not {encoding}")
    raise FileFault(FileFaultReason.WRONG_ENCODING, "; ".join(tried) or "no byte-order mark")


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
                return None
            fed += len(chunk)


def utf8_stream(path: Path, encoding: str) -> AbstractContextManager[Any]:
    """The file's bytes as UTF-8 without a byte-order mark, for a file that `decided_encoding` accepted."""
    if encoding == "utf-8":
        file = path.open("rb")
        file.seek(len(_UTF8_MARK) if file.read(len(_UTF8_MARK)) == _UTF8_MARK else 0)
        return file
    stream: AbstractContextManager[Any] = pa.transcoding_input_stream(pa.OSFile(str(path)), encoding, "utf8")
    return stream
