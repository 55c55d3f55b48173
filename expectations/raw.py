"""Gate 2: does the raw table meet its contract, and is every row accounted for?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, Severity
from expectations import likeness
from expectations.gate import Check
from expectations.rules import faults


def checks(
    contract: Contract, batch: DataFrame, *, rows_in: int, loaded: int, quarantined: int, duplicate: int
) -> list[Check]:
    """All rules of the table, and whether what readers will see is what the contract says, in one pass over the batch.

    Raises: nothing of its own; a rule that cannot be evaluated is an error of Spark, which stops the gate.
    """
    errors, warnings = faults(contract), faults(contract, Severity.WARNING)
    counts = [F.count_if(fault).alias(f"rule_{i}") for i, fault in enumerate((*errors.values(), *warnings.values()))]
    measured = batch.agg(F.count(F.lit(1)).alias("rows"), *counts, *likeness.measures(contract)).collect()[0]
    found = [Check(name, measured[f"rule_{i}"]) for i, name in enumerate(errors)]
    found += [
        Check(name, measured[f"rule_{i}"], severity=Severity.WARNING)
        for i, name in enumerate(warnings, start=len(errors))
    ]
    return [
        Check("rows_conserved", abs(rows_in - loaded - quarantined - duplicate)),
        Check("rows_written", abs(measured["rows"] - loaded)),
        Check(
            "quarantined_share",
            quarantined / rows_in if rows_in else 0.0,
            allowed=contract.limits.max_quarantined_share,
        ),
        *found,
        *likeness.checks(contract, batch, measured),
    ]
