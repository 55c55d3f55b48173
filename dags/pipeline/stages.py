"""The steps of every DAG. Each is one `lakewarden` command, so a person can run the same step by hand.

One writer per table: no command runs twice at a time for a dataset (`max_active_tis_per_dag`), whatever started the
runs. `max_active_runs` alone would not do: Airflow counts the runs of a backfill apart from the scheduled ones.
"""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, MultipleCronTriggerTimetable

from contracts.loading import dataset_ids
from pipeline.stopping import StopWhenRefused, say_what_stopped

ZONE = "Asia/Shanghai"
NOTHING_NEW = 99

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


class Dataset(NamedTuple):
    """One declared dataset; its contract is read by the commands, never by the scheduler."""

    family: str
    name: str

    @property
    def id(self) -> str:
        """As contracts and commands call it."""
        return f"{self.family}.{self.name}"

    @property
    def asset(self) -> Asset:
        """Says that new rows of this dataset are released: free of people, and through gate 3."""
        return Asset(f"lakewarden/{self.family}/{self.name}")


def all_datasets() -> list[Dataset]:
    """Every declared dataset, from file names alone."""
    return [Dataset(*dataset_id.split(".", maxsplit=1)) for dataset_id in dataset_ids()]


def datasets_of(family: str) -> list[Dataset]:
    """The datasets of one source. Raises: LookupError when there are none, for such a DAG would always succeed."""
    if found := [dataset for dataset in all_datasets() if dataset.family == family]:
        return found
    raise LookupError(f"no contract in contracts/{family}; remove the DAG or write the first contract")


def every_day(*crons: str) -> MultipleCronTriggerTimetable:
    """At these times in China, midnight among them: `airflow backfill --to-date` ends at midnight, with that day's run.

    An installation that is first started more than ten minutes after one of them waits for the next.
    """
    return MultipleCronTriggerTimetable(*crons, timezone=ZONE, run_immediately=timedelta(minutes=10))


def settings(*, owner: str, title: str, tags: Sequence[str]) -> dict[str, Any]:
    """What all DAGs have in common. Without a start date a backfill may reach back as far as there are files."""
    return {
        "dag_display_name": title,
        "tags": list(tags),
        "catchup": False,
        "max_active_runs": 1,
        "default_args": {"owner": owner},
    }


def ingest(dataset: Dataset) -> BashOperator:
    """Landing to raw, with gate 1 inside; skipped, and everything behind it too, when there is nothing new."""
    command = f"lakewarden ingest {dataset.id}{ONE_DAY} --nothing-new-exit-code {NOTHING_NEW}"
    return _step("ingest", "采集", command, minutes=60, skip_on_exit_code=NOTHING_NEW)


def desensitise(dataset: Dataset) -> BashOperator:
    """Raw to desensitised."""
    return _step("desensitise", "脱敏", f"lakewarden desensitise {dataset.id}", minutes=60)


def gate(zone: str, dataset: Dataset | None = None) -> BashOperator:
    """The gate behind a zone; the one behind `desensitised` releases the dataset and so starts the marts."""
    command = f"lakewarden gate {zone}" if dataset is None else f"lakewarden gate {zone} {dataset.id}"
    outlets = [dataset.asset] if dataset and zone == "desensitised" else []
    priority = ARRIVED if dataset else BUILT
    return _step(f"gate_{zone}", GATES[zone], command, minutes=30, outlets=outlets, priority_weight=priority)


def build() -> BashOperator:
    """Desensitised to marts that no reader sees yet."""
    return _step(
        "build", "构建数据集市", "lakewarden build", minutes=60, priority_weight=BUILD, pool_slots=WHOLE_ENGINE
    )


def publish() -> BashOperator:
    """Marts to readers, all at once."""
    return _step("publish", "发布", "lakewarden publish", minutes=30, priority_weight=BUILT)


def _step(name: str, title: str, command: str, *, minutes: int, **more: Any) -> BashOperator:
    """One command with what every step needs; a hanging client of a dead engine ends by `minutes` and no other way."""
    return BashOperator(
        **{
            "task_id": name,
            "task_display_name": title,
            "bash_command": command,
            # the environment of this interpreter first; everything else comes from the scheduler's environment
            "env": {"PATH": f"{Path(sys.executable).parent}:{os.defpath}"},
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
