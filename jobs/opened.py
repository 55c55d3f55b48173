"""How a command opens the lake of an installation."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING

from jobs.settings import Settings

if TYPE_CHECKING:  # the engine's client takes seconds to import, and `--help` must not
    from jobs.storage.lake import Lake


@contextmanager
def opened_lake(settings: Settings, *, writes: str | None = None) -> Iterator["Lake"]:
    """The lake; a command that writes waits for its turn at `writes`, a dataset, the marts or the keys."""
    from jobs.storage.engine import engine  # noqa: PLC0415
    from jobs.storage.lake import Lake  # noqa: PLC0415
    from jobs.storage.turn import turn  # noqa: PLC0415

    with turn(settings.home, writes) if writes else nullcontext(), ExitStack() as opened:
        yield Lake(settings.home, lambda: opened.enter_context(engine(settings)))
