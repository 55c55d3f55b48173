"""Network and web addresses made coarse: an IP address to its network, a URL or host name to its registered domain.

NULL stays NULL, and what is no address becomes NULL, for a text that nobody understands may hold anything.
Source: D09-5 (records of internet use are treated before anybody analyses them).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from expectations.normal_form import plain_text

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_GROUPS = "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*"
_IPV6_GROUPS = 8
_PREFIX_GROUPS = 3  # of 16 bits: /48
#: A host behind its scheme and its user, in front of its port; an IPv6 address in brackets is none.
_HOST = r"^(?:(?:[a-z][a-z0-9+.\-]*:)?//)?(?:[^/?#]*@)?([^/?#:@\\\s\[\]]+)(?::[0-9]*)?(?:[/?#]|$)"
_NAME = r"^[^.]{1,63}(?:\.[^.]{1,63})*\.[^.]*[^.0-9][^.]*$"
_DOTS_OF_IDNA = "\u3002\uff61"  # besides the full-width one, which every text has lost by then
_LONG_NUMBER = "[0-9](?:-{0,2}[0-9]){7,}"


def ip_prefix(value: Column) -> Column:
    """The network of an address: `203.0.113.0/24`, `2001:db8:1::/48`.

    A port, brackets and a zone are left out; `::ffff:203.0.113.9` is version 4. What is no address becomes NULL.
    """
    text = F.regexp_replace(F.lower(plain_text(value)), r"^\[([^\]]*)\](?::[0-9]+)?$", "$1")
    bare = F.regexp_replace(text, "%.*$", "")
    ipv4 = F.regexp_replace(F.regexp_replace(bare, r"^::ffff:(?=[0-9.]+$)", ""), r"^([0-9.]+):[0-9]+$", "$1")
    network = F.concat(F.substring_index(ipv4, ".", 3), F.lit(".0/24"))
    return F.when(ipv4.rlike(f"^{_IPV4}$"), network).otherwise(_ipv6_prefix(bare))


def _ipv6_prefix(text: Column) -> Column:
    """The first three of eight groups, in the spelling of RFC 5952; NULL for what is no address of version 6."""
    # an IPv4 address at the end stands for two groups, and both lie behind the prefix
    groups = F.regexp_replace(text, f"(?<=:){_IPV4}$", "0:0")
    halves = F.split(groups, "::", -1)
    left, right = _split(F.get(halves, F.lit(0))), _split(F.coalesce(F.get(halves, F.lit(1)), F.lit("")))
    missing = F.lit(_IPV6_GROUPS) - F.size(left) - F.size(right)
    first = F.slice(F.concat(left, F.array_repeat(F.lit("0"), missing), right), 1, _PREFIX_GROUPS)
    shown = F.regexp_replace(F.array_join(first, ":"), "(^|:)0+(?=[0-9a-f])", "$1")
    is_whole = groups.rlike(f"^{_GROUPS}$") & (missing == 0)
    is_shortened = groups.rlike(f"^(?:{_GROUPS})?::(?:{_GROUPS})?$") & (missing > 0)
    return F.when(is_whole | is_shortened, F.concat(F.regexp_replace(shown, "(?:(?:^|:)0)+$", ""), F.lit("::/48")))


def _split(half: Column) -> Column:
    return F.array_remove(F.split(half, ":", -1), "")


def registered_domain(value: Column) -> Column:
    """The name that somebody registered, in lower case: `a.b.example.com.cn/c?d` is `example.com.cn`.

    The public suffix list says where registration ends, and only its official part: a name below the suffix of a
    private hoster (`somebody.github.io`) is often one person's own, so it is reduced to the hoster's. International
    suffixes count in both spellings (`公司.cn`, `xn--55qx5d.cn`); the result keeps the spelling of its source. A
    number of eight digits or more in a name may be somebody's phone, so it becomes `_`.
    NULL: an IP address, a bare public suffix, a name without a dot, a path without a host.
    Source: publicsuffix.org, the list and the algorithm.
    """
    text = F.translate(F.lower(plain_text(value)), _DOTS_OF_IDNA, "..")
    host = F.regexp_replace(F.regexp_replace(F.regexp_extract(text, _HOST, 1), r"\.$", ""), _LONG_NUMBER, "_")
    return F.when(host.rlike(_NAME), _below_its_suffix(host))


def _below_its_suffix(host: Column) -> Column:
    """The public suffix and one label more; NULL where the host is a suffix itself. The longest rule decides."""
    size = F.size(F.split(host, r"\.", -1))
    domain = F.when(F.lit(False), host)
    for labels, rules in sorted(_suffix_rules().items(), reverse=True):
        end, parent = _end(host, labels), _end(host, labels - 1)
        if rules.exceptions:
            domain = domain.when(end.isin(*rules.exceptions), end)
        is_suffix = F.lit(False)
        if rules.names:
            is_suffix |= end.isin(*rules.names)
        if rules.parents:
            is_suffix |= parent.isin(*rules.parents) & (size >= labels)
        domain = domain.when(is_suffix, F.when(size > labels, _end(host, labels + 1)))
    return domain.otherwise(_end(host, 2))


def _end(host: Column, labels: int) -> Column:
    return F.substring_index(host, ".", -labels)


@dataclass(frozen=True)
class _Rules:
    """The rules of one length in labels: names, parents below which every name is a suffix, names that are none."""

    names: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


@cache
def _suffix_rules() -> Mapping[int, _Rules]:
    """The rules of two labels and more, by length; a top-level domain is a suffix whether or not a rule names it."""
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for rule in _official_rules((files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")):
        kind, name = {"!": ("exceptions", rule[1:]), "*": ("parents", rule[2:])}.get(rule[0], ("names", rule))
        found[rule.count(".") + 1][kind] |= {name, name.encode("idna").decode("ascii")}
    return {
        labels: _Rules(**{kind: tuple(sorted(names)) for kind, names in kinds.items()})
        for labels, kinds in found.items()
        if labels > 1
    }


def _official_rules(text: str) -> Iterator[str]:
    official = text.partition("===BEGIN ICANN DOMAINS===")[2].partition("===END ICANN DOMAINS===")[0]
    return (line.split()[0] for line in official.splitlines() if line.strip() and not line.startswith("//"))
