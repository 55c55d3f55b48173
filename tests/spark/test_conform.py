"""Text to types, for the formats that no pattern of Spark reads; what does not fit is NULL."""

import pytest
from pyspark.sql import functions as F

from contracts.loading import load
from expectations.normal_form import normalised
from jobs.ingest.conform import _number, _typed, _words

pytestmark = pytest.mark.spark

FIELDS = {
    (contract.id, field.name): field
    for contract in (load("network.xdr_s1_mme"), load("network.drive_tests"), load("network.alarms"))
    for field in contract.fields
}


def read(spark, field, *words):
    frame = spark.createDataFrame([(word, "Asia/Shanghai") for word in words], "word string, source_timezone string")
    typed = _typed(field, F.col("word"))
    return [row[0] for row in frame.select(F.unix_millis(typed) if field.type == "timestamp" else typed).collect()]


def test_milliseconds_since_1970_are_a_moment_whatever_the_zone(spark):
    field = FIELDS["network.xdr_s1_mme", "started_at"]
    words = ("1767139200123", "1767139200", "17671392001234", "-1767139200123", "2026-01-01 00:00:00", None)
    assert read(spark, field, *words) == [1767139200123, None, None, None, None, None]


def test_a_number_to_the_base_sixteen_is_read_where_the_contract_says_so(spark):
    field = FIELDS["network.drive_tests", "enodeb_id"]
    assert read(spark, field, "C8", "0c8", "10", "0x10", "1.0", "F" * 15, "F" * 16) == [
        200, 200, 16, None, None, 16**15 - 1, None,
    ]  # fmt: skip


def test_words_that_mean_nothing_are_null_where_the_contract_says_so(spark):
    field = FIELDS["network.drive_tests", "rsrp_dbm"]
    frame = spark.createDataFrame([(word,) for word in ("-95", "-", " － ", "", "N/A", None)], "rsrp_dbm string")
    words = [row[0] for row in frame.select(_words(F.col("rsrp_dbm"), field, load("network.drive_tests"))).collect()]
    assert words == ["-95", None, None, None, "N/A", None]


@pytest.mark.parametrize("kind", ["double", "decimal(18,2)", "bigint"])
def test_a_number_that_no_column_holds_is_none(spark, kind):
    words = ("12", "-12", "1e400", "9" * 5_000, "NaN", "Infinity", "1_000", "１", None)
    frame = spark.createDataFrame([(word,) for word in words], "word string")
    assert [row[0] for row in frame.select(_number(F.col("word"), kind)).collect()] == [12, -12, *[None] * 7]


def test_the_clock_of_a_drive_test_and_of_both_vendors_is_that_of_the_source(spark):
    eight_thirty = 1777768200000  # 2026-05-03 08:30 in China
    assert read(spark, FIELDS["network.drive_tests", "measured_at"], "2026.05.03_08.30.00") == [eight_thirty]
    field = FIELDS["network.alarms", "raised_at"]
    assert read(spark, field, "2026-05-03 08:30:00", "05/03/2026 08:30:00") == [eight_thirty, eight_thirty]


def test_one_device_is_one_value_whatever_stands_behind_its_fourteen_digits(spark):
    words = ("86123456789012", "861234567890128", "861234567890120", "8612345678901201", "86 1234 5678 9012")
    frame = spark.createDataFrame([(word,) for word in words], "word string")
    assert {row[0] for row in frame.select(normalised(F.col("word"), "imei")).collect()} == {"86123456789012"}
