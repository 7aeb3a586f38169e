"""Texts written in markdown, shown as HTML: the one place where a string becomes markup.

What comes out passed a list of allowed elements and has no attributes, so no text of a user or a
file can bring script, style or a foreign address.
"""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_ALLOWED = {
    *("h2", "h3", "h4", "p", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td", "hr", "br"),
}


def prose(text: str) -> Markup:
    """Return markdown as HTML of the allowed elements alone."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return Markup(nh3.clean(html, tags=_ALLOWED, attributes={}))  # noqa: S704 - sanitised above
