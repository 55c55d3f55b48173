"""The secrets backend that Airflow is configured with, as a key store that can only be read.

Only the backend of `[secrets]` is asked, never Airflow's database or the environment, which every child process sees.
A key is the variable `lakewarden_<kind>_<domain>_v<version>`: 32 bytes in base64.
"""

import base64
import os
from pathlib import Path
from typing import ClassVar, Protocol

from jobs.errors import KeyStoreRefused, KeyStoreUnreachable
from jobs.storage.keys import KEY_BYTES


class SecretsBackend(Protocol):
    """The one question that we have for a backend of Airflow's."""

    def get_variable(self, key: str) -> str | None:
        """The value of a variable, None when there is none."""


class AirflowSecrets:
    """A key store behind any of Airflow's secrets backends."""

    read_only: ClassVar[bool] = True

    def __init__(self, backend: SecretsBackend) -> None:
        self._backend = backend

    def name_of(self, kind: str, domain: str, version: int) -> str:
        return f"lakewarden_{kind}_{domain}_v{version}"

    def find(self, kind: str, domain: str, version: int) -> bytes | None:
        name = self.name_of(kind, domain, version)
        try:
            value = self._backend.get_variable(name)
        except Exception as error:  # each backend has errors of its own, whose texts may hold anything
            raise KeyStoreUnreachable(
                f"Airflow's secrets backend gave no answer for {name} ({type(error).__name__}); is it up and "
                "configured as AIRFLOW__SECRETS__BACKEND_KWARGS says?"
            ) from None
        if value is None:
            return None
        try:
            key = base64.b64decode(value.strip(), validate=True)
        except (ValueError, AttributeError):
            raise KeyStoreRefused(f"the variable {name} is not in base64") from None
        if len(key) != KEY_BYTES:
            raise KeyStoreRefused(f"the variable {name} is no key of {KEY_BYTES} bytes")
        return key

    def create(self, kind: str, domain: str, version: int, key: bytes) -> None:
        raise KeyStoreRefused(
            f"Airflow's secrets backends can only be read; put {self.name_of(kind, domain, version)} there"
        )

    def destroy(self, kind: str, domain: str, version: int) -> None:
        name = self.name_of(kind, domain, version)
        if self.find(kind, domain, version) is not None:
            raise KeyStoreRefused(f"Airflow's secrets backends can only be read; remove {name} there and run it again")


def configured_backend(airflow_home: Path) -> SecretsBackend:
    """The backend that Airflow's settings name. Raises: KeyStoreRefused when there is none or it cannot be made."""
    os.environ.setdefault("AIRFLOW_HOME", str(airflow_home))
    # settings and backends only: Airflow's database is neither needed nor opened
    os.environ.setdefault("_AIRFLOW__AS_LIBRARY", "1")
    from airflow.configuration import get_custom_secret_backend  # noqa: PLC0415 - takes seconds, and few need it

    try:
        backend: SecretsBackend | None = get_custom_secret_backend()
    except Exception as error:
        raise KeyStoreRefused(
            f"Airflow's secrets backend cannot be made ({type(error).__name__}); see AIRFLOW__SECRETS__BACKEND"
        ) from None
    if backend is None:
        raise KeyStoreRefused(
            "the key store is Airflow's secrets backend, and Airflow has none: set AIRFLOW__SECRETS__BACKEND and "
            "AIRFLOW__SECRETS__BACKEND_KWARGS"
        )
    return backend
