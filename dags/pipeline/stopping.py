"""What happens when a task stops: try again or not, and one sentence for the person who opens its log."""

import logging
import re
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

#: The exit code of `lakewarden` for an answer that asking again does not change (EX_DATAERR of sysexits.h).
REFUSED = 65

_EXIT_CODE = re.compile(r"exit code (\d+)")


class StopWhenRefused(RetryPolicy):
    """A gate's no is final at once; an engine that was down, or a command that was killed, is tried again."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """Whatever does not clearly say `refused` is left to the task's number of retries."""
        code = _EXIT_CODE.search(str(exception))
        if code and int(code[1]) == REFUSED:
            return RetryDecision.fail("关口或契约拒绝，重试不会改变结果")
        return RetryDecision.default()


def say_what_stopped(context: Any) -> None:
    """Write into the task's log what stopped and where to look; ids only, because viewers read the log."""
    task = context["task"]
    subject = task.env.get("DATASET", context["dag"].dag_id)
    logging.getLogger(__name__).error(
        "%s：停在“%s”。其后各步不会运行，已发布的数字保持不变。查看原因：lakewarden status",
        subject, task.task_display_name,
    )  # fmt: skip
