"""Text of any encoding that keeps line ends as single bytes, in blocks of whole lines."""

from collections.abc import Iterator
from typing import Any

from jobs.ingest.readers.faults import FileFault, FileFaultReason

#: The most bytes a record may have, and what is read at once.
BLOCK_BYTES = 1 << 20


def whole_lines(stream: Any) -> Iterator[bytes]:
    """Whole lines, about a block at once; the last one with or without a line end, as it is.

    A block may end between the two characters of a line end; the next one then begins with a blank line.
    Raises: FileFault RECORD_TOO_LONG.
    """
    rest = b""
    while data := stream.read(BLOCK_BYTES):
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if end:
            yield rest + data[:end]
            rest = data[end:]
        else:
            rest += data
        if len(rest) > BLOCK_BYTES:
            raise FileFault(FileFaultReason.RECORD_TOO_LONG, f"more than {BLOCK_BYTES} bytes")
    if rest:
        yield rest
