"""The media type of any file, by its content alone. The list is closed: it decides which parser opens a file."""

import codecs
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

#: Every type that is told apart, and what it is to a person.
MEDIA_TYPES: Mapping[str, str] = {
    "application/pdf": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "document",
    "application/x-ole-storage": "document",  # Office before 2007, and any Office file with a password
    "text/plain": "document",
    "image/png": "picture",
    "image/jpeg": "picture",
    "image/gif": "picture",
    "image/bmp": "picture",
    "image/tiff": "picture",
    "image/webp": "picture",
    "image/heic": "picture",
    "audio/wav": "audio",
    "audio/mpeg": "audio",
    "audio/ogg": "audio",
    "audio/flac": "audio",
    "audio/mp4": "audio",
    "audio/amr": "audio",
    "video/mp4": "video",
    "video/quicktime": "video",
    "video/x-msvideo": "video",
    "application/zip": "archive",
    "application/gzip": "archive",
    "application/x-7z-compressed": "archive",
    "application/vnd.rar": "archive",
    "application/octet-stream": "other",
}

_HEAD_BYTES = 4096
_BEGINNINGS: Mapping[re.Pattern[bytes], str] = {
    re.compile(pattern, re.DOTALL): kind
    for pattern, kind in (
        (rb"%PDF-", "application/pdf"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"BM.{4}\0{4}", "image/bmp"),
        (rb"II\*\0|MM\0\*", "image/tiff"),
        (rb"RIFF.{4}WEBP", "image/webp"),
        (rb".{4}ftyp(?:hei[cx]|hevc|m[is]f1)", "image/heic"),
        (rb"RIFF.{4}WAVE", "audio/wav"),
        (rb"ID3|\xff[\xfb\xfa\xf3\xf2]", "audio/mpeg"),
        (rb"OggS", "audio/ogg"),
        (rb"fLaC", "audio/flac"),
        (rb".{4}ftypM4A ", "audio/mp4"),
        (rb"#!AMR", "audio/amr"),
        (rb".{4}ftypqt  ", "video/quicktime"),
        (rb".{4}ftyp", "video/mp4"),
        (rb"RIFF.{4}AVI ", "video/x-msvideo"),
        (rb"\x1f\x8b", "application/gzip"),
        (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (rb"Rar!\x1a\x07", "application/vnd.rar"),
    )
}
_OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f\x7f]")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def media_type(path: Path) -> str:
    """One of `MEDIA_TYPES`; what nothing else fits is an octet stream."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    for beginning, kind in _BEGINNINGS.items():
        if beginning.match(head):
            return kind
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _kind_of_zip(path: Path) -> str:
    """Office files are archives with a main part each; a cut archive has no list of its parts."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "application/zip"
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), "application/zip")


def _is_text(head: bytes) -> bool:
    if head.startswith(_UTF16_MARKS):
        return True
    return not _CONTROLS.search(head) and any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)  # a character may be cut where the head ends
    except UnicodeDecodeError:
        return False
    return True
