"""What customers of the demo do beyond buying: complaints, surveys, key accounts, debts, connections to the grid.

Values for the samples of five contracts, so that the marts of them show something; the rest of a row is the sample's.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from infra.demo.identifiers import mobile
from infra.demo.market import ENTERPRISE_EVERY, Market, Profile, customer_id, is_enterprise
from infra.demo.randomness import Choice, stream
from infra.demo.samples import Values
from infra.demo.setting import Setting

_DAYS_OF_A_MONTH = 30
_CUSTOMERS_PER_KEY_ACCOUNT = 150
_SELLERS_OF_A_CITY = 6
_DEPARTMENTS = Choice({"customer_service": 5, "sales": 3, "marketing": 2, "finance": 1, "production": 1})
_KINDS = Choice({"service": 4, "network": 3, "billing": 3, "price": 2, "delivery": 1, "product_quality": 1})
_MARKS = Choice({5: 4, 4: 4, 3: 2, 2: 1, 1: 0.5})
_ASPECTS = {"service": "service_quality_score", "price": "package_price_score", "delivery": "delivery_score"}
_PRIORITIES = Choice({"P1": 1, "P2": 3, "P3": 6})
_VOLTAGES = Choice({"kv_0_4": 3, "kv_10": 6, "kv_35": 2, "kv_110": 0.5})
_MOST_CONTENT = 3  # a mark below it names its aspect as a weak one


class _Event(NamedTuple):
    """Something that happened on a day; `key` tells it from all others of the register."""

    key: str
    on: date
    rng: random.Random


def complaints(setting: Setting) -> Iterator[Values]:
    """Complaints of customers, nine in ten of the older ones closed."""
    market = Market(setting)
    for event in _events(setting, "complaint", customers_per_month=40):
        rng, who = event.rng, _customer(market, event)
        replied = setting.told(event.on + timedelta(days=rng.randrange(6)))
        closed = setting.told(event.on + timedelta(days=rng.randrange(6, 45))) if rng.random() < 0.9 else None
        yield {
            "complaint_id": f"T{event.key}",
            "customer_id": customer_id(who.number),
            "contact_phone": mobile(rng),
            "receiving_department": _DEPARTMENTS.at(rng.random()),
            "complaint_kind": _KINDS.at(rng.random()),
            "region_code": who.district[0],
            "received_on": event.on,
            "first_replied_on": replied,
            "closed_on": closed,
            "handling_state": "closed" if closed else "handling" if replied else "open",
            "is_justified": rng.random() < 0.6 if closed else None,
            "is_nonconformity": rng.random() < 0.15,
            "needs_corrective_action": rng.random() < 0.2,
            "compensation_cny": float(rng.randrange(20, 500)) if closed and rng.random() < 0.1 else None,
            "revisit_score": _MARKS.at(rng.random()) if closed else None,
        }


def surveys(setting: Setting) -> Iterator[Values]:
    """Forms of the yearly survey; the weaker an aspect's mark, the likelier it is named as a weak one."""
    market = Market(setting)
    for event in _events(setting, "survey", customers_per_month=130):
        rng, who = event.rng, _customer(market, event)
        marks = {column: _MARKS.at(rng.random()) for column in _ASPECTS.values()}
        yield {
            "submission_id": f"S{event.key}",
            "submitted_at": datetime.combine(event.on, time(9, rng.randrange(60))),
            "customer_id": customer_id(who.number),
            "survey_year": event.on.year,
            "handed_out_on": event.on - timedelta(days=rng.randrange(20)),
            "returned_on": event.on,
            "region_code": who.district[0],
            **marks,
            "company_score": _MARKS.at(rng.random()),
            "product_quality_score": _MARKS.at(rng.random()),
            "overall_score": _MARKS.at(rng.random()),
            "weak_aspects": [aspect for aspect, column in _ASPECTS.items() if marks[column] < _MOST_CONTENT] or None,
        }


def key_accounts(setting: Setting) -> Iterator[Values]:
    """The register of key accounts as it stands: some enterprises of the customer file; credit changes by the day."""
    for number, who in enumerate(_large_customers(setting)):
        rng = stream(setting.seed, "key account", number)
        voltage = _VOLTAGES.at(rng.random())
        kva = float(rng.randrange(2, 40) * (50 if voltage in {"kv_0_4", "kv_10"} else 500))
        today = stream(setting.seed, "credit", number, setting.day.isoformat())
        yield {
            "account_no": f"D{number:06d}",
            "customer_id": customer_id(who.number),
            "customer_type": rng.choices(("enterprise", "institution", "government"), (8, 1, 1))[0],
            "customer_priority": _PRIORITIES.at(rng.random()),
            "supply_voltage": voltage,
            "receiving_capacity_kva": kva,
            "electricity_contribution_kwh": round(kva * rng.uniform(500, 4000), 1),
            "sales_revenue_cny": float(rng.randrange(1, 900) * 1000),
            "region_code": who.district[0],
            "credit_status": today.choices(("good", "watch", "overdue"), (8, 1, 1))[0],
            "assessed_on": setting.last_day - timedelta(days=rng.randrange(300)),
        }


def receivables(setting: Setting) -> Iterator[Values]:
    """Bills to key accounts, due after thirty days; half of them paid, some in part."""
    accounts = list(_large_customers(setting))
    for event in _events(setting, "receivable", customers_per_month=400):
        rng, who = event.rng, event.rng.choice(accounts)
        due = float(rng.randrange(5, 400) * 100)
        received = due * rng.choices((0, 0.5, 1), (3, 2, 5))[0]
        due_on = event.on + timedelta(days=30)
        is_over = due_on < setting.day
        yield {
            "receivable_no": f"R{event.key}",
            "customer_id": customer_id(who.number),
            "region_code": who.district[0],
            "due_amount_cny": due,
            "received_amount_cny": received,
            "outstanding_amount_cny": due - received,
            "invoiced_on": event.on,
            "due_on": due_on,
            "last_received_on": event.on if received else None,
            "collection_state": "settled" if received == due else "reminded" if is_over else "not_due",
        }


def targets(setting: Setting) -> Iterator[Values]:
    """What the sellers of each city are to bring in a month, and what they brought."""
    for first, last in setting.periods:
        for city in setting.cities:
            rng = stream(setting.seed, "target", first.isoformat(), city.code)
            for seller in range(_SELLERS_OF_A_CITY):
                target = rng.randrange(20, 80) * 10_000
                accounts = rng.randrange(2, 8)
                yield {
                    "plan_no": f"P{first:%y%m}{city.code}{seller}",
                    "employee_name": f"{city.name[:2]}销售{seller + 1}",
                    "period_kind": "month",
                    "period_start_on": first,
                    "period_end_on": last,
                    "region_code": city.districts[0][0],
                    "customer_type": "enterprise",
                    "sales_way": "general",
                    "target_amount_cny": float(target),
                    "result_amount_cny": round(target * rng.uniform(0.6, 1.25), 2),
                    "target_account_count": accounts,
                    "developed_account_count": rng.randrange(accounts + 1),
                    "reported_on": last,
                }


def connections(setting: Setting) -> Iterator[Values]:
    """Applications for a connection: most schemes are replied to in time, some late, some not yet."""
    accounts = list(_large_customers(setting))
    for event in _events(setting, "connection", customers_per_month=300):
        rng, who = event.rng, event.rng.choice(accounts)
        is_dual = rng.random() < 0.3
        replied = setting.told(event.on + timedelta(days=rng.randrange(5, 60 if is_dual else 35)))
        later = dict.fromkeys(
            ("notice_issued_on", "paid_on", "construction_started_on", "completion_filed_on", "inspected_on",
             "contract_signed_on", "energised_on", "meter_ordered_on", "meter_installed_on", "order_returned_on",
             "opened_on", "account_no")
        )  # fmt: skip
        yield {
            **later,
            "register_no": f"B{event.key}",
            "application_no": f"A{event.key}",
            "customer_id": customer_id(who.number),
            "supply_station": f"{who.city.name}供电所",
            "source_kind": "dual" if is_dual else "single",
            "supply_voltage": "kv_0_4" if rng.random() < 0.2 else "kv_10",
            "region_code": who.district[0],
            "registered_on": event.on,
            "accepted_on": event.on,
            "surveyed_on": None,
            "sent_to_marketing_on": setting.told(event.on + timedelta(days=rng.randrange(1, 5))),
            "scheme_replied_on": replied,
            "stage": "scheme_replied" if replied else "applied",
        }


def _events(setting: Setting, register: str, *, customers_per_month: int) -> Iterator[_Event]:
    """What happened in the time that is told of, oldest month first; so many customers bring one event a month."""
    for first, last in setting.periods:
        days = (last - first).days + 1
        for number in range(max(1, setting.size.customers * days // (customers_per_month * _DAYS_OF_A_MONTH))):
            rng = stream(setting.seed, register, first.isoformat(), number)
            yield _Event(f"{first:%y%m%d}{number:05d}", first + timedelta(days=rng.randrange(days)), rng)


def _customer(market: Market, event: _Event) -> Profile:
    return market.profile(event.rng.randrange(max(1, market.count_on(event.on))))


def _large_customers(setting: Setting) -> Iterator[Profile]:
    """The first enterprises of the customer file."""
    market = Market(setting)
    last = ENTERPRISE_EVERY * max(1, setting.size.customers // _CUSTOMERS_PER_KEY_ACCOUNT)
    return (market.profile(number) for number in range(last) if is_enterprise(number))
