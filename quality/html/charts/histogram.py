"""Histograms of numbers, and bars of frequent values where a column holds words. Pure."""

from typing import Final

from quality.html.charts.drawing import (
    HEIGHT,
    WIDTH,
    Chart,
    Row,
    columns_of,
    grid,
    share_between,
    strip,
    tick_words,
    ticks,
)
from quality.html.charts.shapes import NOTHING, Shapes, at, boxes, shape
from quality.html.texts import figure
from quality.report import Column, NumberFacts
from quality.terminal.words import Tongue, share

VALUES_MOST: Final = 10
_MEDIAN: Final = 3  # place of the 50 per cent point among the quantiles


def histogram(column: Column, say: Tongue, *, flagged: bool = False) -> Chart | None:
    """Draw how the numbers of a column are spread; None where there is nothing to draw.

    Args:
        flagged: something was found in the column, so its bars are orange
    """
    number = column.number
    if number is None or not number.histogram:
        return None
    counts = [one.count for one in number.histogram]
    marks = ticks(max(counts))
    low, high = number.histogram[0].low, number.histogram[-1].high
    middle = number.histogram[len(counts) // 2].low if len(counts) > 1 else None
    return Chart(
        kind="histogram",
        title=_titled(column, say("분포", "distribution")),
        description=_told(number, say),
        shapes=grid(len(marks) - 1)
        + boxes("f2" if flagged else "f1", columns_of(counts, marks[-1]))
        + _median(number, low, high),
        y_words=tick_words(marks),
        x_words=tuple(figure(one) for one in (low, middle, high) if one is not None),
        legend=(
            ("f2" if flagged else "f1", say("칸 수", "cells")),
            *((("mid", say("가운데값", "median")),) if number.quantiles else ()),
        ),
        head=(say("부터", "from"), say("까지", "to"), say("칸 수", "cells")),
        cells=tuple((one.low, one.high, one.count) for one in number.histogram),
    )


def _titled(column: Column, what: str) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.name}{unit}: {what}"


def _told(number: NumberFacts, say: Tongue) -> str:
    low, high, mean = figure(number.low), figure(number.high), figure(number.mean)
    told = say(
        f"숫자 {number.count:,}칸, {low}에서 {high}까지, 평균 {mean}",
        f"{number.count:,} numbers from {low} to {high}, mean {mean}",
    )
    if len(number.quantiles) > _MEDIAN:
        median = figure(number.quantiles[_MEDIAN])
        told += say(f", 가운데값 {median}", f", median {median}")
    if number.std is not None:
        std = figure(number.std)
        told += say(f", 표준편차 {std}", f", standard deviation {std}")
    if number.sampled:
        told += say(". 분포는 표본으로 어림했습니다", "; the distribution is from a sample of rows")
    return f"{told}."


def _median(number: NumberFacts, low: float, high: float) -> Shapes:
    if len(number.quantiles) <= _MEDIAN or not high > low:
        return NOTHING
    x = WIDTH * share_between(number.quantiles[_MEDIAN], low, high)
    return shape("path", class_="mid", d=f"M{at(x)} 0v{at(HEIGHT)}")


def frequent_values(column: Column, rows: int, say: Tongue) -> Chart | None:
    """Draw the frequent values of a column of categories; None for columns of another kind."""
    if column.kind not in ("code", "boolean") or not column.top_values or column.identifying:
        return None
    found = column.top_values[:VALUES_MOST]
    value, count = found[0]
    told = say(
        f"서로 다른 값 {column.distinct_count:,}가지. 가장 잦은 '{value}'이(가) {count:,}행, {share(count, rows)}입니다.",
        f"{column.distinct_count:,} different values. The most frequent, '{value}', has {count:,} rows, {share(count, rows)}.",
    )
    left = column.distinct_count - len(found)
    more = say(f"그 밖에 {left:,}가지 값이 있습니다.", f"There are {left:,} more values.")
    return Chart(
        kind="values",
        title=_titled(column, say("잦은 값", "frequent values")),
        description=told,
        lines=tuple(
            Row(
                label=one,
                code=True,
                shapes=strip("f1", number / max(rows, 1)),
                value=f"{number:,}",
                note=share(number, rows),
            )
            for one, number in found
        ),
        head=(say("값", "value"), say("행", "rows")),
        cells=tuple(found),
        left_out=more if left > 0 else "",
    )


def spark(column: Column, *, flagged: bool = False) -> Shapes:
    """Return the small drawing of a column for a line of a table: shapes of a box of ``WIDTH`` by ``HEIGHT``."""
    number = column.number
    if number is not None:
        counts = [one.count for one in number.histogram]
    elif column.kind in ("code", "boolean") and not column.identifying:
        counts = [count for _, count in column.top_values]
    else:
        return NOTHING
    return boxes("f2" if flagged else "f1", columns_of(counts, max(counts, default=0)))
