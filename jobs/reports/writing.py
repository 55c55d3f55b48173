"""From a declaration and a published file to what is signed: the figures with their sources, and the text."""

from pathlib import Path

import yaml

from jobs.reports import charts
from jobs.reports.catalogue import read_catalogue
from jobs.reports.declared import Report
from jobs.reports.periods import Period
from jobs.reports.reading import Reader, opened
from jobs.reports.shelf import Content
from jobs.reports.wording import body
from jobs.settings import ROOT


def written(report: Report, period: Period, published: Path, *, smallest_group: int) -> Content:
    """A report of one period from the published file; the same file gives the same content.

    Raises: GateNotPassed when nothing is published; ReportNotDeclared.
    """
    palette = yaml.safe_load((ROOT / "dashboards" / "_shared" / "palette.yaml").read_text(encoding="utf-8"))["named"]
    with opened(published) as database:
        figures = Reader(database, read_catalogue(), period, smallest_group).figures(report)
    drawn = {name: charts.svg(series, palette) for name, series in figures.charts.items() if series.points}
    text = body(report, figures, drawn, period.label)
    return Content([{"place": place, **fact.as_data} for place, fact in figures.all()], text)
