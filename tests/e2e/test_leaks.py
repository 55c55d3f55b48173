"""Planted people on their way through the whole platform are found in the restricted zones and nowhere else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.demo.people import Canary, canary
from tests.conftest import Platform
from tests.leaks.controls import CONTROLS
from tests.leaks.deliveries import FEEDBACK, feedback_answers, odd_deliveries
from tests.leaks.matching import Matcher
from tests.leaks.passage import Passage
from tests.leaks.planted import key_secrets, people_secrets
from tests.leaks.scanner import Scan, files_below, scan
from tests.leaks.sinks import KEYS, KINDS, RESTRICTED, VAULT, sinks

pytestmark = [pytest.mark.services, pytest.mark.timeout(1800)]

SEED, DAY, SECOND_DAY = 404, "2025-11-11", "2025-11-12"
PEOPLE = tuple(canary(SEED, number) for number in range(3))
SAID = "temporary files and results of commands"
FIELDS = ("name", "mobile", "resident_id", "email", "address", "longitude", "latitude", "card")


@dataclass(frozen=True)
class Searched:
    """What a scan of the whole installation saw, place by place."""

    home: Path
    matcher: Matcher
    sinks: dict[str, Scan]
    controls: dict[str, Scan]
    files: dict[str, list[Path]]


@pytest.fixture(scope="module")
def passage(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Everything that can happen to planted people has happened: accepted, quarantined, refused, failed, published."""
    made = tmp_path_factory.mktemp("made")
    passage = Passage(platform, tmp_path_factory.mktemp("kept"))
    generate_into(made, platform)
    for path in files_below(made / "landing"):
        family, dataset = path.relative_to(made / "landing").parts[:2]
        passage.land(f"{family}.{dataset}", DAY, path.name, path.read_bytes())
    for dataset, name, content in odd_deliveries(made, PEOPLE):
        passage.land(dataset, DAY, name, content)
    passage.by_hand()
    passage.into_errors_of_the_engine()
    refused = passage.land(FEEDBACK, SECOND_DAY, "bad.csv", feedback_answers(made, PEOPLE[1], SECOND_DAY, bad=True))
    passage.through_the_scheduler("forms", ends="failed")
    passage.run("replay", FEEDBACK, refused, "--refuse", "资料有误，已请重报")
    passage.land(
        FEEDBACK, SECOND_DAY, f"{PEOPLE[1]['name']}.csv", feedback_answers(made, PEOPLE[1], SECOND_DAY, bad=False)
    )
    passage.through_the_scheduler("forms", ends="success")
    passage.to_a_viewer()
    passage.keep_command_lines()
    return passage


def generate_into(made: Path, platform: Platform) -> None:
    """The day lies elsewhere first: the installation's own demo day must not be taken for this one."""
    listed = made / "people.json"
    listed.write_text(json.dumps(PEOPLE, ensure_ascii=False), encoding="utf-8")
    options = {"home": made, "day": DAY, "size": "small", "seed": SEED, "canaries": listed}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    platform.run("python", "-m", "infra.demo.generate", *words)


@pytest.fixture(scope="module")
def searched(passage: Passage) -> Searched:
    home = passage.platform.home
    matcher = Matcher([*people_secrets(PEOPLE), *key_secrets(home)])
    files = sinks(home)
    found = {kind: scan(iter(paths), home, matcher) for kind, paths in files.items()}
    found[SAID] = scan(files_below(passage.kept), passage.kept, matcher)
    files[SAID] = list(files_below(passage.kept))
    inside = {zone: scan(files_below(home / zone), home, matcher) for zone in (*RESTRICTED, VAULT, *KEYS)}
    for place, one in {**found, **inside}.items():
        print(f"{place:<42} {one.files:>6} files {one.size / 2**20:>8.1f} MB, found {len(one.labels)}")
    return Searched(home, matcher, found, inside, files)


def of_people(scanned: Scan) -> set[str]:
    return {label for label in scanned.labels if " of person " in label}


# --- nothing where nobody may be ---


@pytest.mark.parametrize("kind", [*KINDS, SAID])
def test_no_planted_person_and_no_key_is_found_in(searched: Searched, kind: str):
    assert searched.sinks[kind].files, "nothing was looked at: this would prove nothing"
    assert not searched.sinks[kind].hits, searched.sinks[kind].report()
    assert searched.sinks[kind].undecoded == []


def test_no_place_below_the_home_was_left_out(searched: Searched):
    unnamed = {kind: found for kind, found in searched.sinks.items() if kind not in {*KINDS, SAID}}
    assert not any(found.hits for found in unnamed.values()), [found.report() for found in unnamed.values()]


def test_the_vault_holds_planted_people_sealed(searched: Searched):
    assert searched.controls[VAULT].files
    assert searched.controls[VAULT].labels == set()


# --- controls: the same scan finds them where they must be ---


def test_every_planted_value_lies_in_landing_and_in_raw(searched: Searched):
    everything = {secret.label for secret in people_secrets(PEOPLE)}
    assert of_people(searched.controls["landing"]) == everything
    assert of_people(searched.controls["raw"]) == everything


def test_quarantine_holds_the_rows_that_failed(searched: Searched):
    assert of_people(searched.controls["quarantine"]) >= {f"{field} of person 1" for field in FIELDS}


def test_keys_and_passwords_lie_in_their_own_folders(searched: Searched):
    keys = {secret.label for secret in key_secrets(searched.home) if "unpadded" not in secret.label}
    assert searched.controls["keys"].labels | searched.controls["secrets"].labels == keys
    assert len(keys) > 20
    assert not any(of_people(searched.controls[place]) for place in KEYS)


# --- controls: a plant on purpose in a copy of a real file of every kind ---


@pytest.mark.parametrize("field", ["name", "mobile"])
@pytest.mark.parametrize("kind", CONTROLS)
def test_a_plant_on_purpose_is_found_in(searched: Searched, tmp_path: Path, kind: str, field: str):
    pattern, plant = CONTROLS[kind]
    source = next(newest(path for path in searched.files[kind] if path.match(pattern)))
    target = tmp_path / f"copy{source.suffix}"
    plant(source, target, planted(PEOPLE[2], field))
    found = scan(iter([target]), tmp_path, searched.matcher)
    assert found.labels == {f"{field} of person 3"}
    assert PEOPLE[2]["name"] not in found.report()


def planted(person: Canary, field: str) -> str:
    return str(person[field])  # type: ignore[literal-required]


def newest(paths: Iterator[Path]) -> Iterator[Path]:
    """Newest first, for a file that a later commit replaced may hold no row; without what a service removed since."""
    there = [(path.stat().st_mtime, path) for path in paths if path.is_file() and path.stat().st_size]
    yield from (path for _, path in sorted(there, reverse=True))


def test_there_is_a_control_for_every_kind():
    assert set(CONTROLS) == {*KINDS, SAID}
