"""Questions in the scheduler's pages (待处理操作), put to the accounts that a step of the run named, and no others."""

import json
import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.sdk.exceptions import AirflowFailException

#: Who started the run; empty for the calendar.
REQUESTER = {"REQUESTER": "{{ dag_run.triggering_user_name or '' }}"}

#: What a field of free text takes: nothing that looks like an identifier, for the scheduler keeps it in clear.
NAMES_NOBODY = "^(?!.*[0-9]{7})[^@]*$"


class AddressedQuestion(HITLBranchOperator):
    """Asks the accounts that it is addressed to; all others get a 403. Who answered is the XCom `answered_by`."""

    @abstractmethod
    def addressed_to(self, task_instance: Any) -> Iterable[str]:
        """The accounts that may answer, of what an earlier step of this run found; never the requester's."""

    def execute(self, context: Any) -> Any:
        ids = json.loads(Path(os.environ["AIRFLOW_HOME"], "accounts.json").read_text(encoding="utf-8"))
        self.assigned_users = addressees(self.addressed_to(context["ti"]), ids)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Note who answered, which the branch alone would not tell."""
        answered_by = event.get("responded_by_user") or {}
        context["ti"].xcom_push(key="answered_by", value=answered_by.get("name", ""))
        return super().execute_complete(context, event)


def answered_by(question: str) -> str:
    """The account that answered a question of this name, as a later step takes it from the run."""
    return f"{{{{ ti.xcom_pull(task_ids='{question}', key='answered_by') }}}}"


def addressees(accounts: Iterable[str], ids: Mapping[str, str]) -> list[dict[str, str]]:
    """The accounts that the scheduler knows, as it addresses a question. ids: its accounts and their numbers.

    Raises: AirflowFailException when it knows none; to the scheduler an empty list means that anybody may answer.
    """
    if known := [{"id": ids[name], "name": name} for name in accounts if name in ids]:
        return known
    raise AirflowFailException("没有其他可审批的账号；登记与刷新账号的办法见 docs/reveal.md")
