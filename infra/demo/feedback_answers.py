"""The questions of the market feedback form and plausible answers to them."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from infra.demo.regions import City
from infra.demo.setting import far_future

_LEVELS = {"A级": "A", "B级": "B", "C级": "C"}
_YES_NO = {"是": "yes", "否": "no"}
_HAVE = {"有": "yes", "无": "no"}
_GROUPS = {
    "学龄前儿童": "preschool", "小学低年级": "primary_lower", "小学高年级": "primary_upper", "中学生": "middle",
    "家长": "parent", "教师": "teacher",
}  # fmt: skip
_KNOWN_FROM = {
    "教育局": "education_bureau", "校长": "head_teacher", "班主任": "class_teacher", "老师": "teacher", "学生": "pupil",
    "家长": "parent",
}  # fmt: skip
# Calls that a thousand messages bring, by target group.
_CALLS_PER_THOUSAND = {"学龄前儿童": 9, "小学低年级": 16, "小学高年级": 21, "中学生": 12, "家长": 26, "教师": 6}
_TEXTS = (
    "免费公益课堂本周六开课,名额有限,欢迎家长预约",
    "尊敬的家长:期末复习公开课{day}开讲,咨询电话请回复本短信",
    "{name}老师邀请您参加家庭教育讲座,回复1报名",
)


class Answer(NamedTuple):
    """One question: our column, the group of the form server, the spreadsheet's header, option texts with codes."""

    name: str
    group: str
    question: str
    options: Mapping[str, str] = {}

    @property
    def key(self) -> str:
        """The key of the form server."""
        return f"{self.group}/{self.name}"

    def as_cell(self, value: object) -> object:
        """The value as a workbook holds it: numbers and days as such."""
        return self.as_text(value) if isinstance(value, list) else value

    def as_text(self, value: object) -> object:
        """The value as a text table holds it."""
        return "、".join(map(str, value)) if isinstance(value, list) else value

    def as_code(self, value: object) -> str | None:
        """The value as the form server holds it: codes and numbers, all as text; None for no answer."""
        if value is None:
            return None
        texts = value if isinstance(value, list) else [value]
        return " ".join(self.options.get(str(text), str(text)) for text in texts)


ANSWERS = (
    Answer("partner_name", "head", "合伙人"),
    Answer("region_code", "head", "区域"),
    Answer("partner_level", "head", "级别", _LEVELS),
    Answer("filled_on", "head", "填表时间"),
    Answer("primary_school_count", "market", "当地小学数量"),
    Answer("middle_school_count", "market", "当地中学数量"),
    Answer("private_school_count", "market", "当地私立学校数量"),
    Answer("enrolled_student_count", "market", "在校生总数"),
    Answer("contacted_school_count", "public_class", "已联系学校数"),
    Answer("school_ticket_count", "public_class", "学校派送门票数"),
    Answer("has_school_gift", "public_class", "学校是否配备展示礼品", _YES_NO),
    Answer("contacted_organisation_count", "public_class", "已联系社会培训机构数"),
    Answer("needs_head_office_teacher", "public_class", "是否需要总部派老师协助", _YES_NO),
    Answer("organisation_ticket_count", "public_class", "机构派送门票数"),
    Answer("organisation_ticket_unclear", "public_class", "机构派送门票(是否)", _YES_NO),
    Answer("has_organisation_gift", "public_class", "机构配备展示礼品", _YES_NO),
    Answer("exam_start_on", "exam", "期末考试开始日期"),
    Answer("exam_end_on", "exam", "期末考试结束日期"),
    Answer("is_exam_not_uniform", "exam", "期末考试时间不统一", _YES_NO),
    Answer("holiday_on", "exam", "放假时间"),
    Answer("parents_meeting_on", "exam", "家长会时间"),
    Answer("is_parents_meeting_not_uniform", "exam", "家长会时间不统一", _YES_NO),
    Answer("known_from", "exam", "如何得知", _KNOWN_FROM),
    Answer("staff_count", "channel", "现有员工人数"),
    Answer("parent_mobile_count", "channel", "已获知家长手机号码数量"),
    Answer("school_messaging_count", "channel", "校讯通数量"),
    Answer("parent_wechat_friend_count", "channel", "家长微信好友数"),
    Answer("parent_wechat_group_count", "channel", "家长微信群数"),
    Answer("organisation_wechat_group_count", "channel", "教育机构交流微信群数"),
    Answer("sms_count", "channel", "已发送短信数"),
    Answer("sms_text", "channel", "发送内容"),
    Answer("target_group", "channel", "主要针对人群", _GROUPS),
    Answer("enquiry_call_count", "channel", "反馈咨询电话数"),
    Answer("visited_school_count", "promotion", "进校宣传数"),
    Answer("leaflet_count", "promotion", "宣传单发放量"),
    Answer("has_on_site_display", "promotion", "是否有现场展示", _HAVE),
)


class Partner(NamedTuple):
    """Who fills in the form, and the schools around; `zeal`, 0 to 1, scales what is done."""

    name: str
    city: City
    region_code: str
    level: str
    primary: int
    middle: int
    private: int
    zeal: float


def answers(rng: random.Random, partner: Partner, filled_on: date) -> dict[str, object]:
    """One submission's answers by column, as a person would write them; also the marks of planted warnings."""
    return (
        _head(rng, partner, filled_on)
        | _schools(rng, partner)
        | _exams(rng, filled_on)
        | _channels(rng, partner, filled_on)
    )


def _head(rng: random.Random, partner: Partner, filled_on: date) -> dict[str, object]:
    return {
        "partner_name": partner.name,
        "region_code": partner.region_code,
        "partner_level": partner.level if rng.random() < 0.95 else None,
        "filled_on": filled_on,
    }


def _schools(rng: random.Random, partner: Partner) -> dict[str, object]:
    has_schools = rng.random() > 0.006
    primary, middle, private = (partner.primary, partner.middle, partner.private) if has_schools else (0, 0, 0)
    schools = primary + middle + private
    students = primary * 900 + middle * 1_300 + private * 500
    contacted = round(schools * partner.zeal * rng.uniform(0.2, 0.8))
    organisations = rng.randrange(0, 12)
    found: dict[str, object] = {
        "primary_school_count": primary,
        "middle_school_count": middle,
        "private_school_count": private,
        "enrolled_student_count": round(students * rng.uniform(0.9, 1.1)) if has_schools else 1_200,
        "contacted_school_count": contacted,
        "school_ticket_count": contacted * rng.randrange(20, 120),
        "has_school_gift": _yes(rng, 0.6),
        "contacted_organisation_count": organisations,
        "needs_head_office_teacher": _yes(rng, 0.4),
        "organisation_ticket_count": organisations * rng.randrange(5, 50),
        "organisation_ticket_unclear": rng.choice((None, None, "是", "否")),
        "has_organisation_gift": _yes(rng, 0.5),
        "visited_school_count": min(contacted, rng.randrange(0, 20)),
        "leaflet_count": round(200 + 6_000 * partner.zeal * rng.random()),
        "has_on_site_display": "有" if rng.random() < 0.45 else "无",
    }
    return found if has_schools else found | {"students_need_a_school": True}


def _exams(rng: random.Random, filled_on: date) -> dict[str, object]:
    winter = date(filled_on.year + (filled_on.month > 7), 1, 12)
    middle = winter if filled_on.month > 7 or filled_on.month == 1 else date(filled_on.year, 6, 24)
    start = middle + timedelta(days=rng.randrange(-4, 5))
    end = start + timedelta(days=rng.randrange(1, 4))
    is_uniform, meets = rng.random() < 0.75, rng.random() < 0.7
    return {
        "exam_start_on": start if is_uniform else None,
        "exam_end_on": end if is_uniform else None,
        "is_exam_not_uniform": "否" if is_uniform else "是",
        "holiday_on": end + timedelta(days=rng.randrange(2, 9)),
        "parents_meeting_on": start - timedelta(days=rng.randrange(5, 30)) if meets else None,
        "is_parents_meeting_not_uniform": None if meets else "是",
        "known_from": rng.sample(tuple(_KNOWN_FROM), rng.choice((1, 1, 2, 3))),
    }


def _channels(rng: random.Random, partner: Partner, filled_on: date) -> dict[str, object]:
    target = rng.choice(tuple(_GROUPS))
    season = (1.3, 0.8, 1.0, 0.9, 1.0, 1.4, 1.1, 1.3, 1.2, 0.8, 0.9, 1.3)[filled_on.month - 1]
    messages = round(300 + 5_000 * partner.zeal * rng.uniform(0.5, 1.2))
    calls = messages * _CALLS_PER_THOUSAND[target] * season * (0.6 + 0.5 * partner.city.wealth) / 1_000
    text = rng.choice(_TEXTS).format(name=partner.name[:1], day=f"{filled_on.month}月{filled_on.day}日")
    return {
        "staff_count": rng.randrange(2, 40),
        "parent_mobile_count": rng.randrange(100, 5_000),
        "school_messaging_count": rng.randrange(0, 3_000),
        "parent_wechat_friend_count": rng.randrange(50, 4_000),
        "parent_wechat_group_count": rng.randrange(1, 60),
        "organisation_wechat_group_count": rng.randrange(0, 15),
        "sms_count": messages,
        "sms_text": text if rng.random() < 0.9 else None,
        "target_group": target,
        "enquiry_call_count": round(calls * rng.uniform(0.7, 1.3)),
    }


def fault(reason: str, values: Mapping[str, object], arrival: date) -> dict[str, object]:
    """The answers that make the submission fail for exactly this reason."""
    faults: dict[str, dict[str, object]] = {
        "region_code.missing": {"region_code": None},
        "leaflet_count.unreadable": {"leaflet_count": "大约两千"},
        "target_group.unknown_code": {"target_group": "全体居民"},
        "filled_not_in_future": {"filled_on": far_future(arrival)},
        "contacted_schools_exist": {"contacted_school_count": _schools_of(values) + 5},
        "exam_window_or_flag": {
            "exam_start_on": arrival,
            "exam_end_on": arrival,
            "holiday_on": None,
            "is_exam_not_uniform": "是",
        },
        "holiday_after_exam": {
            "exam_start_on": date(arrival.year, 6, 20),
            "exam_end_on": date(arrival.year, 6, 22),
            "is_exam_not_uniform": "否",
            "holiday_on": date(arrival.year, 6, 1),
        },
    }
    return faults[reason]


def _schools_of(values: Mapping[str, object]) -> int:
    columns = ("primary_school_count", "middle_school_count", "private_school_count")
    return sum(int(str(values[column])) for column in columns)


def _yes(rng: random.Random, share: float) -> str:
    return "是" if rng.random() < share else "否"
