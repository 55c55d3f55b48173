"""The customers of the demo: what the marts can know of each, made again from its number whenever it is asked for."""

import random
from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from infra.demo.people import Person, person
from infra.demo.randomness import Choice, key_of, mixed, stream
from infra.demo.regions import City
from infra.demo.setting import Setting, month_before

#: Every how many customers one is an enterprise; its place within them.
ENTERPRISE_EVERY, _ENTERPRISE_PLACE = 8, 3
_HISTORY_DAYS = 6 * 365
_GROWTH = 1.8  # customers since the start grow with this power of time
_BORN_FROM = 2026
_UNIT = 1 << 16

_AGES = Choice(
    {age: weight for ages, weight in (
        (range(15, 18), 0.8), (range(18, 25), 2.2), (range(25, 40), 2.8), (range(40, 55), 2.2), (range(55, 65), 1.4),
        (range(65, 85), 0.5)) for age in ages}
)  # fmt: skip
_YOUNG = Choice({"学生": 7, "企业职员": 1.5, "自由职业者": 0.8, "其他": 0.7})
_WORKING = Choice({
    "企业职员": 26, "工人": 16, "个体经营者": 12, "教师": 8, "工程技术人员": 9, "医护人员": 6, "公务员": 7, "农民": 8,
    "自由职业者": 6, "其他": 2})  # fmt: skip
_OLD = Choice({"离退休人员": 8, "农民": 1.2, "个体经营者": 0.6, "其他": 0.2})
_INDUSTRIES = Choice({
    "制造业": 26, "批发和零售业": 20, "建筑业": 9, "信息传输和软件业": 10, "住宿和餐饮业": 8, "交通运输和仓储业": 7,
    "租赁和商务服务业": 6, "教育": 6, "卫生和社会工作": 4, "金融业": 3, "农林牧渔业": 4, "公共管理和社会组织": 3,
    "其他": 2})  # fmt: skip
_SIZES = Choice({"微型": 46, "小型": 34, "中型": 15, "大型": 5})


class Profile(NamedTuple):
    """What the marts can know of a customer; cheap to make again, because every transaction asks for it."""

    number: int
    is_enterprise: bool
    city: City
    district: tuple[str, str]
    gender: str
    born: date
    occupation: str
    industry: str
    enterprise_size: str


class Market:
    """The customers of one seed and size, by number; the number grows with the day of registration."""

    def __init__(self, setting: Setting) -> None:
        self._seed, self._total, self._cities = setting.seed, setting.size.customers, setting.cities
        self._key = key_of(setting.seed, "customer")
        self._bounds = list(accumulate(city.population * city.wealth for city in self._cities))
        # A fixed end per quarter keeps a customer's day of registration over the exports of that quarter.
        quarter = date(setting.day.year, (setting.day.month - 1) // 3 * 3 + 1, 1)
        self._end = month_before(quarter, -3)

    def profile(self, number: int) -> Profile:
        """The customer of this number."""
        bits = mixed(self._key, number)
        more = mixed(self._key, ~number)
        place = bisect_right(self._bounds, (bits & 0xFFFF) / _UNIT * self._bounds[-1])
        city = self._cities[place]
        age = _AGES.at((bits >> 16 & 0xFFFF) / _UNIT)
        job = (bits >> 32 & 0xFFFF) / _UNIT
        occupations = _YOUNG if age < 23 else _WORKING if age < 60 else _OLD
        return Profile(
            number,
            is_enterprise(number),
            city,
            city.districts[(bits >> 48 & 0xFF) % len(city.districts)],
            "female" if bits >> 56 & 0xFF < 126 else "male",
            date(_BORN_FROM - age, 1, 1) + timedelta(days=(more & 0xFFFF) % 365),
            occupations.at(job),
            _INDUSTRIES.at((more >> 16 & 0xFFFF) / _UNIT),
            _SIZES.at((more >> 32 & 0xFFFF) / _UNIT),
        )

    def registered_on(self, number: int) -> date:
        """The day the customer's file was opened."""
        back = _HISTORY_DAYS * (1 - ((number + 0.5) / self._total) ** (1 / _GROWTH))
        return self._end - timedelta(days=int(back) + 1)

    def count_on(self, day: date) -> int:
        """How many customers there were on the evening of that day; their numbers are 0 to this, less one."""
        passed = 1 - ((self._end - day).days - 1) / _HISTORY_DAYS
        return max(0, min(self._total, int(self._total * max(0.0, passed) ** _GROWTH - 0.5)))

    def draw(self, profile: Profile) -> tuple[random.Random, Person]:
        """The person behind the profile, of an enterprise the contact, and the numbers that draw all the rest."""
        rng = stream(self._seed, "person", profile.number)
        return rng, person(rng, profile.city, profile.district[1], profile.gender, profile.born)


def is_enterprise(number: int) -> bool:
    """Whether the customer of this number is an enterprise."""
    return number % ENTERPRISE_EVERY == _ENTERPRISE_PLACE


def place_among_its_kind(number: int) -> int:
    """How many customers of the same kind have a smaller number.

    Example:
        >>> [place_among_its_kind(number) for number in (2, 3, 4, 11)]
        [2, 0, 3, 1]
    """
    smaller = (number + ENTERPRISE_EVERY - 1 - _ENTERPRISE_PLACE) // ENTERPRISE_EVERY
    return smaller if is_enterprise(number) else number - smaller


def customer_id(number: int) -> str:
    """The number that the customer system gives."""
    return f"KH{number + 1:08d}"
