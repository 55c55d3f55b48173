"""The steps of coming back to a person: asked in a form, decided in the scheduler's page by somebody else, then opened.

Who asked is who started the run, who decided is who answered; `lakewarden reveal` judges both once more. Only ids,
counts, pseudonyms and the names of accounts pass through Airflow's database; no step ever has a value.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.sdk import Param

from pipeline.questions import NAMES_NOBODY, REQUESTER, AddressedQuestion, answered_by
from pipeline.stages import step

#: What a requester may ask for at the most (D08-13), so nobody is waited for any longer.
LONGEST = timedelta(days=3)

REVEAL = {"REVEAL": "{{ ti.xcom_pull(task_ids='request')['reveal_id'] }}"}
APPROVER = {"APPROVER": answered_by("decide")}

BODY = """- 数据集与字段：`{{ params.dataset }}` · `{{ params.column }}`
- 令牌数：{{ ti.xcom_pull(task_ids='request')['count'] }}
- 用途：{{ params.purpose }}
- 工单：{{ params.ticket }}
- 有效期至：{{ ti.xcom_pull(task_ids='request')['ends'] }}（到期自动删除）

请核对理由是否充分、手续是否齐全。申请人不能审批本人的申请；审批人、时间与结果写入审计链。"""


def form() -> dict[str, Param]:
    """What a requester fills in; the scheduler keeps it in clear, so no field takes what looks like an identifier."""
    return {
        "dataset": Param(
            type="string", title="数据集", description="例：forms.partner_handover", pattern="^[a-z_]+[.][a-z_0-9]+$"
        ),
        "column": Param(
            type="string", title="封存字段", description="例：contact_phone_key", pattern="^[a-z][a-z0-9_]*$"
        ),
        "tokens": Param(
            type="string", format="multiline", title="令牌",
            description="每行一个，取自脱敏区；不得填写号码或姓名。",
            pattern=r"^\s*[0-9a-z.]{26,}(\s+[0-9a-z.]{26,})*\s*$",
        ),
        "purpose": Param(
            type="string", title="用途", description="例：一个工作日内电话核对合伙人资料。不得写入姓名、号码。",
            minLength=4, maxLength=200, pattern=NAMES_NOBODY,
        ),
        "ticket": Param(type="string", title="工单号", maxLength=40, pattern="^[A-Za-z0-9][A-Za-z0-9._/#-]*$"),
        "until": Param(
            None, type=["null", "string"], format="date-time", title="有效期至",
            description="留空为下一个工作日结束；最长三天。",
        ),
    }  # fmt: skip


def request() -> BashOperator:
    """Written down, with the accounts that may decide; the same form sent again is the same request."""
    asked = {name.upper(): f"{{{{ params.{name} or '' }}}}" for name in form()}
    command = (
        'lakewarden reveal request "$DATASET" "$COLUMN" "$TOKENS" --purpose "$PURPOSE" --ticket "$TICKET" '
        '--until "$UNTIL" --airflow-account "$REQUESTER" --json'
    )
    return _desk_step(
        "request", "登记申请", command, {**asked, **REQUESTER}, do_xcom_push=True, output_processor=json.loads
    )


def decide() -> HITLBranchOperator:
    """Waits in the scheduler's page (待处理操作); nobody in time means no, and the request ends by itself."""
    return DecisionOfSomebodyElse(
        task_id="decide",
        task_display_name="审批",
        subject="数据还原审批：{{ params.ticket }}",
        body=BODY,
        options=["批准", "拒绝"],
        options_mapping={"批准": "approve", "拒绝": "refuse"},
        response_timeout=LONGEST,
    )


def approve() -> BashOperator:
    """The answer written down; refused when it is the requester's own, whatever the account."""
    command = 'lakewarden reveal approve "$REVEAL" --airflow-account "$APPROVER"'
    return _desk_step("approve", "登记批准", command, {**REVEAL, **APPROVER})


def refuse() -> BashOperator:
    """The answer written down."""
    command = 'lakewarden reveal refuse "$REVEAL" --airflow-account "$APPROVER"'
    return _desk_step("refuse", "登记拒绝", command, {**REVEAL, **APPROVER})


def open_values() -> BashOperator:
    """Into the requester's own place; the log says where, and how many."""
    command = 'lakewarden reveal open "$REVEAL" --airflow-account "$REQUESTER"'
    return step("open", "打开数据", command, minutes=10, environment={**REVEAL, **REQUESTER})


class DecisionOfSomebodyElse(AddressedQuestion):
    """Asks those who may approve, as the request named them: nobody with an account of the requester's."""

    def addressed_to(self, task_instance: Any) -> Iterable[str]:
        approvers: list[str] = task_instance.xcom_pull(task_ids="request")["approvers"]
        return approvers


def _desk_step(name: str, title: str, command: str, environment: dict[str, str], **more: Any) -> BashOperator:
    """A step of the ledger alone, which does not wait for the engine."""
    return step(name, title, command, minutes=10, environment=environment, pool="default_pool", **more)
