"""Read the DAG files as the scheduler does and print what they hold as JSON; run in a process of its own."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.hitl import HITLOperator


def described(task: Any) -> dict[str, Any]:
    return {
        "command": task.bash_command,
        "variables": {name: str(value) for name, value in task.env.items()},
        "upstream": sorted(task.upstream_task_ids),
        "outlets": [asset.name for asset in task.outlets],
        "trigger_rule": str(task.trigger_rule.value),
        "pushes_xcom": task.do_xcom_push,
        "timeout_s": task.execution_timeout and task.execution_timeout.total_seconds(),
        "retries": task.retries,
        "retry_delay_s": task.retry_delay.total_seconds(),
        "skipped_on": list(task.skip_on_exit_code),
        "pool": task.pool,
        "pool_slots": task.pool_slots,
        "priority": task.priority_weight,
        "at_a_time": task.max_active_tis_per_dag,
        "owner": task.owner,
        "title": task.task_display_name,
        "calls_on_failure": [call.__name__ for call in task.on_failure_callback],
    }


def is_command(task: Any) -> bool:
    """A step of ours; the rest is what Airflow itself does: find out who is meant, start another DAG."""
    return isinstance(task, BashOperator)


def waits_for(timetable: Any) -> dict[str, list[str]]:
    """The word between the assets, and the assets; nothing for a DAG that goes by the clock."""
    condition = getattr(timetable, "asset_condition", None)
    if condition is None:
        return {}
    assets = getattr(condition, "objects", [condition])
    return {type(condition).__name__: sorted(asset.name for asset in assets)}


def watchers(timetable: Any) -> list[str]:
    """The triggers behind the assets that a DAG waits for."""
    condition = getattr(timetable, "asset_condition", None)
    return [
        watcher.trigger["classpath"] if isinstance(watcher.trigger, dict) else type(watcher.trigger).__name__
        for asset in getattr(condition, "objects", [condition])
        for watcher in getattr(asset, "watchers", ())
    ]


def main(folder: Path) -> None:
    before, began = set(sys.modules), time.perf_counter()
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags")
    dags = {
        dag.dag_id: {
            "file": Path(dag.fileloc).name,
            "doc": dag.doc_md,
            "title": dag.dag_display_name,
            "tags": sorted(dag.tags),
            "catchup": dag.catchup,
            "runs_at_a_time": dag.max_active_runs,
            "times": [(tick.expression, str(tick.timezone)) for tick in getattr(dag.timetable, "timetables", ())],
            "clock": type(dag.timetable).__name__,
            "owners": sorted({task.owner for task in dag.tasks}),
            "waits_for": waits_for(dag.timetable),
            "watched_by": watchers(dag.timetable),
            "tasks": {task.task_id: described(task) for task in dag.tasks if is_command(task)},
            "questions": {
                task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks if isinstance(task, HITLOperator)
            },
            "others": sorted(task.task_id for task in dag.tasks if not is_command(task)),
        }
        for dag in bag.dags.values()
    }
    found = {
        "errors": bag.import_errors,
        "dags": dags,
        "seconds": {Path(str(stat.file)).name: stat.duration.total_seconds() for stat in bag.dagbag_stats},
        "parse_s": time.perf_counter() - began,
        "imported": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
        "all_modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }
    Path(sys.argv[2]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
