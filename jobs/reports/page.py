"""The document around a text: first page, style, numbers of pages; as one self-contained HTML file and as PDF."""

import weasyprint
from markupsafe import Markup

from contracts.model import Classification
from jobs.business_calendar import minute
from jobs.reports.declared import Report
from jobs.reports.editions import Edition
from jobs.reports.periods import period
from jobs.reports.shelf import Document
from jobs.reports.wording import environment_in

#: DEC-6: the source names no list of levels; these are the grades that contracts give to data.
CLASSIFICATIONS = {
    Classification.PUBLIC: "公开",
    Classification.INTERNAL: "内部",
    Classification.SENSITIVE: "敏感",
}


def document(report: Report, edition: Edition, text: str, *, smallest_group: int) -> Document:
    """The whole document of an edition: a draft says that it is one, what is issued says who approved it.

    text: the rendered body. It is the same in the draft that was signed and in what is issued.
    """
    shared = report.folder.parent / "_shared"
    html = environment_in(shared).get_template("page.html.j2").render(
        report=report,
        edition=edition,
        period=period(edition.period).label,
        classification=CLASSIFICATIONS[report.classification],
        signatures=[(one.role, one.person, minute(one.signed_at)) for one in edition.signatures],
        published=minute(edition.data_published_at),
        drafted=minute(edition.drafted_at),
        smallest_group=smallest_group,
        style=Markup((shared / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        text=Markup(text),  # noqa: S704 - rendered with everything escaped, and its digest was checked
    )  # fmt: skip
    return Document(html.encode("utf-8"), _pdf(html))


def _pdf(html: str) -> bytes:
    """The PDF with its fonts inside; nothing is fetched, for the page refers to nothing outside itself."""
    printed: bytes = weasyprint.HTML(string=html, url_fetcher=_nothing_is_fetched).write_pdf()
    return printed


def _nothing_is_fetched(url: str) -> None:
    raise ValueError(f"a report refers to nothing outside itself, but to {url.partition(':')[0]}")
