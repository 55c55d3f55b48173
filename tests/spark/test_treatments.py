"""Every treatment on a few visible rows, NULL among them."""

import hashlib
import hmac
import secrets

import pytest
from pyspark.sql import functions as F

from contracts.loading import load
from contracts.model import Classification, Field
from contracts.treatments import BY_KIND, Treatment
from expectations.normal_form import normalised
from jobs.desensitise import dates, numbers, treatments
from jobs.storage.keys import SEAL, TOKEN, KeyFiles, padded_blocks

pytestmark = pytest.mark.spark


def answers(frame, column):
    """The column's value for each row, in order, as text."""
    return [row[0] for row in frame.select(column.cast("string")).collect()]


def expected_answers(frame):
    return answers(frame, F.col("expected"))


def test_a_mask_shows_head_and_tail_and_never_a_short_value(frame):
    rows = frame("""
        value       | expected
        13800138000 | 138****8000
        12345678    | 123*5678
        1234567     | *******
        张三        | **
                    |
    """)
    assert answers(rows, treatments.mask(F.col("value"), head=3, tail=4)) == expected_answers(rows)


def test_a_band_holds_its_lower_edge_and_not_its_upper(frame):
    rows = frame("""
        years | expected
        17    | <18
        18    | 18-29
        29    | 18-29
        30    | 30-59
        60    | >=60
              |
    """)
    assert answers(rows, numbers.band(F.col("years").cast("int"), (18, 30, 60))) == expected_answers(rows)


def test_an_age_grows_on_the_birthday(frame):
    rows = frame("""
        born       | as_of      | expected
        2000-06-15 | 2026-06-14 | 25
        2000-06-15 | 2026-06-15 | 26
        2000-02-29 | 2026-02-28 | 26
                   | 2026-06-15 |
    """)
    # a leap-day child counts as older on the last day of February, as months_between reckons month ends
    years = treatments.age_years(F.to_date("born"), F.to_date("as_of"))
    assert answers(rows, years) == expected_answers(rows)


@pytest.mark.parametrize(("level", "expected"), [("city", "330100"), ("province", "330000")])
def test_a_region_is_rolled_up_and_what_is_no_code_is_null(frame, level, expected):
    rows = frame(f"""
        code   | expected
        330106 | {expected}
        杭州   |
        33010  |
               |
    """)
    assert answers(rows, treatments.region(F.col("code"), level)) == expected_answers(rows)


def test_two_points_of_one_square_become_one_and_stay_within_half_a_square(frame):
    rows = frame("""
        degrees
        30.2741
        30.2742
        -0.0001

    """)
    snapped = [
        float(value) if value else None for value in answers(rows, numbers.grid(F.col("degrees").cast("double"), 1000))
    ]
    half = 500 / numbers.METRES_PER_DEGREE
    assert snapped[0] == snapped[1]
    assert abs(snapped[0] - 30.2741) <= half
    assert abs(snapped[2] + 0.0001) <= half


@pytest.mark.parametrize(
    ("to", "expected"),
    [("day", "2026-05-17"), ("month", "2026-05-01"), ("quarter", "2026-04-01"), ("year", "2026-01-01")],
)
def test_a_date_is_truncated(frame, to, expected):
    rows = frame(f"""
        moment              | expected
        2026-05-17 23:59:59 | {expected}
                            |
    """)
    assert answers(rows, dates.truncated(F.to_timestamp("moment"), to)) == expected_answers(rows)


def test_a_moment_is_truncated_in_the_time_zone_of_its_source(spark):
    contract = load("crm.transactions")
    traded_at = next(field for field in contract.fields if field.name == "traded_at")
    # 17:00 UTC on the 30th is one in the morning of the 31st in Shanghai
    row = spark.sql("SELECT timestamp'2026-01-30 17:00:00' AS traded_at")
    assert answers(row, treatments.treated(traded_at, contract)) == ["2026-01-31"]


def test_a_token_is_hmac_sha256_and_null_stays_null(spark, frame):
    key = b"a key of the test"
    blocks = padded_blocks(key)
    pads = spark.createDataFrame([(blocks[:64], blocks[64:])], "inner binary, outer binary")
    rows = frame("""
        value       | expected
        13800138000 |
        张三        |
    """).crossJoin(pads)
    tokens = answers(rows, treatments.token(F.col("value"), inner=F.col("inner"), outer=F.col("outer")))
    assert tokens == [hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] for text in ("13800138000", "张三")]
    nothing = treatments.token(F.lit(None).cast("string"), inner=F.col("inner"), outer=F.col("outer"))
    assert answers(rows, nothing) == [None, None]


def test_the_hmac_equals_the_published_vector():
    # RFC 4231, test case 2
    inner, outer = padded_blocks(b"Jefe")[:64], padded_blocks(b"Jefe")[64:]
    digest = hashlib.sha256(outer + hashlib.sha256(inner + b"what do ya want for nothing?").digest()).hexdigest()
    assert digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@pytest.mark.parametrize(
    ("identifier", "spellings", "normal"),
    [
        ("mobile_phone", ["13800138000", "+86 138-0013-8000", "008613800138000", "１３８００１３８０００", "13800138000.0"], "13800138000"),
        ("resident_id", ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"], "11010519491231002"),
        ("person_name", ["欧阳测试", "欧阳 测试", "\u200b欧阳测试", "　欧阳测试"], "欧阳测试"),
        ("email", ["Li.Lei@Example.COM", " li.lei@example.com"], "li.lei@example.com"),
        ("bank_card", ["6222 0212 3456 7890 128", "6222-0212-3456-7890-128"], "6222021234567890128"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_value_is_one_value(spark, identifier, spellings, normal):
    rows = spark.createDataFrame([(text,) for text in spellings], "value string")
    assert set(answers(rows, normalised(F.col("value"), identifier))) == {normal}


def test_a_seal_opens_with_its_key_and_its_token_only_and_never_looks_the_same(spark):
    key, other = b"0123456789abcdef0123456789abcdef", b"another key, of thirty-two bytes"
    schema = "value string, key binary, token string"
    rows = spark.createDataFrame([("13800138000", key, "t1"), ("13800138000", key, "t1"), (None, key, "t1")], schema)
    sealed = rows.select(treatments.seal(F.col("value"), key=F.col("key"), bound_to=F.col("token"))).collect()
    first, second, nothing = (row[0] and bytes(row[0]) for row in sealed)
    assert first != second
    assert nothing is None
    altered = bytes([*first[:-1], first[-1] ^ 1])
    tried = [
        (first, key, "t1"),
        (first, key, "t2"),
        (first, other, "t1"),
        (altered, key, "t1"),
        (b"", key, "t1"),
        (None, key, "t1"),
    ]
    trials = spark.createDataFrame(tried, "sealed binary, key binary, token string")
    opened = treatments.unsealed(F.col("sealed"), key=F.col("key"), bound_to=F.col("token"))
    assert answers(trials, opened) == ["13800138000", None, None, None, None, None]


def test_a_treatment_without_code_stops_the_job():
    class Unheard(Treatment):
        kind = "unheard"

    field = Field("a", "a", "a", "string", Classification.SENSITIVE, Unheard())
    with pytest.raises(NotImplementedError, match="unheard"):
        treatments.treated(field, load("crm.customers"))


def test_every_declared_kind_of_treatment_but_drop_has_code():
    taught = {kind.kind for kind in treatments._apply.registry if hasattr(kind, "kind")}
    assert taught == set(BY_KIND) - {"drop"}


def test_no_key_stands_in_a_plan(spark, tmp_path, capsys):
    keys = KeyFiles(tmp_path)
    keys.create(TOKEN, "customer", 1, secrets.token_bytes(32))
    keys.create(SEAL, "customer", 1, secrets.token_bytes(32))
    blocks = keys.path(TOKEN, "customer").read_bytes()
    rows = spark.createDataFrame([("13800138000",)], "value string").crossJoin(
        F.broadcast(keys.frame(spark, {"customer": 1}))
    )
    rows.select(treatments.token(F.col("value"), inner=F.col("inner_customer"), outer=F.col("outer_customer"))).explain(
        "extended"
    )
    plan = capsys.readouterr().out
    assert "inner_customer" in plan, "the plan was not seen"
    for secret in (blocks[:64], blocks[64:], bytes(byte ^ 0x36 for byte in blocks[:32])):
        assert secret.hex() not in plan.lower()
        assert repr(secret)[2:-1] not in plan
