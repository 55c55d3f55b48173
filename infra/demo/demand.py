"""Who buys what, when, how and for how much: the pattern behind the demo's charts."""

import random
from datetime import date

from infra.demo.market import Profile
from infra.demo.randomness import Choice
from infra.demo.regions import City

#: Price in 元 of each product of the contract's list.
PRICES = {"P01": 128.0, "P02": 99.0, "P03": 59.0, "P04": 15.0, "P05": 298.0, "P06": 25.0, "P07": 680.0, "P08": 8.0}

_MONTHS = (1.06, 0.88, 1.02, 0.95, 0.98, 1.05, 1.00, 1.12, 1.22, 1.00, 1.14, 1.10)  # January first
_SCHOOL_TERM = (0.6, 1.5, 1.3, 0.9, 0.8, 0.7, 0.5, 1.6, 2.0, 1.1, 0.9, 0.7)
_SCHOOL_PRODUCTS = ("P03", "P04", "P05")
_YEARLY_GROWTH = {
    "P01": 1.25,
    "P02": 1.05,
    "P03": 1.08,
    "P04": 0.82,
    "P05": 1.35,
    "P06": 1.40,
    "P07": 1.10,
    "P08": 1.60,
}
_YOUNG = {"P01": 46, "P02": 8, "P03": 26, "P04": 1, "P05": 3, "P06": 16}
_PARENT = {"P01": 32, "P02": 22, "P03": 1, "P04": 19, "P05": 16, "P06": 10}
_ADULT = {"P01": 44, "P02": 33, "P03": 1, "P04": 4, "P05": 4, "P06": 14}
_OLD = {"P01": 52, "P02": 38, "P04": 3, "P05": 1, "P06": 6}
_ENTERPRISE = {"P01": 6, "P02": 12, "P06": 18, "P07": 34, "P08": 30}
_BASE_YEAR = 2025
_HOURS = Choice(dict(zip(range(8, 22), (4, 8, 10, 9, 5, 6, 8, 9, 9, 8, 7, 8, 7, 4), strict=True)))


class Demand:
    """Draws purchases; keeps the tables of the months already seen, a few per month and group."""

    def __init__(self) -> None:
        self._products: dict[tuple[str, int, int], Choice[str]] = {}
        self._channels: dict[tuple[str, int], Choice[str]] = {}

    def month_weight(self, month: date) -> float:
        """How busy a day of this month is: season and growth."""
        return float(_MONTHS[month.month - 1] * 1.14 ** _years(month))

    def eagerness(self, city: City, day: date) -> float:
        """How likely, 0 to 1, a customer of this city buys on that day; the south buys less in summer."""
        south = (32 - city.latitude) / 14
        summer = (0.0, 0.0, 0.1, 0.3, 0.6, 0.9, 1.0, 1.0, 0.7, 0.4, 0.1, 0.0)[day.month - 1]
        weekend = 1.0 if day.weekday() >= 5 else 0.86
        return max(0.25, min(1.0, 0.72 * weekend * city.wealth * (1 + 0.18 * south * (0.5 - summer))))

    def purchase(self, rng: random.Random, buyer: Profile, day: date) -> tuple[str, int, int]:
        """Product, quantity and price of one in 分."""
        product = self._product_choice(buyer, day).at(rng.random())
        price = PRICES[product] * (0.7 + 0.3 * buyer.city.wealth) * (0.95 + 0.1 * rng.random())
        return product, _quantity(rng, buyer, product), round(price * 100)

    def channel(self, rng: random.Random, buyer: Profile, day: date) -> str:
        """How the sale came about, as the source writes it; online grows, older people go to the shop."""
        group = "enterprise" if buyer.is_enterprise else _age_group(buyer, day)
        key = (group, day.year * 12 + day.month)
        if key not in self._channels:
            online = {"young": 62, "parent": 48, "adult": 42, "old": 12, "enterprise": 15}[group] * 1.12 ** _years(day)
            shop = {"young": 20, "parent": 32, "adult": 36, "old": 66, "enterprise": 20}[group]
            phone = 40 if group == "enterprise" else 10
            partner = 25 if group == "enterprise" else 12
            self._channels[key] = Choice({"线上": online, "营业厅": shop, "电话": phone, "合作伙伴": partner})
        return self._channels[key].at(rng.random())

    def second_of_day(self, rng: random.Random) -> int:
        """A second within opening hours, most before noon and in the late afternoon."""
        return _HOURS.at(rng.random()) * 3600 + int(rng.random() * 3600)

    def _product_choice(self, buyer: Profile, day: date) -> Choice[str]:
        group = "enterprise" if buyer.is_enterprise else _age_group(buyer, day)
        key = (group, day.year, day.month)
        if key not in self._products:
            shares = {"young": _YOUNG, "parent": _PARENT, "adult": _ADULT, "old": _OLD, "enterprise": _ENTERPRISE}[
                group
            ]
            term = _SCHOOL_TERM[day.month - 1]
            self._products[key] = Choice(
                {
                    product: share
                    * _YEARLY_GROWTH[product] ** _years(day)
                    * (term if product in _SCHOOL_PRODUCTS else 1)
                    for product, share in shares.items()
                }
            )
        return self._products[key]


def _years(day: date) -> float:
    return day.year - _BASE_YEAR + (day.month - 1) / 12


def _age_group(buyer: Profile, day: date) -> str:
    age = day.year - buyer.born.year
    if age < 25:
        return "young"
    if age >= 60:
        return "old"
    return "parent" if 30 <= age < 48 else "adult"


def _quantity(rng: random.Random, buyer: Profile, product: str) -> int:
    if not buyer.is_enterprise:
        return 1 if rng.random() < 0.92 else 2
    scale = {"微型": 1, "小型": 2, "中型": 5, "大型": 12}[buyer.enterprise_size]
    most = scale * 40 if product == "P08" else scale
    return 1 + int(rng.random() * most)
