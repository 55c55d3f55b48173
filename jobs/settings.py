"""The settings of one installation; the sole reader of the environment."""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PULL = "LAKEWARDEN_PULL_"


@dataclass(frozen=True)
class RevealLimits:
    """What one request to come back may ask: so many tokens, for so many calendar days (D08-13, DEC-7)."""

    most_tokens: int = 100
    longest_days: int = 3


@dataclass(frozen=True)
class Settings:
    """Where the lake lies and where its engine listens; `settle_seconds`: how long a landed file must be untouched.

    is_scheduler: whether this process was started by the scheduler, whose word on who is logged in is believed.
    form_servers: addresses of form servers by the variables that hold them; one that is empty is none.
    """

    home: Path
    connect_port: int
    connect_token: str | None
    settle_seconds: float
    smallest_visible_group: int
    form_servers: Mapping[str, str] = field(default_factory=dict)
    reveal_limits: RevealLimits = RevealLimits()
    revealed_folder: Path | None = None
    audit_heads_file: Path | None = None
    is_scheduler: bool = False
    #: `files`, `airflow`, or the https address of a KV store; see docs/keys.md
    key_store: str = "files"
    key_store_ca: Path | None = None
    #: `<host>:<port>` of the server that takes mail, and who it is from; empty: nothing is mailed
    mail_server: str = ""
    mail_from: str = ""

    @property
    def reports(self) -> Path:
        """Where reports lie: `drafts`, `released`, and the file with this installation's roles."""
        return self.home / "reports"

    @property
    def mail_password(self) -> Path:
        """The file with what the mail server wants to see, if it does; never an argument."""
        return self.home / "secrets" / "mail_password"

    @property
    def published_file(self) -> Path:
        """The one file that readers of marts see."""
        return self.home / "published" / "published.duckdb"

    @property
    def key_store_token(self) -> Path:
        """The file with what a key server wants to see; never an argument, so no process list shows it."""
        return self.home / "secrets" / "key_store_token"

    @property
    def landing(self) -> Path:
        """Where files arrive: `<family>/<dataset>/<arrival day>/<file>`."""
        return self.home / "landing"

    @property
    def revealed(self) -> Path:
        """Where opened values lie: a folder for each person who may ask."""
        return self.revealed_folder or self.home / "restricted" / "revealed"

    @property
    def exported(self) -> Path:
        """Where exported numbers lie: a folder for each person who may ask."""
        return self.home / "restricted" / "exported"

    @property
    def audit_heads(self) -> Path:
        """The file with the hashes of the audit's entries; best on another machine."""
        return self.audit_heads_file or self.home / "audit" / "heads"

    def pull_secret(self, dataset_id: str) -> Path:
        """The file with what the dataset's form server wants to see; never an argument, so no process list shows it."""
        return self.home / "secrets" / f"pull_{dataset_id}"


def from_environment() -> Settings:
    """The settings that `infra/settings.sh` exports, with the same defaults."""
    home = Path(os.environ.get("LAKE_HOME", ROOT / ".lake")).resolve()
    token_file = home / "secrets" / "connect_token"
    return Settings(
        home=home,
        connect_port=int(os.environ.get("LAKEWARDEN_CONNECT_PORT", "15002")),
        connect_token=token_file.read_text(encoding="ascii").strip() if token_file.is_file() else None,
        settle_seconds=float(os.environ.get("LAKEWARDEN_SETTLE_SECONDS", "2")),
        smallest_visible_group=int(os.environ.get("LAKEWARDEN_SMALLEST_VISIBLE_GROUP", "5")),
        form_servers={name: address for name, address in os.environ.items() if name.startswith(_PULL) and address},
        reveal_limits=RevealLimits(
            most_tokens=int(os.environ.get("LAKEWARDEN_REVEAL_MOST_TOKENS", "100")),
            longest_days=int(os.environ.get("LAKEWARDEN_REVEAL_LONGEST_DAYS", "3")),
        ),
        revealed_folder=_path("LAKEWARDEN_REVEALED"),
        audit_heads_file=_path("LAKEWARDEN_AUDIT_HEADS"),
        is_scheduler=_has_secret_of_scheduler(home),
        key_store=os.environ.get("LAKEWARDEN_KEY_STORE") or "files",
        key_store_ca=_path("LAKEWARDEN_KEY_STORE_CA"),
        mail_server=os.environ.get("LAKEWARDEN_MAIL_SERVER", ""),
        mail_from=os.environ.get("LAKEWARDEN_MAIL_FROM", ""),
    )


def _path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).resolve() if value else None


def _has_secret_of_scheduler(home: Path) -> bool:
    """Whether the environment holds what only the scheduler's processes get: the secret it signs its tokens with."""
    file = home / "secrets" / "airflow_jwt"
    held = os.environ.get("AIRFLOW__API_AUTH__JWT_SECRET", "")
    return bool(held) and file.is_file() and hmac.compare_digest(file.read_bytes().strip(), held.encode())
