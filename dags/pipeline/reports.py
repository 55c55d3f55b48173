"""The steps of a report: drafted, checked twice, approved, issued; each signature is asked of whoever has the role.

Who asked is who started the run, or the calendar; who signed is who answered; `lakewarden report` judges both once
more. Only ids, roles and the names of accounts pass through Airflow's database; figures stay in the files.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronTriggerTimetable, Param

import contracts
from pipeline.questions import HARMLESS, QuestionToSome
from pipeline.stages import ZONE, step

#: How long a signature is waited for; after it the run fails, the draft stays and can be signed at the prompt.
LONGEST = timedelta(days=14)

NAMED = {"REPORT": "{{ params.report }}", "PERIOD": "{{ params.period }}"}
REQUESTER = {"REQUESTER": "{{ dag_run.triggering_user_name or '' }}"}

BODY = """- 报告：`{{ params.report }}` · {{ params.period }} · 第 {{ ti.xcom_pull(task_ids='draft')['version'] }} 版
- 草稿：`{{ ti.xcom_pull(task_ids='draft')['folder'] }}`（report.pdf、report.html、facts.json）
%s
请打开草稿核对后再答复。编制人不得审核或批准本人的报告；每一次签署、时间与草稿摘要写入审计链。"""


def form() -> dict[str, Param]:
    """What is drafted."""
    titles = _titles()
    return {
        "report": Param(type="string", title="报告", enum=sorted(titles), values_display=titles),
        "period": Param(
            type="string", title="周期", description="例：2026-01、2026Q1、2026；须已结束。",
            pattern="^20[0-9]{2}(-(0[1-9]|1[0-2])|Q[1-4])?$",
        ),
    }  # fmt: skip


def correction_form() -> dict[str, Param]:
    """What is corrected, why, and who asked; kept in clear, so no field takes what looks like an identifier."""
    return {
        **form(),
        "reason": Param(
            type="string", title="更正原因", description="将印入更正版。不得写入姓名、号码。",
            minLength=4, maxLength=200, pattern=HARMLESS,
        ),
        "asked_by": Param(
            type="string", title="提出人", description="部门或岗位。", minLength=1, maxLength=32, pattern=HARMLESS
        ),
    }  # fmt: skip


def every_morning() -> CronTriggerTimetable:
    """At eight in China; which day of the month it is decides what is due, so a day that was missed is made up for."""
    return CronTriggerTimetable("0 8 * * *", timezone=ZONE)


def due() -> BashOperator:
    """The reports whose drafting day has come and that nobody drafted."""
    return _office_step(
        "due", "应编制的报告", "lakewarden report due --json", {}, do_xcom_push=True, output_processor=json.loads
    )


def start_reports(named: Any) -> None:
    """One run for each."""
    TriggerDagRunOperator.partial(
        task_id="start", task_display_name="启动编制", trigger_dag_id="reports"
    ).expand(conf=named)  # fmt: skip


def draft() -> BashOperator:
    """Written and held, with the accounts that may sign; the same report again is the one that waits."""
    command = 'lakewarden report draft "$REPORT" "$PERIOD" --airflow-account "$REQUESTER" --json'
    return _office_step(
        "draft", "编制", command, {**NAMED, **REQUESTER}, do_xcom_push=True, output_processor=json.loads
    )


def correct() -> BashOperator:
    """A new version with what changed, held for the approval alone (D08-6)."""
    command = (
        'lakewarden report correct "$REPORT" "$PERIOD" --reason "$REASON" --asked-by "$ASKED_BY" '
        '--airflow-account "$REQUESTER" --json'
    )
    asked = {"REASON": "{{ params.reason }}", "ASKED_BY": "{{ params.asked_by }}"}
    return _office_step(
        "draft", "编制更正版", command, {**NAMED, **REQUESTER, **asked}, do_xcom_push=True, output_processor=json.loads
    )


def signature(name: str, title: str, place: int, *, about: str = "") -> tuple[QuestionToSome, BashOperator]:
    """A question in the scheduler's page (待处理操作), and the step that writes the yes down; a no ends the run.

    place: which of the report's signatures it is, from 0.
    """
    asked = SignatureInRole(
        place=place,
        task_id=name,
        task_display_name=title,
        subject=f"{title}：{{{{ params.report }}}} {{{{ params.period }}}}",
        body=BODY % about,
        options=["同意", "拒绝"],
        options_mapping={"同意": f"{name}_signed", "拒绝": f"{name}_refused"},
        response_timeout=LONGEST,
    )
    who = {"SIGNER": f"{{{{ ti.xcom_pull(task_ids='{name}', key='answered_by') }}}}"}
    signed, refused = (
        _office_step(
            f"{name}_{answer}", f"登记{word}",
            f'lakewarden report {command} "$REPORT" "$PERIOD" --airflow-account "$SIGNER"', {**NAMED, **who},
        )
        for answer, word, command in (("signed", "同意", "approve"), ("refused", "拒绝", "refuse"))
    )  # fmt: skip
    asked >> [signed, refused]
    return asked, signed


def release() -> BashOperator:
    """Issued to every recipient, each once; goes on where it stopped."""
    command = 'lakewarden report release "$REPORT" "$PERIOD" --airflow-account "$REQUESTER"'
    return _office_step("release", "报发", command, {**NAMED, **REQUESTER})


class SignatureInRole(QuestionToSome):
    """Asks the accounts that may give one signature of the report, never who asked for it."""

    def __init__(self, *, place: int, **more: Any) -> None:
        super().__init__(**more)
        self.place = place

    def accounts(self, context: Any) -> list[str]:
        signers: list[list[str]] = context["ti"].xcom_pull(task_ids="draft")["signers"]
        return signers[self.place]


def _titles() -> dict[str, str]:
    """The reports that are declared, by id."""
    folder = Path(contracts.__file__).resolve().parents[1] / "reports"
    return {
        file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))["title"]
        for file in folder.glob("*/report.yaml")
    }


def _office_step(name: str, title: str, command: str, environment: dict[str, str], **more: Any) -> BashOperator:
    """A step of the ledger and the published file, which does not wait for the engine."""
    return step(name, title, command, minutes=15, environment=environment, pool="default_pool", **more)
