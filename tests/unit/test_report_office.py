"""Reports on a real ledger: held until others signed, issued once to everybody, corrected in the open, safe to kill."""

import json
import shutil
import socketserver
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial
from io import BytesIO

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from jobs.approval.accounts import CLOCK
from jobs.approval.people import People
from jobs.audit.log import Audit
from jobs.cli import app
from jobs.errors import (
    DeliveryFailed,
    DraftAltered,
    GateNotPassed,
    NotYourSignature,
    ReportNotDeclared,
    ReportRefused,
    UnknownPerson,
)
from jobs.reports import delivery, shelf
from jobs.reports.declared import load_report
from jobs.reports.delivery import MailServer
from jobs.reports.due import due_reports, late, undrafted
from jobs.reports.editions import EditionState
from jobs.reports.listing import rows
from jobs.reports.office import Office
from jobs.reports.page import document
from jobs.reports.periods import period
from jobs.reports.register import Register
from jobs.reports.roles import Role, Way, read_roles, unfilled
from jobs.reports.shelf import Content, Document, Shelf
from jobs.reports.writing import written
from jobs.storage.ledger import Ledger
from tests.unit.small_marts import publish

NOW = datetime(2026, 2, 3, 1, tzinfo=UTC)
JANUARY = period("2026-01")
REPORT = load_report("customer")
ROLES = {"客户信息主管": ("wang", "chen"), "客户服务部经理": ("li",), "总经理": ("zhao",)}
SIGNED_BY = ("os:wang", "airflow:li", "os:zhao")
FIGURE = {"place": "facts.complaints", "label": "投诉数", "member": None, "text": "12 件"}


def simple(text: str = "12 件"):
    """A text of the test's own, for what is about the way and not about the words."""
    return lambda *_: Content([{**FIGURE, "text": text}], f"<p>受理投诉 {text}</p>")


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Three homes that tests copy: with people and a publication, with an approved report, with an issued one."""
    made = {stage: tmp_path_factory.mktemp("homes") / stage for stage in ("new", "approved", "released")}
    ledger = Ledger(made["new"])
    ledger.prepare()
    for name in ("chen", "wang", "li", "zhao"):
        People(ledger).admit(name, [f"os:{name}", f"airflow:{name}"], may_approve=name != "chen")
    ledger.record("publications", [{"publication_id": "b1", "mart": "fct_region_month", "is_visible": True}])
    approving = at_the_office(Ledger(shutil.copytree(made["new"], made["approved"])))
    drafted(approving)
    for account in SIGNED_BY:
        approving.sign(REPORT, JANUARY, account)
    issue(at_the_office(Ledger(shutil.copytree(made["approved"], made["released"]))))
    return made


@pytest.fixture
def office(homes, tmp_path) -> Office:
    """chen drafts; wang and li check, zhao approves. Nothing is drafted yet."""
    return at_the_office(Ledger(shutil.copytree(homes["new"], tmp_path / "home")))


@pytest.fixture
def approved(homes, tmp_path) -> Office:
    """All have signed, nothing is issued."""
    return at_the_office(Ledger(shutil.copytree(homes["approved"], tmp_path / "home")))


@pytest.fixture
def released(homes, tmp_path) -> Office:
    """The first version is issued."""
    return at_the_office(Ledger(shutil.copytree(homes["released"], tmp_path / "home")))


def at_the_office(ledger: Ledger) -> Office:
    home = ledger.home
    roles = {name: Role(signs=persons) for name, persons in ROLES.items()}
    roles |= {name: Role(folder=home / "share" / name) for name in REPORT.recipients}
    return Office(
        register=Register(ledger), shelf=Shelf(home / "reports"), people=People(ledger),
        audit=Audit(ledger, home / "heads"), roles=roles, roles_file=home / "reports" / "roles.yml", mail=None,
        printed=one_line, now=NOW,
    )  # fmt: skip


def one_line(report, edition, text):  # noqa: ARG001 - as the office calls it
    """A document of one line, where the test is not about how it looks."""
    return Document(text.encode(), b"%PDF " + text.encode())


def drafted(office: Office, account: str = "os:chen", write=None):
    return office.draft(REPORT, JANUARY, account, write or simple())


def issue(office: Office):
    return office.release(REPORT, JANUARY, "os:chen")


def words(pdf: bytes) -> str:
    """Without blanks and ends of lines, which the layout decides."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def printing(office: Office) -> Office:
    return replace(office, printed=partial(document, smallest_group=5))


def test_what_is_read_says_its_figures_who_checked_and_who_approved(office, tmp_path):
    office = printing(office)
    published = publish(tmp_path / "published.duckdb")
    made = drafted(office, write=lambda report, of: written(report, of, published, smallest_group=5))
    folder = office.shelf.draft(made)
    draft = (folder / "report.html").read_text(encoding="utf-8")
    assert "草稿 · 未经审批，不得报发" in draft
    for account in SIGNED_BY:
        made = office.sign(REPORT, JANUARY, account)
    issued = office.release(REPORT, JANUARY, "os:chen")

    pdf = (office.shelf.released(issued) / "report.pdf").read_bytes()
    pages = PdfReader(BytesIO(pdf)).pages
    first, all_words = pages[0].extract_text(), words(pdf)
    for told in ("密级：内部", "客户情况汇报", "2026年1月", "批准人", "总经理", "zhao", "审核人", "wang", "li", "chen"):
        assert told in first, told
    assert "草稿" not in all_words
    for told in ("123.5*万元", "环比增长23.5%", "—（少于5）", "12*件", "数据截至 2026-01", "收入(万元)"):
        assert told.replace(" ", "") in all_words, told
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in page.extract_text()
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert descriptors
    assert all("/FontFile3" in one or "/FontFile2" in one for one in descriptors), "every font is inside"
    html = (office.shelf.released(issued) / "report.html").read_text(encoding="utf-8")
    assert "<svg" in html
    assert not [word for word in (" src=", "@import", "url(", "<script", "<link") if word in html]
    assert made.content_sha256 == issued.content_sha256
    again = office.printed(REPORT, issued, office.shelf.content(issued).text)
    assert (again.html.decode() == html, again.pdf == pdf) == (True, True), "the same edition gives the same bytes"


def test_nothing_is_issued_before_two_checks_and_the_approval(office):
    made = drafted(office)
    assert made.missing(REPORT) == ("客户信息主管", "客户服务部经理", "总经理")
    assert office.may_sign(made, REPORT) == [["wang"], ["li"], ["zhao"]], "not chen, who asked"
    for account in SIGNED_BY:
        with pytest.raises(ReportRefused, match="waiting for"):
            office.release(REPORT, JANUARY, "os:chen")
        made = office.sign(REPORT, JANUARY, account)
    assert made.state is EditionState.APPROVED
    assert not (office.shelf.root / "released").exists()
    assert office.release(REPORT, JANUARY, "os:chen").state is EditionState.RELEASED


def test_nobody_signs_alone_or_out_of_turn(office):
    drafted(office)
    for account, why in (
        ("os:chen", "who asked"),  # has the role as well
        ("airflow:chen", "who asked"),  # through the other door
        ("os:li", "waits for 客户信息主管"),
        ("os:zhao", "waits for 客户信息主管"),
    ):
        for step in (office.sign, office.refuse):
            with pytest.raises(NotYourSignature, match=why):
                step(REPORT, JANUARY, account)
    assert office.register.find("customer", "2026-01").signatures == ()


def test_one_person_with_two_roles_signs_once(office):
    both = replace(office, roles={**office.roles, "客户服务部经理": Role(signs=("wang",))})
    drafted(both)
    both.sign(REPORT, JANUARY, "os:wang")
    with pytest.raises(NotYourSignature, match="has signed already"):
        both.sign(REPORT, JANUARY, "airflow:wang")


def test_an_account_that_nobody_admitted_does_nothing(office):
    with pytest.raises(UnknownPerson):
        drafted(office, "os:nobody")
    drafted(office)
    for step in (office.sign, office.refuse, office.release):
        with pytest.raises(UnknownPerson):
            step(REPORT, JANUARY, "airflow:nobody")


def test_the_calendar_asks_and_signs_nothing(office):
    made = drafted(office, CLOCK)
    assert made.author == "按日历自动编制"
    with pytest.raises(UnknownPerson):
        office.sign(REPORT, JANUARY, CLOCK)


def test_every_recipient_gets_it_once_and_the_ledger_says_so(released):
    office, issued = released, released.register.find("customer", "2026-01")
    for name in REPORT.recipients:
        files = sorted((office.register.ledger.home / "share" / name).iterdir())
        assert [file.name for file in files] == ["customer_2026-01_v1.html", "customer_2026-01_v1.pdf"]
    delivered = office.register.ledger.ask("SELECT * FROM report_deliveries ORDER BY recipient")
    assert {row["recipient"] for row in delivered} == set(REPORT.recipients)
    assert {row["pdf_sha256"] for row in delivered} == {issued.pdf_sha256}
    kept = office.register.find("customer", "2026-01")
    assert (kept.requester, kept.signatures[-1].person, kept.released_at) == ("os:chen", "zhao", NOW)
    acts = [entry.act for entry in office.audit._entries() if entry.outcome == "done"]
    assert acts == ["report.draft", *["report.sign"] * 3, "report.release"]
    assert office.audit.verify().breaks == ()


def test_a_draft_that_was_altered_is_neither_signed_nor_issued(approved):
    office = approved
    text = office.shelf.draft(office.register.find("customer", "2026-01")) / "text.html"
    text.write_text(text.read_text(encoding="utf-8").replace("12", "11"), encoding="utf-8")
    with pytest.raises(DraftAltered):
        issue(office)
    assert office.register.reached(office.register.find("customer", "2026-01")) == set()


def test_a_no_stays_and_a_new_draft_is_a_new_version(office):
    drafted(office)
    office.refuse(REPORT, JANUARY, "os:wang")
    assert office.refuse(REPORT, JANUARY, "os:wang").state is EditionState.REFUSED
    with pytest.raises(ReportRefused, match="waits for no signature"):
        office.sign(REPORT, JANUARY, "os:wang")
    assert drafted(office).version == 2


def test_a_report_waits_for_its_period_for_what_is_published_and_for_people_in_its_roles(office):
    early = replace(office, now=datetime(2026, 1, 31, 1, tzinfo=UTC))
    with pytest.raises(ReportRefused, match="not over yet"):
        drafted(early)
    with pytest.raises(ReportRefused, match="nothing was published since 2030-01 ended"):
        replace(office, now=datetime(2030, 2, 3, tzinfo=UTC)).draft(REPORT, period("2030-01"), "os:chen", simple())
    unnamed = replace(office, roles={name: role for name, role in office.roles.items() if name != "总经理"})
    with pytest.raises(ReportRefused, match="nobody fills 总经理"):
        drafted(unnamed)


def test_nothing_is_drafted_before_the_first_publication(ledger):
    empty = at_the_office(ledger)
    empty.people.admit("chen", ["os:chen"], may_approve=False)
    with pytest.raises(GateNotPassed):
        drafted(empty)


def test_a_correction_is_a_new_version_that_shows_what_changed_and_needs_the_approval_alone(released):
    office = printing(released)
    ask = {"reason": "补录两日投诉", "asked_by": "客户服务部"}
    made = office.correct(REPORT, JANUARY, "os:chen", simple("14 件"), **ask)
    assert [(change.label, change.before, change.after) for change in made.changes] == [("投诉数", "12 件", "14 件")]
    assert (made.version, made.corrects, made.missing(REPORT)) == (2, 1, ("总经理",))
    assert office.correct(REPORT, JANUARY, "os:chen", simple("15 件"), **ask) == made, "the one there is"
    office.sign(REPORT, JANUARY, "os:zhao")
    issued = office.release(REPORT, JANUARY, "os:chen")
    told = words((office.shelf.released(issued) / "report.pdf").read_bytes())
    for word in ("更正说明", "补录两日投诉", "客户服务部", "12 件", "14 件", "更正第 1 版"):
        assert word.replace(" ", "") in told, word
    first = office.shelf.root / "released" / "customer" / "2026-01" / "v1"
    assert "12 件" in (first / "report.html").read_text(encoding="utf-8"), "the earlier version stays"
    listed = rows(office.register.everything(), {"customer": "客户情况汇报"})
    assert [(row["版次"], row["状态"], row["更正"], row["更正原因"], row["更正项数"]) for row in listed] == [
        (1, "已报发", "-", "-", 0),
        (2, "已报发", "第1版", "补录两日投诉", 1),
    ]


def test_a_correction_without_a_reason_or_a_difference_is_refused(released):
    reason = "补录两日投诉"
    for ask, why in (
        ({"reason": "改", "asked_by": "客户服务部"}, "4 to 200"),
        ({"reason": "客户 13800138000 来电", "asked_by": "客户服务部"}, "identifier"),
        ({"reason": reason, "asked_by": "13800138000"}, "role or a short name"),
        ({"reason": reason, "asked_by": "客户服务部"}, "nothing differs"),
    ):
        with pytest.raises(ReportRefused, match=why) as refused:
            released.correct(REPORT, JANUARY, "os:chen", simple(), **ask)
        assert "13800138000" not in str(refused.value)
    assert len(released.register.everything()) == 1


def test_what_was_never_issued_is_not_corrected(office):
    drafted(office)
    with pytest.raises(ReportRefused, match="nothing to correct"):
        office.correct(REPORT, JANUARY, "os:chen", simple("14 件"), reason="补录两日投诉", asked_by="客户服务部")


class Killed(BaseException):
    """Nothing of ours handles it, so what comes after it does not happen, as after a kill."""


@pytest.fixture
def stop_at(monkeypatch):
    """Whatever writes a file or a row of reports is stopped before its nth time."""

    def stopping_at(nth: int):
        left = [nth]

        def stopping(original):
            def call(*arguments, **more):
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
                return original(*arguments, **more)

            return call

        for owner, name in (
            (shelf, "write_whole"),
            (delivery, "write_whole"),
            (Register, "keep"),
            (Register, "note_delivery"),
        ):
            monkeypatch.setattr(owner, name, stopping(getattr(owner, name)))

    return stopping_at


@pytest.mark.parametrize("nth", [1, 5])
def test_a_draft_that_was_stopped_is_the_same_when_drafted_again(office, stop_at, nth):
    stop_at(nth)
    with pytest.raises(Killed):
        drafted(office)
    made = drafted(office)
    assert (made.version, office.shelf.content(made)) == (1, simple()(REPORT, JANUARY))


@pytest.mark.parametrize("nth", [1, 4, 5, 7, 14])
def test_an_issue_that_was_stopped_goes_on_and_reaches_everybody_with_the_same_bytes(approved, stop_at, nth):
    home = approved.register.ledger.home
    stop_at(nth)
    with pytest.raises(Killed):
        issue(approved)
    issued = issue(approved)
    assert (issued.version, issued.state) == (1, EditionState.RELEASED)
    assert {name for name, _ in approved.register.reached(issued)} == set(REPORT.recipients)
    pdf = approved.shelf.issued(issued).pdf
    assert [(home / "share" / name / "customer_2026-01_v1.pdf").read_bytes() for name in REPORT.recipients] == [pdf] * 3


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand in a message; the first so many are turned away."""

    turned_away = 0
    taken: list[bytes] = []  # noqa: RUF012 - one list for all connections of a test

    def handle(self):
        self.say(b"220 here")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line
                self.taken.append(body)
            if word == b"MAIL" and type(self).turned_away:
                type(self).turned_away -= 1
                self.say(b"451 later")
                continue
            self.say(b"221 bye" if word == b"QUIT" else b"250 fine")
            if word == b"QUIT":
                return

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@pytest.fixture
def mailbox():
    Mailbox.taken, Mailbox.turned_away = [], 0
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield MailServer(f"127.0.0.1:{server.server_address[1]}", "reports@lake.example", None)
        server.shutdown()


def test_who_is_reached_by_mail_gets_the_pdf_and_is_not_written_to_twice(approved, mailbox):
    roles = {
        **approved.roles,
        "市场部": Role(mailbox="market@lake.example"),
        "销售部": Role(mailbox="sales@lake.example"),
    }
    mailing = replace(approved, roles=roles, mail=mailbox)
    Mailbox.turned_away = 1
    with pytest.raises(DeliveryFailed, match="goes on"):
        issue(mailing)
    issue(mailing)
    issue(mailing)
    letters = [message_from_bytes(body) for body in Mailbox.taken]
    assert sorted(letter["To"] for letter in letters) == ["market@lake.example", "sales@lake.example"]
    assert len({letter["Message-ID"] for letter in letters}) == 2
    (pdf,) = [
        part.get_payload(decode=True) for part in letters[0].walk() if part.get_content_type() == "application/pdf"
    ]
    issued = mailing.register.find("customer", "2026-01")
    assert pdf == mailing.shelf.issued(issued).pdf
    assert mailing.register.reached(issued) == {("市场部", Way.MAIL), ("销售部", Way.MAIL), ("客户服务部", Way.FOLDER)}
    assert "lake.example" not in str(mailing.register.ledger.ask("SELECT * FROM report_deliveries"))


def test_mail_without_a_server_reaches_nobody_rather_than_some(approved):
    mailing = replace(approved, roles={**approved.roles, "客户服务部": Role(mailbox="service@lake.example")})
    with pytest.raises(ReportRefused, match="LAKEWARDEN_MAIL_SERVER"):
        mailing.release(REPORT, JANUARY, "os:chen")
    assert mailing.register.reached(mailing.register.find("customer", "2026-01")) == set()


def test_roles_are_named_in_a_file_of_the_installation_and_nobody_by_default(tmp_path):
    file = tmp_path / "roles.yml"
    assert read_roles(file) == {}
    assert set(unfilled(REPORT, {})) == {*REPORT.signatures, *REPORT.recipients}
    file.write_text("总经理: {signs: [zhao]}\n市场部: {folder: out/market}\n销售部: {mailbox: sales@lake.example}\n")
    roles = read_roles(file)
    assert roles["市场部"].folder == tmp_path / "out" / "market"
    assert "总经理" not in unfilled(REPORT, roles)
    file.write_text("销售部: {mailbox: nobody-here}\n")
    with pytest.raises(ReportRefused, match="mailbox") as refused:
        read_roles(file)
    assert "nobody-here" not in str(refused.value)


def test_the_calendar_asks_for_the_newest_periods_and_says_what_is_late(office):
    announced = {datetime(year, 1, 1).date(): False for year in (2025, 2026)}  # noqa: DTZ001 - days only
    third = datetime(2026, 2, 3).date()  # noqa: DTZ001
    asked = due_reports([REPORT], third, announced)
    assert [(one.period.name, one.issue_by.isoformat()) for one in asked] == [
        ("2026-01", "2026-02-11"), ("2025Q4", "2026-01-13"), ("2025", "2026-01-13"),
    ]  # fmt: skip
    assert [one.period.name for one in due_reports([REPORT], third - timedelta(days=1), announced)] == [
        "2025-12",
        "2025Q4",
        "2025",
    ]
    drafted(office)
    known = office.register.everything()
    assert [one.period.name for one in undrafted(asked, known)] == ["2025Q4", "2025"]
    assert [one.period.name for one in late(asked, known, third)] == ["2025Q4", "2025"]
    assert [one.issue_by for one in due_reports([REPORT], third, {third.replace(year=2025): True})] == [None] * 3
    assert "2026-01" in [one.period.name for one in late(asked, known, datetime(2026, 2, 12).date())]  # noqa: DTZ001


def test_the_commands_take_a_report_from_draft_to_register(office, monkeypatch):
    home = office.register.ledger.home
    monkeypatch.setenv("LAKE_HOME", str(home))
    publish(home / "published" / "published.duckdb")
    (home / "reports").mkdir(exist_ok=True)
    names = {role: {"signs": list(persons)} for role, persons in ROLES.items()}
    places = {name: {"folder": f"out/{name}"} for name in REPORT.recipients}
    (home / "reports" / "roles.yml").write_text(json.dumps({**names, **places}), encoding="utf-8")

    def run(account: str, *arguments: str) -> str:
        monkeypatch.setattr("jobs.approval.accounts.account_at_the_prompt", lambda: account)
        done = CliRunner().invoke(app, ["report", *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    told = json.loads(run("os:chen", "draft", "customer", "2026-01", "--json"))
    assert (told["version"], told["signers"]) == (1, [["wang"], ["li"], ["zhao"]])
    for account in ("os:wang", "os:li", "os:zhao"):
        run(account, "approve", "customer", "2026-01")
    assert "issued to 市场部、销售部、客户服务部" in run("os:chen", "release", "customer", "2026-01")
    assert [row["状态"] for row in json.loads(run("os:chen", "list", "--json"))] == ["已报发"]
    assert {"report": "customer", "period": "2026-01"} not in json.loads(run("os:chen", "due", "--json"))


def test_at_the_prompt_nobody_passes_for_an_account_of_the_scheduler(office, monkeypatch):
    monkeypatch.setenv("LAKE_HOME", str(office.register.ledger.home))
    with pytest.raises(UnknownPerson, match="only the scheduler"):
        CliRunner().invoke(
            app, ["report", "draft", "customer", "2026-01", "--airflow-account", "zhao"], catch_exceptions=False
        )


def test_a_report_has_its_own_kinds_of_period():
    with pytest.raises(ReportNotDeclared, match="report of a year"):
        load_report("satisfaction").require_period(JANUARY)
