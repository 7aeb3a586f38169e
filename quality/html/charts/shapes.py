"""The shapes of drawings: SVG whose every text and attribute is escaped here, and nowhere else marked safe. Pure."""

from collections.abc import Iterable

from markupsafe import Markup

from quality.html.texts import shown

Box = tuple[float, float, float, float]
# What this module has made and escaped; templates set it in as it is.
Shapes = Markup
NOTHING = Markup()


def joined(parts: Iterable[str]) -> Shapes:
    """Return shapes one behind the other; what is no shape is escaped."""
    return NOTHING.join(parts)


def at(value: float) -> str:
    """Return a coordinate: one digit behind the point is a tenth of a pixel."""
    text = f"{value:.1f}"
    return "0" if text in ("-0.0", "0.0") else text.removesuffix(".0")


def shape(tag: str, /, *inside: str, **attributes: str | float) -> Shapes:
    """Return an element of a drawing.

    Args:
        inside: texts, which are escaped, or shapes
        attributes: an underscore stands for a dash; one at the end is dropped (``class_``)
    """
    told = joined(
        Markup(' {}="{}"').format(
            name.rstrip("_").replace("_", "-"),
            shown(value) if isinstance(value, str) else at(value),
        )
        for name, value in attributes.items()
    )
    content = joined(
        one if isinstance(one, Markup) else Markup("{}").format(shown(one)) for one in inside
    )
    if not content:
        return Markup("<{}{}/>").format(tag, told)
    return Markup("<{0}{1}>{2}</{0}>").format(tag, told, content)


def boxes(look: str, found: Iterable[Box]) -> Shapes:
    """Return rectangles of one class as one path, nothing for none; each is x, y, width, height."""
    drawn = "".join(f"M{at(x)} {at(y)}h{at(w)}v{at(h)}h{at(-w)}z" for x, y, w, h in found)
    return shape("path", class_=look, d=drawn) if drawn else NOTHING
