"""The texts that a file of any kind holds, so that a test can see that none of them stands in a message."""

import ast
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import jobs.ingest.readers

_BETWEEN = re.compile(r"[\s,;|\"'<>{}\[\]()=:#\x00-\x1f]+")
_NAMES_IN_MARKUP = re.compile(r"</?[\w:.-]+|(?<![\w:.-])[\w:.-]++(?==[\"'])")
_MOST_DIGITS = 6
_SHORTEST = 4
_MOST_BYTES = 4 << 20


def leaked(content: bytes, message: str, names: Collection[str]) -> set[str]:
    """The texts of the file, four characters or longer, that stand in the message.

    names: the contract's own names of columns; a message may name them, as it may use the words of the readers.
    """
    return {text for text in _texts(content) - _own_words() - set(names) if text in message}


def _texts(content: bytes) -> set[str]:
    return {
        text
        for part in _unpacked(content)
        for encoding in ("utf-8", "gb18030", "utf-16-le")
        for text in _BETWEEN.split(_without_markup(part.decode(encoding, "ignore")))
        if len(text) >= _SHORTEST
    }


def _without_markup(text: str) -> str:
    """Names of elements and attributes are the format's, not the file's."""
    return _NAMES_IN_MARKUP.sub(" ", text) if text.lstrip("\ufeff \n").startswith("<") else text


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The content, or what is packed in it as far as it can be unpacked."""
    if content.startswith(b"\x1f\x8b"):
        yield from _unpacked(_from_gzip(content))
    elif content.startswith(b"PK"):
        yield from _from_zip(content)
    else:
        yield content[:_MOST_BYTES]


def _from_gzip(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(content, _MOST_BYTES)
    except zlib.error:
        return b""


def _from_zip(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode("utf-8", "ignore")
                with archive.open(entry) as part:
                    yield from _unpacked(part.read(_MOST_BYTES))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return  # a damaged or encrypted archive: what came before it is searched for


@cache
def _own_words() -> frozenset[str]:
    """The words of every text in the readers' code: an element that every file has may be called by its name.

    Examples in the code hold numbers that could be somebody's: a word with more than six digits is none of ours.
    """
    (folder,) = jobs.ingest.readers.__path__
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.py")]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    words = (word for text in texts if isinstance(text, str) for word in _BETWEEN.split(text))
    return frozenset(word for word in words if word.isascii() and sum(map(str.isdigit, word)) <= _MOST_DIGITS)
