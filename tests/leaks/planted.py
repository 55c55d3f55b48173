"""What to search for: everything that identifies a planted person, every key and every password of an installation."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.demo.people import Canary
from tests.leaks.disguises import Kind, Secret

_KINDS = {
    "name": Kind.TEXT, "mobile": Kind.NUMBER, "resident_id": Kind.NUMBER, "email": Kind.TEXT, "address": Kind.TEXT,
    "longitude": Kind.POSITION, "latitude": Kind.POSITION, "card": Kind.NUMBER,
}  # fmt: skip
_CITY_AND_DISTRICT = 6  # characters at the beginning of an address, which many people share
_KEY_BYTES, _BLOCK = 32, 64
_INNER_PAD = 0x36


def people_secrets(people: Sequence[Canary]) -> list[Secret]:
    """Eight for each person; a number says which person, so that a hit names its way without naming anybody."""
    return [
        Secret(f"{field} of person {number}", kind, _value(person, field))
        for number, person in enumerate(people, start=1)
        for field, kind in _KINDS.items()
    ]


def _value(person: Canary, field: str) -> str:
    value = str(person[field])  # type: ignore[literal-required]
    return value[_CITY_AND_DISTRICT:] if field == "address" else value


def key_secrets(home: Path) -> list[Secret]:
    """The keys below `home`/keys, as stored and as they were drawn, and every password and token in `home`/secrets."""
    return [
        *(
            Secret(label, Kind.KEY, key)
            for path in sorted((home / "keys").rglob("*.key"))
            for label, key in _keys(path)
        ),
        *(
            Secret(f"secret {path.name}", Kind.TEXT, path.read_text(encoding="ascii").strip())
            for path in sorted((home / "secrets").iterdir())
        ),
    ]


def _keys(path: Path) -> Iterator[tuple[str, bytes]]:
    """A token key lies there as its two padded blocks; whoever has a block has the key."""
    content, label = path.read_bytes(), f"{path.parent.parent.name} key {path.parent.name}"
    yield label, content[:_KEY_BYTES]
    if len(content) == 2 * _BLOCK:
        yield f"{label} (outer block)", content[_BLOCK : _BLOCK + _KEY_BYTES]
        yield f"{label} (unpadded)", bytes(byte ^ _INNER_PAD for byte in content[:_KEY_BYTES])
