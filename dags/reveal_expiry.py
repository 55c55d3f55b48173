"""Expiry of reveals (还原数据到期删除): every hour, what has run out of time ends and its files are removed.

到期的申请立即失效，文件随后删除；任何 `lakewarden reveal` 命令也会先做同样的事。清单见 `lakewarden reveal list`。
"""

from airflow.sdk import DAG
from pipeline.reveals import every_hour, expire
from pipeline.stages import settings

with DAG(
    "reveal_expiry",
    schedule=every_hour(),  # on the hour
    doc_md=__doc__,
    **settings(owner="data-steward", title="数据还原：到期删除", tags=["数据还原"]),
):
    expire()
