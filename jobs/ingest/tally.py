"""What the rows of files and of a batch came to, from the engine's counts; plain arithmetic."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.model import Severity
from expectations.gate import QUARANTINED_RULE, Check
from jobs.storage.ledger_rows import FileRow, FileState


@dataclass(frozen=True)
class Tally:
    """What the rows of one file came to.

    repeats: the good rows that repeat an earlier one of their file; they are duplicates too. checksum: of the contents
    to be loaded. faults: how many quarantined rows have each; a row with two counts for both.
    """

    rows_in: int = 0
    loaded: int = 0
    quarantined: int = 0
    duplicate: int = 0
    repeats: int = 0
    checksum: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ingested:
    """What one batch came to, in rows and files."""

    batch_id: str
    files: int
    refused_files: int
    rows_in: int
    loaded: int
    quarantined: int
    duplicate: int


def tallies(counts: Iterable[Mapping[str, Any]]) -> dict[int, Tally | None]:
    """By the number of a file, from rows as `content.counts` gives them; None for a refused file, whose rows are void.

    A file without a record is not among them.
    """
    of_files: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in counts:
        of_files[row["file_number"]].append(row)
    return {number: _tally(rows) for number, rows in of_files.items()}


def _tally(rows: Sequence[Mapping[str, Any]]) -> Tally | None:
    fates: Counter[str] = Counter()
    for row in rows:
        fates[row["fate"]] += row["are_new"]
    if "refused" in fates:
        return None
    loaded = sum(row["contents"] for row in rows if row["fate"] == "loaded")
    return Tally(
        rows_in=fates.total(),
        loaded=loaded,
        quarantined=fates["quarantined"],
        duplicate=fates["duplicate"] + fates["loaded"] - loaded,
        repeats=fates["loaded"] - loaded,
        checksum=sum(int(row["checksum"]) for row in rows if row["fate"] == "loaded"),
        faults={row["fault"]: row["copies"] for row in rows if row["fault"] is not None},
    )


def after(file: FileRow, tally: Tally | None, fault: str | None) -> FileRow:
    """The ledger's row of a file that has been read: loaded, or quarantined as a whole with its fault."""
    counted = tally or Tally()
    return replace(
        file,
        state=FileState.QUARANTINED if tally is None else FileState.LOADED,
        fault=fault,
        rows_in=counted.rows_in,
        rows_loaded=counted.loaded,
        rows_quarantined=counted.quarantined,
        rows_duplicate=counted.duplicate,
    )


def summed(batch_id: str, files: Sequence[FileRow]) -> Ingested:
    """The files of a batch together."""
    return Ingested(
        batch_id=batch_id,
        files=len(files),
        refused_files=sum(file.state is FileState.QUARANTINED for file in files),
        rows_in=sum(file.rows_in or 0 for file in files),
        loaded=sum(file.rows_loaded or 0 for file in files),
        quarantined=sum(file.rows_quarantined or 0 for file in files),
        duplicate=sum(file.rows_duplicate or 0 for file in files),
    )


def checks(ingested: Ingested, tallied: Iterable[Tally]) -> list[Check]:
    """Gate 1's. What it sorts out lies in quarantine and stops nobody; rows that vanish would."""
    faults = sum((Counter(tally.faults) for tally in tallied), Counter())
    sorted_out = {"files_refused": ingested.refused_files}
    sorted_out |= {f"{QUARANTINED_RULE}{fault}": rows for fault, rows in sorted(faults.items())}
    return [
        Check("rows_conserved", abs(ingested.rows_in - ingested.loaded - ingested.quarantined - ingested.duplicate)),
        *(Check(rule, found, severity=Severity.WARNING) for rule, found in sorted_out.items()),
    ]
