"""The unit tests of the dbt project, each with its visible rows, on the engine that builds the marts."""

import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Platform

PROJECT = ROOT / "dbt_project"

pytestmark = [pytest.mark.services, pytest.mark.timeout(1800)]


def test_every_unit_test_of_the_models_passes(demo: Platform, tmp_path: Path) -> None:
    files = (PROJECT / "models").rglob("*.yml")
    documents = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)
    written = {test["name"] for document in documents for test in document.get("unit_tests", ())}
    assert written

    def dbt(*words: str) -> None:
        demo.run(
            "dbt", *words, "--target", "trial", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(tmp_path), "--log-path", str(tmp_path), "--no-use-colors",
        )  # fmt: skip

    kinds = ("--exclude-resource-type=test", "--exclude-resource-type=unit_test")
    dbt(
        "build", "--empty", *kinds, "--select", "resource_type:seed", "staging", "+intermediate", "marts.shared",
        "fct_region_month",
    )  # fmt: skip
    dbt("test", "--select", "test_type:unit")

    results = json.loads((tmp_path / "run_results.json").read_text(encoding="utf-8"))["results"]
    passed = {result["unique_id"].rpartition(".")[2] for result in results if result["status"] == "pass"}
    assert passed == written
