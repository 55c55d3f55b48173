"""Files that other projects wrote, taken by the same commands from landing to the published file."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT, Platform

SAMPLES = ROOT.parent / "shared" / "data"
FILES = {
    "network.cell_measurements": ["pm/**/*.xml"],
    "network.cell_positions": ["cells/*.csv"],
    "crm.sf_accounts": ["crm/salesforce/sf_account_data.csv"],
    "crm.sf_contacts": ["crm/salesforce/sf_contact_data.csv"],
    "crm.sf_leads": ["crm/salesforce/sf_lead_data.csv"],
}
# as counted by those who collected the samples; the four invalid measurement files give nothing
ROWS_IN = {
    "network.cell_measurements": 2667 + 3 + 6 + 3 + 3 + 6 + 4 + 2 + 9 + 4,
    "network.cell_positions": 10_000,
    "crm.sf_accounts": 10,
    "crm.sf_contacts": 4,
    "crm.sf_leads": 1,
}
REFUSED = {"network.cell_measurements": 4}

pytestmark = [
    pytest.mark.services,
    pytest.mark.real_input,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no third-party samples at {SAMPLES.name} beside the checkout"),
]


def land(platform: Platform, dataset: str) -> int:
    family, name = dataset.split(".")
    inbox = platform.home / "landing" / family / name / "2026-11-01"
    inbox.mkdir(parents=True, exist_ok=True)
    paths = [path for pattern in FILES[dataset] for path in sorted(SAMPLES.glob(pattern))]
    for number, path in enumerate(paths):
        shutil.copyfile(path, inbox / f"{number}-{path.name}")
    return len(paths)


@pytest.fixture(scope="module")
def taken(platform: Platform) -> dict[str, dict[str, object]]:
    """The ledger's view of each dataset after its files went through gates 1 to 3."""
    platform.lakewarden("keys", "create")
    before = _datasets(platform)
    for dataset in FILES:
        assert land(platform, dataset), dataset
        platform.lakewarden("ingest", dataset)
        platform.lakewarden("gate", "raw", dataset)
        platform.lakewarden("desensitise", dataset)
        platform.lakewarden("gate", "desensitised", dataset)
    after = _datasets(platform)
    names = ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate", "refused")
    return {
        dataset: {name: after[dataset][name] - before[dataset][name] for name in names}
        | {"stuck_at": after[dataset]["stuck_at"]}
        for dataset in FILES
    }


def _datasets(platform: Platform) -> dict[str, dict]:
    return {found["dataset"]: found for found in json.loads(platform.lakewarden("status", "--json").stdout)["datasets"]}


@pytest.mark.parametrize("dataset", FILES)
def test_every_row_is_accounted_for(taken, dataset):
    counts = taken[dataset]
    assert counts["rows_in"] == ROWS_IN[dataset]
    assert counts["rows_in"] == counts["rows_loaded"] + counts["rows_quarantined"] + counts["rows_duplicate"]
    assert counts["refused"] == REFUSED.get(dataset, 0)
    assert counts["stuck_at"] == ""


def test_they_reach_the_published_file(platform, taken):
    assert taken
    platform.lakewarden("build")
    platform.lakewarden("gate", "marts")
    platform.lakewarden("publish")
    file: Path = platform.home / "published" / "published.duckdb"
    with duckdb.connect(str(file), read_only=True) as published:
        cells = published.execute("SELECT sum(cell_count) FROM mart.fct_cell_position_area").fetchone()
        # the samples' measured objects carry no eNodeB and cell number, so no region can be told for them
        located = published.execute(
            "SELECT count(*) FROM mart.fct_network_region_day WHERE date < '2025-01-01'"
        ).fetchone()
        accounts = published.execute("SELECT count(*) FROM mart.fct_business_account_type").fetchone()
    assert cells == (10_000,)
    assert located == (0,)
    assert accounts[0] >= 1
