"""Reads pieces of HTML and charts, and refuses what is not whole."""

import re
from html.parser import HTMLParser

from typing_extensions import override

from quality.html import figure_of
from quality.html.charts import Chart
from quality.html.charts.drawing import SEEN
from quality.terminal.words import Tongue

# Coordinates have one digit behind the point.
ROUNDED = 0.1


class Tags(HTMLParser):
    """Reads a piece of HTML and refuses what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.words.append(data)


def drawn(chart: Chart) -> Tags:
    """Set a chart into a page and look that it is whole: every number finite, every shape in its box."""
    read = Tags(str(figure_of(chart, 1, Tongue(english=True))))
    assert read.open == []
    assert not {"script", "style", "a", "img"} & {tag for tag, _ in read.seen}
    for tag, attributes in read.seen:
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
    assert not re.search(
        r"\b(nan|inf)\b", str(chart.shapes) + "".join(str(one.shapes) for one in chart.lines)
    )
    boxes = [
        (str(chart.shapes), *chart.view),
        *((str(one.shapes), 600.0, 16.0) for one in chart.lines),
    ]
    for shapes, wide, tall in boxes:
        for x, y, w, h in re.findall(r"M([-\d.]+) ([-\d.]+)h([-\d.]+)v([-\d.]+)h-", shapes):
            assert float(x) >= -ROUNDED, shapes
            assert float(x) + float(w) <= wide + SEEN + ROUNDED, shapes
            assert float(y) >= -ROUNDED, shapes
            assert float(y) + float(h) <= tall + 2 * ROUNDED, shapes
    return read


def told(chart: Chart | None) -> Chart:
    assert chart is not None
    assert chart.title
    assert chart.description
    read = drawn(chart)
    if not chart.lines:
        (svg,) = [attributes for tag, attributes in read.seen if attributes.get("role") == "img"]
        ids = {attributes["id"] for _, attributes in read.seen if "id" in attributes}
        assert {svg["aria-labelledby"], svg["aria-describedby"]} <= ids
    return chart
