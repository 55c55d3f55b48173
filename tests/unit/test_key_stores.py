"""Three kinds of key store that answer alike, fail with a clear message, and tell nobody a key."""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jobs.errors import KeyMissing, KeyStoreRefused, KeyStoreUnreachable
from jobs.keys.airflow_secrets import AirflowSecrets
from jobs.keys.choosing import key_store
from jobs.keys.handing import readable_by_the_engine
from jobs.keys.server import KeyServer
from jobs.settings import Settings
from jobs.storage.keys import SEAL, TOKEN, KeyFiles, KeyStore, for_the_engine
from tests.unit.key_server import CHATTER, SERVER_TOKEN, KvServer, certificate_below, running

ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = b"1" * 32, b"2" * 32


@pytest.fixture
def kv() -> Iterator[KvServer]:
    with running(KvServer()) as server:
        yield server


def client(server: KvServer, token: str = SERVER_TOKEN) -> KeyServer:
    return KeyServer(server.address, token, patience_s=0)


@pytest.fixture(params=["files", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path, kv: KvServer) -> KeyStore:
    return KeyFiles(tmp_path) if request.param == "files" else client(kv)


def settings(home: Path, key_store: str) -> Settings:
    return Settings(home, 0, None, 0, 5, key_store=key_store)


# --- what every store that we write to does ---


def test_versions_are_kept_apart_by_domain_and_kind(store: KeyStore) -> None:
    assert store.find(TOKEN, "customer", 1) is None
    store.create(TOKEN, "customer", 1, FIRST)
    store.create(SEAL, "customer", 1, SECOND)
    store.create(TOKEN, "customer", 2, SECOND)
    assert (store.find(TOKEN, "customer", 1), store.find(TOKEN, "customer", 2)) == (FIRST, SECOND)
    assert store.find(SEAL, "customer", 1) == SECOND
    assert store.find(SEAL, "customer", 2) is None
    assert store.find(TOKEN, "phone", 1) is None


def test_a_key_that_is_there_is_never_overwritten(store: KeyStore) -> None:
    store.create(TOKEN, "customer", 1, FIRST)
    with pytest.raises(KeyStoreRefused):
        store.create(TOKEN, "customer", 1, SECOND)
    assert store.find(TOKEN, "customer", 1) == FIRST


def test_a_destroyed_version_is_gone_and_the_others_stay(store: KeyStore) -> None:
    store.create(TOKEN, "customer", 1, FIRST)
    store.create(TOKEN, "customer", 2, SECOND)
    for _ in range(2):
        store.destroy(TOKEN, "customer", 1)
    assert store.find(TOKEN, "customer", 1) is None
    assert store.find(TOKEN, "customer", 2) == SECOND


# --- files ---


def test_a_key_file_is_for_its_owner_alone_and_one_open_to_others_is_refused(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path)
    files.create(TOKEN, "customer", 1, FIRST)
    path = files.path(TOKEN, "customer", 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(KeyStoreRefused, match="chmod 600"):
        files.find(TOKEN, "customer", 1)


@pytest.mark.parametrize("kind", [TOKEN, SEAL])
@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content + b"x", lambda _: b""])
def test_a_damaged_key_file_is_refused(tmp_path: Path, kind: str, damage: Callable[[bytes], bytes]) -> None:
    files = KeyFiles(tmp_path)
    files.create(kind, "customer", 1, FIRST)
    path = files.path(kind, "customer", 1)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(KeyStoreRefused, match="backup"):
        files.find(kind, "customer", 1)


# --- the key server ---


def told(refused: pytest.ExceptionInfo[Exception]) -> str:
    """The whole of what an error could show, its causes included."""
    error: BaseException | None = refused.value
    assert error.__suppress_context__ or error.__context__ is None
    return str(error)


def test_the_server_is_asked_again_until_it_answers(kv: KvServer) -> None:
    client(kv).create(TOKEN, "customer", 1, FIRST)
    kv.asked.clear()
    kv.troubles += [503, 500, 429]
    assert client(kv).find(TOKEN, "customer", 1) == FIRST
    assert kv.asked == ["GET /v1/secret/data/lakewarden/token/customer?version=1"] * 4


def test_a_server_that_never_recovers_stops_everything_with_a_message(kv: KvServer) -> None:
    kv.troubles += [503] * 20
    with pytest.raises(KeyStoreUnreachable, match=r"6 attempts \(status 503\).*unsealed") as refused:
        client(kv).find(TOKEN, "customer", 1)
    assert len(kv.asked) == 6
    assert CHATTER not in told(refused)


def test_a_server_that_is_down_stops_everything_with_a_message() -> None:
    with running(KvServer()) as gone:
        pass
    with pytest.raises(KeyStoreUnreachable, match="ConnectError"):
        client(gone).find(TOKEN, "customer", 1)


def test_a_refused_token_is_not_tried_again_and_not_told(kv: KvServer) -> None:
    with pytest.raises(KeyStoreRefused, match="refuses the token to read lakewarden/token/customer") as refused:
        client(kv, "another token").find(TOKEN, "customer", 1)
    assert len(kv.asked) == 1
    assert not {"another token", CHATTER} & set(told(refused).split("'"))
    assert "another token" not in told(refused)


@pytest.mark.parametrize(
    "held", [{"key": "not base64"}, {"key": base64.b64encode(b"short").decode()}, {"other": "x"}, {"key": 7}]
)
def test_what_is_no_key_is_refused_and_not_told(kv: KvServer, held: dict[str, object]) -> None:
    kv.secrets["lakewarden/token/customer"] = [held]
    with pytest.raises(KeyStoreRefused, match="version 1 of the secret secret/lakewarden/token/customer") as refused:
        client(kv).find(TOKEN, "customer", 1)
    assert not any(str(value) in told(refused) for value in held.values() if len(str(value)) > 1)


def test_a_certificate_counts_only_with_its_authority(tmp_path: Path) -> None:
    certificate = certificate_below(tmp_path)
    with running(KvServer(), certificate) as server:
        trusting = KeyServer(server.address, SERVER_TOKEN, ca=certificate[0], patience_s=0)
        trusting.create(TOKEN, "customer", 1, FIRST)
        assert trusting.find(TOKEN, "customer", 1) == FIRST
        with pytest.raises(KeyStoreUnreachable, match="certificate"):
            client(server).find(TOKEN, "customer", 1)
        assert not any("phone" in asked for asked in server.asked)
    with pytest.raises(KeyStoreRefused, match="LAKEWARDEN_KEY_STORE_CA"):
        KeyServer(server.address, SERVER_TOKEN, ca=tmp_path / "none.pem").find(TOKEN, "customer", 1)


@pytest.mark.parametrize(
    "address", ["http://keys.example/secret/lakewarden", "https://keys.example/secret", "https://a:b@keys.example/s/l"]
)
def test_an_address_that_would_betray_a_key_or_is_none_is_refused(address: str) -> None:
    with pytest.raises(KeyStoreRefused, match="address"):
        KeyServer(address, SERVER_TOKEN)


# --- Airflow's secrets backend ---


class Backend:
    """Answers as Airflow's backends do, and breaks as they break."""

    def __init__(self, **variables: str) -> None:
        self.variables = variables

    def get_variable(self, key: str) -> str | None:
        if key in self.variables:
            return self.variables[key]
        if "broken" in self.variables:
            raise RuntimeError(CHATTER)
        return None


def test_a_backend_of_airflow_is_read_and_never_written() -> None:
    store = AirflowSecrets(Backend(lakewarden_token_customer_v2=base64.b64encode(SECOND).decode() + "\n"))
    assert store.find(TOKEN, "customer", 2) == SECOND
    assert store.find(TOKEN, "customer", 1) is None
    with pytest.raises(KeyStoreRefused, match="put lakewarden_seal_customer_v1 there"):
        store.create(SEAL, "customer", 1, FIRST)
    with pytest.raises(KeyStoreRefused, match="remove lakewarden_token_customer_v2 there"):
        store.destroy(TOKEN, "customer", 2)
    store.destroy(TOKEN, "customer", 1)


@pytest.mark.parametrize("value", ["***", base64.b64encode(b"short").decode()])
def test_a_variable_that_is_no_key_is_refused_and_not_told(value: str) -> None:
    with pytest.raises(KeyStoreRefused, match="lakewarden_token_customer_v1") as refused:
        AirflowSecrets(Backend(lakewarden_token_customer_v1=value)).find(TOKEN, "customer", 1)
    assert value not in told(refused)


def test_a_backend_that_breaks_is_told_by_its_kind_of_error_only() -> None:
    with pytest.raises(KeyStoreUnreachable, match="RuntimeError") as refused:
        AirflowSecrets(Backend(broken="yes")).find(TOKEN, "customer", 1)
    assert CHATTER not in told(refused)


#: Importing Airflow takes seconds, so one process asks first without a backend and then with one.
_ASK_AIRFLOW = """
import hashlib, os, sys
from pathlib import Path
from jobs.errors import KeyStoreRefused, KeyStoreUnreachable
from jobs.keys.choosing import key_store
from jobs.settings import Settings
settings = Settings(Path(sys.argv[1]), 0, None, 0, 5, key_store="airflow")
try:
    key_store(settings)
except KeyStoreRefused as error:
    print(error)
os.environ["AIRFLOW__SECRETS__BACKEND"] = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
os.environ["AIRFLOW__SECRETS__BACKEND_KWARGS"] = sys.argv[2]
store = key_store(settings)
found = [store.find("token", domain, 1) for domain in ("customer", "phone", "partner")]
print([key and hashlib.sha256(key).hexdigest() for key in found])
Path(sys.argv[3]).unlink()
try:
    store.find("token", "customer", 1)
except KeyStoreUnreachable as error:
    print(error)
"""


def test_airflow_s_own_file_backend_serves_as_it_is_configured(tmp_path: Path) -> None:
    variables = tmp_path / "variables.json"
    variables.write_text(json.dumps({"lakewarden_token_customer_v1": base64.b64encode(FIRST).decode()}))
    kwargs = json.dumps({"variables_file_path": str(variables)})
    # the environment is every child's to read, so a key there is none
    environment = {
        **{name: value for name, value in os.environ.items() if "AIRFLOW" not in name},
        "HOME": str(tmp_path),
        "AIRFLOW_VAR_LAKEWARDEN_TOKEN_PHONE_V1": base64.b64encode(SECOND).decode(),
    }
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_AIRFLOW, str(tmp_path), kwargs, str(variables)],
        capture_output=True, text=True, check=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    without, found, lost = asked.stdout.splitlines()[-3:]
    assert "Airflow has none" in without
    assert found == str([hashlib.sha256(FIRST).hexdigest(), None, None])
    assert "gave no answer for lakewarden_token_customer_v1" in lost
    assert not list(tmp_path.rglob("*.db")), "Airflow's database is none of our business"


# --- which one ---


def test_one_setting_chooses(tmp_path: Path, kv: KvServer) -> None:
    assert isinstance(key_store(settings(tmp_path, "files")), KeyFiles)
    token = settings(tmp_path, kv.address).key_store_token
    with pytest.raises(KeyStoreRefused, match="token cannot be read"):
        key_store(settings(tmp_path, kv.address))
    token.parent.mkdir()
    token.write_text(SERVER_TOKEN + "\n")
    token.chmod(0o644)
    with pytest.raises(KeyStoreRefused, match="others may read"):
        key_store(settings(tmp_path, kv.address))
    token.chmod(0o600)
    chosen = key_store(settings(tmp_path, kv.address))
    chosen.create(TOKEN, "customer", 1, FIRST)
    assert kv.secrets["lakewarden/token/customer"] == [{"key": base64.b64encode(FIRST).decode()}]
    with pytest.raises(KeyStoreRefused, match="LAKEWARDEN_KEY_STORE"):
        key_store(settings(tmp_path, "vault"))


# --- files for the engine, for the length of a job ---


def files_below(home: Path) -> list[Path]:
    return [path for path in (home / "run").rglob("*.key") if path.is_file()]


def wait_until_gone(home: Path) -> bool:
    deadline = time.monotonic() + 5
    while any((home / "run" / "keys").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any((home / "run" / "keys").iterdir())


def test_keys_of_a_server_are_files_as_long_as_the_job_and_no_longer(tmp_path: Path, kv: KvServer) -> None:
    store = client(kv)
    for kind in (TOKEN, SEAL):
        store.create(kind, "customer", 1, FIRST)
        store.create(kind, "customer", 2, SECOND)
    with readable_by_the_engine(store, tmp_path, {"customer": 2}) as files:
        assert {path.name for path in files_below(tmp_path)} == {"v2.key"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files_below(tmp_path)} == {0o600}
        assert files.path(TOKEN, "customer", 2).read_bytes() == for_the_engine(TOKEN, SECOND)
    assert not any((tmp_path / "run" / "keys").iterdir())
    with pytest.raises(ZeroDivisionError), readable_by_the_engine(store, tmp_path, {"customer": 2}):
        raise ZeroDivisionError
    assert not any((tmp_path / "run" / "keys").iterdir())


def test_files_of_the_embedded_store_are_not_copied(tmp_path: Path) -> None:
    store = KeyFiles(tmp_path)
    with readable_by_the_engine(store, tmp_path, {"customer": 1}) as files:
        assert files is store
    assert not (tmp_path / "run").exists()


def test_nothing_is_written_when_a_key_is_missing(tmp_path: Path, kv: KvServer) -> None:
    client(kv).create(TOKEN, "customer", 1, FIRST)
    with (
        pytest.raises(KeyMissing, match="no seal key for domain 'customer', version 1"),
        readable_by_the_engine(client(kv), tmp_path, {"customer": 1}),
    ):
        pass
    assert not (tmp_path / "run").exists()


_HOLD = """
import sys, time
from pathlib import Path
from jobs.keys.handing import readable_by_the_engine
from jobs.keys.server import KeyServer
with readable_by_the_engine(KeyServer(sys.argv[1], sys.argv[2]), Path(sys.argv[3]), {"customer": 1}) as files:
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path, kv: KvServer) -> Iterator[subprocess.Popen[str]]:
    """A process of its own with keys in its hands."""
    for kind in (TOKEN, SEAL):
        client(kv).create(kind, "customer", 1, FIRST)
    command = [sys.executable, "-c", _HOLD, kv.address, SERVER_TOKEN, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert len(files_below(tmp_path)) == 2
        yield process
        process.kill()


def test_keys_are_gone_a_moment_after_their_command_was_killed(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    assert wait_until_gone(tmp_path)


def test_a_live_command_keeps_its_keys_and_what_a_dead_one_left_is_swept(
    tmp_path: Path, kv: KvServer, holder: subprocess.Popen[str]
) -> None:
    with readable_by_the_engine(client(kv), tmp_path, {"customer": 1}):
        assert len(files_below(tmp_path)) == 4
    assert len(files_below(tmp_path)) == 2
    guards = psutil.Process(holder.pid).children(recursive=True)
    assert guards, "nobody watches over the keys"
    for guard in guards:  # as when the machine dies, the guard with it
        guard.kill()
    holder.kill()
    holder.wait()
    assert len(files_below(tmp_path)) == 2
    with readable_by_the_engine(client(kv), tmp_path, {"customer": 1}) as files:
        assert len(files_below(tmp_path)) == 2
        assert all(path.is_relative_to(files.root) for path in files_below(tmp_path))
