"""The labelled set: columns of which it is known what they hold, half of them written to be mistaken for another."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from uuid import UUID

from contracts.identifiers import IDENTIFIERS, Proof
from jobs.classify.labelled_values import VALUES, Maker, number, resident_id_15

SEED, COLUMNS_PER_KIND, VALUES_PER_COLUMN = 20260131, 10, 200
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_BLAND = ("字段{}", "col_{}", "F{}", "扩展{}")
_NOTHING = ("", "无", "-", "待补充", "不详")
_THINGS = (
    "白酒 黄瓜 金桔 花菜 毛巾 高粱酒 苏打水 龙井茶 马桶盖 牛奶粉 石榴汁 水杯架 柏油纸 康乃馨 方便面 汤圆 温度计 "
    "安全帽 管件 车灯 路由器 成品油 元件盒 时钟 平板车 和田枣 双肩包 明信片 边柜 包装箱 项圈 花生酱 麦片 乐高 "
    "向日葵 万用表 文件夹 武昌鱼 江米条 沙发垫 蓝牙耳机 云母片 雷管 梅子酱 米线 党参 胡椒粉 谷物棒 葛根粉 蒲公英 "
    "燕窝 姜糖 柳编筐"
).split()
_JOBS = (
    "工程师 高级工程师 安全员 会计 司机 主任科员 经理 店长 教师 护士 方案设计师 成本核算员 商务代表 项目助理"
).split()
_PLACES = (
    "北京 上海 江苏 安徽 甘肃 云南 河北 山西 吉林 海南 宁夏 常州 温州 马鞍山 石家庄 金华 连云港 成都 万州 花都"
).split()
_TEXTS = (
    "客户反映信号不好，希望尽快处理。",
    "已电话回访，用户表示满意。",
    "今日上门安装，下午完成调试。",
    "套餐资费过高，建议优化。",
    "基站故障导致断网，已派单。",
    "用户询问账单明细，已解释。",
)


@dataclass(frozen=True)
class LabelledColumn:
    """Values with the kind that each is, or None, under a name; `kind` is what the whole column is.

    is_named: whether its name says so.
    """

    name: str
    kind: str | None
    values: tuple[tuple[str, str | None], ...]
    is_named: bool


_NAMES: Mapping[str, tuple[str, ...]] = {
    "resident_id": ("身份证号", "证件号码", "id_card_no", "certNo"),
    "foreigner_permit": ("永久居留证号", "证件号码"),
    "uscc": ("统一社会信用代码", "credit_code"),
    "organisation_code": ("组织机构代码", "org_code"),
    "business_registration": ("工商注册号", "registration_no"),
    "bank_card": ("银行卡号", "卡号", "bank_card_no"),
    "mobile_phone": ("手机号码", "联系电话", "mobile", "contact_phone"),
    "landline": ("固定电话", "座机", "landline"),
    "imsi": ("IMSI", "用户IMSI"),
    "imei": ("IMEI", "终端串号"),
    "iccid": ("ICCID", "SIM卡号"),
    "email": ("电子邮箱", "email"),
    "plate": ("车牌号", "plate_no"),
    "vin": ("车架号", "VIN"),
    "hong_kong_id": ("香港身份证", "HKID"),
    "taiwan_id": ("台湾身份证号",),
    "ip": ("IP地址", "client_ip"),
    "mac": ("MAC地址", "mac"),
    "url": ("网址", "url"),
    "officer_card": ("军官证号",),
    "person_name": ("姓名", "联系人", "customer_name", "经办人"),
    "organisation_name": ("单位名称", "公司名称", "company_name"),
    "address": ("地址", "家庭住址", "address"),
    "passport": ("护照号", "passport_no", "证件号码"),
    "hong_kong_macao_permit": ("港澳通行证号", "证件号码"),
    "taiwan_permit": ("台胞证号", "证件号码"),
    "macao_id": ("澳门身份证号", "证件号码"),
    "driving_file": ("驾驶证档案编号",),
    "social_security": ("社保卡号",),
    "tax_number": ("纳税人识别号",),
    "wechat_id": ("微信号", "wechat"),
    "qq_number": ("QQ号", "qq"),
    "iot_number": ("物联网卡号",),
    "device_id": ("设备标识", "android_id"),
    "account_number": ("客户编号", "user_id", "账号"),
    "coordinate": ("纬度", "latitude"),
    "birth_date": ("出生日期", "birthday"),
}


def _moment(rng: random.Random) -> datetime:
    return _FIRST + timedelta(seconds=rng.randrange(80_000_000))


def _epoch(rng: random.Random, scale: int) -> str:
    return str(int(_moment(rng).timestamp() * scale) + rng.randrange(scale))


#: What is no identifier, and the name that it bears.
_OTHERS: Mapping[str, Maker] = {
    "订单号": lambda rng: f"{_moment(rng):%Y%m%d%H%M%S}{number(rng, 4)}",
    "流水号": lambda rng: number(rng, 18),
    "交易单号": lambda rng: f"62{number(rng, 14)}",
    "凭证号": lambda rng: number(rng, 19),
    "工单号": lambda rng: f"1500000{rng.randrange(5000):04d}",
    "受理编号": lambda rng: number(rng, 11),
    "批次": lambda rng: f"{_moment(rng):%Y%m%d%H%M}",
    "业务日": lambda rng: f"{_moment(rng):%Y%m%d}",
    "创建时间": lambda rng: f"{_moment(rng):%Y-%m-%d %H:%M:%S}",
    "时间戳毫秒": lambda rng: _epoch(rng, 1000),
    "时间戳微秒": lambda rng: _epoch(rng, 1_000_000),
    "时间戳秒": lambda rng: _epoch(rng, 1),
    "早年时间戳": lambda rng: str(1_400_000_000_000 + rng.randrange(50_000_000_000)),
    "电能表号": lambda rng: f"3330{number(rng, 8)}",
    "资产条码": lambda rng: f"33{number(rng, 20)}",
    "水表号": lambda rng: f"00{number(rng, 8)}",
    "金额": lambda rng: f"{rng.uniform(0, 99999):.2f}",
    "余额分": lambda rng: str(rng.randrange(10**9)),
    "流量字节": lambda rng: str(int(rng.expovariate(1e-10))),
    "占比": lambda rng: f"{rng.random():.4f}",
    "版本": lambda rng: ".".join(str(rng.randrange(12)) for _ in range(4)),
    "行政区划代码": lambda rng: f"{rng.choice(('11', '33', '44'))}{number(rng, 4)}",
    "邮政编码": lambda rng: number(rng, 6),
    "商品名称": lambda rng: rng.choice(_THINGS) + rng.choice(("", "", "A", "大号")),
    "品名": lambda rng: rng.choice(_THINGS),
    "岗位": lambda rng: rng.choice(_JOBS),
    "省份": lambda rng: rng.choice(_PLACES),
    "基站名称": lambda rng: (
        f"{rng.choice(_PLACES)}{rng.choice(('文三路', '大学城'))}{number(rng, 3)}基站-{rng.randrange(3)}"
    ),
    "记录标识": lambda rng: str(UUID(int=rng.getrandbits(128))),
    "摘要值": lambda rng: md5(rng.randbytes(8)).hexdigest(),  # noqa: S324 - what a column of digests looks like
    "产品序列号": lambda rng: f"E{_moment(rng):%Y%m%d}",
    "物料编码": lambda rng: f"H{number(rng, 8)}",
    "运单号": lambda rng: f"SF{number(rng, 13)}",
    "小区标识": lambda rng: str(rng.randrange(10**5, 10**6) * 256 + rng.randrange(3)),
    "合同编号": lambda rng: f"HT-{_moment(rng):%Y}-{number(rng, 5)}",
    "设备编码15": lambda rng: f"{rng.choice(('35', '86'))}{number(rng, 12)}{rng.randrange(1, 10)}",
    "九位编码": lambda rng: number(rng, 9),
    "客服热线": lambda rng: rng.choice((f"400{number(rng, 7)}", f"95{number(rng, 3)}")),
    "指标名": lambda rng: rng.choice(("RRC.ConnEstabAtt", "ERAB.Succ", "PDCP.VolDl")) + f".{rng.randrange(20)}",
    "文件名": lambda rng: f"report_{_moment(rng):%Y%m%d}_{number(rng, 3)}.xlsx",
    "状态": lambda rng: rng.choice(("已完成", "处理中", "已关闭")),
    "评分": lambda rng: str(rng.randrange(1, 6)),
    "温度": lambda rng: f"{rng.uniform(-30, 45):.1f}",
    "是否回访": lambda rng: rng.choice(("是", "否")),
}


def labelled_columns(seed: int = SEED) -> list[LabelledColumn]:
    """The whole set, the same for the same seed: each kind under names that say it and names that do not.

    A kind that needs its name appears under such names only. Two values of a hundred are no value at all.
    """
    return [*_identifiers(seed), *_mixtures(seed), *_texts(seed), *_negatives(seed)]


def _column(name: str, kind: str | None, make: Maker, seed: int, at: int, *, is_named: bool) -> LabelledColumn:
    rng = random.Random(f"{seed}:{kind}:{name}:{at}")
    values: list[tuple[str, str | None]] = []
    for _ in range(VALUES_PER_COLUMN):
        is_missing = rng.random() < 0.02
        values.append((rng.choice(_NOTHING), None) if is_missing else (make(rng), kind))
    return LabelledColumn(name, kind, tuple(values), is_named)


def _identifiers(seed: int) -> Iterator[LabelledColumn]:
    for kind, make in VALUES.items():
        names = _NAMES[kind]
        needs_name = IDENTIFIERS[kind].proof is Proof.LABEL or kind in ("account_number", "coordinate", "birth_date")
        for at in range(COLUMNS_PER_KIND):
            is_named = needs_name or at % 2 == 0
            name = names[at // 2 % len(names)] if is_named else _BLAND[at % len(_BLAND)].format(at)
            yield _column(name, kind, make, seed, at, is_named=is_named)


def _mixtures(seed: int) -> Iterator[LabelledColumn]:
    """Old and new resident numbers; phones of both kinds; a third of identifiers among numbers of orders."""

    def either(first: Maker, other: Maker, share: float) -> Maker:
        return lambda rng: first(rng) if rng.random() < share else other(rng)

    made = {
        ("身份证号", "resident_id", True): either(VALUES["resident_id"], resident_id_15, 0.7),
        ("公民身份号码", "resident_id", True): resident_id_15,
        ("联系电话", "mobile_phone", True): either(VALUES["mobile_phone"], VALUES["landline"], 0.7),
        ("字段9", "mobile_phone", False): either(VALUES["mobile_phone"], VALUES["landline"], 0.7),
        ("关联号", "resident_id", False): either(VALUES["resident_id"], _OTHERS["订单号"], 0.3),
        ("对方号", "mobile_phone", False): either(VALUES["mobile_phone"], _OTHERS["客服热线"], 0.4),
        ("开户证件", "uscc", False): either(VALUES["uscc"], _OTHERS["合同编号"], 0.4),
    }
    for (name, kind, is_named), make in made.items():
        for at in range(COLUMNS_PER_KIND // 2):
            column = _column(name, kind, make, seed, at, is_named=is_named)
            # what each value is stands in no one's label here: single values are scored in columns of one kind
            yield LabelledColumn(name, kind, tuple((value, "") for value, _ in column.values), is_named)


def _texts(seed: int) -> Iterator[LabelledColumn]:
    """Remarks, some of which hold an identifier; the label of a value is the kind that stands in it."""
    for at, kind in enumerate(("mobile_phone", "resident_id", "plate", "email", "bank_card", "uscc", "imsi", "iccid")):
        rng = random.Random(f"{seed}:text:{kind}")
        values: list[tuple[str, str | None]] = []
        for row in range(VALUES_PER_COLUMN):
            text = f"{rng.choice(_TEXTS)}第{row}次"
            has_one = rng.random() < 0.3
            values.append((f"{text}登记{VALUES[kind](rng)}，请核实", f"within:{kind}") if has_one else (text, None))
        yield LabelledColumn(("备注", f"字段{at}")[at % 2], "free_text", tuple(values), at % 2 == 0)


def _negatives(seed: int) -> Iterator[LabelledColumn]:
    for name, make in _OTHERS.items():
        for at in range(COLUMNS_PER_KIND // 2):
            given = name if at % 2 == 0 else _BLAND[at % len(_BLAND)].format(at)
            yield _column(given, None, make, seed, at, is_named=at % 2 == 0)
