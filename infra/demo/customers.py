"""The customer file (客户档案): one CSV in GB18030 from the head office, one workbook from the joint-venture office."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from infra.demo.identifiers import broken, disguised_mobile, full_width, uscc
from infra.demo.market import Market, Profile, customer_id, is_enterprise, place_among_its_kind
from infra.demo.people import Canary, Person, full_name
from infra.demo.planting import Planting, Tally
from infra.demo.setting import Setting, far_future, month_before
from infra.demo.writing import csv_file, xlsx_file

DATASET = "crm.customers"
HEADER = (
    "客户编号", "客户名称", "客户类型", "客户类别", "证件号码", "统一社会信用代码", "法人资质资料", "联系人", "电话",
    "电子邮箱", "网址", "地址", "地区代码", "经度", "纬度", "性别", "出生日期", "职业", "行业", "企业规模",
    "信用状况描述", "信用等级", "生产工艺", "生产规模", "使用原料", "企业生产投资(元)", "建档日期", "档案负责人",
    "审批状态",
)  # fmt: skip
PERSON_REASONS = (
    "customer_category.missing", "credit_grade.unknown_code", "resident_id_is_real", "registered_in_the_past",
    "longitude.unreadable", "registered_after_birth", "latitude.too_large", "one_identity", "person_has_birthday",
)  # fmt: skip
ENTERPRISE_REASONS = (
    "uscc_is_real", "enterprise_has_code", "customer_category.missing", "one_identity", "registered_in_the_past",
)  # fmt: skip

_XLSX_EVERY, _XLSX_ROWS = 5, 20_000

_INVESTMENT = {"微型": 3e5, "小型": 4e6, "中型": 4e7, "大型": 4e8}
_WORDS = "云泽 恒信 瑞丰 华宇 天成 博远 中联 金桥 新锐 汇通 鼎盛 嘉禾 安泰 东升 启明 海纳 凯达 正源 万象 佳信".split()
_TRADES = {
    "制造业": "机械制造", "批发和零售业": "商贸", "建筑业": "建筑工程", "信息传输和软件业": "信息技术",
    "金融业": "融资担保", "住宿和餐饮业": "餐饮管理", "交通运输和仓储业": "物流", "租赁和商务服务业": "商务服务",
    "教育": "教育咨询", "卫生和社会工作": "健康管理", "农林牧渔业": "农业发展", "公共管理和社会组织": "公共服务",
    "其他": "实业",
}  # fmt: skip


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the export of the day and yield the growing tally after every row."""
    market, tally = Market(setting), Tally()
    total = market.count_on(setting.last_day)
    enterprises = sum(map(is_enterprise, range(total)))
    people_planting = Planting(total - enterprises, setting.bad_share, PERSON_REASONS)
    enterprise_planting = Planting(enterprises, setting.bad_share, ENTERPRISE_REASONS)
    paths = folder / "客户档案_总公司.csv", folder / "客户档案_合资办.xlsx"
    tally.files += [path.name for path in paths]
    with csv_file(paths[0], HEADER, "gb18030") as main, xlsx_file(paths[1], HEADER, "客户档案") as other:
        for row, reason in _canary_rows(setting, total):
            main.write(row)
            tally.count(reason)
            yield tally
        for number in range(total):
            profile = market.profile(number)
            planting = enterprise_planting if profile.is_enterprise else people_planting
            place = place_among_its_kind(number)
            reason, copies = planting.reason(place), 1 + planting.is_repeated(place)
            as_xlsx = number % _XLSX_EVERY == 0 and number < _XLSX_EVERY * _XLSX_ROWS
            row = _row(setting, market, profile, reason, tally, as_xlsx=as_xlsx)
            for _ in range(copies):
                (other if as_xlsx else main).write(row)
            tally.count(reason, copies)
            yield tally


def _row(
    setting: Setting, market: Market, profile: Profile, reason: str | None, tally: Tally, *, as_xlsx: bool
) -> list[object]:
    rng, who = market.draw(profile)
    cells = _enterprise(rng, profile, who) if profile.is_enterprise else _person(rng, profile, who)
    cells |= _file(rng, market, profile, who, as_xlsx=as_xlsx)
    if rng.random() < 0.004 and reason is None:
        cells["电话"] = who.mobile[:10]
        tally.warnings["phone_is_mobile"] += 1
    if reason:
        cells |= _fault(reason, cells, profile, who, setting)
    return [cells.get(column) for column in HEADER]


def _person(rng: random.Random, profile: Profile, who: Person) -> dict[str, object]:
    number = who.resident_id
    if rng.random() < 0.04:
        number = rng.choice((number.lower(), full_width(number), f"{number} "))
    return {
        "客户名称": who.name,
        "客户类型": "个人",
        "证件号码": number,
        "地址": who.address,
        "性别": {"male": "男", "female": "女"}[profile.gender],
        "出生日期": _written_date(rng, profile.born),
        "职业": profile.occupation,
        "信用状况描述": rng.choice(
            (None, None, None, "按时缴费", "曾欠费一次,已补缴", f"{who.name}本人到厅办理,资料齐全")
        ),
    }


def _enterprise(rng: random.Random, profile: Profile, who: Person) -> dict[str, object]:
    town = profile.city.name.removesuffix("市")
    name = f"{town}{rng.choice(_WORDS)}{rng.choice(_WORDS)}{_TRADES[profile.industry]}有限公司"
    makes = profile.industry == "制造业"
    money = _INVESTMENT[profile.enterprise_size] * rng.lognormvariate(0, 0.8)
    return {
        "客户名称": name,
        "客户类型": "企业",
        "统一社会信用代码": uscc(profile.district[0], rng.randrange(10**6)),
        "法人资质资料": rng.choice(("营业执照;税务登记证", "营业执照", "营业执照;开户许可证;法人身份证复印件")),
        "网址": f"www.{rng.randrange(10**6):06d}.example.com" if rng.random() < 0.5 else None,
        "地址": who.address,
        "行业": profile.industry,
        "企业规模": profile.enterprise_size,
        "信用状况描述": rng.choice((None, None, "合同履约良好", f"回款及时,联系{who.name}{who.mobile}")),
        "生产工艺": rng.choice(("注塑成型", "数控加工", "焊接装配", "表面喷涂")) if makes else None,
        "生产规模": rng.choice(("试制", "小批量", "批量", "大批量")) if makes else None,
        "使用原料": rng.choice(("钢材", "铝合金", "工程塑料", "棉纱")) if makes else None,
        "企业生产投资(元)": f"{money:.2f}" if makes else None,
    }


def _file(rng: random.Random, market: Market, profile: Profile, who: Person, *, as_xlsx: bool) -> dict[str, object]:
    as_number = as_xlsx and rng.random() < 0.3
    return {
        "客户编号": customer_id(profile.number),
        "客户类别": rng.choices(
            ("业务客户", "合作伙伴", "供应商"), (88, 8, 4) if profile.is_enterprise else (97, 3, 0)
        )[0],
        "联系人": who.name,
        "电话": int(who.mobile) if as_number else disguised_mobile(rng, who.mobile),
        "电子邮箱": who.email if rng.random() < 0.6 else None,
        "地区代码": profile.district[0],
        "经度": who.longitude,
        "纬度": who.latitude,
        "信用等级": rng.choices(("A级", "B级", "C级", "D级", "-"), (35, 40, 15, 4, 6))[0],
        "建档日期": _written_date(rng, market.registered_on(profile.number)),
        "档案负责人": full_name(rng, rng.choice(("male", "female"))),
        "审批状态": "已审批" if rng.random() < 0.93 else "草稿",
    }


def _written_date(rng: random.Random, day: date) -> str:
    style = rng.randrange(10)
    if style < 7:
        return day.isoformat()
    return f"{day.year}/{day.month}/{day.day}" if style < 9 else f"{day.year}年{day.month}月{day.day}日"


def _fault(reason: str, cells: dict[str, object], profile: Profile, who: Person, setting: Setting) -> dict[str, object]:
    """The cells that make the row fail for exactly this reason."""
    company = uscc(profile.district[0], profile.number % 10**6)
    faults: dict[str, dict[str, object]] = {
        "customer_category.missing": {"客户类别": None},
        "credit_grade.unknown_code": {"信用等级": "特级"},
        "longitude.unreadable": {"经度": "东经一百二十度"},
        "latitude.too_large": {"纬度": 85.5},
        "resident_id_is_real": {"证件号码": broken(who.resident_id)},
        "uscc_is_real": {"统一社会信用代码": broken(company)},
        "registered_in_the_past": {"建档日期": far_future(setting.day).isoformat()},
        "registered_after_birth": {"建档日期": (profile.born - timedelta(days=400)).isoformat()},
        "person_has_birthday": {"出生日期": None},
        "enterprise_has_code": {"统一社会信用代码": None},
        "one_identity": {"证件号码": who.resident_id, "统一社会信用代码": cells.get("统一社会信用代码") or company},
    }
    return faults[reason]


def _canary_rows(setting: Setting, total: int) -> Iterator[tuple[list[object], str | None]]:
    """Each planted person once among the good rows; the first also in a row that fails."""
    for place, canary in enumerate(setting.canaries):
        yield _canary_row(setting, canary, total + 2 * place, None), None
    for canary in setting.canaries[:1]:
        yield (
            _canary_row(setting, canary, total + 2 * len(setting.canaries), "credit_grade.unknown_code"),
            "credit_grade.unknown_code",
        )


def _canary_row(setting: Setting, canary: Canary, number: int, reason: str | None) -> list[object]:
    number_of_birth = canary["resident_id"][6:14]
    born = date(int(number_of_birth[:4]), int(number_of_birth[4:6]), int(number_of_birth[6:]))
    city = setting.cities[0]
    cells: dict[str, object] = {
        "客户编号": customer_id(90_000_000 + number), "客户名称": canary["name"], "客户类型": "个人",
        "客户类别": "业务客户", "证件号码": canary["resident_id"], "联系人": canary["name"], "电话": canary["mobile"],
        "电子邮箱": canary["email"],
        "地址": canary["address"], "地区代码": city.districts[0][0], "经度": canary["longitude"],
        "纬度": canary["latitude"], "性别": "男" if int(canary["resident_id"][16]) % 2 else "女",
        "出生日期": born.isoformat(),
        "职业": "教师", "信用状况描述": f"{canary['name']}按时缴费,电话{canary['mobile']}", "信用等级": "A级",
        "建档日期": month_before(setting.last_day, 6).isoformat(), "档案负责人": canary["name"], "审批状态": "已审批",
    }  # fmt: skip
    if reason:
        cells["信用等级"] = "特级"
    return [cells.get(column) for column in HEADER]
