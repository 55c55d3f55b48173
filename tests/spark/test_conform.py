"""Text to types, for the formats that no pattern of Spark reads; what does not fit is NULL."""

import pytest
from pyspark.sql import functions as F

from contracts.loading import load
from expectations.normal_form import normalised
from jobs.ingest.conform import _NUMBER, DATE_FORMATS, TIME_FORMATS, _exact, _number, _typed, _words
from jobs.ingest.times import first_that_reads

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


PATTERNS = sorted({*DATE_FORMATS, *TIME_FORMATS} | {p for field in FIELDS.values() for p in field.formats if "y" in p})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_reads_what_the_parser_alone_reads(spark, pattern):
    words = [
        "2026-01-31", "2026-02-29", "2024-02-29", "2026-1-3", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31",
        "2026/1/31", "2026/01/31", "2026.1.31", "2026年1月31日", "20260131", "2026-01", "2026-01-31 ", "2026-01-31T",
        "2026-01-31 23:59:59", "2026-01-31 24:00:00", "2026-01-31 08:00:60", "2026-01-31 8:00:00", "2026-01-31 08:00",
        "2026-01-31T08:00:00", "2026-01-31t08:00:00", "2026-01-31T08:00:00.5", "2026-01-31T08:00:00.123456",
        "2026-01-31T08:00:00.1234567", "2026-01-31T08:00:00.", "2026-01-31T08:00:00+08:00", "2026-01-31T08:00:00.5Z",
        "2026-01-31T08:00:00z", "2026-01-31T08:00:00+0800", "2026-01-31T08:00:00+19:00", "2026-01-31T08:00:00 +08:00",
        "2026/1/31 8:05:09", "2026/1/31 8:05", "05/03/2026 08:30:00", "2026.05.03_08.30.00", "now", "epoch", "", None,
    ]  # fmt: skip
    frame = spark.createDataFrame([(word,) for word in words], "word string")
    parsed = F.try_to_timestamp("word", F.lit(pattern))
    read = frame.select("word", F.unix_micros(first_that_reads(F.col("word"), [pattern])), F.unix_micros(parsed))
    answers = [tuple(row) for row in read.collect()]
    assert [(word, ours) for word, ours, _ in answers] == [(word, theirs) for word, _, theirs in answers]


@pytest.mark.parametrize("kind", ["bigint", "decimal(18,2)", "decimal(9,0)", "decimal(2,2)"])
def test_a_number_written_plainly_is_read_as_in_any_other_way(spark, kind):
    words = (
        "7",
        "+7",
        "-007",
        "7.",
        ".7",
        "7.5",
        "7.25",
        "7.250",
        "7.255",
        "1e2",
        "12345678901234567",
        "9" * 19,
        "--7",
    )
    frame = spark.createDataFrame([(word,) for word in words], "word string")
    read = frame.select(_number(F.col("word"), kind), _exact(_plain(F.col("word")), kind))
    assert [row[0] for row in read.collect()] == [row[1] for row in read.collect()]


def _plain(word):
    """What `_number` lets through to be read with care."""
    return F.when(word.rlike(_NUMBER), word)
