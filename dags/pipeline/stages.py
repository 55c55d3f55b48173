"""The steps of every DAG. Each is one `lakewarden` command, so a person can run the same step by hand.

One writer per table: no command runs twice at a time for a dataset (`max_active_tis_per_dag`), whatever started the
runs. `max_active_runs` alone would not do: Airflow counts the runs of a backfill apart from the scheduled ones.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, AssetWatcher, MultipleCronTriggerTimetable, task

from contracts.families import Family, families
from pipeline.landing import WholeFiles
from pipeline.stopping import StopWhenRefused, say_what_stopped

ZONE = "Asia/Shanghai"
NOTHING_NEW = 99

#: A file is taken when it has lain still for one such span, so within half a minute.
LOOK_EVERY_S = 5.0

#: Who gets the engine first: what is built is published, then all that arrived goes through, then one build for all.
BUILT, ARRIVED, BUILD = 20, 10, 1

#: All slots of the pool `engine` (infra/airflow/prepare.py): the build waits until the sources are through.
WHOLE_ENGINE = 2

#: A run by schedule or by hand takes whatever is new; a backfill takes the files that arrived on its day.
ONE_DAY = (
    f"{{% if dag_run.run_type == 'backfill' %}} --day {{{{ logical_date.in_timezone('{ZONE}').to_date_string() }}}}"
    "{% endif %}"
)

GATES = {"raw": "关口：原始区", "desensitised": "关口：脱敏区", "marts": "关口：数据集市"}


def released(family: str) -> Asset:
    """Says that new rows of this family are released: free of people, and through gate 3."""
    return Asset(f"lakewarden/{family}")


def landing() -> Asset:
    """Says that whole files lie in landing; Airflow's triggerer watches."""
    return Asset("lakewarden/landing", watchers=[AssetWatcher("whole_files", WholeFiles(every_s=LOOK_EVERY_S))])


@task(task_display_name="到达了哪些数据源的文件")
def which_families(*, triggering_asset_events: Any) -> list[str]:
    """The families that the events named and that have a DAG; a folder of another name has nobody to take it."""
    known = {family.name for family in families()}
    events = [event for events in triggering_asset_events.values() for event in events]
    named = {family for event in events for family in event.extra["payload"]["families"]}
    return sorted(named & known)


def start_families(names: Any) -> None:
    """One run of each family's DAG."""
    TriggerDagRunOperator.partial(
        task_id="start", task_display_name="启动采集", map_index_template="{{ task.trigger_dag_id }}"
    ).expand(trigger_dag_id=names)


def every_day(*crons: str) -> MultipleCronTriggerTimetable:
    """At these times in China. A family has midnight: `airflow backfill --to-date` ends there, with that day's run.

    An installation that is first started more than ten minutes after one of them waits for the next.
    """
    return MultipleCronTriggerTimetable(*crons, timezone=ZONE, run_immediately=timedelta(minutes=10))


def settings(*, owner: str, title: str, tags: Sequence[str], runs_at_a_time: int = 1) -> dict[str, Any]:
    """What all DAGs have in common. Without a start date a backfill may reach back as far as there are files.

    runs_at_a_time: more than one only where a run waits for a person.
    """
    return {
        "dag_display_name": title,
        "tags": list(tags),
        "catchup": False,
        "max_active_runs": runs_at_a_time,
        "default_args": {"owner": owner},
    }


def waiting(family: Family) -> BashOperator:
    """The datasets of a family that have something to do, for the steps behind it; mostly few of many."""
    return step(
        "waiting", "待办数据集", f"lakewarden waiting {family.name}{ONE_DAY}", minutes=10,
        do_xcom_push=True, output_processor=json.loads, pool="default_pool",
    )  # fmt: skip


def ingest(dataset: str) -> BashOperator:
    """Landing to raw, with gate 1 inside; skipped, and everything behind it too, when there is nothing new."""
    command = f"lakewarden ingest $DATASET{ONE_DAY} --nothing-new-exit-code {NOTHING_NEW}"
    return step("ingest", "采集", command, dataset, minutes=60, skip_on_exit_code=NOTHING_NEW)


def desensitise(dataset: str) -> BashOperator:
    """Raw to desensitised."""
    return step("desensitise", "脱敏", "lakewarden desensitise $DATASET", dataset, minutes=60)


def gate(zone: str, dataset: str | None = None, *, releases: str | None = None) -> BashOperator:
    """The gate behind a zone; the one behind `desensitised` releases the dataset and so starts the marts."""
    command = f"lakewarden gate {zone} $DATASET" if dataset else f"lakewarden gate {zone}"
    outlets = [released(releases)] if releases else []
    priority = ARRIVED if dataset else BUILT
    return step(f"gate_{zone}", GATES[zone], command, dataset, minutes=30, outlets=outlets, priority_weight=priority)


def build() -> BashOperator:
    """Desensitised to marts that no reader sees yet."""
    return step("build", "构建数据集市", "lakewarden build", minutes=60, priority_weight=BUILD, pool_slots=WHOLE_ENGINE)


def publish() -> BashOperator:
    """Marts to readers, all at once."""
    return step("publish", "发布", "lakewarden publish", minutes=30, priority_weight=BUILT)


def step(
    name: str,
    title: str,
    command: str,
    dataset: str | None = None,
    *,
    minutes: int,
    environment: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> BashOperator:
    """One command with what every step needs; a hanging client of a dead engine ends by `minutes` and no other way.

    `dataset`: known only when the run has found out what waits; the command has it as $DATASET, the interface as name.
    `environment`: what the command takes from the run, as variables, so that no text of a person becomes a command.
    """
    named = {"DATASET": dataset} if dataset else {}
    return BashOperator(
        **{
            "task_id": name,
            "task_display_name": title,
            "bash_command": command,
            # the environment of this interpreter first; everything else comes from the scheduler's environment
            "env": {"PATH": f"{Path(sys.executable).parent}:{os.defpath}", **named, **environment},
            "map_index_template": "{{ task.env['DATASET'] }}" if dataset else None,
            "append_env": True,
            "skip_on_exit_code": None,
            "do_xcom_push": False,
            "execution_timeout": timedelta(minutes=minutes),
            "retries": 2,
            "retry_delay": timedelta(seconds=15),
            "retry_policy": StopWhenRefused(),
            "on_failure_callback": say_what_stopped,
            "pool": "engine",
            "priority_weight": ARRIVED,
            "weight_rule": "absolute",
            "max_active_tis_per_dag": 1,
            **more,
        }
    )
