"""Gate 4: were the marts built whole and tested, is no small group visible, is anything there at all?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deltalake import DeltaTable

from expectations.gate import Check, Gate, Verdict, judge, require
from expectations.privacy.judging import Figure, checks
from jobs.errors import GateNotPassed
from jobs.privacy.marts import keep, measure
from jobs.publish.build import MARTS, results, target
from jobs.publish.manifest import marts
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from jobs.verdicts import record


def verify_marts(lake: Lake, *, smallest_visible_group: int) -> list[Verdict]:
    """Judge the newest build and note the exact versions that were judged; an empty list when it passed already.

    The privacy figures of a build are kept whether it passes or not, so that who is refused sees why.
    Raises: GateNotPassed when there is no build; PrivacyUndeclared when a mart does not say who is in it; GateFailed
    after the verdicts are recorded.
    """
    ledger = Ledger(lake.home)
    batch = newest_build(ledger)
    if batch.state is BatchState.PASSED:
        return []
    found = marts(target(lake.home))
    versions = {mart.name: DeltaTable(lake.home / "marts" / mart.name).version() for mart in found}
    figures = measure(lake, found, versions, smallest_visible_group=smallest_visible_group)
    keep(ledger, batch.batch_id, figures)
    verdicts = judge([*_dbt_checks(lake), Check("marts.missing", int(not found)), *checks(figures)])
    rows = int(sum(figure.value for figure in figures if figure.measure == "rows"))
    record(ledger, Gate.MARTS, MARTS, batch.batch_id, verdicts=verdicts, rows=rows)
    failed = any(verdict.stops for verdict in verdicts)
    if not failed:
        ledger.record("publications", _candidates(batch, versions, figures))
    ledger.record("batches", [replace(batch, state=BatchState.FAILED if failed else BatchState.PASSED)])
    next_step = (
        "Readers keep what was published before. `lakewarden privacy` shows the figures behind a group or a value."
    )
    require(Gate.MARTS, f"build {batch.batch_id}", verdicts, next_step=next_step)
    return verdicts


def newest_build(ledger: Ledger) -> BatchRow:
    """The last build, whatever was released after it: the next build takes that in. Raises: GateNotPassed for none."""
    batch = ledger.newest_batch(MARTS, Zone.DESENSITISED)
    if batch is None:
        raise GateNotPassed("the marts were never built; run `lakewarden build`")
    return batch


def _candidates(batch: BatchRow, versions: Mapping[str, int], figures: Sequence[Figure]) -> list[Mapping[str, object]]:
    """The version of each mart that this gate judges, its size and its smallest visible group.

    `smallest_group` is NULL for a mart that shows no people.
    """
    return [
        {
            "publication_id": batch.batch_id,
            "mart": mart,
            "table_version": version,
            "row_count": _least(figures, mart, "rows"),
            "smallest_group": _least(figures, mart, "k"),
            "is_visible": False,
        }
        for mart, version in versions.items()
    ]


def _least(figures: Sequence[Figure], mart: str, measure: str) -> int | None:
    found = [int(figure.value) for figure in figures if (figure.subject, figure.measure) == (mart, measure)]
    return min(found, default=None)


def _dbt_checks(lake: Lake) -> list[Check]:
    """Every model, seed and test of the build that is not a success; a skipped one was not proved."""
    outcome = results(lake.home)
    tests = sum(str(result["unique_id"]).startswith("test.") for result in outcome)
    return [
        Check("dbt.not_successful", sum(result["status"] not in ("success", "pass") for result in outcome)),
        Check("dbt.without_tests", int(tests == 0)),
    ]
