"""JSON as it is written: value by value, no digit lost, repeated keys seen; never the whole file at once."""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

from jobs.ingest.readers.faults import FileFault, FileFaultReason

_CHUNK_BYTES = 1 << 20
_LONGEST_RECORD = 16 << 20
_NOT_BLANK = re.compile(r"[^ \t\r\n]")


class Number(str):
    """A JSON number as it is written, so that no digit is lost."""

    __slots__ = ()


class NotFinite:
    """NaN or infinite, which JSON does not know and some programs write."""


class Doubled(dict[str, object]):
    """An object in which a key occurs twice; JSON keeps the last one and tells nobody."""


class JsonText:
    """A JSON text that is read value by value and held a little at a time; UTF-8 only."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._parser = json.JSONDecoder(
            parse_int=Number, parse_float=Number, parse_constant=lambda _: NotFinite(), object_pairs_hook=_object
        )
        self._text, self._at, self._is_whole = "", 0, False

    def peek(self) -> str:
        """The next character that is no blank; an empty text at the end."""
        while not (found := _NOT_BLANK.search(self._text, self._at)):
            self._at = len(self._text)
            if not self._fill():
                return ""
        self._at = found.start()
        return self._text[self._at]

    def array(self) -> Iterator[object]:
        """The values of the array that begins here."""
        yield from self._listed("[", "]", self.value)

    def keys(self) -> Iterator[str]:
        """The keys of the object that begins here; the caller takes each value before the next key."""
        yield from self._listed("{", "}", self._key)

    def value(self) -> Any:
        """The value that begins here. Raises: FileFault when it is cut, too long, or no JSON."""
        self.peek()
        while True:
            try:
                value, end = self._parser.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                self._need_more()
                continue
            except RecursionError:
                raise FileFault(FileFaultReason.MALFORMED, "nested too deeply") from None
            if end < len(self._text) or not self._fill():  # a number may go on in the next chunk
                self._at = end
                return value

    def require_end(self) -> None:
        """Let a text through in which nothing follows. Raises: FileFault MALFORMED."""
        if self.peek():
            raise FileFault(FileFaultReason.MALFORMED, "more text behind the end")

    def _key(self) -> str:
        key = self.value()
        if not isinstance(key, str) or self._next() != ":":
            raise FileFault(FileFaultReason.MALFORMED, "an object without a key")
        return key

    def _listed(self, opening: str, closing: str, item: Any) -> Iterator[Any]:
        if self._next() != opening:
            raise FileFault(FileFaultReason.WRONG_STRUCTURE, "neither an array nor a page of records")
        if self.peek() == closing:
            self._next()
            return
        while True:
            yield item()
            sign = self._next()
            if sign == closing:
                return
            if sign != ",":
                raise FileFault(FileFaultReason.MALFORMED if sign else FileFaultReason.TRUNCATED)

    def _next(self) -> str:
        character = self.peek()
        self._at += 1
        return character

    def _need_more(self) -> None:
        """Read on, for a value may be cut at the end of what is held; what never becomes a value is refused."""
        if len(self._text) - self._at > _LONGEST_RECORD:
            raise FileFault(FileFaultReason.MALFORMED, f"no whole value in {_LONGEST_RECORD} characters")
        if not self._fill():
            raise FileFault(FileFaultReason.TRUNCATED if self._at_end_of_value() else FileFaultReason.MALFORMED)

    def _at_end_of_value(self) -> bool:
        """Whether the parser ran out of text, rather than met a wrong character."""
        try:
            self._parser.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            return error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated")
        return False

    def _fill(self) -> bool:
        if self._is_whole:
            return False
        chunk = self._file.read(_CHUNK_BYTES)
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise FileFault(FileFaultReason.WRONG_ENCODING, "JSON is UTF-8") from None
        self._text, self._at = self._text[self._at :] + more, 0
        self._is_whole = not chunk
        return bool(chunk)


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(found)
