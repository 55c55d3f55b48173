"""Versions and channels of one form, typed: six submissions, one table, nothing in quarantine."""

from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from jobs.ingest.conform import conform
from jobs.ingest.readers import read_files, text_schema
from tests.unit.forms import VISIT, all_versions_export, three_versions

pytestmark = pytest.mark.spark

#: What each version says, whatever it came as: heard_from, accepts_fee, fee, students, classes.
SAID = {
    "v1": (["teacher"], True, None, 20, None),
    "v2": (["education_bureau", "teacher"], False, Decimal("9.50"), 21, None),
    "v3": (["parent", "other"], True, Decimal("0.00"), 22, 2),
}


def conformed(spark, paths):
    types = {"string": "string", "int64": "bigint"}
    schema = ", ".join(f"`{column.name}` {types[str(column.type)]}" for column in text_schema(VISIT))
    asked = spark.createDataFrame([(str(path), path.name) for path in paths], "path string, sha256 string")
    text = asked.mapInArrow(read_files(VISIT), schema).withColumn("ingested_at", F.lit("2026-04-01").cast("timestamp"))
    return conform(text, VISIT)


def test_three_versions_as_workbooks_and_as_json_are_one_table(spark, tmp_path):
    rows = {row["submission_id"]: row for row in conformed(spark, three_versions(tmp_path)).collect()}
    assert set(rows) == {"x1", "x2", "x3", "k1", "k2", "k3"}
    assert [row["faults"] for row in rows.values()] == [[]] * 6
    for row in rows.values():
        answers = row["heard_from"], row["accepts_fee"], row["fee_cny"], row["student_count"], row["class_count"]
        expected = SAID[row["form_version"]]
        if row["submission_id"] == "k1":  # its option had another code then
            expected = (["education_bureau"], *expected[1:])
        assert answers == expected
    for number in (1, 2, 3):
        assert rows[f"x{number}"]["submitted_at"] == rows[f"k{number}"]["submitted_at"]


def test_an_export_of_all_versions_is_the_same_table(spark, tmp_path):
    rows = {row["form_version"]: row for row in conformed(spark, [all_versions_export(tmp_path)]).collect()}
    assert {version: row["heard_from"] for version, row in rows.items()} == {v: said[0] for v, said in SAID.items()}
    assert [row["faults"] for row in rows.values()] == [[]] * 3


def heard_from(spark, word, **more):
    names = [column.name for column in text_schema(VISIT)]
    row = {"submission_id": "x", "submitted_at": "2026-01-05 09:00:00", "source_timezone": "Asia/Shanghai",
           "partner_name": "欧阳测试", "student_count": "1", "heard_from": word, **more}  # fmt: skip
    schema = ", ".join(f"`{name}` string" for name in names)
    text = spark.createDataFrame([tuple(row.get(name) for name in names)], schema)
    return conform(text.withColumn("ingested_at", F.lit("2026-04-01").cast("timestamp")), VISIT).first()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("教育局", ["education_bureau"]),
        ("教育局┋家长", ["education_bureau", "parent"]),
        ("家长,教育局", ["parent", "education_bureau"]),
        ("老师、班主任┋家长", ["teacher", "parent"]),
        ("家长、老师、班主任", ["parent", "teacher"]),
        ("其他〖欧阳测试说的┋家长〗┋教育局", ["other", "education_bureau"]),
        ("teacher other", ["teacher", "other"]),
    ],
)
def test_the_answers_of_a_question_are_parted_by_its_options(spark, word, expected):
    row = heard_from(spark, word)
    assert (row["heard_from"], row["faults"]) == (expected, [])


def test_an_option_that_no_list_knows_is_a_fault(spark):
    assert heard_from(spark, "教育局┋老师、校长")["faults"] == ["heard_from.unknown_code"]


def test_version_three_must_tell_its_classes_and_no_other_version(spark):
    faults = {version: heard_from(spark, "家长", form_version=version)["faults"] for version in ("v1", "v2", "v3")}
    assert faults == {"v1": [], "v2": [], "v3": ["classes_are_told_since_version_3"]}
