"""Gate 4: were the marts built whole and tested, is no small group visible, is anything there at all?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deltalake import DeltaTable

from expectations.gate import Check, Gate, Verdict, judge, require
from jobs.errors import GateNotPassed
from jobs.publish.build import MARTS, results, target
from jobs.publish.manifest import Mart, marts
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone
from jobs.verdicts import record


def verify_marts(lake: Lake, *, smallest_visible_group: int) -> list[Verdict]:
    """Judge the newest build and note the exact versions that were judged; an empty list when it passed already.

    Raises: GateNotPassed when there is no build; GateFailed after the verdicts are recorded.
    """
    ledger = Ledger(lake.home)
    batch = newest_build(ledger)
    if batch.state is BatchState.PASSED:
        return []
    candidates = _candidates(lake, batch, marts(target(lake.home)))
    verdicts = judge([*_dbt_checks(lake), *_mart_checks(candidates, smallest_visible_group)])
    rows = sum(int(str(candidate["row_count"])) for candidate in candidates)
    record(ledger, Gate.MARTS, MARTS, batch.batch_id, verdicts=verdicts, rows=rows)
    failed = any(verdict.stops for verdict in verdicts)
    if not failed:
        ledger.record("publications", candidates)
    ledger.record("batches", [replace(batch, state=BatchState.FAILED if failed else BatchState.PASSED)])
    require(Gate.MARTS, f"build {batch.batch_id}", verdicts, next_step="Readers keep what was published before.")
    return verdicts


def newest_build(ledger: Ledger) -> BatchRow:
    """The last build, whatever was released after it: the next build takes that in. Raises: GateNotPassed for none."""
    batch = ledger.newest_batch(MARTS, Zone.DESENSITISED)
    if batch is None:
        raise GateNotPassed("the marts were never built; run `lakewarden build`")
    return batch


def _candidates(lake: Lake, batch: BatchRow, found: Sequence[Mart]) -> list[Mapping[str, object]]:
    """The version of each mart that this gate judges, its size and its smallest visible group, in one statement.

    `smallest_group` is NULL for a mart that shows no people.
    """
    versions = {mart.name: DeltaTable(lake.home / "marts" / mart.name).version() for mart in found}
    questions = [
        f"SELECT '{mart.name}' AS mart, count(*) AS row_count, {_smallest_group(mart)} AS smallest_group "
        f"FROM marts_build.{mart.name} VERSION AS OF {versions[mart.name]}"
        for mart in found
    ]
    if not questions:
        return []
    return [
        {
            "publication_id": batch.batch_id,
            "mart": row["mart"],
            "table_version": versions[row["mart"]],
            "row_count": row["row_count"],
            "smallest_group": row["smallest_group"],
            "is_visible": False,
        }
        for row in lake.spark.sql(" UNION ALL ".join(questions)).collect()  # one row per mart
    ]


def _smallest_group(mart: Mart) -> str:
    smallest = ", ".join(f"min(`{column}`)" for column in mart.people_columns)
    return f"cast(array_min(array({smallest})) AS bigint)" if smallest else "cast(NULL AS bigint)"


def _dbt_checks(lake: Lake) -> list[Check]:
    """Every model, seed and test of the build that is not a success; a skipped one was not proved."""
    outcome = results(lake.home)
    tests = sum(str(result["unique_id"]).startswith("test.") for result in outcome)
    return [
        Check("dbt.not_successful", sum(result["status"] not in ("success", "pass") for result in outcome)),
        Check("dbt.without_tests", int(tests == 0)),
    ]


def _mart_checks(candidates: list[Mapping[str, object]], smallest_visible_group: int) -> list[Check]:
    checks = [Check("marts.missing", int(not candidates))]
    for candidate in candidates:
        smallest = candidate["smallest_group"]
        if smallest is not None:
            too_small = max(smallest_visible_group - int(str(smallest)), 0)
            checks.append(Check(f"{candidate['mart']}.people_short_of_smallest_group", too_small))
    return checks
