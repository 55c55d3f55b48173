"""Who may exchange packages: this installation's name with its key, and the public keys of those it trusts.

Keys are Ed25519 (RFC 8032), 32 bytes. The private one is kept like every other key: below `keys/`, readable by the
owner only, in no log and on no command line. A public key is no secret; what matters is that it is the right one, so
people compare its fingerprint by another way than the file came.
"""

import hashlib
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jobs.errors import NotAPeer, PackageRefused
from jobs.storage.whole_files import write_secret

PACKAGE, RECEIPT = "package", "receipt"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(rf"({_NAME.pattern}) ([0-9a-f]{{128}})")


class Peers:
    """`keys/transfer/own/<name>.key` and `keys/transfer/trusted/<name>.pub`."""

    def __init__(self, home: Path) -> None:
        self._own = home / "keys" / "transfer" / "own"
        self._trusted = home / "keys" / "transfer" / "trusted"

    def create(self, name: str) -> str:
        """Name this installation and make its key; returns the public key in hex, also of a key that exists.

        Raises: NotAPeer for a name that is none, or when it has another one: packages under way carry the old name.
        """
        _require_name(name)
        taken = self._own_files()
        if taken and taken[0].stem != name:
            raise NotAPeer(f"this installation is '{taken[0].stem}' already; its packages are known by that name")
        if not taken:
            write_secret(self._own / f"{name}.key", Ed25519PrivateKey.generate().private_bytes_raw())
        return self._key().public_key().public_bytes_raw().hex()

    def trust(self, name: str, public_key: str) -> None:
        """Take packages and receipts that this key signed under this name; safe to repeat.

        Raises: NotAPeer for what is no name or key, and for a name that is trusted with another key.
        """
        _require_name(name)
        if not _PUBLIC_KEY.fullmatch(public_key):
            raise NotAPeer("a public key has 64 hexadecimal digits, as `lakewarden peers create` prints it")
        path = self._trusted / f"{name}.pub"
        if path.is_file():
            if path.read_text(encoding="ascii") != public_key:
                raise NotAPeer(f"'{name}' is trusted with another key; if it was replaced, remove {path} first")
            return
        write_secret(path, public_key.encode("ascii"))

    def own_name(self) -> str:
        """The name of this installation. Raises: NotAPeer."""
        return self._own_file().stem

    def signed(self, what: str, content: bytes) -> bytes:
        """`content` under a line that proves that this installation wrote it. Raises: NotAPeer."""
        signature = self._key().sign(_statement(what, content)).hex()
        return f"{self.own_name()} {signature}\n".encode("ascii") + content

    def opened(self, what: str, signed: bytes) -> tuple[str, bytes]:
        """Who of the trusted ones wrote something, and what; nothing of it is read before.

        Raises: PackageRefused for a signature that is none or does not fit, NotAPeer for a stranger.
        """
        line, _, content = signed.partition(b"\n")
        found = _SIGNATURE.fullmatch(line.decode("ascii", "replace"))
        if found is None:
            raise PackageRefused(f"the {what} does not begin with a signature; have it copied again")
        name = found[1]
        path = self._trusted / f"{name}.pub"
        if not path.is_file():
            raise NotAPeer(
                f"the {what} is signed by '{name}', whom nobody here trusts; if that is right, ask for the public key, "
                f"compare its fingerprint, then `lakewarden peers trust {name} <public key>`"
            )
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text(encoding="ascii")))
        try:
            key.verify(bytes.fromhex(found[2]), _statement(what, content))
        except InvalidSignature:
            raise PackageRefused(
                f"the {what} was altered, or the key of '{name}' is another one: its signature does not fit; "
                "have it copied again, and compare the key's fingerprint"
            ) from None
        return name, content

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._own_file().read_bytes())

    def _own_file(self) -> Path:
        if files := self._own_files():
            return files[0]
        raise NotAPeer("this installation has no name to sign with; `lakewarden peers create <name>` gives it one")

    def _own_files(self) -> list[Path]:
        return sorted(self._own.glob("*.key"))


def fingerprint(public_key: str) -> str:
    """Sixteen digits in groups, for two people to compare.

    Example:
        >>> fingerprint("00" * 32)
        '6668 7aad f862 bd77'
    """
    digits = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NotAPeer("a name has at most 32 small letters, digits and hyphens, and begins with a letter")


def _statement(what: str, content: bytes) -> bytes:
    """What is signed: a signature of one kind never serves for another."""
    return f"lakewarden {what}\n".encode("ascii") + content
