"""Sources (数据源): one DAG per family of contracts; a new contract is taken in without a line here."""

from airflow.sdk import DAG, task_group
from pipeline.stages import desensitise, every_day, families, gate, ingest, settings, waiting

DOC = """{label}：{holds}。

每天按时采集新文件，文件到达一分钟内也会采集；各数据集经原始区与脱敏区两道关口放行，放行后自动触发数据集市。

- 没有新文件：“待办数据集”为空，其后各步显示为“已跳过”，不触发任何下游。
- 关口未通过：该数据集其后各步不运行，已发布的数字保持不变；原因见 `lakewarden status`。
- 定时、到达触发与手动运行：取全部新文件。
- 按日补采：只取当日到达的文件；命令见 docs/scheduling.md。
"""

for family in families():
    with DAG(
        family.name,
        schedule=every_day(*family.taken_at),
        doc_md=DOC.format(label=family.label, holds=family.holds),
        **settings(owner=family.owner, title=f"{family.label}：采集与脱敏", tags=["采集", family.label]),
    ):

        @task_group(group_id="dataset", group_display_name="数据集")
        def steps(dataset: str, released_by: str = family.name) -> None:
            """What every dataset goes through; a gate that says no ends the way of this one and of no other."""
            released = gate("desensitised", dataset, releases=released_by)
            ingest(dataset) >> gate("raw", dataset) >> desensitise(dataset) >> released

        steps.expand(dataset=waiting(family).output)
