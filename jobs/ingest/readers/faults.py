"""Why a file or a row is refused, as sentences. A detail holds positions and counts, never a word of the file."""

from collections.abc import Sequence
from enum import StrEnum

_LISTED = 20


class FileFaultReason(StrEnum):
    """What is wrong with a whole file; none of its rows count."""

    UNKNOWN_COLUMN = "a column is not declared in the contract"
    MISSING_COLUMN = "a required column is missing"
    REPEATED_COLUMN = "two columns hold the same counter"
    WRONG_ENCODING = "the text is in none of the encodings that the contract allows"
    WRONG_DELIMITER = "the cells are not parted by the agreed character"
    WRONG_KIND = "the content is none of the kinds that the contract expects"
    WRONG_STRUCTURE = "the content is not built as its kind demands"
    UNKNOWN_LAYOUT = "the records have as many fields as no layout of the contract"
    BROKEN_QUOTING = "text stands behind a closing quote, so records may have run together"
    ONLY_RAGGED_ROWS = "a long run of rows has more or fewer cells than the header"
    RECORD_TOO_LONG = "a record is longer than a reader takes at once"
    TRUNCATED = "the file ends before its content does"
    MALFORMED = "the file breaks the rules of its own format"
    DOCTYPE = "the document declares a document type or entities"
    EMPTY = "the file holds nothing"
    TOO_LARGE = "the file is larger than the contract allows, packed or unpacked"
    FAR_CELLS = "cells lie far outside the table"
    MERGED_CELLS = "cells of the table are merged"
    SEVERAL_SHEETS = "a second sheet has the table's header too and the contract names none"
    NO_SHEET = "the workbook lacks the sheet that the contract names"
    ENCRYPTED = "the file is encrypted"
    UNSAFE_ARCHIVE = "the archive holds unsafe, repeated or overlapping entries"
    TOO_COSTLY = "the file takes more memory or time than a reader may use"
    GONE = "the file is not there any more"
    UNREADABLE = "the file cannot be read"


class RowFaultReason(StrEnum):
    """What is wrong with one row; the other rows of its file land."""

    RAGGED_ROW = "the row has more or fewer cells than the header"
    REPEATED_HEADER = "the row repeats the header"
    REPEATED_VALUES_DIFFER = "two columns that stand for the same field say different things"
    PRECISION_LOST = "an identifier arrived as a rounded number"
    CELL_TOO_LONG = "a cell is longer than any text that a table takes"
    CONTROL_CHARACTER = "a cell holds a control character"
    FOREIGN_ENCODING = "the row is not in the encoding of its file"
    CUT_OFF = "the file ends inside a character of the row"
    DAMAGED_TEXT = "a cell holds characters that an earlier program could not read"
    ERROR_CELL = "a cell holds a calculation error"
    UNCOMPUTED_FORMULA = "a cell holds a formula without its result"
    IMPOSSIBLE_DATE = "a cell is marked as a date but holds none"
    DUPLICATE_KEY = "a key occurs twice in one record"
    NOT_A_NUMBER = "a value is not a number or not finite"
    NESTED_VALUE = "a value is a list or an object where text was agreed"
    UNPAIRED_RESULTS = "results do not pair with counter names"
    NOTHING_MEASURED = "a report holds no measured value"
    FOREIGN_CELL = "a report speaks of a cell of another base station"


class FileFault(Exception):
    """A whole file is refused; `detail` is fit for a log that viewers read."""

    def __init__(self, reason: FileFaultReason, detail: str | None = None) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason if detail is None else f"{reason} ({detail})")

    def within(self, where: str) -> "FileFault":
        """The same fault with the place in the archive in front of its detail."""
        return FileFault(self.reason, f"{where}: {self.detail}" if self.detail else where)


def positions(kind: str, numbers: Sequence[int], total: int) -> str:
    """Which of the `total` columns or sheets, given from 0 and told from 1, as safe text.

    Example:
        >>> positions("column", [0, 2], 3)
        'column 1, 3 of 3'
    """
    listed = ", ".join(str(number + 1) for number in numbers[:_LISTED])
    more = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
    return f"{kind} {listed}{more} of {total}"
