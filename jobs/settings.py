"""The settings of one installation; the sole reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PULL = "LAKEWARDEN_PULL_"


@dataclass(frozen=True)
class Settings:
    """Where the lake lies and where its engine listens; `settle_seconds`: how long a landed file must be untouched."""

    home: Path
    connect_port: int
    connect_token: str | None
    settle_seconds: float
    smallest_visible_group: int
    form_servers: Mapping[str, str] = field(default_factory=dict)
    #: `files`, `airflow`, or the https address of a KV store; see docs/keys.md
    key_store: str = "files"
    key_store_ca: Path | None = None

    @property
    def key_store_token(self) -> Path:
        """The file with what a key server wants to see; never an argument, so no process list shows it."""
        return self.home / "secrets" / "key_store_token"

    @property
    def landing(self) -> Path:
        """Where files arrive: `<family>/<dataset>/<arrival day>/<file>`."""
        return self.home / "landing"

    def form_server(self, dataset_id: str) -> str | None:
        """Where a dataset is pulled from, of `LAKEWARDEN_PULL_<FAMILY>_<DATASET>`; None when it is not set."""
        return self.form_servers.get(dataset_id.replace(".", "_").upper())

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
        form_servers={
            name.removeprefix(_PULL): address for name, address in os.environ.items() if name.startswith(_PULL)
        },
        key_store=os.environ.get("LAKEWARDEN_KEY_STORE") or "files",
        key_store_ca=Path(authority) if (authority := os.environ.get("LAKEWARDEN_KEY_STORE_CA")) else None,
    )
