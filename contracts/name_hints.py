"""What a column's name says of its content: which identifiers it may hold, in Chinese and in English."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from unicodedata import normalize

from contracts.yaml_lines import read_yaml

_WORD_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9\u3400-\u9fff]+")


@cache
def _hints() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    said = read_yaml(Path(__file__).with_suffix(".yaml"))
    return tuple((re.compile("|".join(hint["says"])), tuple(hint["kinds"])) for hint in said)


def words_of(name: str) -> str:
    """A name as the hints read it: half-width, lower case, its parts between underscores.

    Example:
        >>> words_of("custMobileNo"), words_of("联系电话（手机）")
        ('_cust_mobile_no_', '_联系电话_手机_')
    """
    parts = (part for part in _WORD_BREAKS.split(normalize("NFKC", name)) if part)
    return f"_{'_'.join(parts).lower()}_"


def hinted_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """The kinds of identifiers that one of a column's names speaks of, likeliest first; none for most columns.

    Of a path of a form (`group/question`) the last part counts.

    Example:
        >>> hinted_kinds(["联系电话"]), hinted_kinds(["cust_cert_no"])[0], hinted_kinds(["手机品牌"])
        (('mobile_phone', 'landline'), 'resident_id', ())
    """
    for name in names:
        words = words_of(name.rpartition("/")[2])
        joined = words.strip("_").replace("_", "")
        for pattern, kinds in _hints():
            if pattern.search(words) or pattern.search(joined):
                if kinds:
                    return kinds
                break
    return ()
