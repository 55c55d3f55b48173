"""The process that `confined` starts: it reads the files it is asked for on standard input, within its limits.

Each answer on standard output is one Arrow stream and a word behind it. A process that must not go on ends without
finishing its answer.
"""

import os
import pickle
import resource
import sys
import time
from pathlib import Path
from typing import IO

import pyarrow as pa

from jobs.ingest.readers.batches import text_schema
from jobs.ingest.readers.confined import DONE, OUT_OF_MEMORY, READY
from jobs.ingest.readers.reading import read_file


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until nobody asks any more."""
    answers.write(READY)
    while True:
        answers.flush()
        try:
            contract, file, cpu_seconds = pickle.load(requests)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + cpu_seconds)
        answer = pa.ipc.new_stream(answers, text_schema(contract))
        try:
            for batch in read_file(contract, file):
                answer.write_batch(batch)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        answer.close()
        answers.write(DONE)


def _written_bytes() -> int:
    """The memory of this process that it may write to, which is what its limit counts."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    return int(pages) * resource.getpagesize()


def _limit(what: int, most: int) -> None:
    """Let this process have so much; the hard limit stays, for the next file's limit may be higher."""
    resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def main() -> None:
    """Set the limits that hold for all files, then serve."""
    _limit(resource.RLIMIT_DATA, _written_bytes() + (int(sys.argv[1]) << 20))
    _limit(resource.RLIMIT_CORE, 0)  # a dump would hold what the file says
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints must not get into an answer
    os.dup2(nowhere, 2)  # nor a parser's words into a log: they quote the file
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:  # nobody waits for the answer any more
        os._exit(0)


if __name__ == "__main__":
    main()
