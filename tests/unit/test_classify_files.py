"""A file without a contract: its columns and a sample of it, as every reader reads it; and the draft of a contract."""

import json
from datetime import date

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.loading import load, load_file
from jobs.classify.contract_draft import new_contract, raised_contract, write_draft
from jobs.classify.deciding import Confidence, Finding
from jobs.classify.files import opened, sampled_text
from jobs.classify.measuring import Cells
from jobs.classify.proposing import beside, names_for, propose
from jobs.errors import NotClassified

ROWS = [("欧阳测试", "13800138000", "3"), ("上官样例", "", "4")]
HEADERS = ("姓名", "联系电话", "quantity")
AS_TEXT = {"c0": ["欧阳测试", "上官样例"], "c1": ["13800138000", None], "c2": ["3", "4"]}


def csv(folder):
    path = folder / "a.csv"
    lines = [";".join(row) for row in (HEADERS, *ROWS)]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


def xlsx(folder):
    path = folder / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (HEADERS, *([cell or None for cell in row] for row in ROWS)):
        book.active.append(row)
    book.save(path)
    return path


def kobo_json(folder):
    path = folder / "a.json"
    records = [{h: v for h, v in zip(HEADERS, row, strict=True) if v} for row in ROWS]
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    return path


def parquet(folder):
    path = folder / "a.parquet"
    columns = [[cell or None for cell in column] for column in zip(*ROWS, strict=True)]
    pq.write_table(pa.table([columns[0], columns[1], [3, 4]], names=list(HEADERS)), path)
    return path


@pytest.mark.parametrize("make", [csv, xlsx, kobo_json, parquet])
def test_every_kind_of_file_gives_the_same_text(tmp_path, make):
    file = opened(make(tmp_path))
    assert file.headers == HEADERS
    assert sampled_text(file, 100).to_pydict() == AS_TEXT


def test_a_sample_is_drawn_evenly_and_the_same_each_time(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("n\n" + "".join(f"{number}\n" for number in range(30_000)), encoding="utf-8")
    numbers = sorted(int(n) for n in sampled_text(opened(path), 1000)["c0"].to_pylist())
    assert len(set(numbers)) == 1000
    assert 9_000 < numbers[333] < 11_000
    assert sorted(int(n) for n in sampled_text(opened(path), 1000)["c0"].to_pylist()) == numbers


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7 13800138000", "it looks like a PDF document"),
        (b"", "the file holds nothing"),
        ("姓名,电话\n欧阳测试,\"13800138000\n".encode(), "the file ends before its content does"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_and_no_word_of_it(tmp_path, content, why):
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(NotClassified) as refusal:
        sampled_text(opened(path), 10)
    assert why in str(refusal.value)
    assert "13800138000" not in str(refusal.value)


def seen(count=100, *signals):
    """A hundred rows with so many different values, all of which gave the same signals."""
    return Cells(100, 100, count, 0, {frozenset(signals): count})


def test_names_are_made_where_headers_are_none():
    assert names_for(["电话", "电话2", "userId", "金额", "group/电话"], ["mobile_phone", "mobile_phone", None, None, None]) == [
        "mobile_phone", "mobile_phone_2", "user_id", "column_4", "column_5",
    ]  # fmt: skip


def test_an_unknown_text_is_dropped_and_numbers_and_codes_are_kept():
    assert propose("a", "a", seen(), Finding()).treatment == {"kind": "drop"}
    assert propose("a", "a", seen(count=3), Finding()).treatment == {"kind": "keep"}
    numbers = seen(100, "is:integer")
    proposal = propose("a", "a", numbers, Finding())
    assert (proposal.type, proposal.treatment) == ("integer", {"kind": "keep"})


def test_the_draft_of_a_file_holds_as_a_contract(tmp_path):
    file = opened(csv(tmp_path))
    findings = [
        Finding("person_name", Confidence.LABELLED, 1.0),
        Finding("mobile_phone", Confidence.DECISIVE, 1.0, 1.0),
        Finding(),
    ]
    kinds = [finding.kind for finding in findings]
    numbers = seen(100, "is:integer")
    known = zip(names_for(HEADERS, kinds), HEADERS, [seen(), seen(), numbers], findings, strict=True)
    path = tmp_path / "crm" / "found.odcs.yaml"
    write_draft(path, new_contract(path, file, [propose(*each) for each in known], date(2026, 1, 31)))
    contract = load_file(path)
    assert contract.id == "crm.found"
    assert {f.name: (f.type, f.identifier, f.treatment.kind) for f in contract.fields} == {
        "person_name": ("string", "person_name", "drop"),
        "mobile_phone": ("string", "mobile_phone", "token"),
        "quantity": ("bigint", None, "keep"),
    }
    assert contract.key == ("person_name",)
    assert contract.source.readers[0].options == {"encodings": ["gb18030"], "delimiter": ";"}
    text = path.read_text(encoding="utf-8")
    assert "校验通过 100.0%" in text
    with pytest.raises(NotClassified, match="new file"):
        write_draft(path, text)


def test_a_contract_is_raised_and_never_lowered(tmp_path):
    contract = load("crm.customers")
    by_name = {field.name: field for field in contract.fields}
    sure = Finding("mobile_phone", Confidence.DECISIVE, 1.0, 1.0)
    proposals = []
    for field in contract.fields:
        finding = sure if field.name == "approval_state" else Finding()
        proposals.append(beside(field, propose(field.name, field.label, seen(count=3), finding, "string")))
    path = tmp_path / "crm" / "customers.odcs.yaml"
    write_draft(path, raised_contract(contract, proposals))
    raised = {field.name: field for field in load_file(path).fields}
    assert raised["approval_state"].treatment.kind == "token"
    assert raised["approval_state"].classification == "sensitive"
    same = [name for name in by_name if name != "approval_state"]
    assert [raised[n].treatment for n in same] == [by_name[n].treatment for n in same]
