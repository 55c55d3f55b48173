"""Compare settings of the engine as pairs: two engines alive at once, the same statements to each in turn.

    infra/with_settings.sh python -m infra.engine.measure partitions|jit|collector [rounds]

Gives the start and the cold first round once, the medians of the warm rounds, and their ratios; single times on a
shared machine say little. Needs the memory of two engines and some minutes. Source: ADR 0002.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import SparkSession

from infra.engine import probe
from infra.engine.client import connect_session

PAIRS = {
    "partitions": {
        "ours": {},
        "defaults": {
            "LAKEWARDEN_ENGINE_OPTIONS": "--conf spark.sql.shuffle.partitions=200"
            " --conf spark.databricks.delta.snapshotPartitions=50"
            " --conf spark.sql.sources.parallelPartitionDiscovery.parallelism=10000"
        },
    },
    "jit": {
        "ours": {},
        "c1": {"LAKEWARDEN_ENGINE_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"},
    },
    "collector": {
        "ours": {},
        "serial": {"LAKEWARDEN_ENGINE_JAVA_OPTIONS": "-XX:+UseSerialGC"},
    },
}
"""Question: the two settings that answer it, as variables of start.sh."""

BUILD = "AS SELECT id, id % 97 AS region, sha2(string(id), 256) AS word FROM range(20000)"
STATEMENTS: dict[str, Callable[[str], str]] = {
    "create table as select": lambda t: f"CREATE OR REPLACE TABLE {t} USING delta {BUILD}",
    "merge": lambda t: (
        f"""MERGE INTO {t} AS t USING (SELECT id + 10000 AS id, 'x' AS word FROM range(20000)) AS s
        ON t.id = s.id WHEN MATCHED THEN UPDATE SET word = s.word
        WHEN NOT MATCHED THEN INSERT (id, region, word) VALUES (s.id, 0, s.word)"""
    ),
    "join and group": lambda t: (
        f"""SELECT a.region, count(*), count(DISTINCT b.word), max(a.word)
        FROM {t} AS a JOIN {t} AS b ON a.id = b.id GROUP BY a.region ORDER BY 2 DESC"""
    ),
    "delete": lambda t: f"DELETE FROM {t} WHERE region = 5",
    "vacuum": lambda t: f"VACUUM {t} RETAIN 168 HOURS",
    "long work (3 M rows hashed)": lambda _: "SELECT max(sha2(sha2(string(id), 256), 256)) FROM range(3000000)",
}


@dataclass
class Engine:
    """One engine of a pair, with its own lake and ports, and what was measured on it."""

    name: str
    home: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes]
    start_s: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)

    def session(self) -> SparkSession:
        """A fresh session of this engine."""
        os.environ.update(self.settings)
        return connect_session()

    def measure(self, spark: SparkSession, round_number: int) -> None:
        """Send each statement once and keep its time."""
        for title, statement in STATEMENTS.items():
            began = time.monotonic()
            spark.sql(statement(f"default.pair_{round_number}")).collect()
            self.times.setdefault(title, []).append(time.monotonic() - began)

    def resident_gb(self) -> float:
        """Resident memory of the JVM now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**30


def start(name: str, variables: dict[str, str], folder: Path, offset: int) -> Engine:
    """Start an engine and wait until it answers at both doors."""
    home = folder / name
    settings = {
        "LAKE_HOME": str(home),
        "LAKEWARDEN_CONNECT_PORT": str(15802 + offset),
        "LAKEWARDEN_THRIFT_PORT": str(10802 + offset),
        "LAKEWARDEN_ENGINE_OPTIONS": "",
        "LAKEWARDEN_ENGINE_JAVA_OPTIONS": "",
    } | variables
    os.environ.update(settings)
    root = Path(os.environ["LAKEWARDEN_ROOT"])
    subprocess.run([root / "infra" / "secrets.sh"], check=True)
    began = time.monotonic()
    with (home / "engine.log").open("wb") as log:
        process = subprocess.Popen([root / "infra" / "engine" / "start.sh"], stdout=log, stderr=log)
    while reason := probe.fault():
        if process.poll() is not None:
            raise SystemExit(f"the engine {name!r} ended: {reason}; see {home}/engine.log")
        time.sleep(0.1)
    return Engine(name, home, settings, process, time.monotonic() - began)


def report(first: Engine, second: Engine) -> None:
    """One line per measure: both engines, and how many times the second takes the first's."""
    print(f"{'':<34}{first.name:>10}{second.name:>10}{'ratio':>8}")
    lines = {"start, s": (first.start_s, second.start_s)}
    cold = [sum(times[0] for times in engine.times.values()) for engine in (first, second)]
    lines["cold first round, s"] = (cold[0], cold[1])
    for title in STATEMENTS:
        median = [statistics.median(engine.times[title][1:]) for engine in (first, second)]
        lines[f"{title}, s"] = (median[0], median[1])
    lines["resident memory at the end, GB"] = (first.resident_gb(), second.resident_gb())
    for title, (left, right) in lines.items():
        print(f"{title:<34}{left:>10.2f}{right:>10.2f}{right / left:>8.2f}")


def main() -> None:
    """Run one pair and print it; both engines and their lakes are gone afterwards."""
    question, rounds = sys.argv[1], int((sys.argv[2:] or ["6"])[0])
    folder = Path(tempfile.mkdtemp(prefix="lakewarden-pair-"))
    engines: list[Engine] = []
    try:
        for offset, (name, variables) in enumerate(PAIRS[question].items()):
            engines.append(start(name, variables, folder, offset))
        sessions = [engine.session() for engine in engines]
        for number in range(rounds + 1):
            for engine, spark in zip(engines, sessions, strict=True):
                engine.measure(spark, number)
        report(*engines)
    finally:
        for engine in engines:
            engine.process.terminate()
        for engine in engines:
            engine.process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
