"""Marts (数据集市): built from all released data, judged, then shown to every reader at once.

任一数据集放行后自动运行：构建、关口、发布。多个数据集先后放行时，等全部在途数据通过后只构建一次。

- 构建使用全部引擎资源；输入没有变化时几秒结束。
- 关口未通过或构建失败：读者看到的仍是上一次发布的数字；原因见 `lakewarden status`。
- 手动运行：随时可以，重复运行不会改变结果。
"""

from airflow.sdk import DAG, AssetAny
from pipeline.stages import build, families, gate, publish, released, settings

with DAG(
    "marts",
    schedule=AssetAny(*(released(family.name) for family in families())),  # whenever a dataset was released
    doc_md=__doc__,
    **settings(owner="data-platform", title="数据集市：构建与发布", tags=["数据集市", "发布"]),
):
    build() >> gate("marts") >> publish()
