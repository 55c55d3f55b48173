"""What lies in an inbox: what is taken, once and under no name of its own, what waits, and what is only counted."""

import hashlib
import io
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from contracts.loading import load
from jobs.cli import app
from jobs.errors import InboxLocked
from jobs.ingest.arrival import Arrival, arrivals, inbox, not_taken, store, take, waiting
from jobs.ingest.claim import claim
from jobs.show import show
from jobs.status import status
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import FileState

CUSTOMERS = load("crm.customers")
HOSTILE = (
    "-rf", "=1+1.csv", "a\nb.csv", "'; rm -rf x;'.csv", '"quoted".csv', "\u202efdp.csv", "trailing.", "CON", "%s{0}$(x)",
    "欧阳测试13800138000.csv", "长" * 80 + ".csv",
)  # fmt: skip


def put(landing: Path, name: str, content: bytes = b"x", day: str = "2026-01-31") -> Path:
    path = inbox(landing, CUSTOMERS) / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def lying(landing: Path, settle_seconds: float = 0) -> list[Arrival]:
    return list(arrivals(landing, CUSTOMERS, day=None, settle_seconds=settle_seconds))


def taken(ledger: Ledger, landing: Path) -> list[str]:
    """The digests that a run takes."""
    return [file.file_sha256 for file in claim(ledger, landing, CUSTOMERS, day=None, settle_seconds=0)]


@contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder that anybody may enter, and no right to read what others closed; root may read everything."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        was = os.geteuid()
        try:
            if was == 0:
                os.seteuid(65534)
            yield Path(folder)
        finally:
            os.seteuid(was)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_nowhere_but_in_the_inbox(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"bytes")
    (arrival,) = lying(tmp_path)
    take(arrival, store(tmp_path, CUSTOMERS))
    (kept,) = store(tmp_path, CUSTOMERS).iterdir()
    assert (kept.name, kept.read_bytes()) == (hashlib.sha256(b"bytes").hexdigest(), b"bytes")
    assert lying(tmp_path) == []


def test_no_name_stands_in_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE):
        put(tmp_path, name, str(number).encode())
    assert len(taken(ledger, tmp_path)) == len(HOSTILE)
    written = str(ledger.ask("SELECT * FROM files"))
    assert "2026" in written, "the ledger holds nothing: this test would prove nothing"
    assert not [name for name in HOSTILE if name in written]


def test_a_file_that_still_grows_waits_and_is_taken_when_it_stands(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv")
    assert (lying(tmp_path, settle_seconds=60), waiting(tmp_path, CUSTOMERS)) == ([], 1)
    old = time.time() - 61
    os.utime(path, (old, old))
    assert [arrival.path for arrival in lying(tmp_path, settle_seconds=60)] == [path]


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.csv.tmp", "a.csv.filepart"])
def test_what_a_program_has_not_finished_is_passed_over_and_not_counted(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert (lying(tmp_path), waiting(tmp_path, CUSTOMERS), not_taken(tmp_path, CUSTOMERS)) == ([], 0, 0)


def test_a_file_that_vanishes_while_the_inbox_is_read_stops_no_other(tmp_path: Path) -> None:
    paths = [put(tmp_path, name, name.encode()) for name in ("a", "b", "c")]
    found = arrivals(tmp_path, CUSTOMERS, day=None, settle_seconds=0)
    first = next(found)
    paths[1].unlink()
    assert [first.path, *(arrival.path for arrival in found)] == [paths[0], paths[2]]


def test_a_file_that_vanishes_before_it_is_moved_is_left_for_its_reader_to_miss(tmp_path: Path) -> None:
    put(tmp_path, "a")
    (arrival,) = lying(tmp_path)
    arrival.path.unlink()
    take(arrival, store(tmp_path, CUSTOMERS))
    assert not (store(tmp_path, CUSTOMERS) / arrival.sha256).exists()


def test_the_same_bytes_are_claimed_once_however_often_they_come(ledger: Ledger, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        put(tmp_path, name, b"same")
    put(tmp_path, "a.csv", b"same", day="2026-02-01")
    (digest,) = taken(ledger, tmp_path)
    put(tmp_path, "again.csv", b"same", day="2026-02-02")
    assert taken(ledger, tmp_path) == [digest]
    (row,) = ledger.files_in(CUSTOMERS.id, FileState.CLAIMED)
    assert (row.deliveries, row.arrival_date) == (4, date(2026, 1, 31))
    assert [path.name for path in store(tmp_path, CUSTOMERS).iterdir()] == [digest]
    assert waiting(tmp_path, CUSTOMERS) == 0


def test_other_bytes_under_the_same_name_are_kept_beside_the_first(ledger: Ledger, tmp_path: Path) -> None:
    contents = (b"cut", b"cut and sent again")
    for content in contents:
        put(tmp_path, "a.csv", content)
        taken(ledger, tmp_path)
    kept = {path.name: path.read_bytes() for path in store(tmp_path, CUSTOMERS).iterdir()}
    assert kept == {hashlib.sha256(content).hexdigest(): content for content in contents}
    assert {file.file_sha256 for file in ledger.files_in(CUSTOMERS.id, FileState.CLAIMED)} == set(kept)


def test_a_file_or_folder_that_may_not_be_read_is_counted_and_stops_no_other() -> None:
    with as_nobody() as landing:
        closed, folder = put(landing, "closed"), put(landing, "inside", day="closed folder").parent
        opened = put(landing, "open")
        closed.chmod(0)
        folder.chmod(0)
        assert [arrival.path for arrival in lying(landing)] == [opened]
        assert not_taken(landing, CUSTOMERS) == 2
        closed.chmod(0o600)
        folder.chmod(0o700)
        assert (len(lying(landing)), not_taken(landing, CUSTOMERS)) == (3, 0)


def test_an_inbox_that_nothing_may_leave_ends_the_run_without_a_name() -> None:
    with as_nobody() as landing:
        path = put(landing, "欧阳测试.csv")
        (arrival,) = lying(landing)
        path.parent.chmod(0o500)
        with pytest.raises(InboxLocked, match=r"crm\.customers: .* the next run takes it") as locked:
            take(arrival, store(landing, CUSTOMERS))
        assert "欧阳" not in str(locked.value)
        assert locked.value.__cause__ is None
        path.parent.chmod(0o700)
        take(arrival, store(landing, CUSTOMERS))
        assert not path.exists()


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A home whose inbox holds one file, and beside it a pipe, a socket and links to a file, a folder and nothing."""
    landing = tmp_path / "landing"
    file = put(landing, "a.csv")
    folder = file.parent
    os.mkfifo(folder / "欧阳 pipe")
    os.mknod(folder / "socket", stat.S_IFSOCK | 0o600)  # bound by its path it would need a short one
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "linked folder").symlink_to("/etc")
    (folder / "broken link").symlink_to(folder / "nothing")
    return tmp_path


def test_what_is_no_file_is_passed_over_at_once_and_told_by_number(odd: Path, ledger: Ledger) -> None:
    landing = odd / "landing"
    assert [arrival.path.name for arrival in lying(landing)] == ["a.csv"]
    assert waiting(landing, CUSTOMERS) == 1
    assert not_taken(landing, CUSTOMERS) == 5
    found = status(ledger.home, landing, {CUSTOMERS.id: CUSTOMERS})
    assert (found.datasets[0].waiting, found.datasets[0].not_taken) == (1, 5)


def test_people_are_told_how_many_there_are_and_not_what_they_are_called(
    odd: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox(odd / "landing", CUSTOMERS) / "2026-01-31" / "a.csv").unlink()
    monkeypatch.setenv("LAKE_HOME", str(odd))
    ingested = CliRunner().invoke(app, ["ingest", CUSTOMERS.id], catch_exceptions=False).output
    assert f"{CUSTOMERS.id}: 5 entries of the inbox are no readable files and stay there; remove them" in ingested
    console = Console(width=160, record=True, file=io.StringIO())
    show(status(ledger.home, odd / "landing", {CUSTOMERS.id: CUSTOMERS}), console)
    told = console.export_text()
    assert re.search(r"crm\.customers +│ 5 +│ 链接, 管道, 套接字", told)
    assert "欧阳" not in ingested + told


def test_folders_in_folders_are_looked_into(tmp_path: Path) -> None:
    put(tmp_path, "region/branch/a.csv")
    assert [arrival.arrival_date for arrival in lying(tmp_path)] == [date(2026, 1, 31)]


def test_thousands_of_small_files_are_one_batch_and_all_there(ledger: Ledger, tmp_path: Path) -> None:
    count = 3_000
    for number in range(count):
        put(tmp_path, f"{number}.csv", str(number).encode())
    assert len(taken(ledger, tmp_path)) == count
    assert (waiting(tmp_path, CUSTOMERS), len(list(store(tmp_path, CUSTOMERS).iterdir()))) == (0, count)
    assert ledger.ask("SELECT count(DISTINCT batch_id) AS batches FROM files") == [{"batches": 1}]
