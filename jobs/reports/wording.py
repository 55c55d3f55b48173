"""The text of a report: a sandboxed template in which every figure is a reference; one that is typed in is refused."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from jobs.errors import ReportNotDeclared
from jobs.reports.declared import Report
from jobs.reports.figures import Figures

#: Digits of every script, and Chinese numerals where they count something.
_TYPED = re.compile(
    r"\d|百分之|[〇零一二两三四五六七八九十数][十百千万亿]*[〇零一二两三四五六七八九十百千万亿]*(?:多|余)?"
    r"(?:个|家|人|件|次|份|笔|元|万|亿|倍|成|％|%|分之|年|月|季度|天|日|户|所|张|条)"
)


def body(report: Report, figures: Figures, charts: Mapping[str, Markup], period_label: str) -> str:
    """The text of a report with its figures, tables and charts in place.

    Raises: ReportNotDeclared for a typed figure, for a name that the declaration lacks, or for a broken template.
    """
    try:
        return _rendered(report, figures, charts, period_label)
    except TemplateError as error:
        raise ReportNotDeclared(f"{report.id}: {report.template.name}: {error}") from None


def _rendered(report: Report, figures: Figures, charts: Mapping[str, Markup], period_label: str) -> str:
    require_no_typed_figure(report.template)
    parts = environment_in(report.folder.parent / "_shared").get_template("parts.html.j2").module
    environment = environment_in(report.folder)
    # a filter that counts, or a function that makes numbers, would be a figure without a source
    environment.filters, environment.globals = {}, {}
    context = {
        "period": period_label,
        "facts": figures.facts,
        "tables": {name: parts.table(table) for name, table in figures.tables.items()},  # type: ignore[attr-defined]
        "charts": {
            name: parts.figure(series, charts.get(name, ""))  # type: ignore[attr-defined]
            for name, series in figures.charts.items()
        },
    }
    return environment.get_template(report.template.name).render(context)


def environment_in(*folders: Path) -> Environment:
    """Templates of these folders: no access beyond what they are given, no silent gap, everything escaped."""
    return SandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def require_no_typed_figure(template: Path) -> None:
    """Return when every figure of a template comes by reference. Raises: ReportNotDeclared, with the lines."""
    if found := sorted(set(typed_figures(template.read_text(encoding="utf-8")))):
        lines = ", ".join(f"line {line} '{text}'" for line, text in found)
        raise ReportNotDeclared(f"{template}: figures are typed in ({lines}); refer to a fact instead")


def typed_figures(template: str) -> Iterator[tuple[int, str]]:
    """Line and text of every figure that somebody typed, in the words, in an attribute or in an expression.

    Example:
        >>> list(typed_figures("<p>收入 {{ facts.revenue }}，共 3 城，近三成</p>"))
        [(1, '3'), (1, '三成')]
        >>> list(typed_figures("<h2>一、概况</h2>{{ facts.revenue + 1 }}"))
        [(1, '1')]
    """
    environment = SandboxedEnvironment(autoescape=True)
    for line, kind, text in environment.lex(template):
        if kind == "data":
            words = _Words()
            words.feed(str(text))
            words.close()
            yield from ((line + offset, typed) for offset, typed in words.typed)
    for constant in environment.parse(template).find_all(nodes.Const):
        if isinstance(constant.value, str):
            yield from ((constant.lineno, typed) for typed in _TYPED.findall(constant.value))
        elif isinstance(constant.value, int | float) and not isinstance(constant.value, bool):
            yield constant.lineno, str(constant.value)


class _Words(HTMLParser):
    """Collects what readers see of a piece of HTML: words and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        line = self.getpos()[0] - 1
        self.typed += [(line + data.count("\n", 0, found.start()), found[0]) for found in _TYPED.finditer(data)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"title", "alt", "aria-label", "content"} and value:
                self.typed += [(self.getpos()[0] - 1, found) for found in _TYPED.findall(value)]
