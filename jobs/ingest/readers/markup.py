"""XML, hardened: no document type, no entity, no network, no recovery, no element that grows without end."""

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

from lxml import etree

from jobs.ingest.readers.faults import FileFault, FileFaultReason

_CHUNK_BYTES = 1 << 16
#: How far a document may go without an element of interest; it bounds what stands in memory.
_GAP_BYTES = 16 << 20
_NAME = re.compile(rb"<([^\s/>]+)")
_SPACE = b" \t\r\n"


def elements(stream: IO[bytes], tags: Sequence[str]) -> Iterator[Any]:
    """The elements of these local names as they close; the caller releases them.

    Nothing is yielded of a document with a document type. Elements come before an error further on is found.
    Raises: FileFault DOCTYPE, MALFORMED, TRUNCATED, RECORD_TOO_LONG; the detail is a line number.
    """
    head = stream.read(_CHUNK_BYTES)
    root_name(head)
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        # no document type, so none can be defined; with False the parser loses its place at an undefined one
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    gap, chunk = 0, head
    while chunk:
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from None
            raise FileFault(FileFaultReason.MALFORMED, f"line {error.lineno}") from None
        gap += len(chunk)
        for _, element in parser.read_events():
            gap = 0
            yield element
        if gap > _GAP_BYTES:
            raise FileFault(FileFaultReason.RECORD_TOO_LONG, f"more than {_GAP_BYTES} bytes in one element")
        chunk = stream.read(_CHUNK_BYTES)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise FileFault(FileFaultReason.TRUNCATED, f"line {error.lineno}") from None
    for _, element in parser.read_events():
        yield element


def require_root(element: Any, names: Sequence[str]) -> Any:
    """The root that the element stands in; its local name is one of these. Raises: FileFault WRONG_STRUCTURE."""
    root = element.getroottree().getroot()
    if root.tag.rpartition("}")[2] not in names:
        raise FileFault(FileFaultReason.WRONG_STRUCTURE, f"the root is none of {', '.join(names)}")
    return root


def root_name(head: bytes) -> str:
    """The local name of the root element, from the document's first bytes and without parsing them.

    Before the root only a byte-order mark, blanks, comments and processing instructions may stand, so a document
    type is found whatever is hidden inside it.
    Raises: FileFault DOCTYPE, or MALFORMED for anything else before the root.

    Example:
        >>> root_name(b'<?xml version="1.0"?><!-- <a> --><m:measCollecFile xmlns:m="x">')
        'measCollecFile'
    """
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    for _ in range(len(head)):
        if rest.startswith(b"<?"):
            rest = rest.partition(b"?>")[2].lstrip(_SPACE)
        elif rest.startswith(b"<!--"):
            rest = rest[4:].partition(b"-->")[2].lstrip(_SPACE)
        else:
            break
    if rest[:9].upper() == b"<!DOCTYPE":
        raise FileFault(FileFaultReason.DOCTYPE)
    name = _NAME.match(rest)
    if name is None or rest.startswith(b"<!"):
        raise FileFault(FileFaultReason.MALFORMED, "no root element at the beginning")
    return name[1].decode("utf-8", "replace").rpartition(":")[2]


def release(element: Any) -> None:
    """Forget an element that was read, and its elder siblings of the same name: memory stays flat."""
    element.clear()
    parent = element.getparent()
    while (elder := element.getprevious()) is not None and elder.tag == element.tag:
        parent.remove(elder)
