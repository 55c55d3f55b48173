"""`lakewarden prove`: lists of values, sinks, controls, states and the report, on a lake made by hand."""

import re
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import deltalake
import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from infra.demo.people import canary
from infra.demo.run import PLANTED, SEED
from jobs.cli import app
from jobs.errors import LeakFound, NotProved, ValuesRefused
from jobs.prove.controls import Control, controls, drawn
from jobs.prove.decoding import Format
from jobs.prove.disguises import Kind, Secret
from jobs.prove.evidence import markdown, write
from jobs.prove.matching import Matcher
from jobs.prove.planting import invented, is_found_by_chance
from jobs.prove.proof import Expectation, Proof, SinkProof, State
from jobs.prove.run import prove
from jobs.prove.scanner import Hit, Scan, files_below, scan
from jobs.prove.sinks import DELTA_LOGS, SINKS, TABLES, Sink, sink_of, sinks
from jobs.prove.values import listed
from jobs.prove.words import CHINESE, ENGLISH
from jobs.settings import Settings
from tests.leaks import places

PERSON = canary(21)
CLEAN = Secret("line 1", Kind.NUMBER, canary(22)["mobile"])


class Silent:
    def at(self, what): ...
    def of(self, size): ...
    def advance(self, size): ...


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A lake with one file in most sinks, two keys, and nobody anywhere but in raw."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    home = tmp_path / "lake"
    (tmp_path / "temporary" / "lakewarden-x").mkdir(parents=True)
    (tmp_path / "temporary" / "lakewarden-x" / "left.txt").write_text("nothing")
    table = pa.table({"k": ["a", "b"], "n": [1, 2]})
    for zone in ("raw", "desensitised", "marts", "ops"):
        places.write_parquet(home / zone / "t" / "part-0.parquet", table)
        places.write_parquet(home / zone / "t" / "_delta_log" / "10.checkpoint.parquet", table)
    places.in_plain_pages(home / "raw" / "t" / "part-1.parquet", PERSON)
    for folder in ("services", "published", "airflow/logs", "superset", "keys/token/customer", "secrets"):
        (home / folder).mkdir(parents=True)
    (home / "services" / "engine.log").write_text("started")
    (home / "airflow" / "logs" / "task.log").write_text('{"event": "done"}\n')
    places.sqlite_file(home / "superset" / "superset.db", "text")
    with duckdb.connect(str(home / "published" / "published.duckdb")) as database:
        database.execute("CREATE TABLE t AS SELECT 1 AS one")
    (home / "keys" / "token" / "customer" / "v1.key").write_bytes(bytes(range(128)))
    (home / "secrets" / "connect_token").write_text("a-long-token-of-words")
    return home


def proved(home, *values) -> Proof:
    return prove(Settings(home, 0, None, 0, 5), values or [CLEAN], apart=None, plant=False, watcher=Silent())


def found_in(proof) -> set[str]:
    return {sink.english for sink, _ in proof.hits}


def list_of(tmp_path, text, mode=0o600) -> Path:
    path = tmp_path / "people.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


# --- the list ---


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("麴骉翀", Kind.TEXT, "麴骉翀"),
        ("旻燊", Kind.TEXT, "旻燊"),
        ("canary@example.com", Kind.TEXT, "canary@example.com"),
        ("13000000001", Kind.NUMBER, "13000000001"),
        ("+86 130-0000-0001", Kind.NUMBER, "13000000001"),
        ("１３０００００００２", Kind.NUMBER, "1300000002"),
        ("11010519491231002x", Kind.NUMBER, "11010519491231002X"),
        ("113.264385", Kind.POSITION, "113.264385"),
    ],
)
def test_a_line_is_searched_for_as_what_it_looks_like(tmp_path, line, kind, value):
    assert listed(list_of(tmp_path, f"\ufeff\n{line}\n")) == [Secret("line 2", kind, value)]


def test_a_value_that_stands_twice_is_searched_for_once_under_its_first_line(tmp_path):
    found = listed(list_of(tmp_path, "麴骉翀\n\n旻燊\n麴骉翀\n"))
    assert [secret.label for secret in found] == ["line 1", "line 3"]


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        ("麴骉翀", 0o640, "chmod 600"),
        ("", 0o600, "no value"),
        (" \n", 0o600, "no value"),
        ("麴骉翀\n1234567", 0o600, "line 2"),
        ("abcde", 0o600, "line 1"),
        ("113.264385\n113.260004", 0o600, "line 2"),
        ("麴骉翀".encode("gb18030"), 0o600, "UTF-8"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_without_a_value(tmp_path, content, mode, reason):
    with pytest.raises(ValuesRefused, match=reason) as refused:
        listed(list_of(tmp_path, content, mode))
    assert "麴骉翀" not in str(refused.value)
    assert "1234567" not in str(refused.value)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(ValuesRefused, match="FileNotFoundError"):
        listed(tmp_path / "none")


# --- sinks ---


def test_every_file_beyond_the_restricted_zones_belongs_to_a_sink(home):
    found = {path.relative_to(home).parts[0] for paths in sinks(home).values() for path in paths}
    assert found == {"desensitised", "marts", "ops", "services", "published", "airflow", "superset"}


@pytest.mark.parametrize(
    ("path", "sink"),
    [
        ("desensitised/t/part-0.parquet", TABLES.english),
        ("desensitised/t/_delta_log/0.json", DELTA_LOGS.english),
        ("marts/.dbt/target/manifest.json", "dbt's target folder and logs"),
        ("airflow/airflow.db", "Airflow's database"),
        ("airflow/logs/x.log", "Airflow's logs"),
        ("superset/cache_data/x", "Superset's caches and sessions"),
        ("engine/scratch/x", "engine's scratch: shuffle, spill"),
        ("unheard/of", "other: unheard"),
    ],
)
def test_the_longest_path_that_fits_says_which_sink(path, sink):
    assert sink_of(Path("/lake") / path, Path("/lake")).english == sink


def test_every_sink_has_two_names_of_its_own():
    assert len({sink.english for sink in SINKS}) == len({sink.chinese for sink in SINKS}) == len(SINKS)


# --- controls ---


@pytest.mark.parametrize("place", ["in_plain_pages", "in_sqlite_text", "in_duckdb", "in_zip", "in_gzip", "in_zstd",
                                   "in_shuffle_block", "in_log", "in_unexpected_values"])  # fmt: skip
def test_a_control_is_found_in_a_copy_of_a_file_of_every_format(tmp_path, place):
    values = drawn()
    matcher = Matcher(values)
    (tmp_path / "sink").mkdir()
    places.PLACES[place](tmp_path / "sink" / "file", PERSON)
    searched = scan(files_below(tmp_path / "sink"), tmp_path, matcher)
    assert searched.hits == set()
    before = (tmp_path / "sink" / "file").read_bytes()
    planted = controls(searched, values, matcher, tmp_path / "scratch")
    assert [(control.label, control.found) for control in planted] == [(value.label, True) for value in values]
    assert (tmp_path / "sink" / "file").read_bytes() == before
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_control_that_the_search_does_not_know_is_missed(tmp_path):
    (tmp_path / "file").write_text("a log")
    matcher = Matcher([CLEAN])
    searched = scan([tmp_path / "file"], tmp_path, matcher)
    assert [control.found for control in controls(searched, drawn(), matcher, tmp_path / "scratch")] == [False, False]


def test_a_table_without_rows_can_be_planted_in(tmp_path):
    values = drawn()
    places.write_parquet(tmp_path / "empty.parquet", pa.table({"n": pa.array([], pa.int64())}))
    searched = scan([tmp_path / "empty.parquet"], tmp_path, Matcher(values))
    assert all(control.found for control in controls(searched, values, Matcher(values), tmp_path / "scratch"))


# --- the whole search ---


def test_a_lake_without_the_people_of_the_list_is_proved(home):
    proof = proved(home)
    assert proof.state is State.CLEAN
    states = {one.sink.english: one.state for one in proof.sinks}
    assert states[TABLES.english] == states["Superset's database"] == State.CLEAN
    assert states["Spark's event logs"] == states["Great Expectations results"] == State.ABSENT
    assert [expected.held for expected in proof.expectations] == [True]
    assert {one.sink.english: one.scan.rows for one in proof.sinks}[TABLES.english] == 2


def test_raw_is_no_sink(home):
    assert proved(home, Secret("line 1", Kind.NUMBER, PERSON["mobile"])).state is State.CLEAN


@pytest.mark.parametrize(
    ("file", "plant", "sink"),
    [
        ("desensitised/t/part-9.parquet", places.in_dictionary, TABLES.english),
        ("desensitised/t/_delta_log/11.json", places.in_log, DELTA_LOGS.english),
        ("published/published.duckdb.wal", places.in_log, "published file"),
        ("airflow/airflow.db", places.in_sqlite_pickle, "Airflow's database"),
        ("superset/superset.db-journal", places.in_log, "Superset's database"),
        ("engine/scratch/block", places.in_shuffle_block, "engine's scratch: shuffle, spill"),
        ("gx/validation.json", places.in_unexpected_values, "Great Expectations results"),
        ("backup/dump.gz", places.in_gzip, "other: backup"),
        ("../temporary/lakewarden-x/x", places.in_zstd, "temporary files of our programs"),
    ],
)
def test_a_known_value_is_found_in(home, file, plant, sink):
    (home / file).parent.mkdir(parents=True, exist_ok=True)
    plant(home / file, PERSON)
    proof = proved(home, Secret("line 1", Kind.NUMBER, PERSON["mobile"]))
    assert proof.state is State.LEAK
    assert found_in(proof) == {sink}


def test_a_deleted_row_is_found_where_delta_left_its_file_and_not_once_the_file_is_gone(home):
    table = home / "desensitised" / "d"
    deltalake.write_deltalake(table, pa.table({"phone": [PERSON["mobile"], "-"]}))
    deltalake.DeltaTable(table).delete("phone <> '-'")
    wanted = Secret("line 1", Kind.NUMBER, PERSON["mobile"])
    assert found_in(proved(home, wanted)) == {TABLES.english, DELTA_LOGS.english}
    deltalake.DeltaTable(table).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    assert found_in(proved(home, wanted)) == {DELTA_LOGS.english}, "its statistics still name the value"


def test_a_key_is_found_wherever_it_was_written(home):
    (home / "services" / "engine.log").write_text(f"options: {bytes(range(32)).hex()}")
    proof = proved(home)
    assert found_in(proof) == {"service logs"}
    assert {hit.label for _, hit in proof.hits} == {"token key customer"}


def test_a_file_that_cannot_be_decoded_leaves_its_sink_unproved(home):
    (home / "desensitised" / "t" / "part-2.parquet").write_bytes(b"PAR1 and no more")
    proof = proved(home)
    assert proof.state is State.UNPROVED
    gaps = {one.sink.english: one.gaps for one in proof.sinks if one.gaps}
    assert gaps == {TABLES.english: ["not decoded: desensitised/t/part-2.parquet: ArrowInvalid"]}


def test_the_list_itself_is_not_searched_and_nothing_of_the_search_is_left(home):
    people = home / "people.txt"
    people.write_text(PERSON["mobile"])
    people.chmod(0o600)
    settings = Settings(home, 0, None, 0, 5)
    proof = prove(settings, listed(people), apart=people, plant=False, watcher=Silent())
    assert proof.state is State.CLEAN
    assert not (home / "prove").exists()


def test_what_a_killed_search_left_is_removed_by_the_next(home):
    (home / "prove" / "copy-x").mkdir(parents=True)
    places.in_log(home / "prove" / "copy-x" / "said", PERSON)
    assert proved(home, Secret("line 1", Kind.NUMBER, PERSON["mobile"])).state is State.CLEAN
    assert not (home / "prove").exists()


def test_a_search_for_nothing_is_refused(home):
    for folder in ("keys", "secrets"):
        for path in list(files_below(home / folder)):
            path.unlink()
    with pytest.raises(NotProved, match="--values"):
        prove(Settings(home, 0, None, 0, 5), [], apart=None, plant=False, watcher=Silent())


def test_a_lake_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotProved, match="LAKE_HOME"):
        proved(tmp_path / "none")


# --- states and the report ---

SINK = Sink("a sink", "某去向")
HELD, MISSED = Control(Format.PLAIN, "control name", True), Control(Format.PLAIN, "control name", False)
HIT = Hit("a/file|b", "bytes", "line 3", "base64")


@pytest.mark.parametrize(
    ("scanned", "planted", "state"),
    [
        (Scan(files=1, size=9), [HELD], State.CLEAN),
        (Scan(files=1, size=0), [], State.CLEAN),
        (Scan(), [], State.ABSENT),
        (Scan(files=1, size=9), [HELD, MISSED], State.UNPROVED),
        (Scan(files=1, size=9), [], State.UNPROVED),
        (Scan(files=1, size=9, undecoded=["x: EOFError"]), [HELD], State.UNPROVED),
        (Scan(files=1, size=9, hits={HIT}, undecoded=["x: EOFError"]), [MISSED], State.LEAK),
    ],
)
def test_the_state_of_a_sink(scanned, planted, state):
    assert SinkProof(SINK, scanned, planted).state is state


def proof_of(*scans, held=True) -> Proof:
    sinks = [
        SinkProof(replace(SINK, english=f"sink {n}"), one, [HELD] if one.files else []) for n, one in enumerate(scans)
    ]
    at = datetime(2026, 1, 31, 4, 5, tzinfo=UTC)
    return Proof(at, {Kind.NUMBER: 2}, 7, sinks, [Expectation("raw holds them", "原始区含全部植入值", held)])


@pytest.mark.parametrize(
    ("proof", "state"),
    [
        (proof_of(Scan(files=1, size=9), Scan()), State.CLEAN),
        (proof_of(Scan(), Scan()), State.UNPROVED),
        (proof_of(Scan(files=1, size=9), held=False), State.UNPROVED),
        (proof_of(Scan(files=1, size=9), Scan(files=1, size=9, hits={HIT}), held=False), State.LEAK),
    ],
)
def test_the_worst_sink_and_every_control_decide(proof, state):
    assert proof.state is state


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_a_report_says_what_was_looked_at_and_what_was_found(words):
    text = markdown(proof_of(Scan(files=3, size=1 << 20, rows=70, hits={HIT}), Scan()), words, "lakewarden prove")
    assert "2026-01-31 04:05" in text
    assert words.verdict[State.LEAK] in text
    assert re.search(r"^\| .+ \| 3 \| 1\.0 \| 70 \| 1 / 1 \| 1 \| ", text, re.MULTILINE)
    assert "`a/file\\|b` | `bytes` | line 3 | base64 |" in text
    assert f"{words.kinds[Kind.NUMBER]} 2, {words.keys} 7" in text
    assert "{" not in text


def test_reports_are_written_in_two_languages_and_two_formats_for_their_owner_alone(tmp_path):
    written = write(proof_of(Scan(files=1, size=9)), tmp_path, "lakewarden prove")
    names = {path.name for path in written}
    assert names == {
        f"leaks-20260131T040500Z.{language}.{kind}" for language in ("en", "zh") for kind in ("md", "html")
    }
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    pages = [path.read_text(encoding="utf-8") for path in written if path.suffix == ".html"]
    assert all("<table>" in page for page in pages)


# --- the command ---


@pytest.mark.parametrize(("planted", "code"), [(False, 0), (True, LeakFound.exit_code)])
def test_the_command_ends_as_the_search_did_and_prints_no_value(home, tmp_path, monkeypatch, planted, code):
    people = list_of(tmp_path, f"{PERSON['name']}\n{PERSON['mobile']}\n")
    monkeypatch.setenv("LAKE_HOME", str(home))
    if planted:
        places.in_sqlite_text(home / "superset" / "more.db", PERSON)
    ended = CliRunner().invoke(app, ["prove", "--values", str(people)])
    assert getattr(ended.exception, "exit_code", 0) == code
    said = (
        ended.output
        + str(ended.exception)
        + "".join(path.read_text(encoding="utf-8") for path in (home / "evidence").iterdir())
    )
    assert "superset" in said.lower()
    assert not {PERSON["name"], PERSON["mobile"]} & set(re.findall(r"[\w]+", said))
    assert len(list((home / "evidence").iterdir())) == 4


def test_a_database_that_is_being_written_can_be_searched(home):
    with closing(sqlite3.connect(home / "airflow" / "airflow.db")) as live:
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("CREATE TABLE log (extra)")
        live.execute("INSERT INTO log VALUES (?)", [PERSON["mobile"]])
        live.commit()
        live.execute("INSERT INTO log VALUES ('not committed yet')")
        assert found_in(proved(home, Secret("line 1", Kind.NUMBER, PERSON["mobile"]))) == {"Airflow's database"}


def test_people_who_would_be_found_by_chance_are_not_planted():
    person = canary(23)
    middle = {**person, "longitude": round(13_000.5 * 1000 / 111_320, 6)}
    assert [is_found_by_chance(one) for one in (person, middle, {**person, "latitude": 30.250003})] == [
        False,
        True,
        True,
    ]
    assert not any(map(is_found_by_chance, (canary(SEED, number) for number in range(PLANTED)))), "the demo's own"
    assert len({person["name"] for person in invented()}) > 1
