"""What is told of one document: facts about its form, and its text. Never who made it, where or with what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: How much of a document is read; the rest stays in the file.
MOST_CHARACTERS = 131_072  # as any cell of a table
MOST_PAGES = 500

# characters that no column takes: controls but tab and line ends, and halves of surrogate pairs
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class ContentState(StrEnum):
    """How far a document was read."""

    READ = "read"
    CUT = "cut"  # longer than MOST_CHARACTERS or MOST_PAGES
    NOT_READ = "not_read"  # nobody reads this type here, or it is encrypted
    DAMAGED = "damaged"
    OVER_LIMIT = "over_limit"  # it would take more memory or time than one document may


@dataclass(frozen=True)
class Description:
    """The facts of one document; None where its type has no such fact or nobody reads it."""

    state: ContentState
    page_count: int | None = None
    pixel_width: int | None = None
    pixel_height: int | None = None
    duration_s: float | None = None
    is_encrypted: bool = False
    text: str | None = None


def with_text(pieces: Iterable[str], page_count: int | None = None) -> Description:
    """The description of a document by its text; pieces behind the limit are not asked for.

    NULL: `text` is None where there is no visible character, as in a scan.
    """
    taken, room = [], MOST_CHARACTERS
    for piece in pieces:
        taken.append(piece[:room])
        room -= len(taken[-1])
        if len(taken[-1]) < len(piece) or not room:
            break
    else:
        return Description(ContentState.READ, page_count=page_count, text=fit_text("".join(taken)))
    return Description(ContentState.CUT, page_count=page_count, text=fit_text("".join(taken)))


def fit_text(text: str) -> str | None:
    """The text as a column takes it, or None where it says nothing.

    Example:
        >>> fit_text(f" 合同{chr(0)}第一页 ")
        '合同 第一页'
    """
    return _UNFIT.sub(" ", text).strip() or None
