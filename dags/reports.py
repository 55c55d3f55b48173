"""Reports (报告): a report of a period is drafted, checked twice, approved, and only then issued to its recipients.

编制 → 审核（两人）→ 批准 → 报发。每日由“应编制的报告”（`reports_due`）触发，也可手动触发，选择报告与周期。

- 审核、批准在“待处理操作”中进行；岗位对应的人员与收件部门由 LAKE_HOME/reports/roles.yml 指定。
- 编制人不得审核或批准；拒绝后草稿留存，重新编制为新的一版。
- 审批、报发记录与逾期：`lakewarden report list`；停在何处见 `lakewarden status`；说明见 docs/reports.md。
"""

from airflow.sdk import DAG
from pipeline.reports import draft, form, release, signature
from pipeline.stages import settings

with DAG(
    "reports",
    schedule=None,  # `reports_due` starts it, or a person
    doc_md=__doc__,
    params=form(),
    **settings(owner="customer-service", title="报告：编制、审批、报发", tags=["报告", "审批"], runs_at_a_time=16),
):
    check, checked = signature("check", "审核", 0)
    agree, agreed = signature("agree", "复核", 1)
    approve, approved = signature("approve", "批准", 2)
    draft() >> check
    checked >> agree
    agreed >> approve
    approved >> release()
