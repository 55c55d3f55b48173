"""Pulling from a form server that is slow, busy, cut off or down: every submission lands once, and no secret is told."""

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.loading import load
from contracts.model import Pull
from jobs.errors import PullFailed
from jobs.ingest.arrival import arrivals, store, take
from jobs.ingest.claim import claim
from jobs.pull import inbox
from jobs.pull import server as limits
from jobs.pull.pages import as_utc
from jobs.pull.run import Pulled, pull, secret_in
from jobs.pull.server import Server
from jobs.storage.ledger import Ledger
from tests.unit.form_server import SECRET, FormServer, kobo_submission, odk_submission, running
from tests.unit.forms import LESSONS, VISIT
from tests.unit.reading import read

NOW = datetime(2026, 2, 5, 2, tzinfo=UTC)
ODK = replace(VISIT, source=replace(VISIT.source, pull=Pull("odk", 2, ("0 12 * * *",), 0)))


def pulled(
    server: FormServer, landing: Path, *, agreed: Any = VISIT, now: datetime = NOW, known: Sequence[str] = ()
) -> Pulled:
    with Server(server.address, SECRET, patience_s=0.01) as asked:
        return pull(agreed, landing, asked, is_known=lambda digest: digest in known, now=now)


def landed(landing: Path, agreed: Any = VISIT) -> list[Any]:
    """What lies in the inbox, page after page as it was landed."""
    files = sorted((landing / "forms" / agreed.dataset).rglob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [row for path in files for row in _rows(path)]


def _rows(path: Path) -> list[Any]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return [row.get("_id", row.get("__id")) for row in document.get("results", document.get("value"))]


def some(*numbers: int) -> list[dict[str, Any]]:
    return [kobo_submission(number) for number in numbers]


def test_all_pages_land_and_the_next_pull_takes_what_is_new(tmp_path: Path) -> None:
    with running(FormServer(some(3, 1, 7, 8, 12))) as server:
        assert pulled(server, tmp_path) == Pulled(3, 5)
        assert landed(tmp_path) == [1, 3, 7, 8, 12]
        assert pulled(server, tmp_path) == Pulled(0, 0)
        server.submissions += some(13)
        assert pulled(server, tmp_path) == Pulled(1, 1)
    assert landed(tmp_path) == [1, 3, 7, 8, 12, 13]


def test_what_is_pulled_is_what_the_reader_takes(tmp_path: Path) -> None:
    with running(FormServer(some(1, 2))) as server:
        pulled(server, tmp_path)
    (file,) = arrivals(tmp_path, VISIT, day=None, settle_seconds=0)
    assert file.arrival_date == date(2026, 2, 5)
    assert [row["submission_id"] for row in read(file.path, VISIT).rows] == ["k1", "k2"]


@pytest.mark.parametrize("trouble", [503, 429, 500, "cut", "<html>Bad gateway</html>", '{"results": [{"_id": 1'])
def test_a_trouble_that_passes_leaves_no_gap_and_no_duplicate(tmp_path: Path, trouble: int | str) -> None:
    with running(FormServer(some(1, 2, 3, 4, 5), troubles=[200, trouble, 200, trouble, trouble])) as server:
        assert pulled(server, tmp_path) == Pulled(3, 5)
    assert landed(tmp_path) == [1, 2, 3, 4, 5]


def test_a_trouble_that_stays_ends_the_pull_and_keeps_the_pages_before_it(tmp_path: Path) -> None:
    with running(FormServer(some(1, 2, 3), troubles=[200, *[503] * 6])) as server:
        with pytest.raises(PullFailed, match=r"in 6 attempts \(status 503\)"):
            pulled(server, tmp_path)
        assert landed(tmp_path) == [1, 2]
        assert pulled(server, tmp_path) == Pulled(1, 1)
    assert landed(tmp_path) == [1, 2, 3]


def test_a_server_that_is_down_and_comes_back(tmp_path: Path) -> None:
    server = FormServer(some(1, 2, 3))
    with running(server):
        pass
    with pytest.raises(PullFailed, match="ConnectError"):
        pulled(server, tmp_path)
    with running(server):
        assert pulled(server, tmp_path) == Pulled(2, 3)


@pytest.mark.parametrize(
    ("trouble", "message"),
    [(401, "refuses the secret"), (404, "no such form"), (302, "status 302"), ('["x"]', "does not answer in pages"),
     ('{"a": 1}', "has no results"), ('{"results": [{"_id": 2}, {"_id": 1}]}', "does not sort"),
     ('{"results": [{"_id": "2"}]}', "does not sort"), ('{"results": [{"_id": 2}]}', "has no moment")],
)  # fmt: skip
def test_what_no_patience_mends_ends_the_pull_at_once(tmp_path: Path, trouble: int | str, message: str) -> None:
    with running(FormServer(some(1), troubles=[trouble])) as server:
        with pytest.raises(PullFailed, match=message) as refusal:
            pulled(server, tmp_path)
        assert len(server.asked) == 1
    assert landed(tmp_path) == []
    assert str(server.port) not in str(refusal.value)
    assert SECRET not in str(refusal.value)


def test_a_page_that_is_too_large_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PAGE_BYTES", 50)
    with running(FormServer(some(1))) as server, pytest.raises(PullFailed, match="make page_size smaller"):
        pulled(server, tmp_path)


def test_a_young_submission_waits_and_so_does_all_behind_it(tmp_path: Path) -> None:
    young = (NOW - timedelta(seconds=30)).replace(tzinfo=None).isoformat()
    submissions = [*some(1), kobo_submission(2), kobo_submission(3, young), kobo_submission(4)]
    with running(FormServer(submissions, most_per_page=10)) as server:
        assert pulled(server, tmp_path) == Pulled(1, 2)
        assert landed(tmp_path) == [1, 2]
        assert pulled(server, tmp_path, now=NOW + timedelta(minutes=1)) == Pulled(1, 2)
    assert landed(tmp_path) == [1, 2, 3, 4]


HOURLY = replace(VISIT, source=replace(VISIT.source, pull=Pull("kobo", 2, ("0 */2 * * *",), 60)))


def test_a_server_is_not_asked_more_often_than_its_owner_allows(tmp_path: Path) -> None:
    with running(FormServer(some(1))) as server:
        assert pulled(server, tmp_path, agreed=HOURLY) == Pulled(1, 1)
        server.submissions += some(2)
        asked = len(server.asked)
        assert pulled(server, tmp_path, agreed=HOURLY, now=NOW + timedelta(minutes=59)) == Pulled(0, 0, hours(1))
        assert len(server.asked) == asked
        assert pulled(server, tmp_path, agreed=HOURLY, now=hours(1)) == Pulled(1, 1)
    assert landed(tmp_path) == [1, 2]


def test_a_pull_that_found_nothing_counts_and_one_that_broke_off_goes_on_at_once(tmp_path: Path) -> None:
    with running(FormServer([], troubles=[401])) as server:
        with pytest.raises(PullFailed):
            pulled(server, tmp_path, agreed=HOURLY)
        assert pulled(server, tmp_path, agreed=HOURLY) == Pulled(0, 0)
        assert pulled(server, tmp_path, agreed=HOURLY) == Pulled(0, 0, hours(1))


class Killed(BaseException):
    """Stands for SIGKILL between two steps: nothing may catch it and tidy up."""


@pytest.mark.parametrize("survived", range(14))
def test_a_pull_killed_between_any_two_of_its_writes_goes_on_without_gap_or_duplicate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    done: list[str] = []

    def dying(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any) -> Any:
            if len(done) == survived:
                raise Killed
            done.append(name)
            return real(*arguments)

        return step

    with running(FormServer(some(1, 2, 3, 4, 5))) as server:
        with monkeypatch.context() as patched:
            patched.setattr(inbox, "_write", dying("write", inbox._write))
            patched.setattr(Path, "replace", dying("move", Path.replace))
            with pytest.raises(Killed):
                pulled(server, tmp_path)
        pulled(server, tmp_path)
    assert done == ["write", "write", "move", "move"] * (survived // 4) + ["write", "write", "move"][: survived % 4]
    assert landed(tmp_path) == [1, 2, 3, 4, 5]


def test_a_page_that_was_taken_in_meanwhile_is_known_by_the_ledger(tmp_path: Path) -> None:
    with running(FormServer(some(1, 2, 3))) as server:
        pulled(server, tmp_path)
        (first, second) = sorted(
            arrivals(tmp_path, VISIT, day=None, settle_seconds=0), key=lambda a: a.path.stat().st_mtime_ns
        )
        for arrival in (first, second):
            take(arrival, store(tmp_path, VISIT))
        assert pulled(server, tmp_path, known=[first.sha256, second.sha256]) == Pulled(0, 0)


def _feedback(number: int) -> dict[str, Any]:
    return kobo_submission(number) | {"_uuid": f"{number}-4711"}


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited a minute"
        time.sleep(0.02)


def test_the_command_killed_in_the_middle_and_run_again(tmp_path: Path) -> None:
    """Through the real command, a real kill, the real ledger, and an ingest's claim in between."""
    server = FormServer([_feedback(number) for number in range(1, 8)], hang_at=2)
    with running(server):
        environment = {
            **os.environ,
            "LAKE_HOME": str(tmp_path),
            "LAKEWARDEN_PULL_FORMS_MARKET_FEEDBACK": server.address,
        }
        secret = tmp_path / "secrets" / "pull_forms.market_feedback"
        secret.parent.mkdir()
        secret.write_text(f"{SECRET}\n", encoding="utf-8")
        secret.chmod(0o600)
        command = [sys.executable, "-m", "jobs.cli", "pull", "forms.market_feedback"]
        running_pull = subprocess.Popen(command, env=environment)
        _wait_for(lambda: len(server.asked) > 2)
        running_pull.send_signal(signal.SIGKILL)
        running_pull.wait()
        ledger = Ledger(tmp_path)
        ledger.prepare()
        claimed = claim(ledger, tmp_path / "landing", load("forms.market_feedback"), day=None, settle_seconds=0)
        assert len(claimed) == 2
        server.hang_at = None
        again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == "forms.market_feedback: 3 submissions in 2 files wait in the inbox\n"
    claimed = claim(ledger, tmp_path / "landing", load("forms.market_feedback"), day=None, settle_seconds=0)
    stored = [tmp_path / "landing" / ".store" / "forms.market_feedback" / file.file_sha256 for file in claimed]
    assert sorted(number for path in stored for number in _rows(path)) == list(range(1, 8))
    assert set(server.authorisations) == {f"Token {SECRET}"}
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != secret]
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_the_command_asks_no_earlier_than_the_owner_allows_and_says_when(tmp_path: Path) -> None:
    secret = tmp_path / "secrets" / "pull_forms.market_feedback"
    secret.parent.mkdir()
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    command = [sys.executable, "-m", "jobs.cli", "pull", "forms.market_feedback", "--nothing-new-exit-code", "99"]
    with running(FormServer([_feedback(1)])) as server:
        environment = {
            **os.environ,
            "LAKE_HOME": str(tmp_path),
            "LAKEWARDEN_PULL_FORMS_MARKET_FEEDBACK": server.address,
        }
        first, second = (
            subprocess.run(command, env=environment, capture_output=True, text=True, check=False) for _ in range(2)
        )
        assert len(server.asked) == 2  # a page, and that there is no other; nothing for the second command
    assert (first.returncode, second.returncode) == (0, 99), first.stderr + second.stderr
    began = datetime.fromisoformat((tmp_path / "landing" / ".pull" / "forms.market_feedback.asked").read_text())
    allowed = (began + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Shanghai"))
    assert second.stdout == (
        f"forms.market_feedback: its owner allows the next pull from {allowed:%Y-%m-%d %H:%M} (D09-9)\n"
    )


@pytest.mark.parametrize("address", [None, ""])
def test_the_command_says_what_is_missing(tmp_path: Path, address: str | None) -> None:
    environment = {**os.environ, "LAKE_HOME": str(tmp_path)}
    environment.pop("LAKEWARDEN_PULL_FORMS_MARKET_FEEDBACK", None)
    if address is not None:
        environment["LAKEWARDEN_PULL_FORMS_MARKET_FEEDBACK"] = address
    command = [sys.executable, "-m", "jobs.cli", "pull"]
    unset = subprocess.run(
        [*command, "forms.market_feedback"], env=environment, capture_output=True, text=True, check=False
    )
    assert (unset.returncode, "set LAKEWARDEN_PULL_FORMS_MARKET_FEEDBACK" in unset.stderr.replace("\n", " ")) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [(None, 0o600, "no secret"), ("x", 0o644, "others may read"), (" \n", 0o600, "is empty")],
)
def test_a_secret_that_is_none_is_named_with_the_next_step(
    tmp_path: Path, content: str | None, mode: int, message: str
) -> None:
    file = tmp_path / "pull_forms.x"
    if content is not None:
        file.write_text(content, encoding="utf-8")
        file.chmod(mode)
    with pytest.raises(PullFailed, match=message):
        secret_in(file)


def test_a_secret_never_travels_in_the_clear() -> None:
    with pytest.raises(PullFailed, match="no https address"):
        Server("http://forms.example/data", SECRET)


def test_a_contract_without_a_pull_is_not_pulled(tmp_path: Path) -> None:
    brought = replace(VISIT, source=replace(VISIT.source, pull=None))
    with running(FormServer([])) as server, pytest.raises(PullFailed, match="source has no pull"):
        pulled(server, tmp_path, agreed=brought)


BEGIN = "2026-02-05T01:00:00.000Z"
LATER, EVEN_LATER = "2026-02-05T03:00:00.000Z", "2026-02-05T05:00:00.000Z"


def hours(count: int) -> datetime:
    return NOW + timedelta(hours=count)


def test_odk_submissions_edits_and_deletions_each_land_once(tmp_path: Path) -> None:
    submissions = [odk_submission(number, BEGIN) for number in range(1, 6)]
    with running(FormServer(submissions, kind="odk")) as server:
        assert pulled(server, tmp_path, agreed=ODK) == Pulled(3, 5)
        submissions[1]["__system"]["updatedAt"] = LATER
        submissions[3]["__system"]["deletedAt"] = LATER
        submissions.append(odk_submission(6, LATER))
        assert pulled(server, tmp_path, agreed=ODK, now=hours(2)) == Pulled(2, 3)
        assert pulled(server, tmp_path, agreed=ODK, now=hours(2)) == Pulled(0, 0)
        submissions[3]["__system"] |= {"deletedAt": None, "updatedAt": EVEN_LATER}
        assert pulled(server, tmp_path, agreed=ODK, now=hours(4)) == Pulled(1, 1)
    assert landed(tmp_path) == [f"uuid:{number}" for number in (1, 2, 3, 4, 5, 2, 6, 4, 4)]


def test_an_odk_pull_goes_on_inside_its_span(tmp_path: Path) -> None:
    submissions = [odk_submission(number, BEGIN) for number in range(1, 6)]
    with running(FormServer(submissions, kind="odk", troubles=[200, *[503] * 6])) as server:
        with pytest.raises(PullFailed):
            pulled(server, tmp_path, agreed=ODK)
        assert landed(tmp_path) == ["uuid:1", "uuid:2"]
        submissions.append(odk_submission(6, LATER))
        pulled(server, tmp_path, agreed=ODK, now=hours(2))
    assert landed(tmp_path) == [f"uuid:{number}" for number in range(1, 7)]


def test_a_young_odk_submission_waits(tmp_path: Path) -> None:
    with running(FormServer([odk_submission(1, as_utc(NOW - timedelta(seconds=30)))], kind="odk")) as server:
        assert pulled(server, tmp_path, agreed=ODK) == Pulled(0, 0)
        assert pulled(server, tmp_path, agreed=ODK, now=NOW + timedelta(minutes=1)) == Pulled(1, 1)


def test_the_repeat_of_a_form_is_pulled_inside_its_submissions(tmp_path: Path) -> None:
    one = odk_submission(1, BEGIN) | {"class": {"lessons": [{"__id": "l1", "lesson_minutes": 45}]}}
    with running(FormServer([one], kind="odk")) as server:
        pulled(server, tmp_path, agreed=LESSONS)
        assert server.asked[0]["$expand"] == "*"
    (file,) = arrivals(tmp_path, LESSONS, day=None, settle_seconds=0)
    assert read(file.path, LESSONS).cells == [("l1", "uuid:1", None, "45")]


def test_a_user_and_a_password_are_sent_as_such(tmp_path: Path) -> None:
    with running(FormServer([], kind="odk")) as server, Server(server.address, "欧阳测试:geheim:4711") as asked:
        pull(ODK, tmp_path, asked, is_known=lambda _: False, now=NOW)
    assert server.authorisations == ["Basic " + b64encode("欧阳测试:geheim:4711".encode()).decode()]
