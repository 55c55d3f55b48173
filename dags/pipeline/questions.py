"""A question to a second person, in the scheduler's pages: whom it is put to, who answered, which words it may hold."""

import json
import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.sdk.exceptions import AirflowFailException

#: What a purpose or a reason, kept in clear, must match: no e-mail address and no number as long as one of a phone.
HARMLESS = "^(?!.*[0-9]{7})[^@]*$"


class QuestionToSome(HITLBranchOperator):
    """Asks some of the scheduler's accounts; all others get a 403. Who answered is pushed as `answered_by`."""

    @abstractmethod
    def accounts(self, context: Any) -> Iterable[str]:
        """The names of who may answer in this run, as an earlier step found them."""

    def execute(self, context: Any) -> Any:
        ids = json.loads(Path(os.environ["AIRFLOW_HOME"], "accounts.json").read_text(encoding="utf-8"))
        self.assigned_users = addressees(self.accounts(context), ids)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Note who answered, which the branch alone would not tell."""
        answered_by = event.get("responded_by_user") or {}
        context["ti"].xcom_push(key="answered_by", value=answered_by.get("name", ""))
        return super().execute_complete(context, event)


def addressees(names: Iterable[str], ids: Mapping[str, str]) -> list[dict[str, str]]:
    """Those of the accounts that the scheduler knows, as it addresses a question. ids: its accounts and their numbers.

    Raises: AirflowFailException when it knows none; to the scheduler an empty list means that anybody may answer.
    """
    if known := [{"id": ids[name], "name": name} for name in names if name in ids]:
        return known
    raise AirflowFailException("没有其他可审批的账号；登记与刷新账号的办法见 docs/reveal.md")
