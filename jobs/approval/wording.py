"""Whether a short text that goes into the ledger names somebody by an identifier."""

import re
import unicodedata

from contracts.identifiers import IDENTIFIERS

#: How many characters say what for, in a purpose or a reason.
REASON_LENGTH = range(4, 201)
_IDENTITY = re.compile("|".join(f"(?:{one.pattern})" for one in IDENTIFIERS.values() if one.pattern))


def holds_identity(text: str) -> bool:
    """Whether an identifier of the catalogue stands in a short text, whatever its spelling.

    Example:
        >>> holds_identity("回访 １３８-0013-8000"), holds_identity("工单 20260131，回访核对")
        (True, False)
    """
    half_width = unicodedata.normalize("NFKC", text)
    visible = "".join(character for character in half_width if unicodedata.category(character) != "Cf")
    return bool(_IDENTITY.search(re.sub(r"(?<=[0-9])[\s\-]{1,2}(?=[0-9])", "", visible)))
