"""What identifies nobody alone and together tells who it was: moments and amounts beside a column of people's tokens.

Such columns are kept where a table is about things. Beside people, moments shift with their person, amounts that are
nearly all different lose their last digits, and the few very long numbers of a column become one group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.model import Classification
from jobs.classify.proposing import Proposal

#: Domains of keys whose tokens stand for people, the most personal first.
_DOMAINS_OF_PEOPLE = ("resident", "customer", "subscriber", "phone", "account", "contact")
_DAYS = 180
#: Amounts of which half are different; numbers of records differ too, but have no decimals.
_SHARE_ALONE = 0.5
_DIGITS_LEFT, _FEWEST_DIGITS = 2, 3
#: Longer numbers than this share of all has are the rare end.
_RARE_SHARE = 0.01


def coarser_beside_people(proposals: Sequence[Proposal]) -> list[Proposal]:
    """The proposals of one table, coarser where it has a token of people and a kept column tells them apart."""
    person = _person(proposals)
    if person is None:
        return list(proposals)
    return [_coarser(proposal, person) if _is_plain(proposal) else proposal for proposal in proposals]


def _person(proposals: Sequence[Proposal]) -> str | None:
    """The column whose token tells the people of the table best; of equal ones the first."""
    domains = {proposal.name: proposal.treatment.get("domain") for proposal in proposals}
    return next((name for wanted in _DOMAINS_OF_PEOPLE for name, domain in domains.items() if domain == wanted), None)


def _is_plain(proposal: Proposal) -> bool:
    return proposal.finding.kind is None and proposal.treatment["kind"] == "keep"


def _coarser(proposal: Proposal, person: str) -> Proposal:
    treatment = _treatment(proposal, person)
    return replace(proposal, classification=Classification.SENSITIVE, treatment=treatment) if treatment else proposal


def _treatment(proposal: Proposal, person: str) -> Mapping[str, Any] | None:
    name, cells = proposal.name, proposal.cells
    if proposal.type == "timestamp":
        return {"kind": "date_shift", "person": person, "days": _DAYS, "becomes": f"{name}_shifted"}
    if proposal.type not in ("integer", "number"):
        return None
    is_alone = cells.distinct >= _SHARE_ALONE * cells.filled
    if is_alone:
        usual = _usual_digits(cells.digits)
        is_amount = proposal.type == "number" and usual >= _FEWEST_DIGITS
        return {"kind": "round", "to": 10 ** (usual - _DIGITS_LEFT)} if is_amount else None
    longest_usual = _digits_of_all_but_the_rare(cells.digits)
    return {"kind": "top_bottom_code", "top": 10**longest_usual} if longest_usual else None


def _usual_digits(digits: Mapping[int, int]) -> int:
    """The median; 0 where there is no number."""
    cells = sum(digits.values())
    seen = 0
    for length in sorted(digits):
        seen += digits[length]
        if 2 * seen >= cells:
            return length
    return 0


def _digits_of_all_but_the_rare(digits: Mapping[int, int]) -> int | None:
    """The length that only rare numbers exceed; None where no number is that long, or too many are."""
    cells, longer = sum(digits.values()), 0
    for length in sorted(digits, reverse=True):
        if longer + digits[length] > _RARE_SHARE * cells:
            return length if longer else None
        longer += digits[length]
    return None
