"""The search itself: every sink, then a control for each format that lies in it."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

from jobs.errors import NotProved
from jobs.prove.controls import controls, drawn
from jobs.prove.copy import Copy, make_copy
from jobs.prove.disguises import Secret
from jobs.prove.matching import Matcher
from jobs.prove.planting import invented
from jobs.prove.proof import Expectation, Proof, SinkProof
from jobs.prove.scanner import files_below, scan
from jobs.prove.sinks import KEYS, SCRATCH, TEMPORARY, Sink, sinks, temporary_files
from jobs.prove.values import counted, keys_and_passwords
from jobs.settings import Settings
from jobs.storage.engine import engine
from jobs.storage.turn import turn


class Watcher(Protocol):
    """Who wants to see how far a search has come."""

    def at(self, what: str) -> None:
        """This begins now."""

    def of(self, size: int) -> None:
        """So many bytes are to be searched."""

    def advance(self, size: int) -> None:
        """So many more were searched."""


class _Place(NamedTuple):
    """A sink, its files, and the folder from which they are named in a report."""

    sink: Sink
    root: Path
    files: list[Path]


def prove(settings: Settings, values: Sequence[Secret], *, apart: Path | None, plant: bool, watcher: Watcher) -> Proof:
    """Search every sink of the installation for the values and for its own keys; safe to repeat and to kill.

    apart: the list of the values itself, which is not searched.
    plant: send invented people through a copy first, and search for them in the copy and in the installation.
    Raises: NotProved when there is nothing to search or to search for; EngineDown, CopyNotMade when planting.
    """
    home = settings.home
    if not home.is_dir():
        raise NotProved(f"no lake at {home}; set LAKE_HOME or run `make up`")
    with _scratch(home) as scratch:
        copy = _copied(settings, scratch, watcher) if plant else None
        own = keys_and_passwords(home)
        people = [*values, *(copy.secrets if copy else ())]
        keys = [*own, *(copy.keys if copy else ())]
        if not people and not keys:
            raise NotProved("nothing to search for: name a list with --values, or --plant")
        planted = drawn()
        matcher = Matcher([*people, *keys, *planted])
        places = [_without(place, apart) for place in _places(home, copy)]
        watcher.of(sum(path.stat().st_size for place in places for path in place.files if path.exists()))
        return Proof(
            at=datetime.now(UTC),
            searched_for=counted(people),
            keys=len(keys),
            sinks=[_proved(place, planted, matcher, scratch / "controls", watcher) for place in places],
            expectations=[*_keys_expected(home, own, matcher), *(copy.expectations(matcher) if copy else ())],
        )


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    """The prover's folder, one search at a time; what a killed one left goes first, and nothing is left of this one."""
    folder = home / SCRATCH
    with turn(home, SCRATCH):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _copied(settings: Settings, scratch: Path, watcher: Watcher) -> Copy:
    with engine(settings):  # a dead engine is told at once, and as such
        watcher.at("invented people go through a copy")
    # a name of its own, because the engine may still write for a run that was killed
    return make_copy(scratch / f"copy-{uuid4().hex[:8]}", invented())


def _places(home: Path, copy: Copy | None) -> Iterator[_Place]:
    for sink, files in sinks(home).items():
        if sink is not TEMPORARY:
            yield _Place(sink, home, files)
    yield _Place(TEMPORARY, Path(tempfile.gettempdir()), temporary_files())
    if copy:
        yield from (_Place(sink, copy.folder, files) for sink, files in copy.sinks.items())


def _without(place: _Place, apart: Path | None) -> _Place:
    return place._replace(files=[path for path in place.files if path != apart])


def _proved(place: _Place, planted: Sequence[Secret], matcher: Matcher, scratch: Path, watcher: Watcher) -> SinkProof:
    watcher.at(place.sink.english)
    searched = scan(place.files, place.root, matcher, watcher.advance)
    return SinkProof(place.sink, searched, controls(searched, planted, matcher, scratch))


def _keys_expected(home: Path, own: Sequence[Secret], matcher: Matcher) -> Iterator[Expectation]:
    """The same search finds the installation's keys where they must be; their unpadded form lies nowhere."""
    stored = {secret.label for secret in own if not secret.label.endswith("(unpadded)")}
    if stored:
        files = (path for folder in KEYS for path in files_below(home / folder))
        held = scan(files, home, matcher).labels >= stored
        yield Expectation("keys and passwords lie in their own folders", "密钥与口令存于各自目录", held)
