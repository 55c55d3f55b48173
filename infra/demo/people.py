"""Invented people: each follows from a seed and a number, and is made again whenever it is needed.

The numbers pass their checks and the names are common ones, so by chance they may be those of somebody real.
"""

import random
from datetime import date, timedelta
from typing import NamedTuple, TypedDict

from infra.demo.identifiers import bank_card, mobile, resident_id
from infra.demo.randomness import Choice, stream
from infra.demo.regions import CITIES, City

_SURNAMES = Choice(
    dict(zip("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任",
             (72, 71, 68, 54, 45, 31, 27, 25, 24, 21, 19, 18, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 10, 10,
              9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5), strict=True))
    | {"欧阳": 2, "上官": 1, "司马": 1, "诸葛": 1, "皇甫": 1}
)  # fmt: skip
_GIVEN = {
    "male": "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林博志宏建国文海峰晨轩昊睿䶮",
    "female": "芳娜敏静丽艳娟霞秀燕玲桂英萍红梅莉兰颖洁琳雪倩婷慧怡佳欣雅婧璐瑶蕾薇晓诗涵雯梦琪喆",
}
_MINORITY = {
    "male": ("买买提·艾力", "阿布都热依木·吐尔逊", "扎西·多吉", "巴图·孟和", "艾尔肯·玉素甫"),
    "female": ("阿依古丽·买买提", "古丽娜尔·艾合买提", "卓玛·央金", "其其格·乌云", "热依汗·卡德尔"),
}
_RARE = "麴骉翀彧旻燊昇犇赟玥奡堃晟祎"
_ROADS = "中山路 人民路 解放路 建设路 文化路 学院路 和平路 长江路 新华路 胜利街 光明街 迎宾大道 滨河路 科技路".split()
_ESTATES = "锦绣花园 阳光小区 翠湖苑 金色家园 丽景雅居 枫林绿洲 星河湾 紫荆公寓 书香名邸 东方明珠城".split()
_CITY_AND_DISTRICT = 6  # characters at the beginning of an address, which many people share
_MAIL_WORDS = "sunny blue river cloud maple star moon lucky happy rain lotus pine".split()


class Person(NamedTuple):
    """What identifies one invented person."""

    name: str
    mobile: str
    resident_id: str
    email: str
    address: str
    longitude: float
    latitude: float
    card: str


class Canary(TypedDict):
    """A person planted on purpose, to be searched for beyond the restricted zones."""

    name: str
    mobile: str
    resident_id: str
    email: str
    address: str
    longitude: float
    latitude: float
    card: str


def full_name(rng: random.Random, gender: str) -> str:
    """A name: mostly surname and one or two characters, two in a hundred with a middle dot."""
    if rng.random() < 0.02:
        return rng.choice(_MINORITY[gender])
    given = rng.choices(_GIVEN[gender], k=2 if rng.random() < 0.82 else 1)
    return _SURNAMES.at(rng.random()) + "".join(given)


def position(rng: random.Random, city: City) -> tuple[float, float]:
    """Longitude and latitude some kilometres around the city's centre, to about ten centimetres."""
    return round(rng.gauss(city.longitude, 0.07), 6), round(rng.gauss(city.latitude, 0.05), 6)


def address(rng: random.Random, city: City, district: str) -> str:
    """A postal address down to the door."""
    street = f"{rng.choice(_ROADS)}{rng.randrange(1, 999)}号{rng.choice(_ESTATES)}"
    door = f"{rng.randrange(1, 40)}幢{rng.randrange(1, 5)}单元{rng.randrange(1, 33)}{rng.randrange(1, 5):02d}室"
    return city.full_name + district + street + door


def person(rng: random.Random, city: City, district: str, gender: str, born: date) -> Person:
    """The person that the generator's next numbers describe; four of ten were registered in another city."""
    home = city if rng.random() < 0.6 else rng.choice(CITIES)
    serial = 2 * rng.randrange(1, 499) + (gender == "male")
    longitude, latitude = position(rng, city)
    return Person(
        name=full_name(rng, gender),
        mobile=mobile(rng),
        resident_id=resident_id(rng.choice(home.districts)[0], born, serial),
        email=f"{rng.choice(_MAIL_WORDS)}.{rng.choice(_MAIL_WORDS)}{rng.randrange(10**5)}@example.com",
        address=address(rng, city, district),
        longitude=longitude,
        latitude=latitude,
        card=bank_card(rng),
    )


def identifying(planted: Canary) -> dict[str, str]:
    """What tells a planted person from everybody else, by field; of the address without city and district.

    Example:
        >>> list(identifying(canary(1)))
        ['name', 'mobile', 'resident_id', 'email', 'address', 'longitude', 'latitude', 'card']
    """
    values = {field: str(value) for field, value in planted.items()}
    return values | {"address": values["address"][_CITY_AND_DISTRICT:]}


def canary(seed: int, number: int = 0) -> Canary:
    """A person with a name so rare that finding it means a leak."""
    rng = stream(seed, "canary", number)
    city = rng.choice(CITIES)
    gender = rng.choice(("male", "female"))
    born = date(1960, 1, 1) + timedelta(days=rng.randrange(14_000))
    found = person(rng, city, rng.choice(city.districts)[1], gender, born)
    rare = "".join(rng.sample(_RARE, 3))
    mail = f"canary{rng.randrange(10**9):09d}@example.com"
    return {
        "name": rare,
        "mobile": found.mobile,
        "resident_id": found.resident_id,
        "email": mail,
        "address": found.address,
        "longitude": found.longitude,
        "latitude": found.latitude,
        "card": found.card,
    }
