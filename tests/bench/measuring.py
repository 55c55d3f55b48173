"""How everything here is measured: sizes from the environment, things in turn in one run, the memory of readers."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import psutil

Given = TypeVar("Given")


def size(name: str, default: int) -> int:
    """How many of something: `LAKEWARDEN_BENCH_<name>`, where it is set."""
    return int(os.environ.get(f"LAKEWARDEN_BENCH_{name}", default))


ROUNDS = size("ROUNDS", 3)
ROWS = size("ROWS", 1_000_000)
FILES = size("FILES", 2_000)
WORKBOOK_ROWS = size("WORKBOOK_ROWS", 100_000)
DATABASE_ROWS = size("DATABASE_ROWS", 500_000)


def in_turn(*things: Callable[[], object]) -> list[float]:
    """The median seconds of each, run A B A B … after one uncounted round."""
    rounds = rounds_of(*(partial(seconds_of, thing) for thing in things))
    return [statistics.median(taken) for taken in rounds]


def rounds_of(*things: Callable[[], Given]) -> list[list[Given]]:
    """What each gave in the counted rounds, run A B A B … after one uncounted round."""
    for thing in things:
        thing()
    given: list[list[Given]] = [[] for _ in things]
    for _ in range(ROUNDS):
        for place, thing in enumerate(things):
            given[place].append(thing())
    return given


def seconds_of(thing: Callable[[], object]) -> float:
    """Seconds of the wall's clock."""
    began = time.perf_counter()
    thing()
    return time.perf_counter() - began


def spent_by(pid: int, thing: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall's clock, and of all threads of another process, while it does something for us."""
    process = psutil.Process(pid)
    before = process.cpu_times()
    seconds = seconds_of(thing)
    after = process.cpu_times()
    return seconds, after.user + after.system - before.user - before.system


def told(line: str) -> None:
    """One figure, where `make bench` lets it through."""
    print(f"\n  {line}", flush=True)


@dataclass
class Peak:
    """The resident memory, at its highest, of any one process that reads files."""

    mib: float = 0.0


@contextmanager
def peak_of_readers(pid: int) -> Iterator[Peak]:
    """Watch the processes below `pid` in which files are read; those that earlier runs left start anew at what they have.

    The kernel keeps the highest figure, so looking seldom misses nothing but a process that ends between two looks.
    """
    peak, is_over = Peak(), threading.Event()
    for reader in _readers(pid):
        Path(f"/proc/{reader}/clear_refs").write_text("5", encoding="ascii")

    def watch() -> None:
        while True:
            ended = is_over.wait(0.5)
            for reader in _readers(pid):
                with suppress(OSError):
                    status = Path(f"/proc/{reader}/status").read_text(encoding="ascii")
                    peak.mib = max(peak.mib, high_water_mib(status))
            if ended:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        is_over.set()
        watcher.join()


def high_water_mib(status: str) -> float:
    """Of a process's own memory: `ru_maxrss` would be that of its parent, for it outlives exec."""
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in status else 0.0


def _readers(pid: int) -> list[int]:
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):
            if "jobs.ingest.readers" in process.cmdline():
                found.append(process.pid)
    return found
