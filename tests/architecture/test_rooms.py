"""The conventions that hold the rooms apart; files only, no service."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contracts", "expectations", "jobs", "dags", "dbt_project", "dashboards", "infra")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    files = [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    assert files, f"no file matches {patterns}: this test would prove nothing"
    return files


def sources(*rooms):
    return tracked(*(f"{room}/**.py" for room in rooms))


def lines_with(pattern, files):
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if expression.search(line)
    ]


def test_imports_go_one_way():
    found = subprocess.run(["lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_every_room_exists_and_has_files():
    for room in ROOMS:
        assert tracked(f"{room}/*"), room


def test_jobs_use_only_what_spark_connect_offers():
    forbidden = r"\bsparkContext\b|\b_jvm\b|\.rdd\b|\bSparkContext\b|\.toPandas\("
    assert lines_with(forbidden, sources("jobs", "expectations")) == []


def test_one_place_opens_a_client():
    opened = {line.split(":")[0] for line in lines_with(r"\.remote\(", sources("jobs", "expectations", "dags"))}
    assert opened == {"jobs/storage/engine.py"}


def test_only_settings_reads_the_environment():
    readers = {
        line.split(":")[0]
        for line in lines_with(
            r"os\.environ(?!\.setdefault|\[\"SPARK|, \"DO)", sources("jobs", "contracts", "expectations")
        )
    }
    # the build hands its whole environment to dbt, and a door to whoever runs its command; they read nothing from it
    assert readers <= {
        "jobs/settings.py", "jobs/publish/build.py", "jobs/standby/door.py", "jobs/standby/server.py",
    }  # fmt: skip


def test_dbt_reads_desensitised_tables_and_the_ledger_only():
    models = tracked("dbt_project/models/**.sql")
    calls = [call for path in models for call in re.findall(r"source\('(\w+)'", path.read_text(encoding="utf-8"))]
    assert calls
    assert set(calls) == {"desensitised", "ops"}
    assert lines_with(r"\b(raw|vault|quarantine)\.", models) == []


def test_no_registry_host_and_no_path_of_one_machine_is_in_the_tree():
    # written apart, so that this file does not find itself
    hosts = [
        "py" + "pi.org",
        "python" + "hosted",
        "maven" + ".org",
        "maven" + ".apache.org/maven2",
        "registry.npm" + "js",
        "debian" + ".org/debian",
    ]
    places = ["/wo" + "rk/main", "/ro" + "ot/", "/ho" + "me/"]
    pattern = "|".join(map(re.escape, (*hosts, *places)))
    assert lines_with(pattern, tracked()) == []


def test_locks_hold_hashes_and_no_address():
    locks = tracked("infra/locks/*.txt")
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text, path
        assert "://" not in text, path
        assert "--index" not in text, path


def test_every_wish_has_its_lock():
    wishes, locks = (tracked(f"infra/locks/*.{kind}") for kind in ("in", "txt"))
    assert {path.stem for path in wishes} == {path.stem for path in locks}


@pytest.mark.parametrize("target", ["demo", "test", "up", "setup", "bench"])
def test_only_measuring_sets_up_what_is_measured_beside_us(target):
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "infra/setup.sh" in dry.stdout
    assert ("--for-bench" in dry.stdout) == (target == "bench")


def test_the_set_up_makes_that_environment_only_when_it_is_told():
    lines = (ROOT / "infra" / "setup.sh").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if "environment bench" in line]
    assert line.startswith('if [[ "${1:-}" == --for-bench ]]; then environment bench')


def test_no_room_for_everything():
    names = {"utils", "helpers", "common", "misc"}
    assert [str(path) for path in tracked("*.py") if path.stem in names or set(path.parts) & names] == []


@pytest.mark.parametrize("room", ["contracts", "expectations", "jobs", "dags", "dashboards", "infra"])
def test_files_fit_in_a_head(room):
    long = [
        str(path.relative_to(ROOT))
        for path in sources(room)
        if len(path.read_text(encoding="utf-8").splitlines()) > 320
    ]
    assert long == []


def test_every_skip_says_why():
    silent = r"pytest\.skip\(\)|mark\.skip\b(?!\()|mark\.skip\(\)"
    assert lines_with(silent, tracked("tests/**.py")) == []


def test_the_readme_leads_with_exactly_two_commands():
    block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    commands = [line.split("#")[0].strip() for line in block.group(1).splitlines()]
    assert commands == ["make demo", "make test"]


def test_every_link_of_the_documentation_leads_somewhere():
    documents = tracked("*.md")
    broken = []
    for path in documents:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_ci_runs_the_command_of_the_readme():
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_project_says_how_it_is_checked():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["mypy"]["strict"] is True
    assert len(settings["tool"]["importlinter"]["contracts"]) >= 4
