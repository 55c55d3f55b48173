"""A folder of contracts says who owns it and when its files are taken, or nothing is scheduled at all."""

import pytest

from contracts.errors import InvalidContracts
from contracts.families import families
from contracts.loading import dataset_ids


def test_every_contract_belongs_to_a_family_that_says_what_it_is():
    found = families()
    assert {family.name for family in found} == {dataset_id.partition(".")[0] for dataset_id in dataset_ids()}
    for family in found:
        assert not family.label.isascii()
        assert "0 0 * * *" in family.taken_at, f"{family.name}: a backfill could not reach its last day"


def test_a_folder_that_says_nothing_or_something_else_is_a_mistake_with_its_file(tmp_path):
    for name in ("silent", "loud"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "files.odcs.yaml").touch()
    (tmp_path / "loud" / "family.yaml").write_text("label: 吵闹\nvolume: 11\n", encoding="utf-8")

    with pytest.raises(InvalidContracts) as caught:
        families(tmp_path)

    assert [problem.file.parent.name for problem in caught.value.problems] == ["loud", "silent"]
    assert "holds, label, owner, taken_at" in str(caught.value)


def test_a_time_that_no_clock_knows_is_a_mistake_with_its_file(tmp_path):
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "files.odcs.yaml").touch()
    said = 'label: 迟\nholds: 迟\nowner: late\ntaken_at: ["0 0 * * *", "0 25 * * *"]\n'
    (tmp_path / "late" / "family.yaml").write_text(said, encoding="utf-8")
    with pytest.raises(InvalidContracts, match="taken_at: '0 25 \\* \\* \\*' is no cron expression"):
        families(tmp_path)
