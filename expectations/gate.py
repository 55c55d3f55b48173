"""What a gate asks and answers: measured rules in, verdicts out; see docs/adr/0005-gates-judge-counts.md."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.model import Severity
from expectations.errors import GateFailed


class Gate(StrEnum):
    """The gate behind a zone."""

    LANDING = "landing"
    RAW = "raw"
    DESENSITISED = "desensitised"
    MARTS = "marts"


#: Gate 1 counts the rows that it sorts out under this name and their fault.
QUARANTINED_RULE = "quarantined."


@dataclass(frozen=True)
class Check:
    """One rule as measured: `found` must not exceed `allowed`. Counts and shares only, never a value."""

    rule: str
    found: float
    allowed: float = 0
    severity: Severity = Severity.ERROR

    @property
    def fingerprint(self) -> str:
        """Changes when the rule's threshold or severity does."""
        return hashlib.sha256(f"{self.rule}|{self.allowed}|{self.severity}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Verdict:
    """A check and whether it held."""

    check: Check
    passed: bool

    @property
    def stops(self) -> bool:
        """Whether nothing may pass."""
        return not self.passed and self.check.severity is Severity.ERROR


def judge(checks: Sequence[Check]) -> list[Verdict]:
    """A verdict for every check. A figure that is not a number is no answer, and without an answer nothing passes."""
    return [Verdict(check, passed=check.found <= check.allowed) for check in checks]


def require(gate: Gate, subject: str, verdicts: Sequence[Verdict], *, next_step: str) -> None:
    """Return when nothing stops the gate. Raises: GateFailed, naming every broken rule with its count."""
    broken = [verdict.check for verdict in verdicts if verdict.stops]
    if not verdicts:
        raise GateFailed(f"gate {gate}: {subject}: nothing was judged; no verdict means stop")
    if broken:
        rules = "; ".join(f"{check.rule}: {check.found:g} (allowed: {check.allowed:g})" for check in broken)
        raise GateFailed(f"gate {gate}: {subject}: {rules}. {next_step}")
