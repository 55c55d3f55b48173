"""Corrections of reports (报告更正): what was issued gets a new version, with its reason and what changed.

更正 → 批准 → 报发。只需末位岗位（总经理）批准；原版次留存，更正登记见 `lakewarden report list`。

- 数值只能从数据源更正：补正数据、重新发布后再触发；与原版无差异时拒绝更正。
- 停在何处见 `lakewarden status`；说明见 docs/reports.md。
"""

from airflow.sdk import DAG
from pipeline.reports import correct, correction_form, release, signature
from pipeline.stages import settings

with DAG(
    "report_corrections",
    schedule=None,  # a person starts it
    doc_md=__doc__,
    params=correction_form(),
    **settings(owner="customer-service", title="报告：更正", tags=["报告", "审批"], runs_at_a_time=16),
):
    why = "- 更正原因：{{ params.reason }}（{{ params.asked_by }}）\n"
    approve, approved = signature("approve", "批准更正", 0, about=why)
    correct() >> approve
    approved >> release()
