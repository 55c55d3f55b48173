"""One landed file to Arrow batches of text. This list is all that the rest of the product may rely on."""

from jobs.ingest.readers.batches import TEXT_COLUMNS, text_schema
from jobs.ingest.readers.confined import read_files
from jobs.ingest.readers.faults import FileFaultReason, RowFaultReason

__all__ = ["TEXT_COLUMNS", "FileFaultReason", "RowFaultReason", "read_files", "text_schema"]
