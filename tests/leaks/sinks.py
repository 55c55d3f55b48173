"""Where planted people may be, and everywhere else: what lies below LAKE_HOME, by kind."""

from collections.abc import Iterator
from pathlib import Path

from tests.leaks.scanner import files_below

#: Zones whose readers may see people. Each is a control of the scanner: there it must find them.
RESTRICTED = ("landing", "raw", "quarantine")

#: Holds people too, but sealed, so that a scan finds nothing.
VAULT = "vault"

#: Where keys and passwords lie; a scan for them must find them here and nowhere else.
KEYS = ("keys", "secrets")

#: Kind of place: the folders and files that it is made of. The longest path that fits decides.
KINDS = {
    "desensitised tables": ("desensitised",),
    "marts": ("marts",),
    "dbt's target folder and logs": ("marts/.dbt",),
    "published file": ("published",),
    "ledger": ("ops",),
    "Airflow's database": ("airflow",),
    "Airflow's logs": ("airflow/logs",),
    "Superset's database": ("superset",),
    "Superset's caches and sessions": (
        "superset/cache_meta", "superset/cache_data", "superset/cache_filter", "superset/cache_explore",
        "superset/sessions",
    ),
    "service logs": ("services",),
    "engine: metastore, warehouse, log": ("engine",),
    "engine's scratch": ("engine/scratch",),
}  # fmt: skip
_FOLDERS = {folder: kind for kind, folders in KINDS.items() for folder in folders}


def kind_of(path: Path, home: Path) -> str:
    """The kind of a file below `home`; a place that nobody named is a kind of its own, and is scanned too."""
    inside = path.relative_to(home)
    named = [_FOLDERS[name] for parent in (inside, *inside.parents) if (name := parent.as_posix()) in _FOLDERS]
    return named[0] if named else f"other: {inside.parts[0]}"


def sinks(home: Path) -> dict[str, list[Path]]:
    """Every file outside the restricted zones, the vault and the key store, by kind."""
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for top in sorted(home.iterdir()):
        if top.name not in {*RESTRICTED, VAULT, *KEYS}:
            for path in files_below(top) if top.is_dir() else _one(top):
                found.setdefault(kind_of(path, home), []).append(path)
    return found


def _one(path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink():
        yield path
