"""Arrivals (到达): a file that lies whole in landing starts the DAG of its family within a minute.

落地区出现新的完整文件时自动运行，触发相应数据源的采集；暂停本 DAG 后，各数据源只按时间表采集。

- 文件仍在写入：等其不再变化后才触发。
- 采集本身的结果与停在何处，见相应数据源的运行与 `lakewarden status`。
"""

from airflow.sdk import DAG
from pipeline.stages import landing, settings, start_families, which_families

with DAG(
    "arrivals",
    schedule=landing(),
    doc_md=__doc__,
    **settings(owner="data-platform", title="文件到达：触发采集", tags=["采集"]),
):
    start_families(which_families())
