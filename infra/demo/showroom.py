"""The showroom of the demo: who came, whose card was opened, how it was followed up, which deals were lost.

Values for the samples of four contracts, so that the marts of the sales funnel show something; the rest of a row is the
sample's. A prospect is made again from month and number wherever one of the four registers speaks of them.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from infra.demo.identifiers import mobile
from infra.demo.randomness import Choice, stream
from infra.demo.samples import Values
from infra.demo.setting import Setting

_CONSULTANTS = ("欧阳测试", "上官样例", "司马演示", "诸葛示例")
_CUSTOMERS_PER_VISIT = 30  # so many customers a month bring one visit
_DAYS_OF_A_MONTH = 30
_SOURCES = Choice({"walk_by": 4, "internet": 4, "referral": 2, "auto_show": 1})
_LEVELS = Choice({"H": 2, "A": 3, "B": 3, "C": 2})
_RESULTS = Choice({"open": 3, "ordered": 2, "delivered": 3, "lost": 4})
_REASONS = Choice({"price": 5, "competitor": 4, "postponed": 2, "stock": 1})
_FOLLOW_UPS = 2
_DAYS_BETWEEN_VISITS = 7


class _Prospect(NamedTuple):
    key: str
    phone: str
    consultant: str
    source: str
    level: str
    came_on: date
    has_card: bool
    result: str
    rng: random.Random


def visits(setting: Setting) -> Iterator[Values]:
    """Every prospect's first visit or call; one in ten left no telephone, one in thirty a stay that nobody has."""
    for prospect in _prospects(setting):
        rng = prospect.rng
        arrived = datetime.combine(prospect.came_on, time(rng.randrange(9, 18), rng.randrange(60)))
        minutes = 0 if rng.random() < 0.03 else rng.randrange(10, 120)
        yield {
            "visit_id": f"V{prospect.key}",
            "arrived_at": arrived,
            "left_at": arrived + timedelta(minutes=minutes),
            "information_source": prospect.source,
            "contact_kind": "visit" if rng.random() < 0.8 else "call",
            "has_test_drive": rng.random() < 0.35,
            "consultant_name": prospect.consultant,
            "contact_phone": None if rng.random() < 0.1 else prospect.phone,
        }


def cards(setting: Setting) -> Iterator[Values]:
    """An A card of every second prospect, with the defects that the rules name in some."""
    for prospect in _prospects(setting):
        if not prospect.has_card:
            continue
        rng, opened = prospect.rng, prospect.came_on
        visited = min(setting.last_day, opened + timedelta(days=rng.randrange(20)))
        ordered = min(setting.last_day, visited + timedelta(days=rng.randrange(9)))
        yield {
            "card_no": f"C{prospect.key}",
            "visit_id": f"V{prospect.key}",
            "contact_phone": prospect.phone,
            "consultant_name": prospect.consultant,
            "information_source": prospect.source,
            "intention_level": prospect.level,
            "opened_on": opened,
            "first_received_on": opened,
            "last_visited_on": visited,
            "first_reception_summary": None if rng.random() < 0.08 else "样例概况",
            "next_visit_plan": None if rng.random() < 0.1 else "样例计划",
            "next_visit_on": visited + timedelta(days=rng.randrange(1, 25)),
            "supervisor_reviewed_on": setting.told(opened + timedelta(days=rng.randrange(6))),
            "result": prospect.result,
            "ordered_on": ordered if prospect.result in {"ordered", "delivered"} else None,
            "delivered_on": _delivered(setting, prospect, ordered),
        }


def follow_ups(setting: Setting) -> Iterator[Values]:
    """The planned return visits of every card: most are made, some missed, some overdue or still to come."""
    for prospect in _prospects(setting):
        for number in range(_FOLLOW_UPS if prospect.has_card else 0):
            rng = prospect.rng
            planned = prospect.came_on + timedelta(days=_DAYS_BETWEEN_VISITS * (number + 1))
            state = rng.choices(("done", "missed", "planned"), (8, 1, 1))[0]
            if planned > setting.last_day:
                state = "planned"
            visited = min(setting.last_day, planned + timedelta(days=rng.randrange(3)))
            yield {
                "follow_up_id": f"F{prospect.key}-{number}",
                "card_no": f"C{prospect.key}",
                "stage": "before_order" if number == 0 else "order_to_delivery",
                "planned_on": planned,
                "visited_on": visited if state == "done" else None,
                "visit_state": state,
                "visit_record": "样例记录" if state == "done" and rng.random() < 0.9 else None,
                "consultant_name": prospect.consultant,
                "level_before": prospect.level,
                "level_after": prospect.level,
                "next_visit_on": planned + timedelta(days=_DAYS_BETWEEN_VISITS),
                "reviewed_on": None,
            }


def lost_deals(setting: Setting) -> Iterator[Values]:
    """The application for every card whose deal was lost; a few wait for approval."""
    for prospect in _prospects(setting):
        if not prospect.has_card or prospect.result != "lost":
            continue
        rng = prospect.rng
        lost = min(setting.last_day, prospect.came_on + timedelta(days=rng.randrange(10, 25)))
        is_approved = rng.random() < 0.9
        yield {
            "application_no": f"L{prospect.key}",
            "card_no": f"C{prospect.key}",
            "lost_on": lost,
            "price_cny": float(rng.randrange(90, 260) * 1000),
            "reason_kind": _REASONS.at(rng.random()),
            "last_level": prospect.level,
            "consultant_name": prospect.consultant,
            "approval_state": "approved" if is_approved else "pending",
            "approved_on": lost if is_approved else None,
        }


def _prospects(setting: Setting) -> Iterator[_Prospect]:
    """Everybody who came in the time that is told of, oldest month first; each register draws its own numbers."""
    for first, last in setting.periods:
        days = (last - first).days + 1
        for number in range(max(1, setting.size.customers * days // (_CUSTOMERS_PER_VISIT * _DAYS_OF_A_MONTH))):
            rng = stream(setting.seed, "prospect", first.isoformat(), number)
            yield _Prospect(
                key=f"{first:%y%m%d}{number:05d}",
                phone=mobile(rng),
                consultant=rng.choice(_CONSULTANTS),
                source=_SOURCES.at(rng.random()),
                level=_LEVELS.at(rng.random()),
                came_on=first + timedelta(days=rng.randrange(days)),
                has_card=number % 2 == 0,
                result=_RESULTS.at(rng.random()),
                rng=rng,
            )


def _delivered(setting: Setting, prospect: _Prospect, ordered: date) -> date | None:
    if prospect.result != "delivered":
        return None
    return min(setting.last_day, ordered + timedelta(days=prospect.rng.randrange(3, 20)))
