"""What to search for: a list of known values, and the keys and passwords of the installation itself."""

import re
import stat
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from jobs.errors import ValuesRefused
from jobs.prove.disguises import Kind, Secret, is_common

_NUMBER = re.compile(r"[0-9]+[0-9Xx]")
_POSITION = re.compile(r"-?[0-9]{1,3}\.[0-9]{4,}")
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9])[\s\-]+(?=[0-9Xx])")
_COUNTRY_CODE = re.compile(r"^\+86[\s\-]*")
_KEY_BYTES, _BLOCK = 32, 64
_INNER_PAD = 0x36


def listed(path: Path) -> list[Secret]:
    """The values of a list, one a line; what a line looks like decides its kind, its number is its name.

    Blank lines are passed over; a value that stands twice is searched for once.
    Raises: ValuesRefused for a file that others may read, that is no UTF-8 text, or with a value found by chance.
    """
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ValuesRefused(f"others may read {path.name}; `chmod 600` it first: it names people")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ValuesRefused(f"{path.name} cannot be read ({type(error).__name__})") from None
    except UnicodeDecodeError:
        raise ValuesRefused(f"{path.name} is no UTF-8 text; write one value a line") from None
    found = {line.strip(): number for number, line in reversed(list(enumerate(lines, start=1))) if line.strip()}
    values = [_secret(f"line {number}", text) for text, number in sorted(found.items(), key=lambda item: item[1])]
    if not values:
        raise ValuesRefused(f"{path.name} holds no value: a search for nothing would prove nothing")
    if short := [secret.label for secret in values if is_common(secret)]:
        raise ValuesRefused(
            f"{path.name}: {len(short)} values are so short or round that they stand everywhere by chance "
            f"({short[0]} first); a number needs 8 figures, a text two Chinese characters or 6 letters, a position "
            "figures in its third or fourth decimal"
        )
    return values


def _secret(label: str, line: str) -> Secret:
    text = unicodedata.normalize("NFKC", line)
    figures = _BETWEEN_FIGURES.sub("", _COUNTRY_CODE.sub("", text))
    if _POSITION.fullmatch(text):
        return Secret(label, Kind.POSITION, text)
    if _NUMBER.fullmatch(figures):
        return Secret(label, Kind.NUMBER, figures.upper())
    return Secret(label, Kind.TEXT, line)


def keys_and_passwords(home: Path) -> list[Secret]:
    """The keys below `home`/keys, as stored and as they were drawn, and the passwords and tokens in `home`/secrets.

    Without a password so short that it would be found by chance.
    """
    keys = (Secret(label, Kind.KEY, key) for path in _files(home / "keys", "*.key") for label, key in _keys(path))
    passwords = (
        Secret(f"secret {path.name}", Kind.TEXT, word)
        for path in _files(home / "secrets", "*")
        for word in _words(path)
    )
    return [secret for secret in (*keys, *passwords) if not is_common(secret)]


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def _keys(path: Path) -> Iterator[tuple[str, bytes]]:
    """A token key lies there as its two padded blocks; whoever has a block has the key."""
    content, label = path.read_bytes(), f"{path.parent.parent.name} key {path.parent.name}"
    yield label, content[:_KEY_BYTES]
    if len(content) == 2 * _BLOCK:
        yield f"{label} (outer block)", content[_BLOCK : _BLOCK + _KEY_BYTES]
        yield f"{label} (unpadded)", bytes(byte ^ _INNER_PAD for byte in content[:_KEY_BYTES])


def _words(path: Path) -> Iterator[str]:
    """The secret of a file: all of it, or the password of a connection, whose other settings are none."""
    content = path.read_text(encoding="utf-8", errors="replace").strip()
    if path.suffix != ".toml":
        yield content
        return
    try:
        yield str(tomllib.loads(content).get("password", ""))
    except tomllib.TOMLDecodeError:  # no connection, and so no password: `ingest` says what is wrong with it
        return


def counted(secrets: Iterable[Secret]) -> dict[Kind, int]:
    """How many secrets of each kind; all that is ever told of them."""
    return dict(Counter(secret.kind for secret in secrets))
