"""The steps of `dags/expiry.py`; both need the ledger alone and not the engine."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import CronTriggerTimetable

from pipeline.stages import ZONE, step


def every_hour() -> CronTriggerTimetable:
    """On the hour."""
    return CronTriggerTimetable("0 * * * *", timezone=ZONE)


def end_reveals() -> BashOperator:
    """Reveals that have run out of time end, and the values that they opened go."""
    return step("reveals", "还原到期", "lakewarden reveal expire", minutes=10, pool="default_pool")


def end_exports() -> BashOperator:
    """The same of exports."""
    return step("exports", "导出到期", "lakewarden export expire", minutes=10, pool="default_pool")
