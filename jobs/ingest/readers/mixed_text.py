"""Text that is in no single encoding from end to end: which of its lines can be trusted, and what marks the others.

Chinese text in UTF-8 often decodes as GB18030 too, into other characters, so a line is trusted only where its file
leaves no doubt. What cannot be trusted is never decoded: marks stand in its place, and the record goes to quarantine.
"""

import codecs
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.faults import FileFault, RowFaultReason
from jobs.ingest.readers.lines import whole_lines

#: What stands for bytes that were not decoded: code points that are no characters, so that no text holds them.
_MARKS = {"\ufffe": RowFaultReason.CUT_OFF, "\uffff": RowFaultReason.FOREIGN_ENCODING}
_CUT, _FOREIGN = (mark.encode() for mark in _MARKS)
_SHOWN = "\N{REPLACEMENT CHARACTER}"
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_LONG_UTF8 = re.compile(rb"[\xe0-\xf4]")
_LINE_ENDS = (b"\n", b"\r")


class _Sort(Enum):
    """What the bytes of a line can be. Two bytes may be one letter of UTF-8, or one character of GB18030."""

    ASCII = auto()
    UTF8 = auto()
    EITHER = auto()
    GB18030 = auto()
    NEITHER = auto()


_OWN = {"utf-8": _Sort.UTF8, "gb18030": _Sort.GB18030}


class Trust(NamedTuple):
    """The encoding of most lines of a file, and for which lines it is trusted."""

    encoding: str
    sorts: frozenset[_Sort]


def judged(path: Path, allowed: Collection[str]) -> Trust | None:
    """How to read a file that decodes to its end in none of the allowed encodings; None where it is in none of them.

    That is where more lines beyond ASCII would stay unread than could be read. A last line that is cut inside a
    character counts for neither. Letters of two bytes are left in doubt where lines of both encodings are there.
    Raises: FileFault RECORD_TOO_LONG.
    """
    counts, last = Counter[_Sort](), b""
    with path.open("rb") as file:
        for block in whole_lines(file):
            for line in block.splitlines():
                counts[_sort(line)] += 1
            last = block if block.endswith(_LINE_ENDS) else line
    encoding = max((name for name in _OWN if name in allowed), key=lambda name: counts[_OWN[name]], default=None)
    if encoding is None:
        return None
    if _is_cut(last, encoding):
        counts[_sort(last)] -= 1
    is_mixed = all(counts[sort] for sort in _OWN.values())
    trusted = {_Sort.ASCII, _OWN[encoding]} if is_mixed else {_Sort.ASCII, _OWN[encoding], _Sort.EITHER}
    read = sum(counts[sort] for sort in trusted - {_Sort.ASCII})
    unread = counts.total() - counts[_Sort.ASCII] - read
    return Trust(encoding, frozenset(trusted)) if unread <= read else None


class MarkedText:
    """A file as a stream of UTF-8 in which marks stand for what cannot be trusted; delimiters and line ends stay."""

    def __init__(self, file: IO[bytes], trust: Trust) -> None:
        self._blocks = whole_lines(file)
        self._trust = trust
        self._held = bytearray()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        while len(self._held) < size and (block := next(self._blocks, b"")):
            self._held += b"".join(self._as_utf8(line) for line in block.splitlines(keepends=True))
        data = bytes(self._held[:size])
        del self._held[:size]
        return data

    def _as_utf8(self, line: bytes) -> bytes:
        if _is_cut(line, self._trust.encoding):
            return _NOT_ASCII.sub(_CUT, line)
        if _sort(line) in self._trust.sorts:
            return line.decode(self._trust.encoding).encode()
        return _NOT_ASCII.sub(_FOREIGN, line)


def is_marked(text: str) -> bool:
    """Whether a mark stands in the text."""
    return not _MARKS.keys().isdisjoint(text)


def with_marked_rows_at_fault(chunk: Chunk) -> Chunk:
    """The chunk with a mark in a cell as the fault of its row, before any other; it shows as `�`, as damage does."""
    columns, faults = dict(chunk.columns), chunk.faults
    for mark, reason in _MARKS.items():
        for name, cells in columns.items():
            is_at_fault = pc.fill_null(pc.match_substring(cells, mark), False)
            faults = pc.if_else(is_at_fault, pa.scalar(str(reason)), faults)
            columns[name] = pc.replace_substring(cells, mark, _SHOWN)
    return Chunk(chunk.numbers, columns, faults)


def first_line_of_utf8(path: Path) -> int | None:
    """The offset of the first line that is UTF-8 beyond doubt; None where there is none.

    A text that decodes as GB18030 to its end may hold one, which would be read as other characters in silence.
    """
    passed = 0
    with path.open("rb") as file, suppress(FileFault):  # a line longer than any record: who reads records refuses it
        for block in whole_lines(file):
            framed = b"\n%b\n" % block
            if found := [match.start() for pattern in _UTF8_LINES if (match := pattern.search(framed))]:
                return passed + min(found)
            passed += len(block)
    return None


def _sort(line: bytes) -> _Sort:
    if line.isascii():
        return _Sort.ASCII
    if _decodes(line, "utf-8"):
        return _Sort.UTF8 if _LONG_UTF8.search(line) else _Sort.EITHER
    return _Sort.GB18030 if _decodes(line, "gb18030") else _Sort.NEITHER


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_cut(line: bytes, encoding: str) -> bool:
    """Whether the line, a file's last, ends inside a character."""
    if line.endswith(_LINE_ENDS):
        return False
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(line)
    except UnicodeDecodeError:
        return False
    return bool(decoder.getstate()[0])


def _utf8_line(end: bytes) -> "re.Pattern[bytes]":
    """A whole line behind this line end, with a character of three bytes; it gives up at the first byte of GB18030."""
    ascii_, two = rb"[\x00-\x09\x0b\x0c\x0e-\x7f]*+", rb"(?:[\xc2-\xdf][\x80-\xbf])"
    long = rb"(?:[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
    short = b"%b(?:%b++%b)*+" % (ascii_, two, ascii_)
    return re.compile(end + b"%b(?:%b++%b)++(?=[\\r\\n])" % (short, long, short))


# one pattern for both line ends would be eight times as slow: it could not look for a single byte
_UTF8_LINES = tuple(_utf8_line(end) for end in _LINE_ENDS)
