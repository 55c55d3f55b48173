"""A published file of a few rows: every mart that the reports read, with the columns that its description has."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from jobs.reports.catalogue import read_catalogue

Row = Mapping[str, Any]
JAN, DEC, LAST_JAN = date(2026, 1, 1), date(2025, 12, 1), date(2025, 1, 1)

REGION = {"city_name": "佛山", "province_name": "广东", "region_code": "440600"}
HIDDEN = {"city_name": "贵阳", "province_name": "贵州", "region_code": "520100"}


def region_month(month: date, where: Row = REGION, **figures: Any) -> Row:
    return {"month_start": month, "feedback_count": 0, **where, **figures}


def complaint_month(month: date, department: str, count: int | None, *, open_count: int | None = 0) -> Row:
    return {
        "breakdown": "department", "member_code": department, "member_name": department, "month_start": month,
        "as_of_date": date(2026, 2, 1), "complaint_count": count, "open_count": open_count, "open_older_count": 0,
        "corrective_action_count": 0,
    }  # fmt: skip


#: January of 2026 beside December and the January before; 贵州 and 联营办 have too few people to be shown.
FEW_ROWS: Mapping[str, Sequence[Row]] = {
    "fct_region_month": [
        region_month(JAN, revenue_cny=1_234_567, transaction_count=420, new_customer_count=25, feedback_count=31),
        region_month(JAN, HIDDEN, revenue_cny=None, transaction_count=None, new_customer_count=None),
        region_month(DEC, revenue_cny=1_000_000, transaction_count=400, new_customer_count=30),
        region_month(LAST_JAN, revenue_cny=2_469_134, transaction_count=400, new_customer_count=25),
    ],
    "fct_complaint_month": [
        complaint_month(JAN, "销售部", 12, open_count=3),
        complaint_month(JAN, "联营办", None, open_count=None),
        complaint_month(DEC, "销售部", 10),
        {**complaint_month(JAN, "广东", 900), "breakdown": "region"},
    ],
}


def publish(file: Path, rows: Mapping[str, Sequence[Row]] = FEW_ROWS) -> Path:
    """Write or replace the published file; marts without rows are there and empty."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as database:
        database.execute("CREATE SCHEMA mart")
        for mart, columns in read_catalogue().marts.items():
            declared = ", ".join(f"{column.name} {column.data_type}" for column in columns.values())
            database.execute(f"CREATE TABLE mart.{mart} ({declared})")
            for row in rows.get(mart, ()):
                marks = ", ".join("?" for _ in row)
                database.execute(f"INSERT INTO mart.{mart} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    return file
