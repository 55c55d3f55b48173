"""Finding identifiers beside reading the same table: a sample is judged, so the table is read once and little more.

make bench
"""

import pytest
from pyspark.sql import functions as F

from jobs.classify.measuring import SAMPLE_ROWS, measured, sampled
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone
from tests.bench.measuring import ROWS, in_turn, told

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

NUMBER = F.col("id")


def digits(length: int, *, salt: int) -> F.Column:
    return F.lpad((F.abs(F.xxhash64(NUMBER, F.lit(salt))) % 10**length).cast("string"), length, "0")


#: Twenty columns as a customer table has them: half of them identifiers or written like some.
COLUMNS = {
    "order_no": F.concat(F.lit("20260131"), digits(10, salt=1)),
    "mobile": F.concat(F.lit("13"), digits(9, salt=2)),
    "resident_id": F.concat(F.lit("33010619900101"), digits(4, salt=3)),
    "card": F.concat(F.lit("622202"), digits(13, salt=4)),
    "imsi": F.concat(F.lit("46000"), digits(10, salt=5)),
    "imei": F.concat(F.lit("86"), digits(13, salt=6)),
    "uscc": F.concat(F.lit("91330106MA"), digits(8, salt=7)),
    "email": F.concat(F.lit("u"), digits(8, salt=8), F.lit("@example.com")),
    "plate": F.concat(F.lit("浙A"), digits(5, salt=9)),
    "ip": F.concat(F.lit("10."), NUMBER % 256, F.lit("."), NUMBER % 97, F.lit(".7")),
    "name": F.concat(F.lit("欧阳测"), digits(1, salt=10)),
    "address": F.concat(F.lit("浙江省杭州市西湖区文一西路"), NUMBER % 999, F.lit("号")),
    "remark": F.concat(F.lit("客户反映信号不好，第"), NUMBER % 50_000, F.lit("次")),
    "registered_at": F.concat(F.lit("2026-01-31 12:00:"), F.lpad((NUMBER % 60).cast("string"), 2, "0")),
    "region_code": F.lit("330100"),
    "product": F.concat(F.lit("P"), NUMBER % 40),
    "amount": F.format_string("%.2f", NUMBER / 7),
    "quantity": (NUMBER % 9).cast("string"),
    "version": F.concat(F.lit("1.2."), NUMBER % 9, F.lit(".0")),
    "state": F.lit("approved"),
}


def test_classifying_beside_reading_the_table(lake: Lake) -> None:
    rows = lake.spark.range(ROWS).select(
        *(column.alias(name) for name, column in COLUMNS.items()),
        F.lit("a").alias("batch_id"),
        F.lit("0" * 64).alias("source_file_sha256"),
        NUMBER.alias("source_row_number"),
    )
    kinds = {"source_row_number": "bigint"}
    lake.replace_batch(Zone.RAW, "wide", {name: kinds.get(name, "string") for name in rows.columns}, "a", rows)

    def read() -> None:
        """Every cell is read and looked at as little as can be."""
        table = lake.read(Zone.RAW, "wide")
        table.agg(*(F.max(F.length(name)) for name in COLUMNS)).collect()

    def classify() -> None:
        measured(sampled(lake.read(Zone.RAW, "wide")), list(COLUMNS))

    def classify_all() -> None:
        measured(lake.read(Zone.RAW, "wide"), list(COLUMNS))

    scanned, found, whole = in_turn(read, classify, classify_all)
    told(
        f"classify {ROWS:,} rows x {len(COLUMNS)} columns by {SAMPLE_ROWS:,} of them: {found / scanned:.2f} x reading the table "
        f"({found:.1f} s, {scanned:.1f} s; aim: 2 x); looking at every cell: {whole / scanned:.1f} x ({whole:.1f} s)"
    )
