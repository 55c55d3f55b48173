"""Reports that are due (应编制的报告): every morning what the calendar asks for is drafted, missed days too.

月报、季报、年报在周期结束后的编制日（各报告的 draft_on_day）起自动编制；岗位未配齐的报告不编制。

- 应编制清单：`lakewarden report due`；逾期未报发：`lakewarden report list`；停在何处见 `lakewarden status`。
"""

from airflow.sdk import DAG
from pipeline.reports import due, every_morning, start_reports
from pipeline.stages import settings

with DAG(
    "reports_due",
    schedule=every_morning(),  # 08:00 every day in China
    doc_md=__doc__,
    **settings(owner="customer-service", title="报告：到期编制", tags=["报告"]),
):
    start_reports(due().output)
