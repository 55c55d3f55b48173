"""The parts of a deploy that need no Superset: passwords, the stamp, the flush."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards import deploy
from dashboards.access import Account, Role
from dashboards.accounts import ASKING, EXPORTS, LOOKING, WeakPassword, strong_password


@pytest.mark.parametrize("password", ["admin", "Short-1a", "alllowercaseletters", "123456789012", "ONLYUPPER1234"])
def test_a_weak_password_is_refused_without_being_told(tmp_path: Path, password: str):
    file = tmp_path / "superset_viewer_password"
    file.write_text(password)
    with pytest.raises(WeakPassword) as refusal:
        strong_password(file)
    assert password not in str(refusal.value)
    assert "superset_viewer_password" in str(refusal.value)


def test_a_strong_password_is_read_without_its_line_end(tmp_path: Path):
    file = tmp_path / "password"
    file.write_text("correct-Horse-7\n")
    assert strong_password(file) == "correct-Horse-7"


def test_who_looks_writes_nothing_but_the_memory_of_the_filters():
    writing = [pair for pair in LOOKING if "write" in pair[0]]
    assert writing == [("can_write", "DashboardFilterStateRestApi")]
    assert not [pair for pair in LOOKING if re.search("csv|export|sample|sql|all_", " ".join(pair), re.I)]


def test_who_asks_in_sql_takes_no_file_away():
    assert not [pair for pair in ASKING if re.search("csv|export|sample|all_", " ".join(pair), re.I)]
    assert {("can_csv", "Superset"), ("can_export_csv", "SQLLab"), ("can_export", "Chart")} <= set(EXPORTS)


def test_the_stamp_changes_with_the_bundle_a_password_a_role_and_an_account():
    passwords = {"admin": "a", "viewer": "b"}
    roles, accounts = (
        [Role("lakewarden_manager", "manager", ("a/b",))],
        [Account("viewer", ("看", "板"), "lakewarden_manager")],
    )
    stamp = deploy.stamp_of({"metadata.yaml": "x"}, passwords, roles, accounts)
    assert deploy.stamp_of({"metadata.yaml": "x"}, dict(passwords), list(roles), list(accounts)) == stamp
    assert deploy.stamp_of({"metadata.yaml": "y"}, passwords, roles, accounts) != stamp
    assert deploy.stamp_of({"metadata.yaml": "x"}, passwords | {"viewer": "c"}, roles, accounts) != stamp
    assert deploy.stamp_of({"metadata.yaml": "x"}, passwords, [replace(roles[0], datasets=())], accounts) != stamp
    assert deploy.stamp_of({"metadata.yaml": "x"}, passwords, roles, []) != stamp


def test_missing_secrets_are_made_and_an_empty_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for variable in deploy.SECRETS:
        monkeypatch.delenv(variable, raising=False)
    passwords = deploy.read_secrets(tmp_path / "secrets", ["viewer", "li"])
    names = (*deploy.SECRETS.values(), *(f"superset_{name}_password" for name in ("admin", "viewer", "li")))
    made = [tmp_path / "secrets" / name for name in names]
    assert passwords.keys() == {"admin", "viewer", "li"}
    assert len(set(passwords.values())) == 3
    assert {oct(file.stat().st_mode & 0o777) for file in made} == {"0o600"}
    assert os.environ["SUPERSET_SECRET_KEY"] == (tmp_path / "secrets" / "superset_secret").read_text()

    monkeypatch.delenv("SUPERSET_SECRET_KEY")
    (tmp_path / "secrets" / "superset_secret").write_text("")
    with pytest.raises(deploy.MissingSecret, match="superset_secret"):
        deploy.read_secrets(tmp_path / "secrets", [])


def test_without_a_published_file_nothing_is_deployed(tmp_path: Path):
    with pytest.raises(deploy.NothingPublished, match="make demo"):
        deploy.deploy(tmp_path, tmp_path / "superset")


def test_a_flush_empties_the_cache_and_keeps_its_folder(tmp_path: Path):
    (tmp_path / "answer").write_text("old")
    deploy.flush(tmp_path)
    deploy.flush(tmp_path / "never made")
    assert tmp_path.is_dir()
    assert list(tmp_path.iterdir()) == []
