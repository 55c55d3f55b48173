"""Expiry (到期删除): every hour, reveals and exports whose time is over end, and their files are removed.

到期的还原与导出立即失效，文件随后删除；任何 `lakewarden reveal`、`lakewarden export` 命令也会先做同样的事。
清单见 `lakewarden reveal list` 与 `lakewarden export list`。
"""

from airflow.sdk import DAG
from pipeline.expiry import end_exports, end_reveals, every_hour
from pipeline.stages import settings

with DAG(
    "expiry",
    schedule=every_hour(),  # on the hour
    doc_md=__doc__,
    **settings(owner="data-steward", title="还原与导出：到期删除", tags=["数据还原", "导出"]),
):
    end_reveals()
    end_exports()
