"""The settings of one installation; the sole reader of the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where the lake lies and where its engine listens; `settle_seconds`: how long a landed file must be untouched."""

    home: Path
    connect_port: int
    connect_token: str | None
    settle_seconds: float
    smallest_visible_group: int

    @property
    def landing(self) -> Path:
        """Where files arrive: `<family>/<dataset>/<arrival day>/<file>`."""
        return self.home / "landing"


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
    )
