"""A customer is phoned back: asked in Airflow's form, approved by somebody else in its page, opened, and nobody else may."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from deltalake import DeltaTable
from openpyxl import load_workbook

from tests.conftest import Platform
from tests.e2e.airflow_client import AirflowClient

pytestmark = [pytest.mark.services, pytest.mark.timeout(1800)]

WHERE = ["source_file_sha256", "source_row_number"]


@dataclass(frozen=True)
class Asked:
    """A token of the demo's customers, and the value that it stands for, which no reader of the platform sees."""

    token: str
    value: str

    def form(self, ticket: str) -> dict[str, str]:
        return {
            "dataset": "crm.customers", "column": "contact_phone_key", "tokens": self.token,
            "purpose": "一个工作日内电话核对资料", "ticket": ticket,
        }  # fmt: skip


@pytest.fixture(scope="module")
def asked(demo: Platform) -> Asked:
    tokens = rows(demo, "desensitised", "contact_phone_key")
    values = rows(demo, "raw", "contact_phone")
    written = Counter(tokens.values())  # who stands there once has one way to write the number
    place = min(place for place, value in values.items() if value and written[tokens[place]] == 1)
    return Asked(tokens[place], values[place])


def rows(demo: Platform, zone: str, column: str) -> dict[tuple[str, int], str]:
    table = DeltaTable(demo.home / zone / "crm_customers").to_pyarrow_table(columns=[*WHERE, column])
    return {(row[WHERE[0]], row[WHERE[1]]): row[column] for row in table.to_pylist()}


@pytest.fixture(scope="module")
def people(demo: Platform) -> Iterator[dict[str, AirflowClient]]:
    """Everybody with an account, logged in; two of them are admitted, and one of those approves."""
    demo.lakewarden("reveal", "admit", "requester", "--account", "airflow:steward")
    demo.lakewarden("reveal", "admit", "head", "--account", "airflow:approver", "--approves")
    with ExitStack() as logins:
        yield {
            name: logins.enter_context(
                AirflowClient.login(demo.airflow_url, name, demo.password(f"airflow_{name}_password"))
            )
            for name in ("admin", "viewer", "steward", "approver")
        }


def granted(demo: Platform) -> dict[str, dict[str, str]]:
    """The requests of this month by their ticket."""
    listed = json.loads(demo.lakewarden("reveal", "list", "--json").stdout)
    return {row["工单"]: row for row in listed}


def test_a_customer_is_phoned_back_when_somebody_else_agrees(demo: Platform, asked: Asked, people):
    people["admin"].wait_for_dags("reveal", "expiry")
    run = people["steward"].trigger("reveal", **asked.form("KF-1"))
    people["admin"].wait_for_question("reveal", run, "decide", demo.scheduler_log)
    for name in ("steward", "viewer", "admin"):
        assert people[name].answer("reveal", run, "decide", "批准").status_code == httpx.codes.FORBIDDEN, name
    people["approver"].answer("reveal", run, "decide", "批准").raise_for_status()

    assert people["admin"].wait("reveal", run) == "success", people["admin"].states("reveal", run)

    request = granted(demo)["KF-1"]
    assert (request["申请人"], request["审批人"]) == ("airflow:steward", "airflow:approver")
    assert (request["状态"], request["打开数据"]) == ("已打开", 1)
    file = demo.home / "restricted" / "revealed" / "requester" / f"{request['申请编号']}.xlsx"
    opened = [[cell.value for cell in row] for row in load_workbook(file)["数据"].iter_rows(min_row=2)]
    assert opened == [[asked.token, asked.value]]
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    said = "".join(people["viewer"].log("reveal", run, task, 1) for task in ("request", "approve", "open"))
    assert request["申请编号"] in said
    assert asked.value not in said
    assert "entries" in demo.lakewarden("audit", "verify").stdout


def test_a_no_is_written_down_and_nothing_is_opened(demo: Platform, asked: Asked, people):
    run = people["steward"].trigger("reveal", **asked.form("KF-2"))
    people["admin"].wait_for_question("reveal", run, "decide", demo.scheduler_log)
    people["approver"].answer("reveal", run, "decide", "拒绝").raise_for_status()

    assert people["admin"].wait("reveal", run) == "success"

    states = people["admin"].states("reveal", run)
    assert {name: states[name] for name in ("approve", "refuse", "open")} == {
        "approve": "skipped", "refuse": "success", "open": "skipped",
    }  # fmt: skip
    request = granted(demo)["KF-2"]
    assert (request["状态"], request["审批人"], request["打开数据"]) == ("已拒绝", "airflow:approver", 0)
    assert not list((demo.home / "restricted" / "revealed").rglob(f"{request['申请编号']}*"))


def test_the_form_takes_no_number_of_a_person_and_a_viewer_asks_nothing(asked: Asked, people):
    number = {**asked.form("KF-3"), "purpose": "回访 13800138000"}
    assert people["steward"].trigger_answer("reveal", **number).status_code == httpx.codes.BAD_REQUEST
    assert people["viewer"].trigger_answer("reveal", **asked.form("KF-3")).status_code == httpx.codes.FORBIDDEN


def test_at_the_prompt_nobody_passes_for_an_account_of_the_scheduler(demo: Platform, asked: Asked):
    refused = demo.lakewarden(
        "reveal", "request", "crm.customers", "contact_phone_key", asked.token, "--purpose", "电话核对资料",
        "--ticket", "KF-4", "--airflow-account", "steward", check=False,
    )  # fmt: skip
    assert refused.returncode == 65
    assert "only the scheduler" in refused.stderr
