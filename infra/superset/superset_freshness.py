"""How new a chart's numbers are, put behind its title when a dashboard asks for its charts.

A title in a file cannot know it, since files are published more often than dashboards are deployed. Each chart names
its mart and, where there is one, the column that says how far the mart reaches (dashboards/charts.py).
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

CHARTS_OF_A_DASHBOARD = re.compile(r"/api/v1/dashboard/[^/]+/charts")
_BUSINESS_TIME = ZoneInfo("Asia/Shanghai")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Freshness:
    """How far each mart of one published file reaches; asked once per file and mart.

    newest: the newest value of a column of a mart, by its SQL; None where the mart is empty.
    """

    def __init__(self, published: Path, newest: Callable[[str], date | None]) -> None:
        self._published, self._newest = published, newest
        self._known: dict[tuple[int, str, str], str] = {}

    def of(self, mart: str, column: str | None) -> str:
        """`截至2026-01-31`, or `2026-02-01发布` for a mart that tells the present; empty where there is nothing."""
        if not self._published.exists():
            return ""
        written = self._published.stat().st_mtime_ns
        if column is None:
            return f"{datetime.fromtimestamp(written / 1e9, _BUSINESS_TIME):%Y-%m-%d}发布"
        key = (written, mart, column)
        if key not in self._known:
            self._known = {known: words for known, words in self._known.items() if known[0] == written}
            self._known[key] = self._ask(mart, column)
        return self._known[key]

    def _ask(self, mart: str, column: str) -> str:
        if not (_NAME.fullmatch(mart) and _NAME.fullmatch(column)):
            return ""
        day = self._newest(f"SELECT max({column}) FROM mart.{mart}")
        if day is None:
            return ""
        return f"截至{day:%Y-%m}" if column.endswith(("_start", "_start_on")) else f"截至{day:%Y-%m-%d}"


def with_freshness(answer: dict[str, Any], freshness: Freshness) -> dict[str, Any]:
    """The charts of a dashboard with ` · 截至2026-01` behind their titles."""
    for chart in answer.get("result", []):
        form = chart.get("form_data", {})
        if (mart := form.get("lakewarden_mart")) and (words := freshness.of(mart, form.get("lakewarden_as_of"))):
            chart["slice_name"] += f" · {words}"
    return answer


def ask_superset(sql: str) -> date | None:
    """One value of the published file, through Superset's own connection: one process opens a file in one way only."""
    from superset import db  # type: ignore[import-not-found]  # noqa: PLC0415  (needs the application, which is not there when the settings are read)
    from superset.models.core import Database  # type: ignore[import-not-found]  # noqa: PLC0415

    database = db.session.query(Database).filter_by(database_name="published").one()
    with database.get_sqla_engine() as engine, engine.connect() as connection:
        value: date | None = connection.exec_driver_sql(sql).scalar()
        return value
