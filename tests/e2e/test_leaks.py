"""Planted people on their way through the whole platform are found in the restricted zones and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.demo.people import canary
from infra.demo.run import PLANTED, SEED
from jobs.prove.controls import controls, drawn
from jobs.prove.deliveries import FEEDBACK, feedback_answers, odd_deliveries
from jobs.prove.disguises import Secret
from jobs.prove.matching import Matcher
from jobs.prove.planting import people_secrets
from jobs.prove.proof import SinkProof, State
from jobs.prove.scanner import Scan, files_below, scan
from jobs.prove.sinks import KEYS, RESTRICTED, SINKS, Sink, sinks
from jobs.prove.values import keys_and_passwords
from jobs.storage.zones import Zone
from tests.conftest import Platform
from tests.leaks.passage import Passage

pytestmark = [pytest.mark.services, pytest.mark.timeout(1800)]

DAY, SECOND_DAY = "2025-11-11", "2025-11-12"
PEOPLE = tuple(canary(SEED, number) for number in range(PLANTED))
SAID = Sink("temporary files and results of commands", "命令的输出与临时文件")
#: Nothing of ours writes these here; a folder of that name would be searched.
NOT_HERE = {"Spark's event logs", "Great Expectations results", "evidence reports", "temporary files of our programs"}
HERE = [sink for sink in (*SINKS, SAID) if sink.english not in NOT_HERE]
FIELDS = ("name", "mobile", "resident_id", "email", "address", "longitude", "latitude", "card")


@dataclass(frozen=True)
class Searched:
    """What a scan of the whole installation saw, place by place."""

    home: Path
    matcher: Matcher
    control_values: tuple[Secret, ...]
    sinks: dict[Sink, Scan]
    restricted: dict[str, Scan]


@pytest.fixture(scope="module")
def passage(demo: Platform, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Everything that can happen to the demo's planted people has happened.

    Through the demo they were accepted, quarantined and published; here they are also refused, failed, in odd places.
    """
    made = tmp_path_factory.mktemp("made")
    passage = Passage(demo, tmp_path_factory.mktemp("kept"))
    generate_into(made, demo)
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
    """A day with the same people, elsewhere: what odd files are made from."""
    options = {"home": made, "day": DAY, "size": "small", "seed": SEED, "planted": PLANTED}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    platform.run("python", "-m", "infra.demo.generate", *words)


@pytest.fixture(scope="module")
def searched(passage: Passage) -> Searched:
    home, control_values = passage.platform.home, drawn()
    matcher = Matcher([*people_secrets(PEOPLE), *keys_and_passwords(home), *control_values])
    told = home / "demo" / "planted.txt"  # whom the demo itself searched for
    assert told.exists()
    found = {sink: scan([path for path in paths if path != told], home, matcher) for sink, paths in sinks(home).items()}
    found[SAID] = scan(files_below(passage.kept), passage.kept, matcher)
    restricted = {zone: scan(files_below(home / zone), home, matcher) for zone in (*RESTRICTED, *KEYS)}
    for place, one in {**{sink.english: one for sink, one in found.items()}, **restricted}.items():
        print(f"{place:<42} {one.files:>6} files {one.size / 2**20:>8.1f} MB, found {len(one.labels)}")
    return Searched(home, matcher, control_values, found, restricted)


def of_people(scanned: Scan) -> set[str]:
    return {label for label in scanned.labels if " of person " in label}


# --- nothing where nobody may be ---


@pytest.mark.parametrize("sink", HERE, ids=lambda sink: sink.english)
def test_no_planted_person_and_no_key_is_found_in(searched: Searched, sink: Sink):
    assert searched.sinks[sink].files, "nothing was looked at: this would prove nothing"
    assert not searched.sinks[sink].hits, searched.sinks[sink].report()
    assert searched.sinks[sink].undecoded == []


def test_no_place_below_the_home_was_left_out(searched: Searched):
    rest = {sink: found for sink, found in searched.sinks.items() if sink not in HERE}
    assert not any(found.hits for found in rest.values()), [found.report() for found in rest.values()]


def test_the_vault_holds_planted_people_sealed(searched: Searched):
    assert searched.restricted[Zone.VAULT].files
    assert searched.restricted[Zone.VAULT].labels == set()


# --- controls: the same scan finds them where they must be ---


def test_every_planted_value_lies_in_landing_and_in_raw(searched: Searched):
    everything = {secret.label for secret in people_secrets(PEOPLE)}
    assert of_people(searched.restricted["landing"]) == everything
    assert of_people(searched.restricted[Zone.RAW]) == everything


def test_quarantine_holds_the_rows_that_failed(searched: Searched):
    assert of_people(searched.restricted[Zone.QUARANTINE]) >= {f"{field} of person 1" for field in FIELDS}


def test_keys_and_passwords_lie_in_their_own_folders(searched: Searched):
    keys = {secret.label for secret in keys_and_passwords(searched.home) if "unpadded" not in secret.label}
    assert searched.restricted["keys"].labels | searched.restricted["secrets"].labels == keys
    assert len(keys) > 20
    assert not any(of_people(searched.restricted[place]) for place in KEYS)


# --- controls: a plant on purpose in a copy of a real file of every format in every sink ---


@pytest.mark.parametrize("sink", HERE, ids=lambda sink: sink.english)
def test_a_plant_on_purpose_is_found_in(searched: Searched, tmp_path: Path, sink: Sink):
    planted = controls(searched.sinks[sink], searched.control_values, searched.matcher, tmp_path)
    assert len(planted) >= len(searched.control_values)
    assert [control for control in planted if not control.found] == []
    assert SinkProof(sink, searched.sinks[sink], planted).state is State.CLEAN
