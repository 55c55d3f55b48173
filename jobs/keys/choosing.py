"""Which key store an installation has: one setting."""

import stat

from jobs.errors import KeyStoreRefused
from jobs.keys.airflow_secrets import AirflowSecrets, configured_backend
from jobs.keys.server import KeyServer
from jobs.settings import Settings
from jobs.storage.keys import KeyFiles, KeyStore


def key_store(settings: Settings) -> KeyStore:
    """The store that LAKEWARDEN_KEY_STORE names: `files`, `airflow`, or the https address of a key server.

    Raises: KeyStoreRefused for anything else, and when the server's token is missing or open to others.
    """
    match settings.key_store:
        case "files":
            return KeyFiles(settings.home)
        case "airflow":
            return AirflowSecrets(configured_backend(settings.home / "airflow"))
        case address if "://" in address:
            return KeyServer(address, _token(settings), ca=settings.key_store_ca)
    raise KeyStoreRefused("LAKEWARDEN_KEY_STORE is neither files nor airflow nor an https address; see docs/keys.md")


def _token(settings: Settings) -> str:
    path = settings.key_store_token
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyStoreRefused(f"others may read {path}; `chmod 600` it and have the token renewed")
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyStoreRefused(f"the key server's token cannot be read from {path} ({type(error).__name__})") from None
    if not token:
        raise KeyStoreRefused(f"{path} is empty; put the key server's token there")
    return token
