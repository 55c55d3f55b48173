"""From a published file of a few rows to figures and text: what is hidden, what is compared, what may not be typed."""

import json
import re
from dataclasses import replace

import pytest
import yaml

from jobs.errors import GateNotPassed, ReportNotDeclared
from jobs.reports.catalogue import read_catalogue
from jobs.reports.declared import FOLDER, FactRef, TableRef, load_report, report_ids
from jobs.reports.periods import period
from jobs.reports.reading import Reader, opened
from jobs.reports.wording import require_no_typed_figure, typed_figures
from jobs.reports.writing import written
from jobs.settings import ROOT
from tests.unit.small_marts import FEW_ROWS, JAN, publish, region_month

MARTS = ROOT / "dbt_project" / "models" / "marts"
CATALOGUE = read_catalogue()
CUSTOMER = load_report("customer")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("marts") / "published.duckdb")


@pytest.fixture(scope="module")
def figures(published):
    with opened(published) as database:
        return Reader(database, CATALOGUE, period("2026-01"), 5).figures(CUSTOMER)


@pytest.fixture(scope="module")
def content(published):
    return written(CUSTOMER, period("2026-01"), published, smallest_group=5)


def test_a_figure_stands_beside_the_period_before_and_a_year_ago(figures):
    revenue = figures.facts["revenue"]
    assert (revenue.text, revenue.change, revenue.year_change) == ("123.5*万元", "环比增长23.5%", "同比下降50.0%")
    assert figures.facts["transactions"].change == "环比增长5.0%"
    assert (revenue.value.cells, revenue.value.hidden_cells) == (2, 1)


def test_only_the_chosen_breakdown_is_counted(figures):
    assert figures.facts["complaints"].text == "12*件"


def test_a_hidden_cell_is_told_as_hidden_and_never_as_nothing(figures):
    rows = dict(figures.tables["provinces"].rows)
    assert list(rows) == ["广东", "贵州"]
    assert [fact.number_text for fact in rows["贵州"]] == ["—（少于5）", "—（少于5）", "—（少于5）", "0"]
    assert rows["贵州"][0].change_text == "—"
    assert dict(figures.charts["complaints_by_department"].points)["联营办"].text == "—（少于5）"


def test_what_nobody_states_is_no_hidden_cell(figures):
    assert figures.facts["enquiries"].text == "—（无数据）"
    assert figures.facts["promises_met"].text == "—（无数据）"
    assert figures.facts["promises_met"].change == "环比无可比数据"


def test_every_column_that_a_mart_hides_is_known_as_such():
    models = [model for file in MARTS.rglob("*__models.yml") for model in yaml.safe_load(file.read_text())["models"]]
    tested = {
        model["name"]: {
            name
            for people, values in test["sound"]["arguments"].get("hidden", {}).items()
            for name in (people, *values)
        }
        for model in models
        for test in model.get("data_tests", ())
        if "sound" in test
    }
    assert len([mart for mart, columns in tested.items() if columns]) > 8, "hardly any found: this would prove nothing"
    hideable = {metric.id: (metric.mart, set(metric.columns), metric.hideable) for metric in CATALOGUE.metrics.values()}
    for name, (mart, columns, known) in hideable.items():
        assert columns & tested.get(mart, set()) <= known, name


def test_a_total_holds_no_hidden_cell_so_that_nothing_can_be_subtracted(figures):
    shown = [facts[0].value.number for _, facts in figures.tables["provinces"].rows if facts[0].is_known]
    assert figures.facts["revenue"].value.number == sum(shown)


def test_a_quarter_and_a_year_add_up_their_months(published):
    with opened(published) as database:
        quarter = Reader(database, CATALOGUE, period("2025Q4"), 5).figures(CUSTOMER).facts["transactions"]
        year = Reader(database, CATALOGUE, period("2025"), 5).figures(CUSTOMER).facts["transactions"]
    assert (quarter.text, year.text) == ("400笔", "800笔")


def test_a_year_and_the_present_have_no_period_before(published):
    with opened(published) as database:
        month, year = (Reader(database, CATALOGUE, period(name), 5).figures(CUSTOMER) for name in ("2026-01", "2025"))
    assert [one.tables["provinces"].has_previous for one in (month, year)] == [True, False]
    assert year.tables["provinces"].has_last_year
    account = {"account_code": "a", "segment_name": "战略客户", "sales_cny": 90_000}
    with opened(publish(published.with_name("accounts.duckdb"), {"fct_key_account": [account]})) as database:
        segments = (
            Reader(database, CATALOGUE, period("2025Q4"), 5).figures(load_report("new_business")).tables["segments"]
        )
    assert [fact.text for fact in segments.rows[0][1]][:1] == ["9.0万元"]
    assert (segments.has_previous, segments.has_last_year) == (False, False)


def test_the_present_has_no_period_before_either_where_a_table_has_a_gap(tmp_path):
    sales = "fct_key_account.key_account_sales"
    columns = (FactRef(sales, {"segment_name": "金融客户"}), FactRef(sales, {}))
    report = replace(CUSTOMER, facts={}, tables={"gap": TableRef("缺", "segment_name", None, columns, 5)}, charts={})
    account = {"account_code": "a", "segment_name": "战略客户", "sales_cny": 90_000}
    with opened(publish(tmp_path / "published.duckdb", {"fct_key_account": [account]})) as database:
        table = Reader(database, CATALOGUE, period("2026-01"), 5).figures(report).tables["gap"]
    assert [fact.number_text for fact in table.rows[0][1]] == ["—（无数据）", "9.0"]
    assert (table.has_previous, table.has_last_year) == (False, False)


def test_a_share_changes_in_points(figures):
    met = figures.facts["promises_met"]
    now, before = replace(met.value, number=0.93), replace(met.value, number=0.905)
    assert replace(met, value=now, previous=before).change == "环比上升2.5个百分点"
    assert replace(met, value=now, previous=now).change == "环比持平"


def test_every_figure_says_where_it_comes_from(content):
    for fact in content.figures:
        mart = fact["metric"].partition(".")[0]
        assert fact["columns"], fact["place"]
        for column in fact["columns"]:
            assert column.removeprefix(f"{mart}.") in CATALOGUE.marts[mart], fact["place"]
    revenue = next(fact for fact in content.figures if fact["place"] == "facts.revenue")
    assert revenue["columns"] == ["fct_region_month.revenue_cny"]
    assert (revenue["period"], revenue["value"]["number"]) == ("2026-01", 123.4567)


def test_every_number_of_the_text_is_a_figure_by_reference(content):
    text = re.sub(r"(?s)<svg.*?</svg>|<td.*?</td>|<small>.*?</small>|<p class=\"source\">.*?</p>", "", content.text)
    text = text.replace("2026年1月", "")
    told = {fact["text"] for fact in content.figures} | {"—（少于5）"}
    marked = re.findall(r'<span class="fact" data-metric="[^"]+" data-period="2026-01">([^<]+)</span>', text)
    assert marked
    assert set(marked) <= told
    rest = re.sub(r"<[^>]*>", "", re.sub(r'<span class="fact".*?</span>', "", text))
    assert set(re.findall(r"\d[\d.,]*", rest)) == {"23.5", "50.0", "5.0", "16.7", "20.0"}, "changes, and nothing else"


def test_every_chart_and_table_says_its_unit_its_source_and_how_new_it_is(content):
    sources = re.findall(r'<p class="source">(.*?)</p>', content.text)
    assert len(sources) == len(CUSTOMER.charts) + len(CUSTOMER.tables)
    assert sources[0] == "来源：fct_region_month，数据截至 2026-01；单位：万元"
    assert "来源：fct_complaint_month，数据截至 2026-02-01；单位：件" in sources
    drawn = re.findall(r"<svg.*?</svg>", content.text, re.DOTALL)
    assert [svg for svg in drawn if "收入(万元)" in svg and "月份" in svg]
    assert [svg for svg in drawn if "投诉数(件)" in svg and "—（少于5）" in svg and "本期" in svg]


def test_the_same_file_gives_the_same_content_and_another_file_another(content, published, tmp_path):
    assert written(CUSTOMER, period("2026-01"), published, smallest_group=5) == content
    more = {**FEW_ROWS, "fct_region_month": [*FEW_ROWS["fct_region_month"], region_month(JAN, feedback_count=1)]}
    changed = written(CUSTOMER, period("2026-01"), publish(tmp_path / "published.duckdb", more), smallest_group=5)
    assert changed.sha256 != content.sha256


@pytest.mark.parametrize(
    ("report_id", "of"), [("satisfaction", "2025"), ("new_business", "2025Q4"), ("customer", "2025")]
)
def test_every_report_can_be_written_even_where_its_marts_are_empty(report_id, of, tmp_path):
    made = written(load_report(report_id), period(of), publish(tmp_path / "published.duckdb", {}), smallest_group=5)
    assert "—（无数据）" in made.text
    assert {fact["text"] for fact in made.figures} == {"—（无数据）"}


def test_nothing_is_written_when_nothing_is_published(tmp_path):
    with pytest.raises(GateNotPassed, match="lakewarden publish"):
        written(CUSTOMER, period("2026-01"), tmp_path / "published.duckdb", smallest_group=5)


@pytest.mark.parametrize("report_id", report_ids())
def test_no_report_of_ours_has_a_typed_figure(report_id):
    report = load_report(report_id)
    require_no_typed_figure(report.template)
    titles = [report.title, *(one.title for one in (*report.tables.values(), *report.charts.values()))]
    assert [title for title in titles if list(typed_figures(title))] == []
    named = set(re.findall(r"(?:facts|tables|charts)\.(\w+)", report.template.read_text(encoding="utf-8")))
    assert named == {*report.facts, *report.tables, *report.charts}, "everything that is declared is told"


@pytest.mark.parametrize(
    ("template", "typed"),
    [
        ("收入 12.3 万元", ["1", "2", "3"]),
        ("收入１２万元", ["１", "２"]),
        ("客户约三千人", ["三千人"]),
        ("增长百分之五", ["百分之"]),
        ('<figure title="共 4 家"></figure>', ["4"]),
        ("{{ facts.revenue.value.number * 2 }}", ["2"]),
        ("{{ '7 家' }}", ["7"]),
        ("{% set total = 8 %}", ["8"]),
        ("<h2 style='margin:3mm'>一、概况</h2>{{ facts.revenue }}", []),
    ],
)
def test_a_typed_figure_is_found_however_it_is_written(template, typed):
    assert [text for _, text in typed_figures(template)] == typed


def report_with(tmp_path, text: str = "{{ facts.revenue }}", **changed):
    """The customer report with another text or declaration, in a folder of its own."""
    folder = tmp_path / "reports"
    (folder / "other").mkdir(parents=True)
    (folder / "_shared").symlink_to(FOLDER / "_shared")
    ours = yaml.safe_load((FOLDER / "customer" / "report.yaml").read_text(encoding="utf-8"))
    facts = {"facts": {"revenue": {"metric": "fct_region_month.revenue"}}}
    (folder / "other" / "report.yaml").write_text(
        json.dumps({**{key: ours[key] for key in ours if key not in ("tables", "charts")}, **facts, **changed})
    )
    (folder / "other" / "text.html.j2").write_text(text, encoding="utf-8")
    return load_report("other", folder)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("收入 12 万元", "typed in .*line 1"),
        ("{{ facts.profit }}", "profit"),
        ("{{ facts.revenue.__class__ }}", "unsafe"),
        ("{% if %}", "Expected"),
        ("{{ facts | length }}", "length"),
        ("{% for one in range(facts) %}{{ one }}{% endfor %}", "range"),
    ],
)
def test_a_text_that_types_or_reaches_for_what_is_not_there_is_refused(text, why, tmp_path, published):
    with pytest.raises(ReportNotDeclared, match=why):
        written(report_with(tmp_path, text), period("2026-01"), published, smallest_group=5)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"facts": {"revenue": {"metric": "fct_region_month.profit"}}}, "no metric 'fct_region_month.profit'"),
        ({"facts": {"x": {"metric": "fct_complaint_month.complaints"}}}, "once per breakdown"),
        ({"facts": {"x": {"metric": "fct_region_month.revenue", "where": {"town": "x"}}}}, "no column town"),
        ({"signatures": ["总经理"]}, "too short"),
        ({"readers": "x"}, "readers"),
    ],
)
def test_a_declaration_that_refers_to_nothing_is_refused(declared, why, tmp_path):
    with pytest.raises(ReportNotDeclared, match=why):
        report_with(tmp_path, **declared)
