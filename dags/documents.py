"""Documents (非结构化文件): photographs, scans, contracts and recordings of the watched folder, a record each.

每天 00:00 与 05:00 采集新收到的文件，经原始区与脱敏区两道关口放行；放行后自动触发数据集市。

- 没有新文件：该数据集各步显示为“已跳过”，不触发任何下游。
- 关口未通过：其后各步不运行，已发布的数字保持不变；原因见 `lakewarden status`。
- 手动运行与定时运行：取全部新文件。
- 按日补采：只取当日到达的文件；命令见 docs/scheduling.md。
"""

from airflow.sdk import DAG, TaskGroup
from pipeline.stages import datasets_of, desensitise, every_day, gate, ingest, settings

with DAG(
    "documents",
    schedule=every_day("0 0 * * *", "0 5 * * *"),  # midnight, and 05:00 when the last of the night are there
    doc_md=__doc__,
    **settings(owner="customer-data", title="非结构化文件：采集与脱敏", tags=["采集", "文件"]),
):
    for dataset in datasets_of("documents"):
        with TaskGroup(dataset.name):
            ingest(dataset) >> gate("raw", dataset) >> desensitise(dataset) >> gate("desensitised", dataset)
