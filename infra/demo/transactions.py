"""Transactions (交易记录): CSV files by month, and a small workbook of late entries (补录)."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from infra.demo.demand import Demand
from infra.demo.identifiers import bank_card, broken
from infra.demo.market import Market, Profile, customer_id
from infra.demo.people import Canary
from infra.demo.planting import Planting, Tally
from infra.demo.randomness import shared_out, stream
from infra.demo.setting import Setting, far_future, month_before
from infra.demo.writing import RowFile, csv_file, xlsx_file

DATASET = "crm.transactions"
HEADER = (
    "交易编号",
    "客户编号",
    "产品编码",
    "数量",
    "单价(元)",
    "金额(元)",
    "交易时间",
    "交易地区",
    "渠道",
    "付款账号",
    "备注",
)
REASONS = (
    "customer_id.missing", "unit_price_cny.unreadable", "product_code.unknown_code", "card_is_real",
    "traded_in_the_past", "quantity.too_small",
)  # fmt: skip

_CSV_ROWS = 500_000
_XLSX_SHARE, _XLSX_ROWS = 0.02, 20_000
_PLAIN_REMARKS = ("老客户续费", "参加开学季活动", "需开发票", "上门安装", "首次办理", "套餐升级", "-")
_NAMED_REMARKS = (
    "{name}本人办理",
    "客户{name}来电{mobile}确认",
    "送货至{address}",
    "代办人{name},证件{resident_id}",
    "发票寄{email}",
)


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the day's files and yield the growing tally after every row."""
    tally = Tally()
    maker = _Maker(setting)
    yield from _write_months(setting, folder, maker, tally)
    yield from _write_late_entries(setting, folder, maker, tally)


def _write_months(setting: Setting, folder: Path, maker: "_Maker", tally: Tally) -> Iterator[Tally]:
    late = _late_entries(setting)
    periods = setting.periods
    weights = [maker.demand.month_weight(first) * ((last - first).days + 1) for first, last in periods]
    counts = shared_out(setting.size.transactions - late, weights)
    done = 0
    for (first, last), count in zip(periods, counts, strict=True):
        for part, start in enumerate(range(0, count, _CSV_ROWS)):
            path = folder / f"交易记录_{first:%Y%m}_{part + 1:02d}.csv"
            encoding = "gb18030" if first.month % 2 else "utf-8-sig"
            with csv_file(path, HEADER, encoding) as out:
                if last == setting.last_day and part == 0:
                    yield from _write_canaries(setting, out, tally)
                rows = range(done + start, done + min(start + _CSV_ROWS, count))
                yield from maker.write(out, rows, first, last, tally)
            tally.files.append(path.name)
        done += count


def _write_late_entries(setting: Setting, folder: Path, maker: "_Maker", tally: Tally) -> Iterator[Tally]:
    path = folder / "交易补录.xlsx"
    first, last = setting.periods[-1]
    total = setting.size.transactions
    with xlsx_file(path, HEADER, "补录") as out:
        yield from maker.write(out, range(total - _late_entries(setting), total), first, last, tally)
    tally.files.append(path.name)


def _late_entries(setting: Setting) -> int:
    return min(_XLSX_ROWS, round(setting.size.transactions * _XLSX_SHARE))


class _Maker:
    """Makes rows one after the other; the numbers of a file follow from seed, day and first row only."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._market = setting, Market(setting)
        self._prefix = f"JY{setting.day:%y%m%d}"
        self._planting = Planting(setting.size.transactions, setting.bad_share, REASONS)
        self.demand = Demand()

    def write(self, out: RowFile, rows: range, first: date, last: date, tally: Tally) -> Iterator[Tally]:
        """Write the rows of these numbers, all traded between the two days."""
        rng = stream(self._setting.seed, self._setting.day.isoformat(), "transactions", rows.start)
        pool = max(1, self._market.count_on(first - timedelta(days=1)) or self._market.count_on(last))
        slashes = first.month % 2 == 1
        days = (last - first).days + 1
        for number in rows:
            reason = self._planting.reason(number)
            day = first + timedelta(days=int(rng.random() * days))
            row = self._row(rng, number, self._buyer(rng, pool, day), day, slashes=slashes)
            if reason:
                self._spoil(row, reason)
            copies = 1 + self._planting.is_repeated(number)
            for _ in range(copies):
                out.write(row)
            tally.count(reason, copies)
            yield tally

    def _buyer(self, rng: random.Random, pool: int, day: date) -> Profile:
        """A customer; early ones buy more often, and a city's eagerness changes over the year."""
        while True:
            profile = self._market.profile(int(pool * rng.random() ** 1.2))
            if rng.random() < self.demand.eagerness(profile.city, day):
                return profile

    def _row(self, rng: random.Random, number: int, buyer: Profile, day: date, *, slashes: bool) -> list[object]:
        product, quantity, cents = self.demand.purchase(rng, buyer, day)
        amount = quantity * cents * (90 if rng.random() < 0.12 else 100) // 100
        second = self.demand.second_of_day(rng)
        moment = f"{second // 3600}:{second // 60 % 60:02d}:{second % 60:02d}"
        written = f"{day.year}/{day.month}/{day.day} {moment}" if slashes else f"{day.isoformat()} {moment:0>8}"
        return [
            f"{self._prefix}{number + 1:09d}",
            customer_id(buyer.number),
            product,
            quantity,
            f"{cents // 100}.{cents % 100:02d}",
            f"{amount // 100}.{amount % 100:02d}",
            written,
            buyer.district[0],
            self.demand.channel(rng, buyer, day),
            self._card(rng),
            self._remark(rng, buyer),
        ]

    def _card(self, rng: random.Random) -> str | None:
        if rng.random() > 0.3:
            return None
        card = bank_card(rng)
        return " ".join(card[i : i + 4] for i in range(0, len(card), 4)) if rng.random() < 0.1 else card

    def _remark(self, rng: random.Random, buyer: Profile) -> str | None:
        dice = rng.random()
        if dice > 0.15:
            return None
        if dice > 0.02:
            return _PLAIN_REMARKS[int(rng.random() * len(_PLAIN_REMARKS))]
        _, who = self._market.draw(buyer)
        return _NAMED_REMARKS[int(rng.random() * len(_NAMED_REMARKS))].format(**who._asdict())

    def _spoil(self, row: list[object], reason: str) -> None:
        """Make the row fail for exactly this reason."""
        later = far_future(self._setting.day)
        faults: dict[str, tuple[str, object]] = {
            "customer_id.missing": ("客户编号", None),
            "unit_price_cny.unreadable": ("单价(元)", "一百二十元"),
            "product_code.unknown_code": ("产品编码", "P99"),
            "card_is_real": ("付款账号", broken("6222021234567890128")),
            "traded_in_the_past": ("交易时间", f"{later.isoformat()} 10:00:00"),
            "quantity.too_small": ("数量", 0),
        }
        column, value = faults[reason]
        row[HEADER.index(column)] = value


def _write_canaries(setting: Setting, out: RowFile, tally: Tally) -> Iterator[Tally]:
    """Each planted person once among the good rows; the first also in a row that fails."""
    planted: list[tuple[Canary, str | None]] = [(canary, None) for canary in setting.canaries]
    planted += [(canary, "unit_price_cny.unreadable") for canary in setting.canaries[:1]]
    for place, (canary, reason) in enumerate(planted):
        city = setting.cities[place % len(setting.cities)]
        remark = "{name}来电{mobile},证件{resident_id},送至{address},发票{email}".format(**canary)
        day = month_before(setting.last_day, 0).isoformat()
        out.write([
            f"JY{setting.day:%y%m%d}{900_000_000 + place}", customer_id(place), "P01", 1,
            "九十九" if reason else "99.00", "99.00", f"{day} 09:30:00", city.districts[0][0], "营业厅",
            canary["card"], remark,
        ])  # fmt: skip
        tally.count(reason)
        yield tally
