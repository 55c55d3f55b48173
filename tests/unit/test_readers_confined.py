"""Limits of memory and time: a file beyond them is refused, its neighbours land, and no process is left behind."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contracts.model import Reader
from jobs.ingest.readers import FileFaultReason, confined, read_files
from jobs.ingest.readers.batches import LandedFile
from jobs.ingest.readers.confined import Allowance, Confinement
from tests.unit.reading import CSV, contract, text

JSON = Reader("kobo_json")
AGREED = contract(CSV, JSON)


@pytest.fixture
def small() -> Iterator[Confinement]:
    confinement = Confinement(Allowance(memory_mib=48, seconds_per_file=1, seconds_per_mib=0))
    yield confinement
    confinement.close()


def _landed(folder: Path, name: str, content: bytes) -> LandedFile:
    (folder / name).write_bytes(content)
    return LandedFile(folder / name, name)


def _said(confinement: Confinement, file: LandedFile) -> list[tuple[str | None, str | None]]:
    """The id and the fault of each row."""
    rows = [line for batch in confinement.read(AGREED, file) for line in batch.to_pylist()]
    return [(line["id"], line["file_fault"]) for line in rows]


def _greedy(folder: Path) -> LandedFile:
    """A record of fifteen million characters: shorter than a reader refuses, but held several times while it is read."""
    return _landed(folder, "greedy", b'[{"id": "' + b"x" * 15_000_000 + b'"}]')


def _slow(folder: Path) -> LandedFile:
    records = ",".join(f'{{"id": "a{number}"}}' for number in range(600_000))
    return _landed(folder, "slow", f"[{records}]".encode())


def test_a_file_that_takes_too_much_memory_is_refused_and_its_neighbours_land(
    tmp_path: Path, small: Confinement
) -> None:
    before, after = (_landed(tmp_path, name, text("id", name)) for name in ("before", "after"))
    assert _said(small, before) == [("before", None)]
    (fault,) = [line for batch in small.read(AGREED, _greedy(tmp_path)) for line in batch.to_pylist()]
    assert (fault["file_fault"], fault["file_fault_detail"]) == (
        FileFaultReason.TOO_COSTLY,
        "memory: 48 MiB at most",
    )
    assert _said(small, after) == [("after", None)]


def test_a_file_that_takes_too_long_is_refused_after_its_first_rows_and_its_neighbours_land(
    tmp_path: Path, small: Confinement
) -> None:
    after = _landed(tmp_path, "after", text("id", "after"))
    rows = _said(small, _slow(tmp_path))
    assert rows[0] == ("a0", None), "rows came before the limit, and are void"
    assert rows[-1] == (None, FileFaultReason.TOO_COSTLY)
    assert [fault for _, fault in rows[:-1]] == [None] * (len(rows) - 1)
    assert _said(small, after) == [("after", None)]


def test_time_is_counted_for_each_file_alone(tmp_path: Path, small: Confinement) -> None:
    records = ",".join(f'{{"id": "a{number}"}}' for number in range(30_000))
    file = _landed(tmp_path, "file", f"[{records}]".encode())
    child = small._ready_child()
    started = _cpu_seconds(child.pid)
    while _cpu_seconds(child.pid) - started < 2.5:
        assert len(_said(small, file)) == 30_000
    assert small._ready_child() is child


def test_many_files_share_one_process_and_a_small_one_costs_milliseconds(tmp_path: Path, small: Confinement) -> None:
    file = _landed(tmp_path, "file", text("id", "a1"))
    child = small._ready_child()
    _said(small, file)
    started = time.process_time() + _cpu_seconds(child.pid)
    for _ in range(200):
        assert _said(small, file) == [("a1", None)]
    taken = time.process_time() + _cpu_seconds(child.pid) - started
    assert small._ready_child() is child
    assert taken / 200 < 0.005


def test_a_reader_that_is_killed_costs_its_file(tmp_path: Path, small: Confinement) -> None:
    slow, after = _slow(tmp_path), _landed(tmp_path, "after", text("id", "after"))
    batches = small.read(AGREED, slow)
    next(batches)
    os.kill(small._ready_child().pid, 9)
    assert [line["file_fault"] for batch in batches for line in batch.to_pylist()][-1] == FileFaultReason.TOO_COSTLY
    assert _said(small, after) == [("after", None)]


def test_a_process_that_died_while_nobody_read_costs_no_file(tmp_path: Path, small: Confinement) -> None:
    file = _landed(tmp_path, "file", text("id", "a1"))
    child = small._ready_child()
    child.kill()
    child.wait()
    assert _said(small, file) == [("a1", None)]


def test_whoever_stops_listening_leaves_no_process_and_no_half_answer(tmp_path: Path, small: Confinement) -> None:
    slow, after = _slow(tmp_path), _landed(tmp_path, "after", text("id", "after"))
    batches = small.read(AGREED, slow)
    next(batches)
    child = small._ready_child()
    batches.close()
    assert child.poll() is not None
    assert _said(small, after) == [("after", None)]


def test_a_reader_inherits_no_secret_and_leaves_no_dump(small: Confinement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARDEN_SECRET", "13800138000")
    child = small._ready_child()
    environment = Path(f"/proc/{child.pid}/environ").read_text(encoding="utf-8")
    assert "PYTHONPATH" in environment
    assert "13800138000" not in environment
    limits = Path(f"/proc/{child.pid}/limits").read_text(encoding="ascii")
    assert "Max core file size        0 " in limits
    assert "Max data size             unlimited" not in limits


def test_spark_gets_the_rows_of_all_files_and_one_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tight = Confinement(Allowance(memory_mib=48, seconds_per_file=5, seconds_per_mib=0))
    monkeypatch.setattr(confined, "_CONFINEMENT", tight)
    files = [_landed(tmp_path, "a", text("id", "a1")), _greedy(tmp_path), _landed(tmp_path, "c", text("id", "c1"))]
    asked = pa.record_batch([[str(f.path) for f in files], [f.sha256 for f in files]], names=["path", "sha256"])
    found: list[dict[str, Any]] = [line for got in read_files(AGREED)(iter([asked])) for line in got.to_pylist()]
    tight.close()
    assert [(line["source_file_sha256"], line["id"], line["file_fault"]) for line in found] == [
        ("a", "a1", None),
        ("greedy", None, FileFaultReason.TOO_COSTLY),
        ("c", "c1", None),
    ]


def _cpu_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
