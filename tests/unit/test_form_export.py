"""A form made from its contract: a form compiler takes it, and its answers come back through the same contract."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from contracts.loading import load
from contracts.model import Contract, RowRule, Severity
from jobs.forms.workbook import write_workbook
from jobs.forms.xlsform import LANGUAGE, NoForm, Row, XlsForm, xlsform
from tests.unit.forms import VISIT
from tests.unit.reading import read_bytes

FEEDBACK = load("forms.market_feedback")
LABEL = f"label::{LANGUAGE}"


def question(form: XlsForm, name: str) -> Row:
    return next(row for row in form.survey if row.get("name") == name)


def with_rule(kind: str, severity: Severity = Severity.ERROR, **arguments: Any) -> Contract:
    return replace(VISIT, rules=(RowRule("rule", kind, severity, "", arguments),))


@pytest.mark.parametrize("agreed", [FEEDBACK, VISIT], ids=lambda contract: contract.dataset)
def test_a_form_compiles_and_its_answers_come_back_without_a_fault(tmp_path: Path, agreed: Contract) -> None:
    write_workbook(xlsform(agreed), tmp_path / "form.xlsx")
    compiled = convert(tmp_path / "form.xlsx", validate=False)
    assert compiled.warnings == []
    document = etree.fromstring(compiled.xform.encode())
    (data,) = (node for node in document.iter() if node.get("id") == agreed.dataset)
    assert data.get("version") == agreed.version
    answers = _answers(document)
    submission = {
        "_uuid": "k1",
        "_submission_time": "2026-02-05T01:00:00",
        "__version__": "v3",
        "meta/instanceID": "x",
        **answers,
    }
    got = read_bytes(json.dumps([submission]).encode(), tmp_path, agreed)
    assert (got.fault, got.faults) == (None, {})
    asked = [field for field in agreed.fields if not any(alias.startswith("_") for alias in field.aliases)]
    assert len(answers) == len([field for field in asked if field.retired_in is None])
    for field in asked:
        assert (got.rows[0][field.name] is None) == (field.retired_in is not None), field.name
        if field.allowed:
            assert set(got.rows[0][field.name].split()) <= set(field.allowed)


def _answers(document: Any) -> dict[str, str]:
    """An answer of its type to every question, by Kobo's names: the last option, all options, a day."""
    space = {"x": "http://www.w3.org/2002/xforms"}
    types = {bind.get("nodeset"): bind.get("type") for bind in document.iterfind(".//x:bind", space)}
    controls = {
        node.get("ref"): node
        for node in document.iter()
        if node.get("ref") and node.tag.endswith(("select", "select1"))
    }
    found = {}
    for path, kind in types.items():
        name = path.removeprefix("/data/")
        if name.startswith("meta/"):
            continue
        if path in controls:
            listed = controls[path].find("x:itemset", space)
            texts = [value.text for value in controls[path].iterfind(".//x:value", space)]
            if listed is not None:
                key = listed.get("nodeset").split("'")[1]
                texts = [
                    i.findtext("x:name", namespaces=space)
                    for i in document.iterfind(f".//x:instance[@id='{key}']//x:item", space)
                ]
            found[name] = " ".join(texts) if controls[path].tag.endswith("}select") else texts[-1]
        else:
            found[name] = {
                "int": "3",
                "decimal": "3.5",
                "date": "2026-02-01",
                "dateTime": "2026-02-01T08:30:00.000+08:00",
            }.get(kind, "330106")
    assert found, "a form without questions would prove nothing"
    return found


def test_questions_stand_in_their_groups_and_speak_chinese() -> None:
    form = xlsform(FEEDBACK)
    names = [row.get("name", row["type"]) for row in form.survey]
    assert names[:6] == ["head", "partner_name", "region_code", "partner_level", "filled_on", "end_group"]
    assert question(form, "primary_school_count")[LABEL] == "小学数量(所)"
    assert all(LABEL in row for row in (*form.survey, *form.choices) if "_group" not in row.get("type", ""))
    assert form.settings == {
        "form_title": "市场信息反馈表", "form_id": "market_feedback", "version": FEEDBACK.version, "default_language": "中文 (zh)",
    }  # fmt: skip


def test_options_carry_the_labels_of_the_contract() -> None:
    options = {(row["list_name"], row["name"]): row[LABEL] for row in xlsform(FEEDBACK).choices}
    assert options["known_from", "head_teacher"] == "校长"
    assert options["has_school_gift", "yes"] == "是"
    assert (options["has_on_site_display", "yes"], options["has_on_site_display", "no"]) == ("有", "无")


def test_ranges_and_row_rules_are_told_while_somebody_types() -> None:
    form = xlsform(FEEDBACK)
    visited = question(form, "visited_school_count")
    assert visited["constraint"] == (
        "(. >= 0) and (${primary_school_count} = '' or ${middle_school_count} = '' or ${private_school_count} = '' or "
        ". <= ${primary_school_count} + ${middle_school_count} + ${private_school_count})"
    )
    assert visited[f"constraint_message::{LANGUAGE}"] == "不小于0；不大于小学数量、中学数量、私立学校数量之和"
    assert question(form, "is_exam_not_uniform")["relevant"] == "${exam_start_on} = ''"
    assert "relevant" not in question(form, "exam_start_on")
    assert question(form, "holiday_on")["constraint"] == "(${exam_end_on} = '' or . >= ${exam_end_on})"
    assert question(form, "filled_on")["constraint"] == "(. <= today())"
    assert "zero" not in str(form.survey), "a warning stops nobody"


@pytest.mark.parametrize(
    ("rule", "name", "column", "expected"),
    [
        (with_rule("required_when", column="class_count", other="accepts_fee", equals="true"), "class_count", "required", "${accepts_fee} = 'yes'"),
        (with_rule("required_when", column="class_count", other="form_version", equals="v3"), "class_count", "required", None),
        (with_rule("exactly_one_of", columns=["accepts_fee", "fee_cny"]), "fee_cny", "required", "yes"),
        (with_rule("exactly_one_of", columns=["accepts_fee", "fee_cny"]), "fee_cny", "relevant", "${accepts_fee} != 'yes'"),
        (with_rule("at_most_one_of", columns=["class_count", "fee_cny"]), "fee_cny", "required", None),
        (with_rule("equals_sum", column="student_count", of=["class_count", "fee_cny"]), "student_count", "constraint",
         "(. >= 0) and (. <= 500) and (${class_count} = '' or ${fee_cny} = '' or . = ${class_count} + ${fee_cny})"),
        (with_rule("zero_when_all_zero", column="student_count", of=["class_count", "fee_cny"]), "student_count", "constraint",
         "(. >= 0) and (. <= 500) and (${class_count} = '' or ${fee_cny} = '' or ${class_count} + ${fee_cny} > 0 or . = 0)"),
        (with_rule("equals_sum", Severity.WARNING, column="student_count", of=["class_count", "fee_cny"]), "student_count",
         "constraint", "(. >= 0) and (. <= 500)"),
    ],
)  # fmt: skip
def test_a_row_rule_becomes_a_condition(rule: Contract, name: str, column: str, expected: str | None) -> None:
    assert question(xlsform(rule), name).get(column) == expected


def test_a_pattern_with_a_quote_stays_one_text() -> None:
    fields = tuple(replace(f, pattern="^a'b$") if f.name == "region_code" else f for f in VISIT.fields)
    form = xlsform(replace(VISIT, fields=fields))
    assert question(form, "region_code")["constraint"] == """(regex(., concat('^a', "'", 'b$')))"""


def test_what_is_no_form_is_said() -> None:
    given = tuple(field for field in VISIT.fields if field.name == "submission_id")
    with pytest.raises(NoForm, match="no column is a question"):
        xlsform(replace(VISIT, fields=given, rules=()))
    heard = next(field for field in VISIT.fields if field.name == "heard_from")
    blank = replace(heard, allowed=("a b",), allowed_labels={"a b": "甲"})
    with pytest.raises(NoForm, match="blank in its code"):
        xlsform(replace(VISIT, fields=(blank,), rules=()))
    with pytest.raises(NoForm, match="give it an enum"):
        xlsform(replace(VISIT, fields=(replace(heard, allowed=(), allowed_labels={}),), rules=()))


def test_every_cell_is_text(tmp_path: Path) -> None:
    write_workbook(xlsform(FEEDBACK), tmp_path / "form.xlsx")
    book = load_workbook(tmp_path / "form.xlsx")
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("label", ["=1+1", "=cmd|' /C calc'!A0", "+86 电话", "-7 到 0", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_begins_like_a_formula_stays_a_text_in_a_spreadsheet_and_in_the_form(
    tmp_path: Path, label: str
) -> None:
    fields = tuple(replace(f, label=label) if f.name == "region_code" else f for f in VISIT.fields)
    write_workbook(xlsform(replace(VISIT, fields=fields)), tmp_path / "form.xlsx")
    book = load_workbook(tmp_path / "form.xlsx")
    cells = {cell.value: cell for row in book["survey"].iter_rows() for cell in row if cell.value}
    assert (cells[label].data_type, cells[label].quotePrefix) == ("s", True)
    assert cells["region_code"].quotePrefix is False
    assert label.strip() in convert(tmp_path / "form.xlsx", validate=False).xform
