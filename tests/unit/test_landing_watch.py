"""The watch over landing: what it reports, once, and what it leaves alone."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from airflow.triggers.base import TriggerEvent
from pipeline.landing import WholeFiles

FOREVER_S = 0.5
LOOK_S = 0.02


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    return tmp_path / "landing"


def land(landing: Path, name: str, text: str = "id\n1\n") -> Path:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def reported(*steps: Callable[[], object]) -> list[list[str] | None]:
    """The families of the next event after each step; None where nothing was said within half a second."""

    async def watch() -> list[list[str] | None]:
        events: AsyncIterator[TriggerEvent] = aiter(WholeFiles(LOOK_S).run())
        pending: asyncio.Task[TriggerEvent] | None = None
        said: list[list[str] | None] = []
        for step in steps:
            step()
            pending = pending or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({pending}, timeout=FOREVER_S)
            said.append(pending.result().payload["families"] if done else None)
            pending = None if done else pending
        if pending:
            pending.cancel()
        return said

    return asyncio.run(watch())


def test_a_file_is_reported_once_by_its_family_and_never_by_its_name(landing):
    file = "crm/customers/2026-01-31/欧阳测试.csv"
    assert reported(lambda: land(landing, file), lambda: None) == [["crm"], None]


def test_files_that_come_together_are_one_event(landing):
    def both() -> None:
        land(landing, "forms/market_feedback/a.csv")
        land(landing, "crm/customers/b.csv")

    assert reported(both) == [["crm", "forms"]]


def test_a_file_that_came_again_under_its_old_name_is_new(landing):
    file = "crm/customers/export.csv"
    assert reported(lambda: land(landing, file), lambda: land(landing, file, "id\n1\n2\n")) == [["crm"], ["crm"]]


def test_the_store_and_hidden_files_are_passed_over(landing):
    def hidden() -> None:
        land(landing, ".store/crm.customers/abc")
        land(landing, "crm/customers/.export.csv.swp")

    assert reported(hidden, lambda: land(landing, "crm/customers/export.csv")) == [None, ["crm"]]


def test_a_file_that_grows_is_not_whole(landing):
    async def grow_and_watch() -> bool:
        path = land(landing, "crm/customers/export.csv")
        first = asyncio.ensure_future(anext(aiter(WholeFiles(LOOK_S).run())))
        for size in range(30):  # grows faster than the watch looks
            with path.open("a", encoding="utf-8") as file:
                file.write(str(size))
            os.utime(path, ns=(size, size))
            await asyncio.sleep(LOOK_S / 4)
        grew_unseen = not first.done()
        await asyncio.wait_for(first, FOREVER_S)
        return grew_unseen

    assert asyncio.run(grow_and_watch())


def test_no_landing_yet_is_nothing_new(landing):
    assert not landing.exists()
    assert reported(lambda: None) == [None]


def test_another_process_makes_the_same_watch_again():
    path, arguments = WholeFiles(5.0).serialize()
    assert (path, arguments) == (f"{WholeFiles.__module__}.{WholeFiles.__name__}", {"every_s": 5.0})
