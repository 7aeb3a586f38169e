"""Charts drawn as SVG on the server: pure functions from a report to shapes, words and the same numbers.

Nothing here is a style or a script: shapes carry classes and attributes of presentation, so a page may
forbid both. How a chart is set into a page is told by ``templates/charts.html``.
"""

from quality.html.charts.correlation import correlation_map
from quality.html.charts.drawing import Chart, Row
from quality.html.charts.drift import drift_blocks
from quality.html.charts.flatlines import flatlines
from quality.html.charts.histogram import frequent_values, histogram, spark
from quality.html.charts.images import image_sheet
from quality.html.charts.indices import index_bars
from quality.html.charts.missing import missing_matrix
from quality.html.charts.overlay import overlaid, overlap
from quality.html.charts.time import time_order, time_strip

__all__ = [
    "Chart",
    "Row",
    "correlation_map",
    "drift_blocks",
    "flatlines",
    "frequent_values",
    "histogram",
    "image_sheet",
    "index_bars",
    "missing_matrix",
    "overlaid",
    "overlap",
    "spark",
    "time_order",
    "time_strip",
]
