"""Gate 4 holds each mart to what its model declares of the people in it, and keeps the figures either way."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from expectations.errors import GateFailed, PrivacyUndeclared
from jobs.cli import app
from jobs.privacy.show import newest
from jobs.publish.build import MARTS, target
from jobs.publish.gate import verify_marts
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

pytestmark = pytest.mark.spark

MART = "fct_privacy_gate"
PRIVACY = {
    "rows": "aggregates", "people": ["buyer_count"], "quasi_identifiers": ["region_code"], "minimum_k": 5,
    "sensitive": {"product_code": {"minimum_l": 2, "maximum_t": 0.5}},
}  # fmt: skip
BUILD = BatchRow(MARTS, "build1", Zone.DESENSITISED, BatchState.WRITTEN, None, 1, 2, "0", "", "")


@pytest.fixture
def mart(lake):
    """A build of one mart, as dbt leaves it: a table, a manifest, the results. Call it with rows and a declaration."""

    def built(rows, privacy=PRIVACY, *, build="build1"):
        path = lake.home / "marts" / MART
        lake.spark.sql("CREATE DATABASE IF NOT EXISTS marts_build")
        frame = lake.spark.createDataFrame(rows, "region_code string, product_code string, buyer_count bigint")
        frame.write.format("delta").mode("overwrite").save(str(path))
        lake.spark.sql(f"CREATE TABLE IF NOT EXISTS marts_build.{MART} USING delta LOCATION '{path}'")
        columns = {name: {"name": name} for name in frame.columns}
        node = {
            "resource_type": "model", "fqn": ["lakewarden", "marts", "demo", MART], "name": MART, "columns": columns,
            "config": {"meta": {"privacy": privacy} if privacy else {}},
        }  # fmt: skip
        target(lake.home).mkdir(parents=True, exist_ok=True)
        written = {"manifest.json": {"nodes": {"model.x": node}}, "run_results.json": {"results": RESULTS}}
        for name, content in written.items():
            (target(lake.home) / name).write_text(json.dumps(content), encoding="utf-8")
        Ledger(lake.home).record("batches", [replace(BUILD, batch_id=build, table_version=int(build[-1]))])

    yield built
    lake.spark.sql(f"DROP TABLE IF EXISTS marts_build.{MART}")


RESULTS = [{"unique_id": "model.x", "status": "success"}, {"unique_id": "test.x", "status": "pass"}]
GOOD = [("330100", "a", 6), ("330100", "b", 5), ("330200", "a", 9), ("330200", "b", 5), ("330200", "c", None)]


def verify(lake, *, smallest_visible_group=5):
    return verify_marts(lake, smallest_visible_group=smallest_visible_group)


def figures_of(lake):
    (measured,) = newest(Ledger(lake.home))
    return {each.measure: each.value for each in measured.figures}


def published(lake):
    return Ledger(lake.home).ask("SELECT publication_id, row_count, smallest_group FROM publications")


def test_what_a_reader_could_learn_of_few_people_is_refused_and_the_figures_say_why(lake, mart):
    mart([*GOOD[:3], ("330200", "b", 3)])
    with pytest.raises(GateFailed) as refusal:
        verify(lake)
    assert f"{MART}.buyer_count.k_short_of_5: 2 (allowed: 0)" in str(refusal.value)
    assert "`lakewarden privacy` shows the figures" in str(refusal.value)
    assert (figures_of(lake)["k"], published(lake)) == (3, [])

    mart(GOOD, build="build2")
    verify(lake)
    assert published(lake) == [{"publication_id": "build2", "row_count": 5, "smallest_group": 5}]
    assert figures_of(lake)["hidden_groups"] == 1


def test_a_class_in_which_all_are_alike_is_refused(lake, mart):
    mart([*GOOD, ("330300", "a", 50)])
    with pytest.raises(GateFailed, match=rf"{MART}\.buyer_count\.product_code\.distinct_l_short_of_2: 1"):
        verify(lake)


def test_a_class_far_from_the_whole_is_refused(lake, mart):
    mart([("330100", "a", 95), ("330100", "b", 5), ("330200", "a", 5), ("330200", "b", 995)])
    with pytest.raises(GateFailed, match=r"buyer_count\.product_code\.t: 0.859"):
        verify(lake)


def test_an_installation_may_ask_for_more_than_the_mart_and_never_for_less(lake, mart):
    mart(GOOD)
    with pytest.raises(GateFailed, match="k_short_of_10: 5"):
        verify(lake, smallest_visible_group=10)
    mart([*GOOD[:3], ("330200", "b", 4)], build="build2")
    with pytest.raises(GateFailed, match="k_short_of_5: 1"):
        verify(lake, smallest_visible_group=3)


def test_an_identifier_in_a_text_is_refused_and_never_repeated(lake, mart):
    mart([*GOOD, ("330200", "13800138000", 7)])
    with pytest.raises(GateFailed, match=rf"{MART}\.identity_left: 1") as refusal:
        verify(lake)
    assert "13800138000" not in str(refusal.value)


def test_a_mart_that_does_not_say_who_is_in_it_stops_everything(lake, mart):
    mart(GOOD, privacy=None)
    with pytest.raises(PrivacyUndeclared, match=MART):
        verify(lake)
    assert published(lake) == []


def test_the_command_prints_level_and_bounds_in_chinese(lake, mart, monkeypatch):
    mart(GOOD)
    verify(lake)
    monkeypatch.setenv("LAKE_HOME", str(lake.home))
    said = CliRunner().invoke(app, ["privacy"])
    assert said.exit_code == 0
    assert "3 级: 重标识风险可接受" in said.output
    assert "5 (5)" in said.output
    assert "2 (2)" in said.output
    nothing = CliRunner().invoke(app, ["privacy", "mart", "fct_of_nobody"])
    assert nothing.exit_code != 0
