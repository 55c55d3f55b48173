"""What a gate asks and answers: measured rules in, verdicts out. Great Expectations judges, this room decides."""

import hashlib
import os
from collections.abc import Mapping, Sequence
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
    """A verdict for every check, by Great Expectations on one row of measured figures.

    GX sees counts only and answers BOOLEAN_ONLY, so no value can reach a result. Importing it costs seconds, so it
    happens here and not when a DAG file or another command is read.
    Raises: GateFailed when GX gives no answer for a check: a missing verdict means stop.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx  # noqa: PLC0415
    import great_expectations.expectations as gxe  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    columns = {f"rule_{position}": check for position, check in enumerate(checks)}
    measured = pd.DataFrame({name: [float(check.found)] for name, check in columns.items()})
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("measured").add_dataframe_asset("rules")
    batch = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite("gate"))
    for name, check in columns.items():
        suite.add_expectation(gxe.ExpectColumnMaxToBeBetween(column=name, max_value=check.allowed))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="gate", data=batch, suite=suite))
    outcome = definition.run(batch_parameters={"dataframe": measured}, result_format="BOOLEAN_ONLY")
    answers: Mapping[str, bool] = {
        result.expectation_config.kwargs["column"]: bool(result.success) for result in outcome.results
    }
    if answers.keys() != columns.keys():
        raise GateFailed(f"the gate gave {len(answers)} answers to {len(columns)} rules; no verdict means stop")
    return [Verdict(check, answers[name]) for name, check in columns.items()]


def require(gate: Gate, subject: str, verdicts: Sequence[Verdict], *, next_step: str) -> None:
    """Return when nothing stops the gate. Raises: GateFailed, naming every broken rule with its count."""
    broken = [verdict.check for verdict in verdicts if verdict.stops]
    if not verdicts:
        raise GateFailed(f"gate {gate}: {subject}: nothing was judged; no verdict means stop")
    if broken:
        rules = "; ".join(f"{check.rule}: {check.found:g} (allowed: {check.allowed:g})" for check in broken)
        raise GateFailed(f"gate {gate}: {subject}: {rules}. {next_step}")
