import ast
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pendulum
import pytest
import typer
from jinja2 import Environment, StrictUndefined

from contracts.families import families
from contracts.loading import from_form_servers
from jobs.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
DAGS = ROOT / "dags"
HEAVY = {"pyspark", "pandas", "numpy", "pyarrow", "great_expectations", "duckdb", "dbt", "jobs", "expectations"}


ADDRESS = "https://forms.invalid/api/v2/assets/a4711/data"


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The DAG files as a fresh process of Airflow sees them, on an installation that knows no form server."""
    return read_dags(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def with_address(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The DAGs on an installation that knows where every form server is."""
    addresses = {contract.server_setting: ADDRESS for contract in from_form_servers()}
    listed = read_dags(tmp_path_factory.mktemp("airflow"), **addresses)
    assert not listed["errors"]
    found: dict[str, Any] = listed["dags"]
    return found


def read_dags(home: Path, **settings: str) -> dict[str, Any]:
    foreign = ("AIRFLOW", "LAKEWARDEN_PULL_")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(foreign)},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": f"{ROOT}:{DAGS}",
        **settings,
    }
    script, result = Path(__file__).with_name("list_dags.py"), home / "dags.json"
    read = subprocess.run(
        [sys.executable, script, DAGS, result], env=environment, check=False, capture_output=True, text=True
    )
    assert read.returncode == 0, read.stderr
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def dags(listing: dict[str, Any]) -> dict[str, Any]:
    assert not listing["errors"]
    assert listing["dags"], "no DAG found: these tests would prove nothing"
    found: dict[str, Any] = listing["dags"]
    return found


@pytest.fixture(scope="module")
def tasks(dags: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """`dag: task` to what it is."""
    found = {f"{dag}: {name}": task for dag, about in dags.items() for name, task in about["tasks"].items()}
    assert found
    return found


def test_every_family_and_form_server_of_contracts_has_its_dag_and_every_other_dag_its_file(dags):
    sources = {family.name: "sources.py" for family in families()}
    pulls = {f"pull_{contract.id}": "pulls.py" for contract in from_form_servers()}
    made = {*sources.values(), *pulls.values()}
    others = {path.stem: path.name for path in DAGS.glob("*.py") if path.name not in made}
    assert {dag: about["file"] for dag, about in dags.items()} == sources | pulls | others


def test_every_dag_says_what_it_is_and_whose_it_is(dags):
    for dag, about in dags.items():
        assert about["doc"], dag
        told = "lakewarden status" in about["doc"] or "lakewarden reveal list" in about["doc"]
        assert told, f"{dag}: the doc does not say where to look when it stops"
        assert about["tags"], dag
        assert about["title"] != dag, f"{dag}: no title in Chinese"
        assert set(about["owners"]) - {"airflow", ""}, f"{dag}: nobody owns it"


def test_no_dag_makes_up_for_the_past_or_runs_beside_itself_unless_it_waits_for_a_person(dags):
    assert {dag for dag, about in dags.items() if about["catchup"]} == set()
    assert {dag for dag, about in dags.items() if about["runs_at_a_time"] != 1} == {
        "reveal", "reports", "report_corrections",
    }  # fmt: skip


def test_every_waiting_dataset_of_a_family_goes_through_its_four_steps_in_order(dags):
    steps = [f"dataset.{step}" for step in ("ingest", "gate_raw", "desensitise", "gate_desensitised")]
    for family in families():
        tasks = dags[family.name]["tasks"]
        assert set(tasks) == {"waiting", *steps}
        assert tasks["waiting"]["upstream"] == []
        before = {step: set(tasks[step]["upstream"]) - {"waiting"} for step in steps}
        assert before == dict(zip(steps, [set(), *({step} for step in steps)], strict=False))


def test_marts_are_built_then_judged_then_published(dags):
    upstream = {task: about["upstream"] for task, about in dags["marts"]["tasks"].items()}
    assert upstream == {"build": [], "gate_marts": ["build"], "publish": ["gate_marts"]}


def test_only_the_gate_behind_a_dataset_releases_it_and_any_family_starts_the_marts(dags, tasks):
    released = {task: about["outlets"] for task, about in tasks.items() if about["outlets"]}
    expected = {f"{family.name}: dataset.gate_desensitised": [f"lakewarden/{family.name}"] for family in families()}
    assert released == expected
    assert dags["marts"]["waits_for"] == {"AssetAny": sorted(asset for assets in expected.values() for asset in assets)}


def test_sources_are_taken_by_the_clock_of_china_and_at_midnight_so_that_a_backfill_ends_with_its_last_day(dags):
    for family in families():
        assert dags[family.name]["times"] == [[time, "Asia/Shanghai"] for time in family.taken_at]
        assert "0 0 * * *" in family.taken_at


def test_a_form_server_is_asked_by_the_command_at_the_times_of_its_contract(with_address):
    asked = [contract for contract in from_form_servers() if contract.source.pull]
    assert asked, "no contract names a form server: this test would prove nothing"
    for contract in asked:
        about = with_address[f"pull_{contract.id}"]
        assert about["times"] == [[time, "Asia/Shanghai"] for time in contract.source.pull.taken_at]
        assert {task["command"] for task in about["tasks"].values()} == {
            "lakewarden pull $DATASET --nothing-new-exit-code 99"
        }
        assert about["tasks"]["pull"]["variables"]["DATASET"] == contract.id
        assert contract.source.pull.taken_at[0] in about["doc"]
        assert f"{contract.source.pull.at_most_every_minutes} 分钟" in about["doc"]


def test_without_an_address_no_clock_asks_a_form_server_and_the_dag_says_why(dags):
    for contract in from_form_servers():
        about = dags[f"pull_{contract.id}"]
        assert (about["times"], about["waits_for"], about["clock"]) == ([], {}, "NullTimetable")
        assert f"本实例未设置表单服务器地址 `{contract.server_setting}`" in about["doc"]


def test_where_a_form_server_is_and_what_it_wants_to_see_is_nowhere_in_a_dag(with_address):
    assert ADDRESS not in json.dumps(with_address)
    variables = {name for dag, about in with_address.items() if dag.startswith("pull_")
                 for task in about["tasks"].values() for name in task["variables"]}  # fmt: skip
    assert variables == {"PATH", "DATASET"}


def test_a_reveal_is_opened_behind_an_approval_that_is_written_down_and_nowhere_else(dags):
    upstream = {task: about["upstream"] for task, about in dags["reveal"]["tasks"].items()}
    assert upstream == {"request": [], "approve": ["decide"], "refuse": ["decide"], "open": ["approve"]}
    assert dags["reveal"]["others"] == ["decide"]


def test_a_report_is_issued_behind_two_checks_and_an_approval_that_are_written_down_and_nowhere_else(dags):
    upstream = {task: about["upstream"] for task, about in dags["reports"]["tasks"].items()}
    assert upstream == {
        "draft": [],
        "check_signed": ["check"], "check_refused": ["check"],
        "agree_signed": ["agree"], "agree_refused": ["agree"],
        "approve_signed": ["approve"], "approve_refused": ["approve"],
        "release": ["approve_signed"],
    }  # fmt: skip
    assert dags["reports"]["questions"] == {
        "check": ["draft"], "agree": ["check_signed"], "approve": ["agree_signed"],
    }  # fmt: skip


def test_a_correction_of_a_report_is_issued_behind_the_approval_alone(dags):
    upstream = {task: about["upstream"] for task, about in dags["report_corrections"]["tasks"].items()}
    assert upstream == {
        "draft": [], "approve_signed": ["approve"], "approve_refused": ["approve"], "release": ["approve_signed"],
    }  # fmt: skip
    assert dags["report_corrections"]["questions"] == {"approve": ["draft"]}


def test_no_text_of_a_requester_becomes_a_part_of_a_command(dags):
    asked = ("reveal", "reports", "report_corrections")
    commands = [about["command"] for dag in asked for about in dags[dag]["tasks"].values()]
    assert commands
    assert [command for command in commands if "{{" in command] == []


def test_whole_files_in_landing_start_their_families(dags):
    assert dags["arrivals"]["waits_for"] == {"Asset": ["lakewarden/landing"]}
    assert dags["arrivals"]["watched_by"] == ["WholeFiles"]
    assert dags["arrivals"]["others"] == ["start", "which_families"]


def test_nothing_runs_behind_a_gate_that_did_not_pass(tasks):
    assert {
        task: about["trigger_rule"] for task, about in tasks.items() if about["trigger_rule"] != "all_success"
    } == {}


def test_a_skip_means_nothing_new_and_only_ingest_and_pull_can_say_so(tasks):
    skipped = {task: about["skipped_on"] for task, about in tasks.items() if about["skipped_on"]}
    assert set(skipped) == {task for task in tasks if task.endswith((".ingest", ": pull"))}
    for task, codes in skipped.items():
        assert codes == [99], task
        assert "--nothing-new-exit-code 99" in tasks[task]["command"]


def test_no_output_of_a_command_reaches_the_database_but_names_of_datasets_and_ids_of_requests(tasks):
    pushing = {task: about["command"] for task, about in tasks.items() if about["pushes_xcom"]}
    assert pushing.pop("reveal: request").endswith(" --json")
    assert pushing.pop("reports_due: due").endswith(" due --json")
    for drafting in ("reports: draft", "report_corrections: draft"):
        assert pushing.pop(drafting).endswith(" --json")
    assert set(pushing) == {f"{family.name}: waiting" for family in families()}
    assert all(command.startswith("lakewarden waiting ") for command in pushing.values())


def test_every_task_ends_is_tried_again_and_says_what_stopped(tasks):
    for task, about in tasks.items():
        assert about["timeout_s"], f"{task}: a hanging client of a dead engine would wait for ever"
        assert about["retries"] >= 1, task
        assert about["retry_delay_s"] >= 10, f"{task}: an engine needs longer to come back"
        assert about["calls_on_failure"] == ["say_what_stopped"], task
        assert not about["title"].isascii(), f"{task}: no title in Chinese"


def test_no_command_runs_twice_at_a_time_for_one_dataset(tasks):
    assert {about["at_a_time"] for about in tasks.values()} == {1}


def test_engine_work_waits_in_a_pool_that_exists_and_the_build_takes_all_of_it(tasks):
    pools = _constant(ROOT / "infra" / "airflow" / "prepare.py", "POOLS")
    for task, about in tasks.items():
        if task.endswith((": waiting", ": pull")) or (
            task.startswith(("reveal", "report", "expiry")) and task != "reveal: open"
        ):
            assert about["pool"] == "default_pool", f"{task} asks no engine and must not wait for it"
            continue
        assert about["pool"] in pools, task
        assert about["pool_slots"] <= pools[about["pool"]][0], f"{task} would never start"
    build = tasks["marts: build"]
    assert build["pool_slots"] == pools["engine"][0]
    assert build["priority"] < min(about["priority"] for task, about in tasks.items() if task != "marts: build")


@pytest.mark.parametrize("run", ["scheduled", "manual", "backfill"])
def test_every_task_is_one_command_that_the_command_line_understands(tasks, run):
    for task, about in tasks.items():
        program, *words = shlex.split(_rendered(about["command"], run).replace("$DATASET", "crm.customers"))
        assert program == "lakewarden", task
        command = typer.main.get_command(app)
        while commands := getattr(command, "commands", None):
            command = commands[words.pop(0)]
        command.make_context(task, words)  # raises on a word that it does not know


@pytest.mark.parametrize("step", ["waiting", "dataset.ingest"])
def test_a_backfill_takes_the_files_of_its_day_and_every_other_run_takes_all(tasks, step):
    command = tasks[f"crm: {step}"]["command"]
    everything = _rendered(command, "manual")
    assert "--day" not in everything
    assert _rendered(command, "scheduled") == everything
    assert _rendered(command, "backfill").replace(" --day 2026-01-31", "") == everything
    assert " --day 2026-01-31" in _rendered(command, "backfill")


def test_a_dag_file_is_a_table_of_contents():
    for path in DAGS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, path.name
        imported = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
        assert imported <= {
            "airflow.sdk",
            "pipeline.stages",
            "pipeline.reveals",
            "pipeline.reports",
            "pipeline.pulls",
            "pipeline.expiry",
        }, path.name


def test_reading_the_files_loads_nothing_heavy(listing, record_property):
    record_property("parse_s", listing["parse_s"])
    print(f"DAG files read in {listing['parse_s']:.2f} s: {listing['seconds']}")
    assert "contracts" in listing["imported"], "the listing of modules is empty: this would prove nothing"
    assert HEAVY & set(listing["all_modules"]) == set()


def _rendered(command: str, run: str) -> str:
    """The command as Airflow hands it to bash; a run by hand has no date at all."""
    context: dict[str, Any] = {"dag_run": {"run_type": run}}
    if run != "manual":
        context["logical_date"] = pendulum.datetime(2026, 1, 30, 21)  # UTC; in China it is 05:00 of the next day
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(command).render(context)  # noqa: S701


def _constant(path: Path, name: str) -> Any:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == [
            name
        ]:
            return ast.literal_eval(node.value)
    raise LookupError(f"{path.name} sets no {name}")
