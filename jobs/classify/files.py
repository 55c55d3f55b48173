"""A sample of any file that the readers know, before there is a contract for it: every column is read as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.model import Accountable, Classification, Contract, Field, Limits, Reader, Source
from contracts.treatments import Drop
from jobs.errors import NotClassified
from jobs.ingest.readers.batches import LandedFile
from jobs.ingest.readers.confined import Allowance, Confinement
from jobs.ingest.readers.decoding import decided_encoding, utf8_text
from jobs.ingest.readers.delimited import first_record
from jobs.ingest.readers.faults import FileFault
from jobs.ingest.readers.headers import normal_name
from jobs.ingest.readers.json_text import JsonText
from jobs.ingest.readers.kinds import kind_of
from jobs.ingest.readers.kobo import submissions
from jobs.ingest.readers.lines import BLOCK_BYTES
from jobs.ingest.readers.spreadsheet import spreadsheet_header
from jobs.ingest.readers.unpacking import members

PARQUET = "parquet"
_ENCODINGS = ("utf-8", "gb18030", "utf-16")
_DELIMITERS = ",\t;|，；"
_LIMITS = Limits(max_file_mb=4096)


@dataclass(frozen=True)
class TextFile:
    """A file as its columns: their headers as written, and the reader that a contract for it would declare."""

    path: Path
    headers: tuple[str, ...]
    reader: Reader


def opened(path: Path) -> TextFile:
    """What kind of file it is and what its columns are called. Raises: NotClassified, without a word of the file."""
    try:
        if path.open("rb").read(4) == b"PAR1":
            return TextFile(path, tuple(pq.read_schema(path).names), Reader(PARQUET))
        member = next(iter(members(path, _LIMITS.max_file_mb << 20)))
        kind = kind_of(member.path, ("csv", "xlsx", "kobo_json"))
        headers, reader = _headers(member.path, kind)
    except FileFault as fault:
        raise _refused(str(fault)) from None
    except OSError as error:
        raise _refused(type(error).__name__) from None
    named = {normal_name(header): header for header in reversed(headers) if normal_name(header)}
    if not named:
        raise _refused("its first row names no column")
    return TextFile(path, tuple(reversed(named.values())), reader)


def sampled_text(file: TextFile, rows: int) -> pa.Table:
    """`rows` rows drawn evenly from the whole file, all columns as text, in the order of `headers`.

    NULL: an empty cell. Columns are called by their place, because headers repeat and hold any character.
    Raises: NotClassified, without a word of the file.
    """
    places = range(len(file.headers))
    names = [f"c{place}" for place in places]
    batches = _parquet_batches(file) if file.reader.kind == PARQUET else _text_batches(file)
    drawn = _drawn((pa.Table.from_arrays(columns, names=names) for columns in batches), rows)
    return drawn if drawn is not None else pa.table({name: pa.array([], pa.string()) for name in names})


def _headers(path: Path, kind: str) -> tuple[list[str], Reader]:
    if kind == "xlsx":
        return spreadsheet_header(path, _LIMITS.max_file_mb << 20), Reader(kind)
    if kind == "kobo_json":
        with path.open("rb") as file:
            records = (record for record in submissions(JsonText(file)) if isinstance(record, dict))
            return list(dict.fromkeys(str(key) for record in records for key in record)), Reader(kind)
    encoding = decided_encoding(path, _ENCODINGS)
    with utf8_text(path, (encoding,)) as text:
        head = text.stream.read(BLOCK_BYTES)
    first_line = head.decode("utf-8", "ignore").lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    return first_record(head, delimiter)[0], Reader(kind, {"encodings": [encoding], "delimiter": delimiter})


def _text_batches(file: TextFile) -> Iterator[Sequence[Any]]:
    """The columns of each portion, read in a process of its own like every file that lands."""
    confinement = Confinement(Allowance())
    contract = _provisional(file)
    try:
        for batch in confinement.read(contract, LandedFile(file.path, "")):
            if batch["file_fault"].null_count < len(batch):
                reason, detail = batch["file_fault"][0].as_py(), batch["file_fault_detail"][0].as_py()
                raise _refused(f"{reason} ({detail})" if detail else reason)
            yield [batch[field.name] for field in contract.fields]
    finally:
        confinement.close()


def _parquet_batches(file: TextFile) -> Iterator[Sequence[Any]]:
    try:
        for batch in pq.ParquetFile(file.path).iter_batches(columns=list(file.headers)):
            yield [_as_text(batch[header]) for header in file.headers]
    except (pa.ArrowException, OSError) as error:  # their texts may quote a value
        raise _refused(type(error).__name__) from None


def _as_text(column: Any) -> Any:
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _drawn(portions: Iterator[pa.Table], rows: int) -> pa.Table | None:
    """The rows with the smallest of evenly drawn numbers; the same rows for the same file."""
    draws = np.random.default_rng(0)
    kept: pa.Table | None = None
    numbers = np.empty(0)
    for portion in portions:
        kept = portion if kept is None else pa.concat_tables([kept, portion])
        numbers = np.concatenate([numbers, draws.random(portion.num_rows)])
        if len(numbers) > 2 * rows:
            smallest = np.argpartition(numbers, rows)[:rows]
            kept, numbers = kept.take(smallest), numbers[smallest]
    return kept if kept is None or len(numbers) <= rows else kept.take(np.argpartition(numbers, rows)[:rows])


def _provisional(file: TextFile) -> Contract:
    """A contract that lets every column of the file pass as text; it is never written down."""
    fields = tuple(
        Field(f"__{place}", header, "", "string", Classification.SENSITIVE, Drop(), aliases=(header,))
        for place, header in enumerate(file.headers)
    )
    return Contract(
        id="", family="", dataset="", version="", label="", purpose="", fields=fields, rules=(),
        source=Source("Asia/Shanghai", (file.reader,), ignored_columns=("*",)), limits=_LIMITS,
        accountable=Accountable("", "", (), ""), retention_days=0, fingerprint="", path=file.path,
    )  # fmt: skip


def _refused(why: str) -> NotClassified:
    return NotClassified(f"the file cannot be looked at: {why}; csv, xlsx, json and parquet can")
