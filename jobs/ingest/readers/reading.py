"""The way of one file through its reader: every end of it is a batch, and no exception leaves with a value in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, LandedFile, fault_batch, to_batches
from jobs.ingest.readers.binary_workbook import read_binary_workbook
from jobs.ingest.readers.delimited import read_delimited
from jobs.ingest.readers.documents import read_document
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.kinds import DOCUMENT, kind_of
from jobs.ingest.readers.kobo import read_kobo
from jobs.ingest.readers.measurement_reports import read_reports
from jobs.ingest.readers.odata import read_odata
from jobs.ingest.readers.performance import read_performance
from jobs.ingest.readers.spreadsheet import read_spreadsheet
from jobs.ingest.readers.unpacking import Member, members
from jobs.ingest.readers.versions import in_todays_columns

MEBIBYTE = 1 << 20

_READERS: Mapping[str, Callable[[Path, Contract, Reader], Iterator[Chunk]]] = {
    "csv": read_delimited,
    "document": read_document,
    "xlsx": read_spreadsheet,
    "xls": read_binary_workbook,
    "kobo_json": read_kobo,
    "mr_xml": read_reports,
    "odata_json": read_odata,
    "pm_xml": read_performance,
}


def read_file(contract: Contract, file: LandedFile) -> Iterator[Any]:
    """The batches of one file, with one row that has `file_fault` as the last where it is refused.

    Raises: MemoryError; a process that ran out of memory is not one to go on with.
    """
    try:
        yield from _read(contract, file)
    except FileFault as fault:
        yield fault_batch(contract, file, fault)
    except FileNotFoundError:
        yield fault_batch(contract, file, FileFault(FileFaultReason.GONE))
    except MemoryError:
        raise
    except Exception as error:  # a parser's own text quotes the file: only the error's class may leave
        yield fault_batch(contract, file, FileFault(FileFaultReason.UNREADABLE, type(error).__name__))


def _read(contract: Contract, file: LandedFile) -> Iterator[Any]:
    """The batches of every member of the file; the numbers of rows count on from one member to the next."""
    size, most = file.path.stat().st_size, contract.limits.max_file_mb * MEBIBYTE
    if size > most:
        raise FileFault(FileFaultReason.TOO_LARGE, f"{size} bytes, at most {most}")
    before = 0
    # an archive that is taken as a document is one record, as it is
    is_document = any(reader.kind == DOCUMENT for reader in contract.source.readers)
    for member in [Member(file.path)] if is_document else members(file.path, most):
        last = before
        try:
            for timezone, chunk in _chunks(contract, member.path):
                numbers = pc.add(chunk.numbers, before)
                last = max(last, pc.max(numbers).as_py() or 0)
                yield from to_batches(contract, file, timezone, replace(chunk, numbers=numbers))
        except FileFault as fault:
            raise (fault.within(member.where) if member.where else fault) from None
        before = last


def _chunks(contract: Contract, path: Path) -> Iterator[tuple[str, Chunk]]:
    kind = kind_of(path, [reader.kind for reader in contract.source.readers])
    reader = next(reader for reader in contract.source.readers if reader.kind == kind)
    timezone = str(reader.options.get("timezone", contract.source.timezone))
    for chunk in _READERS[kind](path, contract, reader):
        yield timezone, in_todays_columns(chunk, contract)
