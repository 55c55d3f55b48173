"""Where nobody may be found: everything below LAKE_HOME beside the restricted zones, and what is left in /tmp."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs.prove.scanner import files_below
from jobs.storage.zones import Zone

#: Zones whose readers may see people, as they came or, in the vault, sealed.
RESTRICTED = ("landing", Zone.RAW, Zone.QUARANTINE, Zone.VAULT, Zone.RESTRICTED)

#: Where keys and passwords lie; a scan for them must find them here and nowhere else.
KEYS = ("keys", "secrets")

#: The prover's own folder: copies with invented people, and files with a value planted on purpose.
SCRATCH = "prove"

#: How what our programs leave in /tmp begins.
_OURS = ("lakewarden", "airflow", "spark", "blockmgr", "hive", "dbt", "wgunicorn", "superset", "openpyxl", "hsperfdata")
_DELTA_LOG = "_delta_log"


@dataclass(frozen=True)
class Sink:
    """A kind of place, named in two languages, and the folders and files below LAKE_HOME that it is made of."""

    english: str
    chinese: str
    folders: tuple[str, ...] = ()


TABLES = Sink("desensitised tables, deleted files too", "脱敏表（含已删除未清理的文件）", ("desensitised",))
DELTA_LOGS = Sink("Delta logs, checkpoints, statistics", "Delta 日志、检查点与统计")
TEMPORARY = Sink("temporary files of our programs", "本系统程序的临时文件")

#: Every sink that is named; the longest path that fits decides. A place that nobody named is searched too.
SINKS = (
    TABLES,
    DELTA_LOGS,
    Sink("marts", "集市表", ("marts",)),
    Sink("dbt's target folder and logs", "dbt 编译目录与日志", ("marts/.dbt",)),
    Sink("published file", "发布文件", ("published",)),
    Sink("ledger", "运行台账", ("ops",)),
    Sink("Airflow's database", "Airflow 数据库", ("airflow",)),
    Sink("Airflow's logs", "Airflow 日志", ("airflow/logs",)),
    Sink("Superset's database", "Superset 数据库", ("superset",)),
    Sink(
        "Superset's caches and sessions",
        "Superset 缓存与会话",
        (
            "superset/cache_meta", "superset/cache_data", "superset/cache_filter", "superset/cache_explore",
            "superset/sessions",
        ),
    ),
    Sink("service logs", "服务日志", ("services",)),
    Sink("engine: metastore, warehouse", "引擎：元数据库、仓库目录", ("engine",)),
    Sink("engine's scratch: shuffle, spill", "引擎临时区：混洗与溢写", ("engine/scratch",)),
    Sink("Spark's event logs", "Spark 事件日志", ("engine/events",)),
    Sink("Great Expectations results", "Great Expectations 校验结果", ("gx",)),
    Sink("evidence reports", "证据报告", ("evidence",)),
    TEMPORARY,
)  # fmt: skip
_FOLDERS = {folder: sink for sink in SINKS for folder in sink.folders}


def sink_of(path: Path, home: Path) -> Sink:
    """The sink that a file below `home` belongs to."""
    inside = path.relative_to(home)
    if _DELTA_LOG in inside.parts:
        return DELTA_LOGS
    named = [_FOLDERS[name] for parent in (inside, *inside.parents) if (name := parent.as_posix()) in _FOLDERS]
    return named[0] if named else Sink(f"other: {inside.parts[0]}", f"其他：{inside.parts[0]}")


def sinks(home: Path) -> dict[Sink, list[Path]]:
    """Every file below `home` outside the restricted zones and the key store, by sink; an empty list where none is."""
    found: dict[Sink, list[Path]] = {sink: [] for sink in SINKS}
    for top in sorted(home.iterdir()):
        if top.name not in {*RESTRICTED, *KEYS, SCRATCH}:
            for path in files_below(top) if top.is_dir() else _one(top):
                found.setdefault(sink_of(path, home), []).append(path)
    return found


def temporary_files() -> list[Path]:
    """What our programs left in the machine's folder for temporary files, as far as it is this user's."""
    tops = sorted(Path(tempfile.gettempdir()).iterdir())
    ours = [top for top in tops if top.name.startswith(_OURS) and top.lstat().st_uid == os.getuid()]
    return [path for top in ours for path in (files_below(top) if top.is_dir() else _one(top))]


def _one(path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink():
        yield path
