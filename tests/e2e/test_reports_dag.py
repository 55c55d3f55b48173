"""A yearly report of the demo: started in Airflow, checked by two, approved by a third, issued; and nobody signs alone."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from tests.conftest import Platform
from tests.e2e.airflow_client import AirflowClient

pytestmark = [pytest.mark.services, pytest.mark.timeout(1800)]

ROLES = {
    "客户信息主管": {"signs": ["checker"]},
    "客户服务部经理": {"signs": ["head", "requester"]},
    "总经理": {"signs": ["manager"]},
    **{name: {"folder": f"delivered/{name}"} for name in ("市场部", "销售部", "客户服务部")},
}
SIGNATURES = {"check": "checker", "agree": "approver", "approve": "manager"}
REPORT = "customer"


@pytest.fixture(scope="module")
def people(demo: Platform) -> Iterator[dict[str, AirflowClient]]:
    """Everybody logged in; the roles of the installation are filled, and those who act are admitted."""
    (demo.home / "reports").mkdir(exist_ok=True)
    (demo.home / "reports" / "roles.yml").write_text(json.dumps(ROLES, ensure_ascii=False), encoding="utf-8")
    demo.lakewarden("reveal", "admit", "requester", "--account", "airflow:steward")
    for name, account in (("checker", "checker"), ("head", "approver"), ("manager", "manager")):
        demo.lakewarden("reveal", "admit", name, "--account", f"airflow:{account}", "--approves")
    with ExitStack() as logins:
        yield {
            name: logins.enter_context(
                AirflowClient.login(demo.airflow_url, name, demo.password(f"airflow_{name}_password"))
            )
            for name in ("admin", "viewer", "steward", *SIGNATURES.values())
        }


@pytest.fixture(scope="module")
def period(demo: Platform) -> str:
    """The year before the newest publication, so that it is over and published whatever the clock says."""
    published = json.loads(demo.lakewarden("status", "--json").stdout)["published"][0]["published_at"]
    return str(int(published[:4]) - 1)


def test_a_report_is_issued_when_two_checked_and_a_third_approved(demo: Platform, people, period):
    people["admin"].wait_for_dags("reports", "reports_due", "report_corrections")
    run = people["steward"].trigger("reports", report=REPORT, period=period)
    for task, signer in SIGNATURES.items():
        people["admin"].wait_for_question("reports", run, task, demo.scheduler_log)
        for other in {"steward", "viewer", "admin", *SIGNATURES.values()} - {signer}:
            assert people[other].answer("reports", run, task, "同意").status_code == httpx.codes.FORBIDDEN, other
        people[signer].answer("reports", run, task, "同意").raise_for_status()

    assert people["admin"].wait("reports", run) == "success", people["admin"].states("reports", run)

    issued = demo.home / "reports" / "released" / REPORT / period / "v1" / "report.pdf"
    first_page = PdfReader(BytesIO(issued.read_bytes())).pages[0].extract_text()
    for told in (f"{period}年", "批准人", "manager"):
        assert told in first_page
    assert "草稿" not in first_page
    for name in ("市场部", "销售部", "客户服务部"):
        copy = demo.home / "reports" / "delivered" / name / f"{REPORT}_{period}_v1.pdf"
        assert copy.read_bytes() == issued.read_bytes()
    (row,) = [row for row in json.loads(demo.lakewarden("report", "list", "--json").stdout) if row["周期"] == period]
    assert (row["状态"], row["编制"]) == ("已报发", "requester")
    assert row["审核与批准"] == "客户信息主管 checker、客户服务部经理 head、总经理 manager"


def test_a_no_ends_the_run_and_nothing_is_issued(demo: Platform, people, period):
    last_quarter = f"{period}Q4"
    run = people["steward"].trigger("reports", report=REPORT, period=last_quarter)
    people["admin"].wait_for_question("reports", run, "check", demo.scheduler_log)
    people["checker"].answer("reports", run, "check", "拒绝").raise_for_status()

    assert people["admin"].wait("reports", run) == "success"

    states = people["admin"].states("reports", run)
    assert {name: states[name] for name in ("check_signed", "check_refused", "agree", "release")} == {
        "check_signed": "skipped", "check_refused": "success", "agree": "skipped", "release": "skipped",
    }  # fmt: skip
    assert not (demo.home / "reports" / "released" / REPORT / last_quarter).exists()
