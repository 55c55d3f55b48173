"""What tests of the readers stand on: a contract of five columns, files made on the spot, rows as plain values."""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts.model import Accountable, Classification, Contract, Field, Limits, Reader, Source
from contracts.treatments import Keep
from jobs.ingest.readers import TEXT_COLUMNS, FileFaultReason, RowFaultReason, read_files, text_schema
from tests.unit.second_count import records_in
from tests.unit.texts_within import leaked

NAMES = ("id", "name", "amount", "day", "is_open")
_TYPES = ("string", "string", "decimal(18,2)", "date", "boolean")
_ALIASES: tuple[tuple[str, ...], ...] = (("编号",), ("名称",), ("金额(元)",), ("日期",), ("是否开通", "开通状态"))


def contract(
    *readers: Reader, ignored: Sequence[str] = (), null_texts: Sequence[str] = ("-",), mb: int = 64
) -> Contract:
    """Of five columns only `id` is required; `CSV` is the reader unless others are given."""
    fields = tuple(
        Field(
            name=name,
            label=name,
            description=name,
            type=kind,
            classification=Classification.INTERNAL,
            treatment=Keep(),
            required=name == "id",
            primary_key=name == "id",
            aliases=aliases,
        )
        for name, kind, aliases in zip(NAMES, _TYPES, _ALIASES, strict=True)
    )
    return Contract(
        id="forms.small",
        family="forms",
        dataset="small",
        version="1.0.0",
        label="小表",
        purpose="One row per record of a test.",
        fields=fields,
        rules=(),
        source=Source("Asia/Shanghai", readers or (CSV,), tuple(null_texts), tuple(ignored)),
        limits=Limits(max_file_mb=mb),
        accountable=Accountable("a", "b", ("c",), "d"),
        retention_days=30,
        fingerprint="0" * 64,
        path=Path("small.odcs.yaml"),
    )


CSV = Reader("csv", {"encodings": ["utf-8", "gb18030"]})
XLSX = Reader("xlsx")


@dataclass(frozen=True)
class Outcome:
    """What one file came to. `rows` are those that count; a refused file has none, whatever came before the fault."""

    rows: list[dict[str, Any]]
    fault: str | None
    detail: str | None
    batches: list[Any]

    @property
    def cells(self) -> list[tuple[str | None, ...]]:
        """The contract's fields of each row."""
        technical = set(TEXT_COLUMNS)
        return [tuple(value for name, value in row.items() if name not in technical) for row in self.rows]

    @property
    def faults(self) -> dict[int, str]:
        """What is wrong with which record."""
        return {row["source_row_number"]: row["row_fault"] for row in self.rows if row["row_fault"]}

    @property
    def numbers(self) -> list[int]:
        """The record numbers in the order they came."""
        return [row["source_row_number"] for row in self.rows]


def read(path: Path, agreed: Contract) -> Outcome:
    """The file read as Spark reads it.

    Whatever the file: every batch has the agreed schema, every record is a good or a faulty row, a refusal says nothing
    but why, and why is one of the agreed sentences with a detail in which no text of the file stands.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "0" * 64
    asked = pa.record_batch([[str(path)], [sha256]], names=["path", "sha256"])
    batches = list(read_files(agreed)(iter([asked])))
    rows = [row for batch in batches for row in batch.to_pylist()]
    for batch in batches:
        assert batch.schema.equals(text_schema(agreed))
        assert 0 < batch.num_rows <= 10_000
        batch.validate(full=True)
    assert {row["source_file_sha256"] for row in rows} <= {sha256}
    assert {row["row_fault"] for row in rows} <= {None, *RowFaultReason}, "a fault quotes nothing"
    refusals = [row for row in rows if row["file_fault"]]
    assert len(refusals) <= 1, "a file is refused once"
    if not refusals:
        assert len({row["source_row_number"] for row in rows}) == records_in(path.read_bytes(), agreed)
        return Outcome(rows, None, None, batches)
    assert refusals[0]["file_fault"] in set(FileFaultReason)
    if detail := refusals[0]["file_fault_detail"]:
        assert not leaked(path.read_bytes(), detail, {field.name for field in agreed.fields})
    said = {name for name, value in refusals[0].items() if value is not None}
    assert said <= {"source_file_sha256", "file_fault", "file_fault_detail"}
    return Outcome([], refusals[0]["file_fault"], refusals[0]["file_fault_detail"], batches)


def read_bytes(content: bytes, folder: Path, agreed: Contract, name: str = "file") -> Outcome:
    """A file of these bytes, read."""
    path = folder / name
    path.write_bytes(content)
    return read(path, agreed)


def text(*lines: str) -> bytes:
    """Lines of UTF-8 with line ends."""
    return "".join(f"{line}\n" for line in lines).encode()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(
    path: Path,
    sheets: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    texts: Sequence[str] = (),
    formats: Sequence[int] = (),
    custom: Mapping[int, str] | None = None,
    date1904: bool = False,
    extra: Mapping[str, bytes] | None = None,
) -> Path:
    """A workbook of hand-written sheet XML, for what no library would write.

    sheets: what stands in `sheetData` by sheet name (a text that starts with `<worksheet` is the whole part).
    formats: the number format of cell style 1, 2, ...; style 0 is General.
    """
    listed = "".join(
        f'<sheet name="{name}" sheetId="{place}" state="{(states or {}).get(name, "visible")}" r:id="rId{place}"/>'
        for place, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    )
    parts: dict[str, bytes] = {
        "_rels/.rels": _relations(
            f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><workbookPr date1904="{int(date1904)}"/>'
            f"<sheets>{listed}</sheets></workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": _relations(
            f'{relations}<Relationship Id="s" Type="{_DOCUMENT}/styles" Target="/xl/styles.xml"/>'
            f'<Relationship Id="t" Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>'
        ),
        "xl/styles.xml": _styles((0, *formats), custom or {}),
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{_MAIN}">{"".join(texts)}</sst>'.encode(),
    }
    for place, body in enumerate(sheets.values(), 1):
        whole = body if body.startswith("<") and "<worksheet" in body else _sheet(body)
        parts[f"xl/worksheets/sheet{place}.xml"] = whole.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(extra or {})}.items():
            archive.writestr(name, content)
    return path


def row(number: int, *cells: str) -> str:
    """One `row`; a cell is a text (inline), or XML that stands as it is."""
    return f'<row r="{number}">{"".join(cells_of(number, cells))}</row>'


def cells_of(number: int, cells: Sequence[str]) -> list[str]:
    """The cells of a row, in columns A, B, ...; an empty text is no cell."""
    written = []
    for place, cell in enumerate(cells):
        reference = f"{chr(ord('A') + place)}{number}"
        if cell.startswith("<c"):
            written.append(cell.replace("<c", f'<c r="{reference}"', 1))
        elif cell:
            written.append(f'<c r="{reference}" t="inlineStr"><is><t>{cell}</t></is></c>')
    return written


def _sheet(body: str) -> str:
    after = body.partition("<mergeCells")
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:A1"/><sheetData>{after[0]}</sheetData>'
        f"{after[1]}{after[2]}</worksheet>"
    )


def _relations(inner: str) -> bytes:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'.encode()


def _styles(formats: Sequence[int], custom: Mapping[int, str]) -> bytes:
    codes = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in custom.items())
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>'
    ).encode()
