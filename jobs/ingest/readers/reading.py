"""The way of one file through its reader: every end of it is a batch, and no exception leaves with a value in it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from contracts.model import Contract, Reader
from jobs.ingest.readers.batches import Chunk, LandedFile, fault_batch, to_batches
from jobs.ingest.readers.binary_workbook import read_binary_workbook
from jobs.ingest.readers.delimited import read_delimited
from jobs.ingest.readers.documents import read_document
from jobs.ingest.readers.faults import FileFault, FileFaultReason
from jobs.ingest.readers.kinds import kind_of
from jobs.ingest.readers.kobo import read_kobo
from jobs.ingest.readers.odata import read_odata
from jobs.ingest.readers.performance import read_performance
from jobs.ingest.readers.spreadsheet import read_spreadsheet
from jobs.ingest.readers.versions import in_todays_columns

MEBIBYTE = 1 << 20

_READERS: Mapping[str, Callable[[Path, Contract, Reader], Iterator[Chunk]]] = {
    "csv": read_delimited,
    "document": read_document,
    "xlsx": read_spreadsheet,
    "xls": read_binary_workbook,
    "kobo_json": read_kobo,
    "odata_json": read_odata,
    "pm_xml": read_performance,
}


def read_files(contract: Contract) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The function for `DataFrame.mapInArrow` that reads the landed files of a dataset.

    Shape: takes batches with `path` and `sha256`, gives batches of `text_schema(contract)`.
    Grain: one row per record of a file. A refused file ends with one row that has `file_fault`; rows of the same
        file that came before it are void, because some faults show only at the file's end. A file without a record
        gives no row.
    NULL: an absent column, an unanswered question, an empty cell.
    """
    return partial(_read_all, contract)


def _read_all(contract: Contract, batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        for path, sha256 in zip(batch["path"].to_pylist(), batch["sha256"].to_pylist(), strict=True):
            yield from read_file(contract, LandedFile(Path(path), sha256))


def read_file(contract: Contract, file: LandedFile) -> Iterator[Any]:
    """The batches of one file."""
    try:
        yield from _read(contract, file)
    except FileFault as fault:
        yield fault_batch(contract, file, fault)
    except FileNotFoundError:
        yield fault_batch(contract, file, FileFault(FileFaultReason.GONE))
    except Exception as error:  # a parser's own text quotes the file: only the error's class may leave
        yield fault_batch(contract, file, FileFault(FileFaultReason.UNREADABLE, type(error).__name__))


def _read(contract: Contract, file: LandedFile) -> Iterator[Any]:
    size, most = file.path.stat().st_size, contract.limits.max_file_mb * MEBIBYTE
    if size > most:
        raise FileFault(FileFaultReason.TOO_LARGE, f"{size} bytes, at most {most}")
    kind = kind_of(file.path, [reader.kind for reader in contract.source.readers])
    reader = next(reader for reader in contract.source.readers if reader.kind == kind)
    timezone = str(reader.options.get("timezone", contract.source.timezone))
    for chunk in _READERS[kind](file.path, contract, reader):
        yield from to_batches(contract, file, timezone, in_todays_columns(chunk, contract))
