"""Readers in a process of their own: a file that takes more memory or time than it may costs nothing but itself."""

import math
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pyarrow as pa

from contracts.model import Contract
from jobs.ingest.readers.batches import LandedFile, fault_batch
from jobs.ingest.readers.faults import FileFault, FileFaultReason

#: What a reader's process says when it can take files and behind a whole answer, and how it ends without memory.
READY = b"ready\n"
DONE = b"done\n"
OUT_OF_MEMORY = 100
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TOO_COSTLY = {
    OUT_OF_MEMORY: "memory: {memory_mib} MiB at most",
    -signal.SIGABRT: "memory: {memory_mib} MiB at most",  # C++ code ends so when it gets none
    -signal.SIGKILL: "memory: {memory_mib} MiB at most",
    -signal.SIGXCPU: "time: {cpu_seconds} s of a processor at most",
}


@dataclass(frozen=True)
class Allowance:
    """What reading may take: memory beside that of the bare process; time of a processor by file and by MiB allowed.

    The slowest reader needs a tenth of that time.
    """

    memory_mib: int = 768
    seconds_per_file: float = 30.0
    seconds_per_mib: float = 0.5

    def cpu_seconds(self, contract: Contract) -> int:
        """For one file of the contract, unpacked up to the size that it allows."""
        return math.ceil(self.seconds_per_file + self.seconds_per_mib * contract.limits.max_file_mb)


class Confinement:
    """Reads files in a child process that is started when needed and serves many, for a start takes half a second.

    A child that dies takes the file that it was reading with it; the next file gets a new child. A fresh program, not
    a fork: it inherits no key, no socket and no lock of the process that starts it.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._child: subprocess.Popen[bytes] | None = None
        self._bare_bytes = 0

    def read(self, contract: Contract, file: LandedFile) -> Iterator[Any]:
        """The batches of one file, as `reading.read_file` gives them; a file that breaks its child is refused.

        Raises: RuntimeError when no child can be started, which is no file's fault.
        """
        child = self._ready_child()
        is_whole = False
        try:
            _ask(child, (contract, file, self._allowance.cpu_seconds(contract)))
            yield from _answers(child)
            is_whole = True
        except (OSError, pa.ArrowInvalid):  # the child ended in the middle of its answer
            yield fault_batch(contract, file, self._fault(_ended(child), contract))
        finally:
            if not is_whole:
                self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            _ended(self._child)
            self._child = None

    def _ready_child(self) -> "subprocess.Popen[bytes]":
        if self._child is not None and (self._child.poll() is not None or self._is_worn(self._child.pid)):
            self.close()
        if self._child is None:
            self._child = _started(self._allowance.memory_mib)
            self._bare_bytes = _resident_bytes(self._child.pid)
        return self._child

    def _is_worn(self, pid: int) -> bool:
        """Whether earlier files left half of the allowance taken, which the next one may need."""
        return _resident_bytes(pid) - self._bare_bytes > self._allowance.memory_mib << 19

    def _fault(self, code: int, contract: Contract) -> FileFault:
        if code not in _TOO_COSTLY:
            return FileFault(FileFaultReason.UNREADABLE, f"its reader ended with code {code}")
        limits = {"memory_mib": self._allowance.memory_mib, "cpu_seconds": self._allowance.cpu_seconds(contract)}
        return FileFault(FileFaultReason.TOO_COSTLY, _TOO_COSTLY[code].format(**limits))


#: One for each process that reads, kept from one portion of files to the next.
_CONFINEMENT = Confinement(Allowance())


def read_files(contract: Contract) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The function for `DataFrame.mapInArrow` that reads the landed files of a dataset.

    Shape: takes batches with `path` and `sha256`, gives batches of `text_schema(contract)`.
    Grain: one row per record of a file. A refused file ends with one row that has `file_fault`; rows of the same
        file that came before it are void, because some faults show only at the file's end. A file without a record
        gives no row.
    NULL: an absent column, an unanswered question, an empty cell.
    """
    return partial(_read_all, contract)


def _read_all(contract: Contract, batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        for path, sha256 in zip(batch["path"].to_pylist(), batch["sha256"].to_pylist(), strict=True):
            yield from _CONFINEMENT.read(contract, LandedFile(Path(path), sha256))


def _started(memory_mib: int) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(
        [sys.executable, "-m", "jobs.ingest.readers", str(memory_mib)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "TMPDIR": gettempdir(),
            # threads that nobody uses here would take memory for each processor of the machine
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            # the others reserve a gigabyte at once, which counts as taken
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        },
    )
    if child.stdout is None or child.stdout.readline() != READY:
        child.kill()
        raise RuntimeError(f"no process for reading files could be started: code {child.wait()}; see its errors above")
    return child


def _ended(child: "subprocess.Popen[bytes]") -> int:
    """The code that the child ended with; it ends at the latest when it finds nobody at the other end of its pipes."""
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):  # what was not sent yet has no reader
            pipe.close()  # type: ignore[union-attr]  # both were opened as pipes
    return child.wait()


def _ask(child: "subprocess.Popen[bytes]", request: tuple[Contract, LandedFile, int]) -> None:
    pickle.dump(request, child.stdin)  # type: ignore[arg-type]  # opened as a pipe
    child.stdin.flush()  # type: ignore[union-attr]


def _answers(child: "subprocess.Popen[bytes]") -> Iterator[Any]:
    """The batches of one answer. Raises: OSError, ArrowInvalid when it breaks off."""
    with pa.ipc.open_stream(pa.PythonFile(child.stdout, "r")) as stream:
        yield from stream
    # Arrow takes the end of a pipe between two batches for the end of its stream
    if child.stdout.readline() != DONE:  # type: ignore[union-attr]
        raise OSError("the answer breaks off")


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except OSError:
        return 0
