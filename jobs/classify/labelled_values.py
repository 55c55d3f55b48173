"""Single values of the labelled set: identifiers with their check characters, and what is written like them.

Drawn from a seed. The numbers pass their checks, so by chance one may be that of somebody real.
"""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from contracts import check_digits as digits
from contracts.identifiers import PROVINCES

Maker = Callable[[random.Random], str]

#: Counties of today, abolished ones (513621, 513722, 513823, 513902) and those for residents from Hong Kong to Taiwan.
_DIVISIONS = (
    "110105 120101 130102 140105 150102 210102 220102 230102 310101 310115 320106 330106 340102 350102 360102 "
    "370102 410102 420106 430102 440106 440305 450102 460105 500103 510104 520102 530102 540102 610102 620102 "
    "630102 640104 650102 513621 513722 513823 513902 810000 820000 830000"
).split()
_MOBILE_PREFIXES = (
    "130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 165 166 167 170 "
    "171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199"
).split()
_AREA_CODES = ("010 021 022 023 024 025 027 028 029 0311 0431 0512 0571 0755 0851 0898 0931 0991").split()
_REGISTERED = ("11 12 19 21 31 33 34 41 51 52 53 59 61 71 81 91 91 91 91 91 92 92 92 93 A1 N1 N2 Y1").split()
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾田董潘袁蔡蒋余杜叶程魏苏吕丁任沈姚卢"
_GIVEN_NAMES = (
    "伟 芳 娜 敏 静 磊 洋 艳 勇 军 杰 娟 涛 超 明 霞 刚 玲 桂英 秀英 建国 建华 志强 志远 国栋 海燕 海涛 晓明 晓东 "
    "文静 雅婷 雨桐 子轩 子涵 梓萱 浩宇 浩然 欣怡 佳琪 思远 思琪 嘉豪 嘉怡 俊杰 俊豪 博文 天宇 宇航 诗涵 梦瑶 "
    "若曦 一诺 一鸣 永强 永红 玉兰 玉梅 玉珍 春梅 春华 秋菊 冬梅 凤英 凤霞 金龙 银花 立新 立军 新民 新华 世杰 "
    "世昌 振华 振宇 少华 德明 德华 长江 长春 光辉 光明 红梅 红军 爱国 爱华 丽丽 丽华 媛媛 婷婷 瑞雪 瑞霖 鹏飞 "
    "鹏程 学军 学文 庆华 庆丰 福生 福贵 水生 根生 银生 满仓 小龙 小红 大伟 大勇 翠花 翠兰 淑芬 淑珍 巧云 巧玲 "
    "昊天 昱辰 奕辰 沐阳 沐晨 清扬 清源 润泽 泽宇 景行 怀瑾 知行 乐乐 笑笑 贝贝 晶晶 倩倩 旭东 旭阳 卫东 卫国 "
    "向阳 向东 跃进 援朝"
).split()
_RARE = ("燊 䶮 翀 彧 骉 犇 𬭎 𬱖").split()
_MINORITY = ("买买提·艾力", "阿布都热依木·吐尔逊", "扎西•多吉", "巴图·孟和", "古丽娜尔·艾合买提", "卓玛·央金")
_CITIES = (
    "北京市朝阳区 上海市浦东新区 浙江省杭州市西湖区 广东省深圳市南山区 四川省成都市武侯区 湖北省武汉市洪山区 "
    "内蒙古自治区呼和浩特市新城区"
).split()
_ROADS = ("中山路 人民东路 解放大街 建设二路 文一西路 学院南街 和平巷 长江大道 青年弄 春熙路 三里屯南胡同").split()
_TRADES = ("科技 商贸 建筑 餐饮 物流 电子 机械 农业 文化传媒 信息技术 医药 能源").split()
_FIRMS = ("有限公司 有限责任公司 股份有限公司 集团 经营部 厂").split()
_WORDS = ("sunny river cloud maple star moon lucky happy rain lotus pine tiger panda bamboo").split()


def number(rng: random.Random, length: int) -> str:
    """So many random digits."""
    return f"{rng.randrange(10**length):0{length}d}"


def _of(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(rng.choices(alphabet, k=length))


def _born(rng: random.Random) -> date:
    return date(1935, 1, 1) + timedelta(days=rng.randrange(30_000))


def resident_id(rng: random.Random) -> str:
    """Eighteen characters, a tenth with a small x or blanks as people write them."""
    first17 = f"{rng.choice(_DIVISIONS)}{_born(rng):%Y%m%d}{rng.randrange(1, 999):03d}"
    whole = first17 + digits.resident_check(first17)
    style = rng.randrange(20)
    return whole.lower() if style == 0 else f"{whole[:6]} {whole[6:14]} {whole[14:]}" if style == 1 else whole


def resident_id_15(rng: random.Random) -> str:
    """Fifteen digits, as they were given until 1999."""
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(18_000))
    return f"{rng.choice(_DIVISIONS[:33])}{born:%y%m%d}{rng.randrange(1, 996):03d}"


def foreigner_permit(rng: random.Random) -> str:
    """Eighteen digits of 2023, or the older letters and digits."""
    if rng.random() < 0.3:
        return f"{_of(rng, 'ABCDEFGJKRSU', 3)}{rng.choice(_DIVISIONS)[:4]}{_born(rng):%y%m%d}{number(rng, 2)}"
    country = rng.choice(("840", "392", "826", "410"))
    first17 = f"9{rng.choice(_DIVISIONS[:33])[:2]}{country}{_born(rng):%Y%m%d}{number(rng, 3)}"
    return first17 + digits.resident_check(first17)


def organisation_code(rng: random.Random) -> str:
    """Nine characters, some with a hyphen before the last."""
    first8 = f"MA{_of(rng, digits.USCC_ALPHABET, 6)}" if rng.random() < 0.5 else number(rng, 8)
    return f"{first8}{'-' if rng.random() < 0.3 else ''}{digits.organisation_check(first8)}"


def uscc(rng: random.Random) -> str:
    """Of every registering department, the armed forces and farmers' cooperatives included."""
    first17 = f"{rng.choice(_REGISTERED)}{rng.choice(_DIVISIONS[:33])}{organisation_code(rng).replace('-', '')}"
    first17 = first17.translate(str.maketrans("IOSVZ", "00000"))
    return first17 + digits.uscc_check(first17)


def business_registration(rng: random.Random) -> str:
    """Fifteen digits with their check digit."""
    first14 = f"{rng.choice(_DIVISIONS[:33])}{number(rng, 8)}"
    return first14 + digits.registration_check(first14)


def bank_card(rng: random.Random) -> str:
    """Sixteen to nineteen digits, mostly of UnionPay; a part in groups of four."""
    length = rng.choice((16, 16, 17, 18, 19, 19))
    prefix = (
        rng.choice(("621226", "622848", "625912", "623052")) if rng.random() < 0.8 else rng.choice(("4563", "5187"))
    )
    body = prefix + number(rng, (length if prefix.startswith("62") else 16) - 1 - len(prefix))
    whole = body + digits.luhn_check(body)
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if rng.random() < 0.1 else whole


def mobile_phone(rng: random.Random) -> str:
    """Eleven digits in all the ways in which people and programs write them."""
    plain = f"{rng.choice(_MOBILE_PREFIXES)}{number(rng, 8)}"
    styles = (
        *[plain] * 6, f"+86{plain}", f"86{plain}", f"+86-{plain}", f"0086{plain}", f"0{plain}",
        f"{plain[:3]} {plain[3:7]} {plain[7:]}", f"{plain[:3]}-{plain[3:7]}-{plain[7:]}", f"(86){plain}", f"{plain}.0",
        "".join(chr(ord(c) + 0xFEE0) for c in plain), f"{plain[:3]}\u200b{plain[3:]}",
    )  # fmt: skip
    return rng.choice(styles)


def landline(rng: random.Random) -> str:
    """Area code and number, with or without signs between."""
    area = rng.choice(_AREA_CODES)
    local = f"{rng.randrange(2, 10)}{number(rng, 7 if len(area) == 3 or rng.random() < 0.5 else 6)}"
    return rng.choice(
        (f"{area}-{local}", f"{area}{local}", f"({area}){local}", f"{area} {local}", f"{area}-{local}-{number(rng, 3)}")
    )


def imei(rng: random.Random) -> str:
    """As the box shows it, or with the spare 0 of the network."""
    body = f"{rng.choice(('86', '35', '01', '99'))}{number(rng, 12)}"
    return body + (digits.luhn_check(body) if rng.random() < 0.5 else "0")


def iccid(rng: random.Random) -> str:
    """Nineteen or twenty digits, the last mostly a check digit."""
    body = f"8986{rng.choice(('00', '01', '02', '03', '06', '07', '11'))}{number(rng, rng.choice((12, 13)))}"
    return body + (digits.luhn_check(body) if rng.random() < 0.8 else number(rng, 1))


def email(rng: random.Random) -> str:
    """Also with a phone or QQ number before the @ (T20)."""
    local = rng.choice(
        (f"{rng.choice(_WORDS)}.{rng.choice(_WORDS)}{number(rng, 4)}", f"138{number(rng, 8)}", number(rng, 9))
    )
    return f"{local}@{rng.choice(('example.com', 'mail.example.cn', 'Example.COM'))}"


def plate(rng: random.Random) -> str:
    """Ordinary, new-energy small and large, and of consulates; with and without a dot."""
    end = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    head = f"{rng.choice(PROVINCES)}{rng.choice('ABCDEFGHJK')}{rng.choice(('', '', '·', ' '))}"
    styles = (
        _of(rng, end, 5), _of(rng, end, 4) + rng.choice("挂学警港澳"),
        f"{rng.choice('DF')}{_of(rng, end, 1)}{number(rng, 4)}",
        f"{number(rng, 5)}{rng.choice('DF')}", f"{number(rng, 4)}领",
    )  # fmt: skip
    return head + rng.choices(styles, (6, 1, 3, 1, 1))[0]


def vin(rng: random.Random) -> str:
    """Seventeen characters; nine of ten makers keep to the check."""
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    whole = f"L{_of(rng, 'ABCDEFGHJKLMNPRSTUVWXYZ', 2)}{_of(rng, alphabet, 5)}_{_of(rng, alphabet, 4)}{number(rng, 4)}"
    return whole.replace("_", digits.vin_check(whole))


def hong_kong_id(rng: random.Random) -> str:
    """With the check character in brackets or without them."""
    body = _of(rng, "ABCDEFGHKMPRVYZ", 1 if rng.random() < 0.9 else 2) + number(rng, 6)
    check = digits.hong_kong_check(body)
    return f"{body}({check})" if rng.random() < 0.7 else body + check


def taiwan_id(rng: random.Random) -> str:
    """A letter, the sex or status, seven digits and the check digit."""
    first9 = f"{rng.choice(digits.TAIWAN_LETTERS)}{rng.choice('1289')}{number(rng, 7)}"
    return first9 + digits.taiwan_check(first9)


def passport(rng: random.Random) -> str:
    """Ordinary ones of both forms, old ones, and of Hong Kong and Macao."""
    return rng.choice((f"E{number(rng, 8)}", f"E{rng.choice('ABCDEFGH')}{number(rng, 7)}", f"G{number(rng, 8)}",
                       f"K{number(rng, 8)}", f"MA{number(rng, 7)}"))  # fmt: skip


def person_name(rng: random.Random) -> str:
    """Common names, some with rare characters, two surnames or the dot of a minority's name."""
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(_MINORITY)
    surname = rng.choice(("欧阳", "上官", "司马", "诸葛")) if kind < 0.05 else rng.choice(_SURNAMES)
    return surname + (rng.choice(_RARE) if kind > 0.97 else rng.choice(_GIVEN_NAMES))


def organisation_name(rng: random.Random) -> str:
    """A firm, a works or a school."""
    place = rng.choice(_CITIES)[:3].rstrip("市省")
    return f"{place}{rng.choice(_GIVEN_NAMES)}{rng.choice(_TRADES)}{rng.choice(_FIRMS)}"


def address(rng: random.Random) -> str:
    """A postal address down to the door."""
    door = rng.choice(
        (
            f"{rng.randrange(1, 40)}幢{rng.randrange(1, 5)}单元{rng.randrange(101, 2000)}室",
            f"{rng.randrange(1, 30)}楼",
            "",
        )
    )
    return f"{rng.choice(_CITIES)}{rng.choice(_ROADS)}{rng.randrange(1, 999)}号{door}"


def ip(rng: random.Random) -> str:
    """IPv4, IPv6 and IPv4 with a port."""
    four = ".".join(str(rng.randrange(256)) for _ in range(4))
    return rng.choice(
        (four, four, four, f"{four}:{rng.randrange(1024, 65535)}", f"2409:8a28:{_of(rng, '0123456789abcdef', 4)}::1")
    )


#: For each kind how one value is made.
VALUES: Mapping[str, Maker] = {
    "resident_id": resident_id,
    "foreigner_permit": foreigner_permit,
    "uscc": uscc,
    "organisation_code": organisation_code,
    "business_registration": business_registration,
    "bank_card": bank_card,
    "mobile_phone": mobile_phone,
    "landline": landline,
    "imsi": lambda rng: f"460{rng.choice(('00', '01', '02', '03', '07', '11', '15'))}{number(rng, 10)}",
    "imei": imei,
    "iccid": iccid,
    "email": email,
    "plate": plate,
    "vin": vin,
    "hong_kong_id": hong_kong_id,
    "taiwan_id": taiwan_id,
    "ip": ip,
    "mac": lambda rng: rng.choice(":-").join(_of(rng, "0123456789ABCDEF", 2) for _ in range(6)),
    "url": lambda rng: f"https://{rng.choice(_WORDS)}.example.com/{rng.choice(_WORDS)}?id={number(rng, 6)}",
    "officer_card": lambda rng: f"{rng.choice('军文士')}字第{number(rng, 7)}号",
    "person_name": person_name,
    "organisation_name": organisation_name,
    "address": address,
    "passport": passport,
    "hong_kong_macao_permit": lambda rng: f"{rng.choice('HM')}{number(rng, rng.choice((8, 10)))}",
    "taiwan_permit": lambda rng: number(rng, 8),
    "macao_id": lambda rng: f"{rng.choice('157')}{number(rng, 6)}({number(rng, 1)})",
    "driving_file": lambda rng: f"{rng.choice(_DIVISIONS[:33])[:4]}{number(rng, 8)}",
    "social_security": lambda rng: f"{rng.choice('ABCDEFGH')}{number(rng, 8)}",
    "tax_number": lambda rng: f"{rng.choice(_DIVISIONS[:33])}{organisation_code(rng).replace('-', '')}",
    "wechat_id": lambda rng: rng.choice(
        (f"wxid_{_of(rng, 'abcdefgh0123456789', 14)}", f"{rng.choice(_WORDS)}_{number(rng, 4)}")
    ),
    "qq_number": lambda rng: str(rng.randrange(10_000, 4_000_000_000)),
    "iot_number": lambda rng: f"{rng.choice(('1440', '1410', '1064'))}{number(rng, 9)}",
    "device_id": lambda rng: _of(rng, "0123456789abcdef", 16),
    "account_number": lambda rng: f"C{number(rng, 9)}",
    "coordinate": lambda rng: f"{rng.uniform(20, 45):.6f}",
    "birth_date": lambda rng: f"{_born(rng):%Y-%m-%d}",
}
