"""Two histograms of one column laid over each other: how its values moved between two reports. Pure."""

from collections.abc import Sequence
from typing import Final

from quality.html.charts.drawing import HEIGHT, WIDTH, Chart, columns_of, grid, share_between, ticks
from quality.html.charts.shapes import Shapes, at, boxes, shape
from quality.html.texts import figure
from quality.report import Bin, Column
from quality.terminal.words import Tongue

BINS: Final = 24


def overlap(before: Column, after: Column) -> float | None:
    """Return how much of the two histograms lies over each other [0 to 1], None without two.

    Source:
        The overlapping coefficient, M. S. Weitzman, Measures of overlap of income distributions (1970);
        here of histograms that are spread over common steps, so it is close and not exact.
    """
    shares = _shares(before, after)
    return None if shares is None else sum(map(min, shares[0], shares[1]))


def overlaid(before: Column, after: Column, say: Tongue) -> Chart | None:
    """Draw the shares of rows of both in common steps; None without two histograms."""
    shares = _shares(before, after)
    if shares is None:
        return None
    old, new, low, high = shares
    common = sum(map(min, old, new))
    marks = [one / 100 for one in ticks(100 * max(*old, *new))]
    edges = [low + (high / BINS - low / BINS) * one for one in range(BINS + 1)]
    unit = f" [{after.unit}]" if after.unit else ""
    return Chart(
        kind="overlay",
        title=f"{after.name}{unit}",
        description=say(
            f"두 분포가 {100 * common:.1f} % 겹칩니다. {_moved(before, after, say)}",
            f"The two distributions overlap by {100 * common:.1f} %. {_moved(before, after, say)}",
        ),
        shapes=grid(len(marks) - 1)
        + boxes("q2", columns_of(old, marks[-1]))
        + _outline(new, marks[-1]),
        y_words=tuple(f"{100 * one:.0f} %" for one in marks),
        x_words=(figure(low), figure(high)),
        legend=(("q2", say("먼저", "before")), ("l1", say("나중", "after"))),
        head=(
            say("부터", "from"), say("까지", "to"), say("먼저 [%]", "before [%]"),
            say("나중 [%]", "after [%]"),
        ),
        cells=tuple(
            (edges[at], edges[at + 1], 100 * old[at], 100 * new[at]) for at in range(BINS)
        ),
    )  # fmt: skip


def _moved(before: Column, after: Column, say: Tongue) -> str:
    assert before.number is not None, "a histogram is of numbers"
    assert after.number is not None, "a histogram is of numbers"
    old, new = figure(before.number.mean), figure(after.number.mean)
    return say(f"평균 {old} → {new}.", f"Mean {old} → {new}.")


def _shares(before: Column, after: Column) -> tuple[list[float], list[float], float, float] | None:
    if before.number is None or after.number is None:
        return None
    old, new = before.number.histogram, after.number.histogram
    if not sum(one.count for one in old) or not sum(one.count for one in new):
        return None
    low, high = min(old[0].low, new[0].low), max(old[-1].high, new[-1].high)
    return _poured(old, low, high), _poured(new, low, high), low, high


def _poured(bins: Sequence[Bin], low: float, high: float) -> list[float]:
    """Spread a histogram over common steps, by how much of each bar lies in each, as shares."""
    made = [0.0] * BINS
    total = sum(one.count for one in bins)
    for one in bins:
        begin = BINS * share_between(one.low, low, high)
        end = BINS * share_between(one.high, low, high)
        if end - begin <= 0:
            made[min(int(begin), BINS - 1)] += one.count / total
            continue
        for place in range(int(begin), min(int(end) + 1, BINS)):
            part = min(end, place + 1) - max(begin, place)
            made[place] += max(part, 0.0) / (end - begin) * one.count / total
    return made


def _outline(shares: Sequence[float], top: float) -> Shapes:
    step, drawn = WIDTH / len(shares), f"M0 {HEIGHT:.0f}"
    for place, one in enumerate(shares):
        y = HEIGHT - (HEIGHT * one / top if top > 0 else 0)
        drawn += f"V{y:.1f}H{(place + 1) * step:.1f}"
    return shape("path", class_="l1", d=f"{drawn}V{at(HEIGHT)}")
