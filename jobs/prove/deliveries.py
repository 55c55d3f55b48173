"""Files as sources send them, with planted people where no column foresees them.

They stand in names of files and sheets, comments, headers, hidden sheets, attributes, and in files that gate 1 refuses
or that gate 2 stops.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment

from infra.demo.people import Canary

CUSTOMERS, FEEDBACK, MEASUREMENTS = "crm.customers", "forms.market_feedback", "network.cell_measurements"

#: The export of the customer file that has planted people among its good rows.
GOOD_CUSTOMERS = "客户档案_总公司.csv"

Table = list[list[str]]

#: One phone, as different hands write it.
_HANDS: tuple[Callable[[str], str], ...] = (
    lambda mobile: f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
    lambda mobile: f"+86-{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
    lambda mobile: mobile.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)}),
    "\u200b".join,
    lambda mobile: f"{mobile}.0",
)


def odd_deliveries(made: Path, people: Sequence[Canary]) -> Iterator[tuple[str, str, bytes]]:
    """Dataset, file name and content of files made from those below `made`, where the demo generator wrote its day."""
    first, second, third = people
    header, rows = _rows_of(first, next(made.rglob(GOOD_CUSTOMERS)), "gb18030")
    spelled = [
        _changed(header, rows[0], 客户编号=f"KH-odd-{n}", 电话=hand(first["mobile"])) for n, hand in enumerate(_HANDS)
    ]
    lower = _changed(header, rows[0], 客户编号="KH-odd-x", 证件号码=f" {first['resident_id'].lower()}")
    named = f"客户_{second['name']}_{second['mobile']}_{second['address']}.xlsx"
    yield CUSTOMERS, named, _workbook(second, [header, *spelled, lower])
    yield CUSTOMERS, "多一列.csv", _csv([[*header, third["name"]], [*rows[0], third["resident_id"]]])
    yield CUSTOMERS, "断了.csv", _csv([header, *spelled]).rstrip() + f',"{third["name"]}"{third["mobile"]},'.encode()
    yield CUSTOMERS, "坏了.xlsx", _workbook(third, [header, *rows])[:-400]
    form = json.loads(next(made.rglob("market_feedback_kobo.json")).read_text(encoding="utf-8"))[0]
    yield FEEDBACK, "kobo.json", _form(form, "odd-1", second)
    yield FEEDBACK, "kobo_key.json", _form(form, "odd-2", second, **{f"group/{second['name']}": second["mobile"]})
    measured = min(made.rglob("A*.xml")).read_text(encoding="utf-8")
    yield MEASUREMENTS, f"A_{first['name']}.xml", _commented(measured, third)
    yield MEASUREMENTS, "Acut.xml", _commented(measured, third)[:-300] + third["mobile"].encode()


def feedback_answers(made: Path, person: Canary, day: str, *, bad: bool) -> bytes:
    """Twenty answers of one partner; of `bad` ones every second names its region by an address, which stops gate 2."""
    tables = (_rows_of(person, path, encoding) for path, encoding in _feedback_tables(made))
    header, rows = next((header, rows) for header, rows in tables if rows)
    answers = [_changed(header, rows[0], 提交编号=f"{day}-{bad}-{number}") for number in range(20)]
    if bad:
        answers[::2] = [_changed(header, answer, 区域=person["address"]) for answer in answers[::2]]
    return _csv([header, *answers])


def _feedback_tables(made: Path) -> Iterator[tuple[Path, str]]:
    yield next(made.rglob("市场信息反馈表_utf8.csv")), "utf-8-sig"
    yield next(made.rglob("市场信息反馈表_gbk.csv")), "gb18030"


def _rows_of(person: Canary, path: Path, encoding: str) -> tuple[list[str], Table]:
    header, *rows = csv.reader(path.read_text(encoding=encoding).splitlines())
    return header, [row for row in rows if person["name"] in row]


def _changed(header: list[str], row: list[str], **cells: str) -> list[str]:
    return [cells.get(column, cell) for column, cell in zip(header, row, strict=True)]


def _csv(rows: Table) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _workbook(person: Canary, rows: Table) -> bytes:
    """A table with the person as author, in the sheet's name, in a comment and on a hidden sheet."""
    book, content = Workbook(), io.BytesIO()
    book.properties.creator = book.properties.lastModifiedBy = person["name"]
    book.properties.description = person["email"]
    sheet = book.active
    sheet.title = f"{person['name']}{person['mobile']}"
    for row in rows:
        sheet.append(row)
    sheet["A2"].comment = Comment(f"电话{person['mobile']}", person["name"])
    hidden = book.create_sheet("备份")
    hidden.sheet_state = "hidden"
    hidden.append([person["resident_id"], person["address"], person["card"]])
    book.save(content)
    return content.getvalue()


def _form(answers: dict[str, object], identity: str, person: Canary, **more: str) -> bytes:
    planted = {
        "_uuid": identity,
        "_submitted_by": person["name"],
        "_geolocation": [person["latitude"], person["longitude"]],
        "_notes": [person["mobile"]],
        "_attachments": [{"filename": f"{person['name']}/{person['resident_id']}.jpg"}],
    }
    return json.dumps([answers | planted | more], ensure_ascii=False).encode()


def _commented(measured: str, person: Canary) -> bytes:
    """Measurements with a person in a comment, in an attribute and as the sender."""
    return (
        measured.replace("<measData>", f"<!-- {person['name']} {person['mobile']} --><measData>", 1)
        .replace('swVersion="R21"', f'swVersion="{person["email"]}"')
        .replace('localDn="OMC-', f'localDn="{person["name"]}-OMC-')
    ).encode()
