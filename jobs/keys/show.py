"""How the command line shows key versions; in Chinese, because stewards and auditors read them too."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from jobs.keys.status import Standing, VersionStatus
from jobs.prompt import table

_STANDINGS = {
    Standing.WRITES: "当前写入",
    Standing.KEPT: "保留, 可停用",
    Standing.RETIRED: "已销毁",
    Standing.MISSING: "密钥库中缺失: 请从备份恢复",
    Standing.ANOTHER: "密钥不符: 请从备份恢复",
    Standing.UNKNOWN: "密钥库没有应答",
}
_COLUMNS = ("密钥域", "版本", "状态", "令牌密钥指纹", "封存密钥指纹", "数据集", "批次数", "批次")


def versions_table(versions: Iterable[VersionStatus], *, most_batches: int | None) -> Table:
    """One row per version and dataset. most_batches: how many batches are named in a row; None for all."""
    rows = (row for version in versions for row in _rows(version, most_batches))
    return table("密钥版本与用它生成的批次", _COLUMNS, rows)


def _rows(version: VersionStatus, most_batches: int | None) -> Iterator[tuple[object, ...]]:
    for dataset, batches in (version.by_dataset or {"-": []}).items():
        named = " ".join(batches[:most_batches]) + (" …" if most_batches and len(batches) > most_batches else "")
        yield (
            version.domain, version.version, _STANDINGS[version.standing], version.token_fingerprint or "-",
            version.seal_fingerprint or "-", dataset, len(batches), named or "-",
        )  # fmt: skip
