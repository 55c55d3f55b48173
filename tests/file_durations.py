"""How long each file of tests took, on its line while the run goes on: known also of a run that was cut short."""

import time

import pytest
from _pytest.terminal import TerminalReporter

SHOWN_FROM_S = 5


class FileDurations:
    """Writes seconds behind the dots of a file when the next file begins."""

    def __init__(self, terminal: TerminalReporter) -> None:
        self.terminal, self.file, self.began = terminal, "", time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        file = nodeid.partition("::")[0]
        if file == self.file:
            return
        now = time.monotonic()
        if self.file and now - self.began >= SHOWN_FROM_S:
            self.terminal.write(f" {now - self.began:.0f} s")
        self.file, self.began = file, now
