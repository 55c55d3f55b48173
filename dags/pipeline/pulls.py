"""The step of a form server: new submissions into landing, at the times that its contract gives.

Where the server is says a variable of the installation, read here only for whether it is set; its secret is in a file
that the command reads. Neither is in a command, a variable of the step or Airflow's database.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import MultipleCronTriggerTimetable

from contracts.families import families
from contracts.loading import from_form_servers
from contracts.model import Contract, Pull
from pipeline.stages import NOTHING_NEW, every_day, step

SET = "按契约的时间表运行：`{times}`（北京时间）。"
UNSET = "**不按时间运行**：本实例未设置表单服务器地址 `{setting}`；设置后重新启动即按契约的时间表运行。"


@dataclass(frozen=True)
class FormServer:
    """What one dataset's contract says of its form server, and whether this installation knows where that is."""

    dataset: str
    label: str  # Chinese
    owner: str
    agreed: Pull
    setting: str
    has_address: bool

    @property
    def schedule(self) -> MultipleCronTriggerTimetable | None:
        """The contract's times; none without an address, so that nothing is asked."""
        return every_day(*self.agreed.taken_at) if self.has_address else None

    @property
    def when(self) -> str:
        """The same for the reader of the DAG's page, in Chinese."""
        if not self.has_address:
            return UNSET.format(setting=self.setting)
        return SET.format(times="`、`".join(self.agreed.taken_at))


def form_servers() -> Iterator[FormServer]:
    """The form servers of all contracts, by dataset. Raises: InvalidContracts."""
    owners = {family.name: family.owner for family in families()}
    for contract in from_form_servers():
        if (agreed := contract.source.pull) is not None:
            yield _server(contract, agreed, owners[contract.family])


def pull(dataset: str) -> BashOperator:
    """Form server to landing; skipped when nothing came, or when it is too early for what the owner allows.

    It asks no engine. Ended by its time limit or tried again, it goes on where it was.
    """
    command = f"lakewarden pull $DATASET --nothing-new-exit-code {NOTHING_NEW}"
    return step("pull", "拉取", command, dataset, minutes=60, skip_on_exit_code=NOTHING_NEW, pool="default_pool")


def _server(contract: Contract, agreed: Pull, owner: str) -> FormServer:
    setting = contract.server_setting
    return FormServer(contract.id, contract.label, owner, agreed, setting, bool(os.environ.get(setting)))
