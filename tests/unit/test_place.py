"""The place of what was granted: what is written where, for whose eyes, and what a sweep takes and leaves."""

import stat

import pytest

from jobs.approval.place import Place

LIVE, OVER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture(params=["csv", "xlsx"])
def place(tmp_path, request) -> Place:
    return Place(tmp_path / "granted", request.param)


def lying(place: Place, person: str) -> set[str]:
    return {path.name for path in (place.root / person).iterdir()}


def test_a_file_lies_in_the_persons_own_folder_and_is_replaced_whole(place):
    place.put("wang", LIVE, b"first")
    path = place.put("wang", LIVE, b"second")
    assert path == place.path("wang", LIVE) == place.root / "wang" / f"{LIVE}.{place.ending}"
    assert path.read_bytes() == b"second"
    assert lying(place, "wang") == {path.name}
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent, place.root)] == [0o600, 0o700, 0o700]


def test_a_sweep_takes_the_files_of_ended_requests_and_says_whose_they_were(place):
    for person, request_id in (("wang", LIVE), ("wang", OVER), ("li", OVER)):
        place.put(person, request_id, b"numbers")
    assert place.sweep({LIVE}) == [OVER, OVER]
    assert lying(place, "wang") == {f"{LIVE}.{place.ending}"}
    assert lying(place, "li") == set()
    assert place.sweep({LIVE}) == []


def test_a_sweep_takes_what_a_killed_writer_left(place):
    own = place.folder("wang")
    for name in (f"{OVER}.draft", f"{LIVE}.draft", "openpyxl.k3x9"):
        (own / name).write_text("half", encoding="ascii")
    assert place.sweep({LIVE}) == [OVER]
    assert lying(place, "wang") == {f"{LIVE}.draft"}, "a live request's next writing replaces its draft"


def test_a_sweep_leaves_what_a_person_put_there_besides(place):
    theirs = {
        f"mine.{place.ending}", f"{OVER}.{place.ending}.bak", f"{OVER} copy.{place.ending}", f"{OVER[:15]}.draft",
        "notes.txt", ".hidden",
    }  # fmt: skip
    for name in theirs:
        (place.folder("wang") / name).write_text("mine", encoding="ascii")
    assert place.sweep(()) == []
    assert lying(place, "wang") == theirs


def test_where_nothing_was_granted_yet_a_sweep_finds_nothing(place):
    assert place.sweep(()) == []
    assert not place.root.exists()
