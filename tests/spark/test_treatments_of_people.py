"""Dates that shift, numbers that lose their ends, text that loses its identifiers, squares that enough people share."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from contracts.loading import load
from contracts.model import Classification, Field, Severity, SmallestCell
from contracts.treatments import DateShift, Grid, Token, TruncateDate
from expectations import desensitised as gate
from expectations.identity import holds_identity
from expectations.rules import faults
from jobs.classify.labelled_texts import labelled_texts
from jobs.classify.score_texts import markdown_of_texts, score_texts
from jobs.desensitise.dates import offset_days
from jobs.desensitise.numbers import rounded, top_bottom_coded
from jobs.desensitise.population import placed
from jobs.desensitise.run import desensitised
from jobs.desensitise.scrubbing import HIDDEN, scrubbed
from jobs.storage.keys import padded_blocks

pytestmark = pytest.mark.spark
DOCS = Path(__file__).resolve().parents[2] / "docs" / "treatments.md"
TECHNICAL = "'b' AS batch_id, 'f' AS source_file_sha256, 1L AS source_row_number, timestamp'2026-01-31' AS ingested_at, date'2026-01-31' AS arrival_date"


def answers(frame, column):
    return [row[0] for row in frame.select(column.cast("string")).collect()]


def field(name, kind, treatment, identifier=None):
    return Field(name, name, name, kind, Classification.SENSITIVE, treatment, identifier=identifier)


VISITS = (
    field("phone", "string", Token(domain="phone", becomes="phone_key"), "mobile_phone"),
    field("came_on", "date", DateShift(person="phone", days=30, becomes="came_on_shifted")),
    field("paid_at", "timestamp", DateShift(person="phone", days=30, becomes="paid_at_shifted")),
)


def contract(*fields, cell=None):
    return replace(load("crm.transactions"), fields=fields, rules=(), smallest_cell=cell)


def key_frame(spark, domain, key=b"a key of the test"):
    blocks = padded_blocks(key)
    return spark.createDataFrame([(blocks[:64], blocks[64:])], f"inner_{domain} binary, outer_{domain} binary")


def shifted_visits(spark, key=b"a key of the test"):
    """The visits of two people, one of them in two spellings, and of nobody: key, date, moment."""
    raw = spark.sql(
        f"SELECT *, {TECHNICAL} FROM VALUES (1, '13800138000', date'2026-05-03', timestamp'2026-05-03 10:30:00'), "
        "(2, '+86 138-0013-8000', date'2026-05-17', NULL), (3, '13900139000', date'2026-05-03', NULL), "
        "(4, NULL, date'2026-05-03', timestamp'2026-05-03 10:30:00') AS t(n, phone, came_on, paid_at) ORDER BY n"
    ).drop("n")
    return desensitised(raw, contract(*VISITS), key_frame(spark, "phone", key)).collect()


def test_all_dates_of_one_person_shift_by_one_offset_and_the_days_between_them_stay(spark):
    first, second, other, nobody = shifted_visits(spark)
    assert first["phone_key"] == second["phone_key"] != other["phone_key"]
    assert (second["came_on_shifted"] - first["came_on_shifted"]).days == 14
    offset = first["came_on_shifted"] - date(2026, 5, 3)
    assert 1 <= abs(offset.days) <= 30
    assert first["paid_at_shifted"].date() - date(2026, 5, 3) == offset
    assert first["paid_at_shifted"].minute == 30
    assert second["paid_at_shifted"] is None
    assert (nobody["came_on_shifted"], nobody["paid_at_shifted"]) == (None, None)


def test_the_key_makes_the_offset(spark):
    again = [row["came_on_shifted"] for row in shifted_visits(spark)]
    other = [row["came_on_shifted"] for row in shifted_visits(spark, b"another key of the test")]
    assert again == [row["came_on_shifted"] for row in shifted_visits(spark)]
    assert again != other


def test_offsets_fill_their_range_and_nobody_stays_where_he_was(spark):
    digests = spark.range(5000).select(F.sha2(F.col("id").cast("string"), 256).alias("digest"))
    days = digests.select(offset_days(F.col("digest"), 3).alias("days")).groupBy("days").count().collect()
    assert {row["days"] for row in days} == {-3, -2, -1, 1, 2, 3}
    assert min(row["count"] for row in days) > 700


@pytest.mark.parametrize(
    ("kind", "to", "given", "expected"),
    [
        ("bigint", 100, ["0", "49", "50", "149", "-50", "-51", None], ["0", "0", "100", "100", "0", "-100", None]),
        ("bigint", 5, ["2", "3", "9007199254740993"], ["0", "5", "9007199254740995"]),
        ("decimal(12,2)", 0.5, ["1.24", "1.25", None], ["1.00", "1.50", None]),
        ("double", 0.1, ["0.349", "0.31", "-0.26"], ["0.3", "0.3", "-0.3"]),
    ],
)  # fmt: skip
def test_a_number_is_rounded_to_the_nearest_multiple(spark, kind, to, given, expected):
    rows = spark.createDataFrame([(value,) for value in given], "value string")
    assert answers(rows, rounded(F.col("value").cast(kind), to, kind).cast(kind)) == expected


def test_the_ends_are_one_group_each(frame):
    rows = frame("""
        value | expected
        -7    | 0
        0     | 0
        89    | 89
        104   | 90
              |
    """)
    coded = top_bottom_coded(F.col("value").cast("bigint"), 0, 90, "bigint")
    assert answers(rows, coded) == answers(rows, F.col("expected"))
    assert answers(rows, top_bottom_coded(F.col("value").cast("bigint"), None, 90, "bigint"))[0] == "-7"


TEXTS = {
    "来电13800138000": "来电[手机号码]",
    "来电 138 0013 8000, 已回": "来电 [手机号码], 已回",
    "2026-11-26 13800138000 来电": "2026-11-26 [手机号码] 来电",
    "2026-11-26 138-0013-8000 来电": "20261126 [手机号码] 来电",
    "电话１３８００１３８０００": "电话[手机号码]",
    "证件11010519491231002x已核": "证件[居民身份证号]已核",
    "发到 13800138000@139.com": "发到 [电子邮箱]",
    "地址 203.0.113.9 不通": "地址 [网络地址] 不通",
    "浙A12345 到店": "[车牌号] 到店",
    "订单 2026112600017 已付": "订单 2026112600017 已付",
    "订单 2026112600017, 电话 138 0013 8000": "订单 [长数字], 电话 [手机号码]",
    "第 1 138-0013 8000 2 号": "第 [长数字] 号",
    "2026-11-26 2026-11-27 在家": "2026-11-26 2026-11-27 在家",
    "客户王小明反映, 家住杭州市文三路100号3幢501室": "客户[姓名]反映, 家住[地址]",
    "联系人：李四 138 0013 8000, 阳光花园12-3-402": "联系人:[姓名] [手机号码], [地址]",
    "杭州市西湖区五月流量不足": "杭州市西湖区五月流量不足",
    "满意": "满意",
    "": "",
    None: None,
}


def test_free_text_keeps_its_sense_and_loses_every_identifier(spark):
    rows = spark.createDataFrame([(text,) for text in TEXTS], "value string")
    assert dict(zip(TEXTS, answers(rows, scrubbed(F.col("value"))), strict=True)) == TEXTS


def test_names_and_addresses_in_sentences_are_found_as_the_docs_say(lake):
    scores = score_texts(lake, labelled_texts())
    assert scores.names.recall >= 0.85
    assert scores.addresses.recall >= 0.95
    assert min(scores.names.precision, scores.addresses.precision) >= 0.95
    table = markdown_of_texts(scores)
    assert table in DOCS.read_text(encoding="utf-8"), (
        f"`lakewarden scrub-score --markdown` gives another table:\n{table}"
    )


def test_gate_3_finds_nothing_in_scrubbed_text_however_the_number_was_hidden(spark):
    tricks = [
        "138-0013 8000",
        "1380013\u200b8000",
        "11010519491231 002X",
        "6222021234567890128",
        "0571-88888888",
        "a13800138000b",
    ]
    around = ["{}", "见{}。", "1 {} 2", "2026-11-26 {}", "{}，{}"]
    texts = [words.format(trick, trick) for words in around for trick in tricks]
    rows = spark.createDataFrame([(text,) for text in texts], "value string")
    held = rows.select(
        F.count_if(holds_identity(F.col("value"))), F.count_if(holds_identity(scrubbed(F.col("value"))))
    ).first()
    assert held[0] > 20, "hardly a text held anything: this test would prove nothing"
    assert held[1] == 0
    left = answers(rows, scrubbed(F.col("value")))
    assert HIDDEN not in left
    assert [text for text in left if re.search("0013|8000|1949|002X|6222|8888", text)] == []


SEEN = (
    field("phone", "string", Token(domain="phone", becomes="phone_key"), "mobile_phone"),
    field("seen_on", "date", TruncateDate(to="day", becomes="seen_day")),
    field("north", "double", Grid(metres=1000, axis="latitude", becomes="north_grid"), "coordinate"),
    field("east", "double", Grid(metres=1000, axis="longitude", becomes="east_grid"), "coordinate"),
)
CELL = SmallestCell("north", "east", (1000, 4000), 3, "phone", "seen_on")
STEP = 1000 / 111_320


def position(square: float) -> float:
    return (square + 0.5) * STEP


def seen(spark, *rows):
    """Positions by the number of their square from west to east; all lie in one row of squares."""
    values = ", ".join(
        f"('{who}', date'2026-05-{day:02}', {position(0)}D, {position(square)}D)" for who, day, square in rows
    )
    frame = spark.sql(f"SELECT *, {TECHNICAL} FROM VALUES {values} AS t(phone, seen_on, north, east)")
    return frame.withColumns(
        {name: F.when(F.col("phone") != "nowhere", F.col(name)).alias(name) for name in ("north", "east")}
    )


def squares(frame) -> dict[tuple[str, int], float | None]:
    """Person and day to the place of its square's middle, counted in squares of 1000 m."""
    return {
        (row["phone"], row["seen_on"].day): None if row["east"] is None else round(row["east"] / STEP, 3)
        for row in frame.collect()
    }


def test_a_square_with_too_few_people_grows_and_one_that_stays_too_small_is_null(spark):
    rows = seen(
        spark,
        ("a", 1, 0), ("b", 1, 0), ("c", 1, 0),  # enough in the finest square
        ("d", 1, 1), ("e", 1, 2), ("f", 1, 3),  # enough in the coarser one, without the three above
        ("g", 1, 9), ("h", 1, 9),  # too few in any
        ("nowhere", 1, 0),
    )  # fmt: skip
    found = squares(placed(rows, contract(*SEEN, cell=CELL)))
    assert {found[who, 1] for who in "abc"} == {0.5}
    assert {found[who, 1] for who in "def"} == {2.0}
    assert {found[who, 1] for who in ("g", "h", "nowhere")} == {None}
    assert len(found) == 9


def test_people_are_counted_not_rows_and_per_period(spark):
    rows = seen(
        spark,
        ("13800138000", 1, 0), ("+86 138-0013-8000", 1, 0), ("b", 1, 0),  # three rows of two people
        ("13800138000", 2, 0), ("b", 2, 0), ("c", 2, 0),  # another day
    )  # fmt: skip
    found = squares(placed(rows, contract(*SEEN, cell=CELL)))
    assert {square for (_, day), square in found.items() if day == 1} == {None}
    assert {square for (_, day), square in found.items() if day == 2} == {0.5}
    by_row = squares(placed(rows, contract(*SEEN, cell=replace(CELL, people=None))))
    assert set(by_row.values()) == {0.5}


def test_without_a_period_the_whole_batch_counts(spark):
    rows = seen(spark, ("a", 1, 0), ("b", 2, 0), ("c", 3, 0))
    assert set(squares(placed(rows, contract(*SEEN, cell=CELL))).values()) == {None}
    assert set(squares(placed(rows, contract(*SEEN, cell=replace(CELL, period=None)))).values()) == {0.5}


def test_gate_3_counts_the_people_of_every_square_again(spark):
    agreed = contract(*SEEN, cell=CELL)
    rows = seen(spark, ("a", 1, 0), ("b", 1, 0), ("c", 1, 0), ("g", 1, 9))
    after = desensitised(rows, agreed, key_frame(spark, "phone"))
    found = {check.rule: check.found for check in gate.checks(agreed, rows, after, None)}
    assert found["smallest_cell.too_few"] == 0
    assert found["rows_conserved"] == 0
    careless = after.withColumn("east_grid", F.coalesce("east_grid", F.lit(9.5))).withColumn("north_grid", F.lit(1.5))
    found = {check.rule: check.found for check in gate.checks(agreed, rows, careless, None)}
    assert found["smallest_cell.too_few"] == 1


def test_a_token_is_no_input_of_a_token(spark):
    columns = {
        "phone": ("mobile_phone", "0123456789abcdef0123456789abcdef"),
        "device": ("device_id", "0123456789abcdef0123456789abcdef"),
        "number": (None, "0123456789abcdef0123456789abcdef"),
    }
    agreed = contract(
        *(field(name, "string", Token(domain="x", becomes=f"{name}_key"), kind) for name, (kind, _) in columns.items())
    )
    rows = spark.createDataFrame(
        [tuple(value for _, value in columns.values())], ", ".join(f"{n} string" for n in columns)
    )
    found = rows.select(*(fault.alias(name) for name, fault in faults(agreed, Severity.ERROR).items())).first().asDict()
    assert found == {"phone.is_token": True}
