"""The form of the tests in all its shapes: three versions, as workbooks and as Kobo's JSON; every name is made up."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from contracts.loading import load_file

_CONTRACTS = Path(__file__).resolve().parents[1] / "contracts" / "forms"
VISIT = load_file(_CONTRACTS / "course_visit.odcs.yaml")
LESSONS = load_file(_CONTRACTS / "course_visit_lessons.odcs.yaml")

_WORKBOOKS: Mapping[str, Sequence[Sequence[object]]] = {
    "v1.xlsx": [
        ("提交编号", "表单版本", "提交时间", "合伙人", "所在地", "学生人数", "如何得知", "费用"),
        ("x1", "v1", "2026-01-05 09:00:00", "欧阳测试", "测试路一号", 20, "学校老师", "接受"),
    ],
    "v2.xlsx": [
        ("提交编号", "表单版本", "提交时间", "合伙人", "区域", "到课人数", "如何得知", "是否接受收费", "费用"),
        ("x2", "v2", "2026-02-05 09:00:00", "欧阳测试", "330106", 21, "教育局┋老师、班主任", "不接受", 9.5),
    ],
    "v3.xlsx": [
        (
            "班级数",
            "提交编号",
            "表单版本",
            "提交时间",
            "合伙人",
            "区域",
            "到课人数",
            "如何得知",
            "是否接受收费",
            "费用",
        ),
        (2, "x3", "v3", "2026-03-05 09:00:00", "欧阳测试", "330106", 22, "家长┋其他〖找欧阳测试〗", "接受", 0),
    ],
}
_SUBMISSIONS: Sequence[Mapping[str, object]] = [
    {"_id": 1, "_uuid": "k1", "__version__": "v1", "_submission_time": "2026-01-05T01:00:00", "head/partner_name": "欧阳测试",
     "area": "测试路一号", "pupils": "20", "heard_from": "bureau", "fee": "yes"},
    {"_id": 2, "_uuid": "k2", "__version__": "v2", "_submission_time": "2026-02-05T01:00:00", "head/partner_name": "欧阳测试",
     "head/region_code": "330106", "class/student_count": "21", "class/heard_from": "education_bureau teacher",
     "class/accepts_fee": "no", "class/fee": "9.5"},
    {"_id": 3, "_uuid": "k3", "__version__": "v3", "_submission_time": "2026-03-05T01:00:00", "head/partner_name": "欧阳测试",
     "head/region_code": "330106", "class/student_count": "22", "class/heard_from": "parent other", "class/accepts_fee": "yes",
     "class/fee": "0", "class/class_count": "2"},
]  # fmt: skip


def sheet(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def three_versions(folder: Path) -> list[Path]:
    """One workbook per version, and one page of Kobo that holds all versions: six submissions, k1 like x1 and so on."""
    books = [sheet(folder / name, rows) for name, rows in _WORKBOOKS.items()]
    page = folder / "page.json"
    page.write_text(json.dumps(_SUBMISSIONS, ensure_ascii=False), encoding="utf-8")
    return [*books, page]


def all_versions_export(folder: Path) -> Path:
    """One workbook with the columns of every version, as a server exports it: most cells are empty."""
    header = list(dict.fromkeys(name for rows in _WORKBOOKS.values() for name in rows[0]))
    answers = [dict(zip(rows[0], rows[1], strict=True)) for rows in _WORKBOOKS.values()]
    return sheet(folder / "all.xlsx", [header, *([answer.get(name) for name in header] for answer in answers)])
