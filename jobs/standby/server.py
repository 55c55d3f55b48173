"""The process on standby: holds the libraries, never our code, and forks for each command.

    python -m jobs.standby.server

Our own modules are imported behind the fork, so a command always runs the checkout as it stands; only an environment
that was made anew wants this process started again, as it does every service.
"""

import atexit
import contextlib
import gc
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

from setproctitle import setproctitle

from jobs.standby.door import CODE_ROOT
from jobs.standby.libraries import import_libraries
from jobs.standby.protocol import ENDED, STARTED, address, receive_request

_GRACE_S = 10


def main() -> None:
    """Serve until stopped. Raises: SystemExit without LAKE_HOME."""
    path = address(os.environ)
    if path is None:
        sys.exit("lakewarden: LAKE_HOME is not set; start this through infra/with_settings.sh")
    import_libraries()
    serve(path)


def serve(path: Path) -> NoReturn:
    """Fork for whoever asks. The socket appears whole and is for this user alone."""
    os.environ["SPT_NOENV"] = "1"  # names take the place of arguments only: services are known by their environment
    setproctitle("lakewarden: on standby")  # now, for it has to find the place before environments change
    gc.collect()
    gc.freeze()  # what is held never changes: no collection of a child copies its pages
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        before = os.umask(0o077)
        listening.bind(os.fspath(draft))
        os.umask(before)
        listening.listen(64)
        draft.rename(path)
        print(f"on standby at {path}", flush=True)
        while True:
            door, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _run(door)
            door.close()


def _run(door: socket.socket) -> NoReturn:
    """One command in a process and a group of its own, told of the signals that its door is told."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        request = receive_request(door)
        if request["root"] != str(CODE_ROOT):
            os._exit(0)  # another checkout on the same lake runs its own code
        os.chdir(request["folder"])
        os.umask(request["umask"])
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        sys.argv = ["lakewarden", *request["arguments"]]
        setproctitle(" ".join(sys.argv))  # who looks with ps sees the step, as without standby
        # its end is told by this thread alone, so that a signal never meets half an answer
        threading.Thread(target=_pass_signals_on, args=(door,), daemon=True).start()
        door.sendall(STARTED)
        code = _exit_code()
        door.sendall(ENDED + bytes([code & 0xFF]))
    except (EOFError, OSError):
        pass
    finally:
        os._exit(code)


def _exit_code() -> int:
    try:
        from jobs.cli import main as command  # noqa: PLC0415 - ours, behind the fork; a checkout that breaks says so

        command()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        _end_as_python_ends()
    return 0


def _end_as_python_ends() -> None:
    """Threads are waited for and what was registered for the end is done: the fork ends without the interpreter."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def _pass_signals_on(door: socket.socket) -> None:
    """Each byte is a signal to the command and what it started; a door that is gone is a kill that was not heard."""
    with contextlib.suppress(OSError):
        while told := door.recv(1):
            os.killpg(0, told[0])
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
