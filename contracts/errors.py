"""The root of the one error tree: an error ends a command, with one sentence that says what, where and what next."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class LakewardenError(Exception):
    """Any refusal of this product; its text is fit for a log that viewers read, so it never holds a value.

    `exit_code`: what the command ends with. 1 may go away when tried again; 65 (EX_DATAERR) will not.
    """

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a contract file; `line` counts from 1."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class InvalidContracts(LakewardenError):
    """Contract files hold mistakes; all of them are listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"mistakes in contracts: {len(self.problems)}; mend, then `lakewarden contracts check`\n{lines}"
        )


class UnknownDataset(LakewardenError):
    """No contract has this id."""
