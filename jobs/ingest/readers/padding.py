"""Delimited text that writes a blank behind every delimiter, also before a quote, which then opens no cell."""

from typing import Any


class Unpadded:
    """A stream of text without the one blank between a delimiter and an opening quote; all else stays as it is.

    Inside a quoted cell the same three characters lose their blank too, if the text holds a doubled quote there.
    """

    def __init__(self, stream: Any, delimiter: str) -> None:
        self._stream = stream
        self._padded = f'{delimiter} "'.encode()
        self._plain = f'{delimiter}"'.encode()
        self._held = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes, at least 3; what could be the beginning of a blank to leave out waits for the next."""
        while True:
            data: bytes = self._stream.read(size - len(self._held))
            text: bytes = self._held + data
            self._held = b""
            if not data:
                return text
            for length in (2, 1):
                if text.endswith(self._padded[:length]):
                    text, self._held = text[:-length], text[-length:]
                    break
            if text:
                return text.replace(self._padded, self._plain)
