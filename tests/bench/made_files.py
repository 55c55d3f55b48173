"""Files of any size, written on the spot: the same arguments give the same bytes, another `first` gives other ones."""

import csv
import itertools
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from contracts.delimited import layouts
from contracts.model import Contract
from tests.unit.reading import workbook
from tests.unit.test_readers_mr import HUAWEI_2016

_NAMES = ("编号", "名称", "金额(元)", "日期", "是否开通")
_MORE_COLUMNS = 7
#: The columns of the readers' small contract, and as many again that it ignores.
HEADER = [*_NAMES, *(f"c{place}" for place in range(_MORE_COLUMNS))]
#: Results of one object in a measurement file, and neighbour cells of one report.
COUNTERS, NEIGHBOURS = 20, 2
_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def csv_file(path: Path, rows: int, encoding: str = "utf-8") -> Path:
    """A record of `HEADER` a row."""
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(_record(number) for number in range(rows))
    return path


def json_file(path: Path, rows: int) -> Path:
    """The same records as submissions of a form."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(rows):
            pairs = ", ".join(f'"{k}": "{v}"' for k, v in zip(HEADER, _record(number), strict=True))
            out.write(f"{',' if number else '['}{{{pairs}}}\n")
        out.write("]")
    return path


def xlsx_file(path: Path, rows: int) -> Path:
    """The same records as Excel saves them: each different text stands once, in a part of its own."""
    places: dict[str, int] = {}
    skeleton, draft = path.with_suffix(".skeleton"), path.with_suffix(".draft")
    workbook(skeleton, {"Sheet1": ""})
    grown = {_SHEET: ("</sheetData>", _sheet_rows(rows, places)), _TEXTS: ("</sst>", _shared_texts(places))}
    with zipfile.ZipFile(skeleton) as empty, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as book:
        for name in set(empty.namelist()) - set(grown):
            book.writestr(name, empty.read(name))
        for name, (end, lines) in grown.items():  # the texts are known when the sheet is written
            before, _, after = empty.read(name).decode().partition(end)
            with book.open(name, "w") as out:
                out.writelines(part.encode() for part in itertools.chain([before], lines, [end, after]))
    skeleton.unlink()
    draft.rename(path)
    return path


def measurements(path: Path, rows: int, *, first: int = 0) -> Path:
    """A performance measurement file, a row per result; objects are numbered from `first`."""
    drawn = random.Random(first)  # noqa: S311 - test data
    types = "".join(f'<measType p="{place}">pmCounter{place}</measType>' for place in range(1, COUNTERS + 1))
    with path.open("w", encoding="utf-8") as out:
        out.write('<measCollecFile><fileHeader fileFormatVersion="1"><fileSender localDn="o"/></fileHeader><measData>')
        out.write('<managedElement localDn="n"/><measInfo measInfoId="g">')
        out.write(f'<granPeriod duration="PT900S" endTime="2026-01-31T08:15:00+08:00"/>{types}')
        for number in range(first, first + rows // COUNTERS):
            results = "".join(f'<r p="{place}">{drawn.randrange(10_000)}</r>' for place in range(1, COUNTERS + 1))
            out.write(f'<measValue measObjLdn="ManagedElement=1,Cell={number}">{results}</measValue>\n')
        out.write("</measInfo></measData><fileFooter/></measCollecFile>")
    return path


def reports(path: Path, rows: int, *, first: int = 0) -> Path:
    """A file of measurement reports (MRO), a row per neighbour cell; connections are numbered from `first`."""
    drawn = random.Random(first)  # noqa: S311 - test data
    with path.open("w", encoding="utf-8") as out:
        out.write('<bulkPmMrDataFile><fileHeader startTime="2026-01-31T08:00:00" endTime="2026-01-31T08:15:00"/>')
        out.write(f'<eNB id="500001"><measurement><smr>{HUAWEI_2016}</smr>')
        for number in range(first, first + rows // NEIGHBOURS):
            out.write(f'<object id="{number % 3}" MmeUeS1apId="{number}" MmeGroupId="1" MmeCode="1" ')
            out.write('TimeStamp="2026-01-31T08:00:01.280">')
            for neighbour in range(NEIGHBOURS):
                power = f"{drawn.randrange(98)} {drawn.randrange(98)} 20 18"
                rest = f"1825 {neighbour} 1825 18 3 30 101 25 NIL 9 8 7 31{' NIL' * 8} "
                out.write(f"<v>{power} {rest}</v>")
            out.write("</object>\n")
        out.write("</measurement></eNB></bulkPmMrDataFile>")
    return path


def usage_records(path: Path, rows: int, contract: Contract, *, first: int = 0) -> Path:
    """Web transactions in the first layout of `network.xdr_s1u_http`; records are numbered from `first`."""
    drawn = random.Random(first)  # noqa: S311 - test data
    columns = layouts(contract.source.readers[0].options)[0].columns
    with path.open("w", encoding="utf-8") as out:
        for number in range(first, first + rows):
            given = _usage(number, drawn)
            out.write("|".join(given.get(column, "7") for column in columns) + "\n")
    return path


def _usage(number: int, drawn: random.Random) -> dict[str, str]:
    began = 1_769_817_600_000 + number
    return {
        "XDR_ID": f"{number:032x}", "CITY": "571", "RAT": "6", "IMSI": f"46000{number % 10**10:010}",
        "IMEI": f"86{number % 10**12:012}", "MSISDN": f"86139{number % 10**8:08}", "SGW_IP_ADD": "192.0.2.1",
        "ENODEB_IP_ADD": "192.0.2.2", "TAC": "22546", "ECI": str(128_000_000 + number % 3000), "APN": "apn.example",
        "START_TIME": str(began), "END_TIME": str(began + drawn.randrange(9000)), "APP_TYPE": "15",
        "USER_IPV4": f"198.51.100.{number % 250}", "USER_IPV6": "", "APP_SERVER_IP_IPV4": "203.0.113.9",
        "APP_SERVER_IP_IPV6": "", "UL_DATA": str(drawn.randrange(10**5)), "DL_DATA": str(drawn.randrange(10**7)),
        "TCP_RESPONSE_DELAY": str(drawn.randrange(900)), "HTTP_WAP_STATUS": "200", "HOST": "news.example",
        "URL": f"news.example/{number:x}?page=1", "USER_AGENT": "Invented/5.0 (Device; Test)", "COOKIE": "",
        "FIRST_HTTP_RES_DELAY": str(drawn.randrange(900)), "HTTP_CONTENT_TYPE": "text/html",
    }  # fmt: skip


def _record(number: int) -> list[str]:
    day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    return [f"a{number}", f"张三丰{number % 977}", f"{number % 9973}.50", day, "是", *(["x23456"] * _MORE_COLUMNS)]


def _sheet_rows(rows: int, places: dict[str, int]) -> Iterator[str]:
    """The rows of a sheet; `places` learns where each text stands."""
    letters = [chr(ord("A") + column) for column in range(len(HEADER))]
    amount = _NAMES.index("金额(元)")
    records = itertools.chain([HEADER], (_record(number) for number in range(rows)))
    for row, record in enumerate(records, 1):
        cells = []
        for column, text in enumerate(record):
            if column == amount and row > 1:
                cells.append(f'<c r="{letters[column]}{row}"><v>{text}</v></c>')
            else:
                cells.append(f'<c r="{letters[column]}{row}" t="s"><v>{places.setdefault(text, len(places))}</v></c>')
        yield f'<row r="{row}">{"".join(cells)}</row>'


def _shared_texts(places: dict[str, int]) -> Iterator[str]:
    """The texts in the order of their places, read when all are known."""
    for text in places:
        yield f"<si><t>{text}</t></si>"
