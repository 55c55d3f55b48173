"""The question that Airflow puts: to accounts that the request named, and never to nobody, which would mean anybody."""

import pytest
from airflow.sdk.exceptions import AirflowFailException
from pipeline.questions import addressees
from pipeline.reveals import decide

IDS = {"admin": "1", "li.na": "4"}


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
