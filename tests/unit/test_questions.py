"""The questions that Airflow puts: to accounts that a step named, and never to nobody, which would mean anybody."""

import pytest
from airflow.sdk.exceptions import AirflowFailException
from pipeline.questions import addressees
from pipeline.reports import SignatureInRole
from pipeline.reveals import decide

IDS = {"admin": "1", "li.na": "4"}


class Run:
    """What earlier steps of a run left behind, as a task asks for it."""

    def __init__(self, **left: object) -> None:
        self.left = left

    def xcom_pull(self, *, task_ids: str) -> object:
        return self.left[task_ids]


def test_a_reveal_is_decided_by_the_approvers_of_its_request():
    assert decide().addressed_to(Run(request={"approvers": ["li.na"]})) == ["li.na"]


@pytest.mark.parametrize(("place", "asked"), [(0, ["wang"]), (1, ["li", "zhao"])])
def test_each_signature_is_asked_of_those_who_may_give_that_one(place, asked):
    question = SignatureInRole(
        place=place, task_id="sign", subject="签署", options=["同意"], options_mapping={"同意": "signed"}
    )
    assert question.addressed_to(Run(draft={"signers": [["wang"], ["li", "zhao"]]})) == asked


def test_the_question_goes_to_the_approvers_that_the_scheduler_knows():
    assert addressees(["li.na", "who.left"], IDS) == [{"id": "4", "name": "li.na"}]


@pytest.mark.parametrize("approvers", [[], ["who.left"]])
def test_without_anybody_to_ask_the_run_fails_instead_of_asking_everybody(approvers):
    with pytest.raises(AirflowFailException, match=r"docs/reveal\.md"):
        addressees(approvers, IDS)


def test_no_answer_in_time_is_an_error_and_never_a_yes():
    task = decide()
    assert task.defaults is None
    assert task.response_timeout is not None
    assert task.options_mapping == {"批准": "approve", "拒绝": "refuse"}
