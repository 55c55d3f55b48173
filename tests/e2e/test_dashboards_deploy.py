"""A deploy into a Superset of its own: cold, again, after something strayed, and with an import that fell short."""

import os
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dashboards.deploy import ROOT
from dashboards.marts import read_marts
from dashboards.sources import read_sources

pytestmark = [pytest.mark.timeout(1200)]

BOARDS = read_sources().boards
SAID = f"{len(BOARDS)} dashboards, {sum(len(board.charts) for board in BOARDS)} charts"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with nothing in it but a published file of empty marts."""
    lake = tmp_path_factory.mktemp("lake")
    (lake / "published").mkdir()
    with duckdb.connect(str(lake / "published" / "published.duckdb")) as published:
        published.execute("CREATE SCHEMA mart")
        for name, mart in read_marts().items():
            columns = ", ".join(f'"{column.name}" {column.data_type}' for column in mart.values())
            published.execute(f"CREATE TABLE mart.{name} ({columns})")
    return lake


def in_superset(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Superset's Python as the service does, on this lake."""
    shell = ROOT / "infra" / "superset" / "superset.sh"
    environment = os.environ | {"LAKE_HOME": str(lake), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([shell, "python", *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def deployed(lake: Path) -> Path:
    """The lake after a first deploy."""
    subprocess.run([ROOT / "infra" / "secrets.sh"], env=os.environ | {"LAKE_HOME": str(lake)}, check=True)
    first = in_superset(lake, "-m", "dashboards.deploy")
    assert first.returncode == 0, first.stderr[-2000:]
    assert f"deployed {SAID}" in first.stdout
    return lake


def test_a_second_deploy_finds_nothing_new_without_starting_superset(deployed: Path):
    started = time.monotonic()
    second = in_superset(deployed, "-m", "dashboards.deploy")
    assert f"nothing new, {SAID}" in second.stdout
    assert time.monotonic() - started < 5


def test_superset_keeps_its_files_and_its_passwords_to_itself(deployed: Path):
    home = deployed / "superset"
    files = [file for file in home.rglob("*") if file.is_file()]
    assert files
    assert [str(file) for file in files if file.stat().st_mode & 0o077] == []
    secrets = [file.read_bytes() for file in (deployed / "secrets").glob("superset_*")]
    assert secrets
    assert [str(file) for file in files if any(secret in file.read_bytes() for secret in secrets)] == []


def test_what_left_the_files_leaves_superset_and_what_an_admin_made_stays(deployed: Path):
    insert = """
        INSERT INTO slices
            (slice_name, is_managed_externally, uuid, viz_type, datasource_id, datasource_type, created_on, changed_on)
        VALUES (?, ?, randomblob(16), 'table', 1, 'table', datetime(), datetime())
    """
    with closing(sqlite3.connect(deployed / "superset" / "superset.db")) as database, database:
        database.executemany(insert, [("stray", 1), ("made by an admin", 0)])
    (deployed / "superset" / "deployed.sha256").unlink()

    again = in_superset(deployed, "-m", "dashboards.deploy")
    assert again.returncode == 0, again.stderr[-2000:]
    with closing(sqlite3.connect(deployed / "superset" / "superset.db")) as database:
        names = [name for (name,) in database.execute("SELECT slice_name FROM slices")]
    assert "stray" not in names
    assert "made by an admin" in names
    assert len(names) == sum(len(board.charts) for board in BOARDS) + 1


def test_an_import_that_fell_short_is_noticed(deployed: Path):
    """The comparison itself: with a bundle that says more, or less, than Superset holds."""
    seen = in_superset(
        deployed,
        "-c",
        """
import os
from pathlib import Path
from superset.app import create_app
from dashboards.deploy import checked_bundle
from dashboards.sources import read_sources
bundle = checked_bundle(read_sources(), Path(os.environ["LAKE_HOME"]) / "published" / "published.duckdb")
with create_app().app_context():
    from dashboards.superset_state import differences
    chart = next(path for path in bundle if path.startswith("charts/"))
    fewer = {path: text for path, text in bundle.items() if path != chart}
    more = bundle | {"charts/new.yaml": "uuid: 00000000-0000-4000-8000-000000000000"}
    print(len(differences(bundle)), *(line.split()[-1] for line in (*differences(fewer), *differences(more))))
""",
    )
    assert seen.stdout.splitlines()[-1:] == ["0 files missing"], seen.stderr[-2000:]
