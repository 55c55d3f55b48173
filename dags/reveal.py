"""Reveal (数据还原): a value comes back from its token, for a reason, approved by somebody else, until it expires.

填写申请（触发 DAG）→ 他人在“待处理操作”中审批 → 数据写入申请人本人的受限目录 → 到期自动删除。

- 申请人、审批人须先登记：`lakewarden reveal admit`；同一人的多个账号登记在一起，不能自己批准自己的申请。
- 数据从不出现在日志与页面中；目录与文件名见“打开数据”一步的日志。
- 进度与每月清单：`lakewarden reveal list`；说明见 docs/reveal.md。
"""

from airflow.sdk import DAG
from pipeline.reveals import approve, decide, form, open_values, refuse, request
from pipeline.stages import settings

with DAG(
    "reveal",
    schedule=None,  # a person starts it
    doc_md=__doc__,
    params=form(),
    **settings(owner="data-steward", title="数据还原：申请、审批、打开", tags=["数据还原", "审批"], runs_at_a_time=16),
):
    approved = approve()
    request() >> decide() >> [approved, refuse()]
    approved >> open_values()
