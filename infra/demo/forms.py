"""Market feedback (市场信息反馈表): a quarter each as workbook, CSV in UTF-8, CSV in GB18030, Kobo JSON."""

import random
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from infra.demo.feedback_answers import ANSWERS, Partner, answers, fault
from infra.demo.people import Canary, full_name
from infra.demo.planting import Planting, Tally
from infra.demo.randomness import key_of, mixed, shared_out, stream
from infra.demo.setting import Setting
from infra.demo.writing import RowFile, csv_file, json_file, xlsx_file

DATASET = "forms.market_feedback"
REASONS = (
    "region_code.missing", "contacted_schools_exist", "leaflet_count.unreadable", "exam_window_or_flag",
    "target_group.unknown_code", "filled_not_in_future", "holiday_after_exam",
)  # fmt: skip
HEADER = ("提交编号", "提交时间", *(answer.question for answer in ANSWERS))
KOBO_KEYS = (
    "_id", "_uuid", "_submission_time", "__version__", "_xform_id_string", "_status", "_submitted_by", "_attachments",
    "_tags", "_notes", "_geolocation", "formhub/uuid", "meta/instanceID", *(answer.key for answer in ANSWERS),
)  # fmt: skip

_CHANNELS = 4
_SUBMISSIONS_PER_PARTNER = 7
_MONTHS = (0.9, 0.8, 1.2, 1.0, 1.1, 1.5, 1.0, 1.2, 1.3, 1.0, 1.1, 1.4)  # January first: campaigns before the holidays
_KOBO_OFFSET = timedelta(hours=8)  # Kobo states UTC


class _Submission(NamedTuple):
    number: int
    reason: str | None
    identity: str
    submitted_at: datetime
    values: dict[str, object]


def write(setting: Setting, folder: Path) -> Iterator[Tally]:
    """Write the day's four files and yield the growing tally after every submission."""
    tally = Tally(
        files=["市场信息反馈表.xlsx", "市场信息反馈表_utf8.csv", "市场信息反馈表_gbk.csv", "market_feedback_kobo.json"]
    )
    planting = Planting(setting.size.feedback, setting.bad_share, REASONS)
    with ExitStack() as stack:
        files: tuple[RowFile, ...] = (
            stack.enter_context(xlsx_file(folder / tally.files[0], HEADER, "市场信息")),
            stack.enter_context(csv_file(folder / tally.files[1], HEADER, "utf-8-sig")),
            stack.enter_context(csv_file(folder / tally.files[2], HEADER, "gb18030")),
            stack.enter_context(json_file(folder / tally.files[3], KOBO_KEYS)),
        )
        for submission in _submissions(setting, planting):
            copies = 1 + (submission.number >= 0 and planting.is_repeated(submission.number))
            channel = submission.number % _CHANNELS
            for _ in range(copies):
                files[channel].write(_WRITTEN[channel](submission))
            tally.count(submission.reason, copies)
            if submission.values.get("students_need_a_school"):
                tally.warnings["students_need_a_school"] += copies
            yield tally


def _submissions(setting: Setting, planting: Planting) -> Iterator[_Submission]:
    """All submissions, oldest first; before them the planted people, with numbers below zero."""
    first, last = setting.periods[-1]
    planted: list[tuple[Canary, str | None]] = [(canary, None) for canary in setting.canaries]
    planted += [(canary, "target_group.unknown_code") for canary in setting.canaries[:1]]
    for place, (canary, reason) in enumerate(planted):
        yield _submission(setting, -place - 1, (first, last), reason, canary)
    weights = [_MONTHS[first.month - 1] * ((last - first).days + 1) for first, last in setting.periods]
    number = 0
    for period, count in zip(setting.periods, shared_out(setting.size.feedback, weights), strict=True):
        for _ in range(count):
            yield _submission(setting, number, period, planting.reason(number), None)
            number += 1


def _submission(
    setting: Setting, number: int, period: tuple[date, date], reason: str | None, canary: Canary | None
) -> _Submission:
    rng = stream(setting.seed, setting.day.isoformat(), "feedback", number)
    first, last = period
    filled_on = first + timedelta(days=rng.randrange((last - first).days + 1))
    moment = datetime(filled_on.year, filled_on.month, filled_on.day, rng.randrange(9, 23), rng.randrange(60))  # noqa: DTZ001  # sources write local time without a zone
    partner = _partner(setting, rng.randrange(max(8, setting.size.feedback // _SUBMISSIONS_PER_PARTNER)))
    values = answers(rng, partner, filled_on)
    if canary:
        values["partner_name"] = canary["name"]
        values["sms_text"] = "{name}老师{mobile},地址{address},邮箱{email},证件{resident_id}".format(**canary)
    if reason:
        values.pop("students_need_a_school", None)
        values |= fault(reason, values, setting.day)
    return _Submission(number, reason, str(uuid.UUID(int=rng.getrandbits(128), version=4)), moment, values)


def _partner(setting: Setting, number: int) -> Partner:
    """The partner of this number; region, schools and level stay the same over all days."""
    rng = stream(setting.seed, "partner", number)
    bounds = list(accumulate(city.population for city in setting.cities))
    place = bisect_right(bounds, (mixed(key_of(setting.seed, "partner"), number) & 0xFFFF) / 0x10000 * bounds[-1])
    city = setting.cities[place]
    is_company = rng.random() < 0.3
    name = (
        f"{city.name.removesuffix('市')}{_two_characters(rng)}教育咨询有限公司"
        if is_company
        else full_name(rng, rng.choice(("male", "female")))
    )
    level = rng.choices(("A级", "B级", "C级"), (2, 4, 4))[0]
    primary, middle, private = rng.randrange(6, 60), rng.randrange(3, 30), rng.randrange(0, 10)
    return Partner(name, city, rng.choice(city.districts)[0], level, primary, middle, private, rng.random())


def _two_characters(rng: random.Random) -> str:
    return "".join(rng.sample("启思育才博雅文新慧智明德乐学优知", 2))


def _as_table(submission: _Submission) -> list[object]:
    cells = [answer.as_text(submission.values.get(answer.name)) for answer in ANSWERS]
    return [submission.identity, submission.submitted_at.strftime("%Y-%m-%d %H:%M:%S"), *cells]


def _as_slashes(submission: _Submission) -> list[object]:
    row = _as_table(submission)
    at = submission.submitted_at
    row[1] = f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}"
    return row


def _as_workbook(submission: _Submission) -> list[object]:
    row = [answer.as_cell(submission.values.get(answer.name)) for answer in ANSWERS]
    return [submission.identity, submission.submitted_at, *row]


def _as_kobo(submission: _Submission) -> list[object]:
    system = [
        1_000_000 + submission.number,
        submission.identity,
        (submission.submitted_at - _KOBO_OFFSET).strftime("%Y-%m-%dT%H:%M:%S"),
        "vDemo1", "market_feedback", "submitted_via_web", None, [], [], [], [None, None], "0" * 32,
        f"uuid:{submission.identity}",
    ]  # fmt: skip
    return [*system, *(answer.as_code(submission.values.get(answer.name)) for answer in ANSWERS)]


_WRITTEN = (_as_workbook, _as_table, _as_slashes, _as_kobo)
