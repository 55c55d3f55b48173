"""Real databases for tests: private instances in a folder of their own, on loopback, stopped and gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PASSWORD = "geheim-7-Wort"  # noqa: S105 - of an instance that lives as long as a test
#: Servers refuse to run as root, so root becomes nobody for them.
_UNPRIVILEGED = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


@dataclass
class Server:
    """One running database server; `stop` as a crash would, `start` again on the same data and port."""

    kind: str
    home: Path
    port: int
    command: Sequence[str]
    client: Sequence[str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen([*_as_nobody(), *self.command], stdout=log, stderr=log, cwd=self.home)
        deadline = time.monotonic() + 60
        while self._run("SELECT 1", check=False).returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail(f"{self.kind} did not start:\n{(self.home / 'log').read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
            # children of a killed server end by themselves, and hold its memory until then
            time.sleep(0.5)
            (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)

    def run(self, *statements: str) -> str:
        """The output of statements, as plain text."""
        return self._run(";\n".join(statements) + ";").stdout.strip()

    def secret(self, lake_home: Path, connection: str, database: str) -> None:
        """Tell a lake how to reach a database of this server."""
        folder = lake_home / "secrets" / "connections"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{connection}.toml"
        path.write_text(
            f'host = "127.0.0.1"\nport = {self.port}\ndatabase = "{database}"\nuser = "owner"\n'
            f'password = "{PASSWORD}"\n',
            encoding="utf-8",
        )
        path.chmod(0o600)

    def _run(self, text: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PGPASSWORD": PASSWORD, "MYSQL_PWD": PASSWORD, "LC_ALL": "C.UTF-8"}
        finished = subprocess.run(
            self.client, input=text, env=environment, text=True, capture_output=True, check=False, timeout=120
        )
        if check and finished.returncode:
            pytest.fail(f"{self.kind} refused a statement of the test: {finished.stderr[-2000:]}")
        return finished


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL with the database `billing` of the user `owner`."""
    programs = _folder_of("initdb", *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    with _home() as home:
        (home / "password").write_text(PASSWORD, encoding="ascii")
        _prepare(
            home, str(programs / "initdb"), "-D", str(home / "data"), "-U", "owner", "-A", "scram-sha-256",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", f"--pwfile={home / 'password'}",
        )  # fmt: skip
        port = _free_port()
        server = Server(
            "PostgreSQL", home, port,
            (
                str(programs / "postgres"), "-D", str(home / "data"), "-p", str(port), "-c", "fsync=off",
                "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}",
            ),
            (
                str(programs / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-d", "postgres",
                "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
            ),
        )  # fmt: skip
        with _running(server):
            server.run("CREATE DATABASE billing")
            server.client = ["billing" if part == "postgres" else part for part in server.client]
            yield server


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB with the user `owner`, who may do everything."""
    programs = _folder_of("mariadbd", Path("/usr/sbin"), Path("/usr/libexec"))
    with _home() as home:
        install = shutil.which("mariadb-install-db") or "mariadb-install-db"
        _prepare(home, install, "--no-defaults", f"--datadir={home / 'data'}", "--skip-test-db",
                 "--auth-root-authentication-method=normal")  # fmt: skip
        (home / "owner.sql").write_text(
            f"CREATE USER 'owner'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON *.* TO 'owner'@'127.0.0.1' WITH GRANT OPTION;\n",
            encoding="ascii",
        )
        port = _free_port()
        command = [
            str(programs / "mariadbd"), "--no-defaults", f"--datadir={home / 'data'}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--socket={home / 'socket'}", f"--pid-file={home / 'pid'}",
            "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=2", "--character-set-server=utf8mb4",
        ]  # fmt: skip
        client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", "owner", "-N", "-B",
                  "--default-character-set=utf8mb4"]  # fmt: skip
        server = Server("MariaDB", home, port, [*command, f"--init-file={home / 'owner.sql'}"], client)
        with _running(server):
            server.command = command
            yield server


@contextmanager
def _running(server: Server) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def _home() -> Iterator[Path]:
    """A folder that the server's user may use; pytest's own are closed to others."""
    home = Path(tempfile.mkdtemp(prefix="lakewarden-database-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "nobody", "nogroup")
        yield home
    finally:
        with suppress(OSError):
            shutil.rmtree(home)


def _prepare(home: Path, *command: str) -> None:
    made = subprocess.run(
        [*_as_nobody(), *command], cwd=home, text=True, capture_output=True, check=False, timeout=120,
        env={**os.environ, "HOME": str(home)},
    )  # fmt: skip
    if made.returncode:
        pytest.fail(f"{Path(command[0]).name} failed:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")


def _as_nobody() -> Sequence[str]:
    return _UNPRIVILEGED if os.geteuid() == 0 else ()


def _folder_of(program: str, *folders: Path) -> Path:
    if found := shutil.which(program):
        return Path(found).resolve().parent
    for folder in folders:
        if (folder / program).is_file():
            return folder
    pytest.fail(f"{program} is not there; `make test` installs it, or says what to ask for")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
