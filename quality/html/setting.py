"""The templates of the pages: everything is escaped, nothing is a script, and text of files shows its signs."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quality.html.charts import Chart
from quality.html.charts.shapes import Shapes
from quality.html.texts import exact, figure, shown, written
from quality.terminal.words import Tongue, share, size

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Return the setting of the templates; one for both languages, ``say`` comes with each page."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(figure=figure, size=size, written=written, exact=exact)
    made.globals.update(share=share)
    return made


def _shown(value: Any) -> Any:
    """Let no text of a file turn the writing or hide signs; shapes of ours pass."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Shapes) else value


def filled(template: str, say: Tongue, **values: Any) -> str:
    """Return a template with its values."""
    return environment().get_template(template).render(
        say=say, lang="en" if say.english else "ko", **values
    )  # fmt: skip


def figure_of(chart: Chart, number: int, say: Tongue) -> Shapes:
    """Return one chart as HTML with its words and its table of numbers, for any page with our styles.

    Args:
        number: of the figure on its page; it also makes the ids of the drawing
    """
    macros: Any = environment().get_template("charts.html").make_module({"say": say})
    made: Shapes = macros.figure(chart, number)
    return made
