"""Which charts of a quality report its page on the market shows; the page that stands alone has more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from marketplace.errors import Language
from quality import DatasetReport
from quality.html.charts import Chart, image_sheet, index_bars
from quality.html.charts.shapes import Shapes
from quality.html.pages import Figures
from quality.html.tables import Room, known_tables, table_views
from quality.terminal.words import Tongue

# A page weighs at most 120 kB, of which styles are 50; so much of the rest are charts.
BYTES_MOST: Final = 14_000
ROOM: Final = Room(tables=1, alike=1, columns=200, columns_in_all=200, histograms=12)


@dataclass(frozen=True)
class ReportCharts:
    """The figures of a report: its indices, then of its images and of the table with most findings.

    ``table`` names that table, empty where there is none; ``more`` whether something was left out.
    """

    indices: Shapes
    figures: list[Shapes]
    table: str
    more: bool


def report_charts(report: DatasetReport, language: Language) -> ReportCharts:
    """Return the figures of a report in a language, as many as the page may hold."""
    say = Tongue(language == "en")
    figure = Figures(say)
    indices = figure(index_bars(report.indices, say))
    _, views = table_views(known_tables(report), say, ROOM)
    figures, room, more = [], BYTES_MOST, report.table_count > len(views)
    for chart in (*_images(report, say), *(one for view in views for one in view.charts), *(one for view in views for one in view.histograms)):  # fmt: skip
        drawn = figure(chart)
        room -= len(drawn.encode())
        if room < 0:
            more = True
            break
        figures.append(drawn)
    more = more or any(view.histograms_left for view in views)
    return ReportCharts(indices, figures, views[0].line.table.name if views else "", more)


def _images(report: DatasetReport, say: Tongue) -> Iterator[Chart]:
    for file in report.files:
        if file.images is not None:
            yield from image_sheet(file.images, say)
