"""A report as one page that stands alone: escaped, without a script, readable on a phone, ready to print.

``render`` shows one report, ``render_comparison`` what differs between two; the same report gives the same
bytes. ``quality.html.charts`` draws; the exchange's pages use the same charts through ``figure_of``.
"""

from quality.html.comparison import render_comparison
from quality.html.pages import render
from quality.html.setting import figure_of

__all__ = ["figure_of", "render", "render_comparison"]
