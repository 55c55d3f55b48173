"""In which bytes a value may stand: every spelling, encoding and unsalted digest under which it is still that value."""

import hashlib
import json
import re
import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from urllib.parse import quote

_ENCODINGS = {"UTF-8": "utf-8", "GB18030": "gb18030", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be"}
_DIGESTS = ("md5", "sha1", "sha256", "sha512", "sm3")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_DIGEST_BYTES = 16  # a digest cut to 128 bits is still one that everybody can compute
_RESIDENT_ID = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]")
_LARGEST_EXACT_DOUBLE, _LARGEST_LONG = 2**53, 2**63 - 1
_SMALLEST_MANTISSA = 8  # figures; fewer would be found by chance
_DECIMALS = 4  # ten metres

#: Bytes that a pattern has at least: among ten gigabytes of anything, one of five stands somewhere by chance.
SHORTEST = 6
_FEWEST_FIGURES = 8  # six figures stand in every longer number


class Kind(StrEnum):
    """What a value is decides how it may be written."""

    TEXT = "text"
    NUMBER = "number"
    POSITION = "position"
    KEY = "key"


@dataclass(frozen=True)
class Secret:
    """A value that must not be found. Reports show the label and never the value."""

    label: str
    kind: Kind
    value: str | bytes = field(repr=False)


@dataclass(frozen=True)
class Disguise:
    """How a secret is written. `starts_number`: only where no figure stands before it."""

    secret: Secret
    name: str
    starts_number: bool = False


def is_common(secret: Secret) -> bool:
    """Whether the secret would be found by chance, so that finding it says nothing: too short, or too round."""
    if secret.kind is Kind.POSITION and round(float(secret.value), _DECIMALS) == round(float(secret.value), 2):
        return True
    raw = secret.value.encode() if isinstance(secret.value, str) else secret.value
    return len(raw) < (_FEWEST_FIGURES if secret.kind is Kind.NUMBER else SHORTEST)


def disguises(secret: Secret) -> dict[bytes, Disguise]:
    r"""What to search for, by the bytes themselves; of a name of two characters nothing that would be found by chance.

    Raises: ValueError for a secret that is common, TypeError for one that is not of its kind.

    Example:
        >>> found = disguises(Secret("a name", Kind.TEXT, "麴骉翀"))
        >>> [found[part].name for part in ("麴骉翀".encode("gbk"), rb"\u9eb4\u9a89\u7fc0")]
        ['GB18030', 'JSON']
    """
    if is_common(secret):
        raise ValueError(f"{secret.label}: so short or round that it is found by chance everywhere")
    match secret.kind, secret.value:
        case Kind.TEXT, str(text):
            named = _text(text)
        case Kind.NUMBER, str(figures):
            named = _number(figures)
        case Kind.POSITION, str(degrees):
            named = _position(degrees)
        case Kind.KEY, bytes(key):
            named = _key(key)
        case _:
            raise TypeError(f"{secret.label}: a {secret.kind} is not written as {type(secret.value).__name__}")
    found: dict[bytes, Disguise] = {}
    for pattern, name in named:  # the plainest name comes first and stays
        starts_number = secret.kind is Kind.POSITION and name.startswith("decimal")
        if len(pattern) >= SHORTEST:
            found.setdefault(pattern, Disguise(secret, name, starts_number))
    return found


def without_separators(secret: Secret) -> dict[bytes, Disguise]:
    """What to search for in content whose separators were taken out: `138 0013-8000`, `36 A0 …`."""
    match secret.kind, secret.value:
        case Kind.NUMBER, str(figures):
            plain = {spelling.encode() for number in _numbers(figures) for spelling in _cases(number)}
        case Kind.KEY, bytes(key):
            plain = {key.hex().encode(), key.hex().upper().encode()}
        case _:
            plain = set()
    return {pattern: Disguise(secret, "separated") for pattern in plain}


def _cases(text: str) -> list[str]:
    return list(dict.fromkeys((text, text.lower(), text.upper())))


def _text(text: str) -> Iterator[tuple[bytes, str]]:
    for spelling in (*_cases(text), text.translate(_FULL_WIDTH)):
        yield from _encoded(spelling)
        yield from _escaped(spelling)
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            yield from _packed(spelling.encode(encoding))
        yield from _digested(spelling)


def _numbers(figures: str) -> tuple[str, ...]:
    """The number, and of a resident ID the old form of 15 figures: without century and check character."""
    return (figures, figures[:6] + figures[8:17]) if _RESIDENT_ID.fullmatch(figures) else (figures,)


def _number(figures: str) -> Iterator[tuple[bytes, str]]:
    for number in _numbers(figures):
        yield from _text(number)
    for spelling in (f"+86{figures}", f"86{figures}"):
        yield from _digested(spelling)
    if not figures.isdigit():
        return
    whole = int(figures)
    if whole <= _LARGEST_LONG:
        yield from ((struct.pack(layout, whole), "integer") for layout in ("<q", ">q"))
    mantissa = figures.rstrip("0")
    if whole < _LARGEST_EXACT_DOUBLE:
        yield from ((struct.pack(layout, float(whole)), "double") for layout in ("<d", ">d"))
    if len(mantissa) >= _SMALLEST_MANTISSA:
        yield f"{mantissa[0]}.{mantissa[1:]}E".encode(), "scientific"
        yield f"{mantissa[0]}.{mantissa[1:]}e".encode(), "scientific"


def _position(degrees: str) -> Iterator[tuple[bytes, str]]:
    """Decimal text to four places and more, cut or rounded, and the double itself."""
    value = float(degrees)
    short = {f"{value:.{_DECIMALS}f}", degrees[: degrees.index(".") + 1 + _DECIMALS]}
    for text in sorted(short):
        yield from ((text.encode(encoding), f"decimal {name}") for name, encoding in _ENCODINGS.items())
    yield from _packed(degrees.encode())
    yield from _digested(degrees)
    yield from ((struct.pack(layout, value), "double") for layout in ("<d", ">d"))


def _key(key: bytes) -> Iterator[tuple[bytes, str]]:
    yield key, "bytes"
    yield from _packed(key)
    unsigned, signed = list(key), list(struct.unpack(f"{len(key)}b", key))
    for numbers, separator in product((unsigned, signed), (", ", ",", " ")):
        yield separator.join(map(str, numbers)).encode(), "list of bytes"
    yield repr(key)[2:-1].encode(), "escaped bytes"
    for algorithm in _DIGESTS:
        yield hashlib.new(algorithm, key).hexdigest()[: 2 * _DIGEST_BYTES].encode(), algorithm


def _encoded(text: str) -> Iterator[tuple[bytes, str]]:
    yield from ((text.encode(encoding), name) for name, encoding in _ENCODINGS.items())


def _escaped(text: str) -> Iterator[tuple[bytes, str]]:
    """As JSON, JSON inside JSON, URL, XML and Python write what is not ASCII."""
    once = json.dumps(text)[1:-1]
    for escaped in (once, once.upper().replace("\\U", "\\u")):
        yield escaped.encode(), "JSON"
        yield escaped.replace("\\", "\\\\").encode(), "JSON in JSON"
    url = quote(text, safe="")
    yield url.encode(), "URL"
    yield _lower_percents(url).encode(), "URL"
    yield text.encode("ascii", "xmlcharrefreplace"), "XML"
    yield "".join(c if c.isascii() else f"&#x{ord(c):x};" for c in text).encode(), "XML"
    yield repr(text.encode())[2:-1].encode(), "escaped bytes"


def _lower_percents(url: str) -> str:
    head, *rest = url.split("%")
    return "%".join((head, *(part[:2].lower() + part[2:] for part in rest)))


def _packed(raw: bytes) -> Iterator[tuple[bytes, str]]:
    yield raw.hex().encode(), "hex"
    yield raw.hex().upper().encode(), "hex"
    for before in range(3):
        part = base64_inside(raw, before)
        yield part, "base64"
        yield part.translate(_URL_SAFE), "base64"


def base64_inside(raw: bytes, before: int) -> bytes:
    """The characters that `raw` alone decides when `before` bytes (modulo 3) stand before it and others behind.

    Example:
        >>> base64_inside(b"canary", before=2) in b64encode(b"a canary sings")
        True
    """
    first = (before * 8 + 5) // 6
    return b64encode(bytes(before) + raw)[first : (before + len(raw)) * 8 // 6]


def _digested(text: str) -> Iterator[tuple[bytes, str]]:
    for algorithm, encoding in product(_DIGESTS, ("utf-8", "gb18030")):
        digest = hashlib.new(algorithm, text.encode(encoding)).digest()[:_DIGEST_BYTES]
        yield digest, algorithm
        yield digest.hex().encode(), algorithm
        yield digest.hex().upper().encode(), algorithm
        yield base64_inside(digest, 0), algorithm
