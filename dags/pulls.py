"""Pulls (表单拉取): one DAG per contract that names a form server; a new one is asked without a line here."""

from airflow.sdk import DAG
from pipeline.pulls import form_servers, pull
from pipeline.stages import settings

DOC = """{label}：从表单服务器拉取新提交，写入落地区；文件到达后由 `arrivals` 自动触发采集。

{when}

- 两次拉取的最小间隔：{minutes} 分钟（契约 `at_most_every_minutes`，D09-9）；间隔未到不访问服务器，显示为“已跳过”。
- 没有新提交：同样显示为“已跳过”，不触发任何下游。
- 中断或重试：从中断处继续，不遗漏、不重复。
- 停在何处见该步日志；文件到达后的进展见 `lakewarden status`；说明见 docs/forms.md。
"""

for form in form_servers():
    with DAG(
        f"pull_{form.dataset}",
        schedule=form.schedule,  # the contract's times; none where no address is set
        doc_md=DOC.format(label=form.label, when=form.when, minutes=form.agreed.at_most_every_minutes),
        **settings(owner=form.owner, title=f"{form.label}：从表单服务器拉取", tags=["采集", "表单"]),
    ):
        pull(form.dataset)
