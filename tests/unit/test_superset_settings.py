"""Superset's settings: secrets without defaults, our Chinese texts, a cache per published file, a locked database."""

import json
import os
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml

from dashboards.sources import read_sources

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "infra" / "superset"
SUPERSET_PYTHON = ROOT / ".venv" / "superset" / "bin" / "python"
SUPERSET = ROOT / ".venv" / "superset" / "lib" / "python3.11" / "site-packages" / "superset"
SECRETS = ("SUPERSET_SECRET_KEY", "SUPERSET_GUEST_SECRET", "SUPERSET_ASYNC_SECRET")
DATABASE = read_sources().database


def in_superset(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in Superset's environment with our settings importable, and nothing else of ours set."""
    return subprocess.run(
        [SUPERSET_PYTHON, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SETTINGS), "PYTHONDONTWRITEBYTECODE": "1",
             "SUPERSET_HOME": str(folder / "superset"), "LAKE_HOME": str(folder), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_settings_load_when_every_secret_is_there(tmp_path: Path):
    code = "import superset_config as c; print(c.BABEL_DEFAULT_LOCALE, c.SESSION_SERVER_SIDE, c.AUTH_USER_REGISTRATION)"
    loaded = in_superset(code, tmp_path, **dict.fromkeys(SECRETS, "x"))
    assert loaded.stdout.split() == ["zh", "True", "False"], loaded.stderr


@pytest.mark.parametrize("missing", SECRETS)
def test_a_missing_secret_stops_the_start_and_is_named(tmp_path: Path, missing: str):
    others = {name: "x" for name in SECRETS if name != missing}
    stopped = in_superset("import superset_config", tmp_path, **others)
    assert stopped.returncode != 0
    assert f"KeyError: '{missing}'" in stopped.stderr


def test_nothing_is_loaded_from_another_host(tmp_path: Path):
    code = "import json, superset_config as c; print(json.dumps([c.TALISMAN_CONFIG, c.THEME_DEFAULT]))"
    policy, theme = json.loads(in_superset(code, tmp_path, **dict.fromkeys(SECRETS, "x")).stdout)
    sources = [source for rule in policy["content_security_policy"].values() for source in rule]
    assert "'self'" in sources
    assert not [source for source in sources if "." in source or "*" in source or source == "'unsafe-eval'"]
    assert theme["token"]["fontUrls"] == []


TEXTS = yaml.safe_load((SETTINGS / "texts_zh.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def stock_texts() -> dict[str, list[str]]:
    pack = json.loads((SUPERSET / "translations" / "zh" / "LC_MESSAGES" / "messages.json").read_text(encoding="utf-8"))
    return pack["locale_data"]["superset"]


def test_each_of_our_texts_repairs_something(stock_texts: dict[str, list[str]]):
    assert stock_texts["Sign in"] == ["Not In"], "mended by Superset: take it out of texts_zh.yaml"
    assert [english for english, ours in TEXTS.items() if stock_texts.get(english) == [ours]] == []


def test_each_of_our_texts_is_asked_for_by_superset(stock_texts: dict[str, list[str]]):
    scripts = "".join(file.read_text(encoding="utf-8", errors="ignore") for file in (SUPERSET / "static").rglob("*.js"))
    assert [english for english in TEXTS if english not in stock_texts and english not in scripts] == []


def test_our_texts_keep_the_places_for_values():
    assert any("%s" in english for english in TEXTS)
    assert [english for english, ours in TEXTS.items() if english.count("%s") != ours.count("%s")] == []


def test_our_texts_reach_the_browser_and_the_server(tmp_path: Path):
    code = """
import json
from pathlib import Path
from babel.support import Translations
from superset_texts import server_texts, with_our_texts
stock = {'locale_data': {'superset': {'Sign in': ['Not In'], 'Other': ['x']}}}
pack = json.loads(with_our_texts(json.dumps(stock).encode()))['locale_data']['superset']
print(pack['Sign in'], pack['Other'], server_texts(Path('FOLDER')))
print(Translations.load('FOLDER', ['zh']).gettext('Sign in'))
""".replace("FOLDER", str(tmp_path / "texts"))
    seen = in_superset(code, tmp_path)
    assert seen.stdout.splitlines() == [f"['登录'] ['x'] translations;{tmp_path}/texts", "登录"], seen.stderr


def test_the_cache_forgets_when_another_file_is_published(tmp_path: Path):
    code = """
import os
from pathlib import Path
from superset_published_cache import PublishedFileCache
published = Path('FOLDER/published.duckdb'); published.write_text('monday')
cache = PublishedFileCache('FOLDER/cache', str(published))
cache.set('chart', 1); print(cache.get('chart'))
def publish(text):
    draft = Path('FOLDER/draft'); draft.write_text(text); os.replace(draft, published)
publish('tuesday'); print(cache.get('chart'))
cache.get('slow chart'); publish('wednesday'); cache.set('slow chart', 'of tuesday'); print(cache.get('slow chart'))
cache.set('slow chart', 'of wednesday'); print(cache.get('slow chart'))
""".replace("FOLDER", str(tmp_path))
    seen = in_superset(code, tmp_path)
    assert seen.stdout.splitlines() == ["1", "None", "None", "of wednesday"], seen.stderr


def test_an_eleventh_password_within_a_minute_is_not_tried(tmp_path: Path):
    code = """
from pathlib import Path
from superset_repairs import Attempts
processes = [Attempts(Path('FOLDER/attempts'), at_most=10, within_s=60) for _ in range(2)]
print([processes[second % 2].is_too_many('here viewer', now=second) for second in range(12)].count(True))
print(processes[0].is_too_many('here admin', now=12), processes[0].is_too_many('here viewer', now=300))
""".replace("FOLDER", str(tmp_path))
    seen = in_superset(code, tmp_path)
    assert seen.stdout.splitlines() == ["2", "False False"], seen.stderr


def test_events_are_written_together_in_order_and_the_last_before_the_process_ends(tmp_path: Path):
    code = """
import time
from superset_event_log import Behind
faults = [OSError('a secret')]
def write(rows):
    if faults:
        raise faults.pop()
    print(*(row['number'] for row in rows), flush=True)
behind = Behind(write, wait_s=0.2)
behind.note({'number': 0}); behind.flush()
behind.note({'number': 1}); behind.note({'number': 2})
time.sleep(1)
Behind(write, wait_s=3600).note({'number': 3})
"""
    seen = in_superset(code, tmp_path)
    assert seen.stdout.splitlines() == ["1 2", "3"], seen.stderr
    assert "1 events were not logged: OSError" in seen.stderr
    assert "secret" not in seen.stderr


@pytest.fixture
def published(tmp_path: Path) -> Path:
    file = tmp_path / "published.duckdb"
    with duckdb.connect(str(file)) as writing:
        writing.execute("CREATE SCHEMA mart; CREATE TABLE mart.fct AS SELECT 42 AS answer")
    return file


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "COPY mart.fct TO '{folder}/leak.csv'",
        "EXPORT DATABASE '{folder}/leak'",
        "ATTACH '{folder}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "CREATE TABLE mart.mine AS SELECT 1",
        "DELETE FROM mart.fct",
    ],
)
def test_the_database_connection_reads_its_file_and_nothing_else(published: Path, statement: str):
    arguments = DATABASE["extra"]["engine_params"]["connect_args"]
    with duckdb.connect(str(published), **arguments) as reading:
        assert reading.execute("SELECT answer FROM mart.fct").fetchone() == (42,)
        with pytest.raises(duckdb.Error):
            reading.execute(statement.format(folder=published.parent))
    assert sorted(file.name for file in published.parent.iterdir()) == ["published.duckdb"]


def test_the_database_is_shut_in_superset_too():
    assert DATABASE["expose_in_sqllab"], (
        "analysts ask in SQL; who else may is shown by tests/e2e/test_dashboard_roles.py"
    )
    refused = ("allow_dml", "allow_ctas", "allow_cvas", "allow_run_async", "allow_csv_upload")
    assert {name: DATABASE[name] for name in refused} == dict.fromkeys(refused, False)
    assert DATABASE["extra"]["disable_drill_to_detail"]
    assert DATABASE["extra"]["disable_data_preview"]
