"""Where a database is and who may read it: one secret file per connection, never a contract, a plan or a message."""

import re
import socket
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.errors import ConnectionMissing, SourceUnreachable
from jobs.ingest.databases.dialect import Dialect

_REQUIRED = {"host": str, "port": int, "database": str, "user": str, "password": str}
#: Nothing in an address may begin a parameter of its own: JDBC addresses can load classes and read files.
_SAFE = {"host": re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]"), "database": re.compile(r"[\w.$#-]+")}
_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_LAST_PORT = 65_535
_PATIENCE_S = 10
#: Rows that a driver fetches at once; without it some drivers hold a whole table.
_ROWS_AT_ONCE = "10000"


@dataclass(frozen=True)
class Connection:
    """One database as its secret file describes it; shows nothing of it when printed."""

    name: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    database: str = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)
    properties: dict[str, str] = field(repr=False, default_factory=dict)

    def options(self, dialect: Dialect) -> dict[str, str]:
        """What Spark's JDBC source needs; holds the password, so it goes nowhere else."""
        encryption = {} if self.host in _THIS_MACHINE else dialect.encryption
        return {
            **dialect.session,
            **dialect.patience,
            **encryption,
            **self.properties,
            "url": dialect.url.format(host=self.host, port=self.port, database=self.database),
            "driver": dialect.driver,
            "user": self.user,
            "password": self.password,
            "fetchsize": _ROWS_AT_ONCE,
        }

    def probe(self) -> None:
        """Return when somebody listens. Raises: SourceUnreachable within seconds, long before a driver gives up."""
        try:
            socket.create_connection((self.host.strip("[]"), self.port), timeout=_PATIENCE_S).close()
        except OSError as error:
            raise SourceUnreachable(
                f"connection '{self.name}' does not answer ({type(error).__name__}); is its database up and the way "
                "open? Nothing is lost: run it again, it goes on where it stopped"
            ) from None


def secret_file(home: Path, name: str) -> Path:
    """Where the secret file of a connection lies."""
    return home / "secrets" / "connections" / f"{name}.toml"


def connection(home: Path, name: str, dialect: Dialect) -> Connection:
    """The connection that its secret file describes. Raises: ConnectionMissing, saying what is wrong with it."""
    path = secret_file(home, name)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _missing(name, "others may read it; `chmod 600` it and change the password")
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _missing(name, f"it cannot be read ({type(error).__name__})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # its text quotes the file
        raise _missing(name, "it is not TOML") from None
    _require_shape(name, declared, dialect)
    return Connection(name=name, **{**declared, "properties": declared.get("properties", {})})


def _require_shape(name: str, declared: dict[str, Any], dialect: Dialect) -> None:
    if wrong := [key for key, kind in _REQUIRED.items() if not isinstance(declared.get(key), kind)]:
        raise _missing(name, f"these are missing or of the wrong kind: {', '.join(wrong)}")
    if unknown := declared.keys() - {*_REQUIRED, "properties"}:
        raise _missing(name, f"{len(unknown)} entries are not understood; known: {', '.join(_REQUIRED)}, properties")
    if unsafe := [key for key, shape in _SAFE.items() if not shape.fullmatch(declared[key])]:
        raise _missing(name, f"these hold characters that an address must not have: {', '.join(unsafe)}")
    if not 0 < declared["port"] <= _LAST_PORT:
        raise _missing(name, "the port is none")
    properties = declared.get("properties", {})
    if not isinstance(properties, dict) or not set(properties) <= dialect.choices:
        raise _missing(name, f"properties may only be {', '.join(sorted(dialect.choices))}")
    if not all(isinstance(value, str) for value in properties.values()):
        raise _missing(name, "properties are texts")


def _missing(name: str, what: str) -> ConnectionMissing:
    return ConnectionMissing(
        f"the secret file of connection '{name}' (secrets/connections/{name}.toml below LAKE_HOME): {what}. "
        "docs/databases.md shows one"
    )
