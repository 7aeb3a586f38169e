"""Time strips: how many rows stand in each stretch of time, and where in the file time leaps. Pure."""

from datetime import datetime, timedelta
from typing import Final

from quality.html.charts.drawing import (
    HEIGHT,
    SEEN,
    WIDTH,
    Chart,
    grid,
    stretch_of,
    tick_words,
    ticks,
)
from quality.html.charts.shapes import Box, boxes, joined, shape
from quality.html.texts import figure
from quality.report import Column, Table
from quality.terminal.words import Tongue
from quality.timefacts import Series, TimeFacts

LOW: Final = 60.0
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# A day without a date, for stamps that have the time alone.
_SOME_DAY: Final = "1970-01-01 "


def time_strip(column: Column, say: Tongue) -> Chart | None:
    """Draw how many rows stand in each stretch of time; None for a report that did not count them.

    Stretches without a row are boxes of their own, stamps that were there before stand on top in orange.
    """
    time = column.time
    if time is None or not time.stretches:
        return None
    counts = [count for count, _ in time.stretches]
    repeats = [repeated for _, repeated in time.stretches]
    once = [count - repeated for count, repeated in time.stretches]
    marks = ticks(max(counts))
    empty = sum(count == 0 for count in counts)
    step = WIDTH / len(counts)
    return Chart(
        kind="time",
        title=f"{column.name}: {say('시간에 따른 행 수', 'rows over time')}",
        description=_told(time, empty, say),
        shapes=grid(len(marks) - 1)
        + boxes("f1", _stacked(once, [0] * len(counts), marks[-1]))
        + boxes("f2", _stacked(repeats, once, marks[-1]))
        + joined(
            shape("rect", class_="gap", x=x + 1, y=2.0, width=max(w - 2, SEEN), height=HEIGHT - 4)
            for x, w in _empty(counts, step)
        ),
        y_words=tick_words(marks),
        x_words=(time.low, time.high),
        legend=(
            ("f1", say("행", "rows")),
            *((("f2", say("되풀이된 시각의 행", "rows at a repeated time")),) if any(repeats) else ()),
            *((("gap", say("자료 없음", "no rows")),) if empty else ()),
        ),
        head=(say("부터", "from"), say("행", "rows"), say("되풀이", "repeated")),
        cells=tuple(
            (begin, count, repeated)
            for begin, (count, repeated) in zip(_begins(time), time.stretches, strict=True)
        ),
    )  # fmt: skip


def _told(time: TimeFacts, empty: int, say: Tongue) -> str:
    told = say(
        f"{time.low}부터 {time.high}까지 {time.parsed_count:,}행을 {len(time.stretches)}구간으로 나누었습니다.",
        f"{time.parsed_count:,} rows from {time.low} to {time.high}, in {len(time.stretches)} stretches.",
    )
    if empty:
        told += say(f" 자료가 없는 구간이 {empty:,}개 있습니다.", f" {empty:,} have no row.")
    if time.repeated_count:
        told += say(
            f" 앞에 나온 시각이 되풀이된 행은 {time.repeated_count:,}행입니다.",
            f" {time.repeated_count:,} rows repeat a time.",
        )
    return told


def _stacked(parts: list[int], grounds: list[int], top: float) -> list[Box]:
    """Return the bars of counts that each stand on others."""
    step = WIDTH / len(parts)
    made = []
    for place, (part, ground) in enumerate(zip(parts, grounds, strict=True)):
        if part > 0:
            tall = max(SEEN, HEIGHT * part / top)
            y = max(HEIGHT - HEIGHT * ground / top - tall, 0.0)
            made.append((place * step + 0.5, y, max(step - 1, 0.5), tall))
    return made


def _empty(counts: list[int], step: float) -> list[tuple[float, float]]:
    """Return where neighbouring stretches have no row: from, and how wide."""
    found, begin = [], None
    for place, count in enumerate([*counts, 1]):
        if count == 0 and begin is None:
            begin = place
        elif count and begin is not None:
            found.append((begin * step, (place - begin) * step))
            begin = None
    return found


def _begins(time: TimeFacts) -> list[str]:
    """Return when each stretch begins, its number where the stamps are beyond the calendar."""
    dated = "-" in time.low
    try:
        low, high = (
            datetime.fromisoformat(one if dated else _SOME_DAY + one)
            for one in (time.low, time.high)
        )
    except ValueError:
        return [str(one + 1) for one in range(len(time.stretches))]
    step: timedelta = (high - low) / len(time.stretches)
    begins = [low + step * one for one in range(len(time.stretches))]
    form = "%Y-%m-%d %H:%M:%S" if dated else "%H:%M:%S"
    return [f"{one:{form}}" for one in begins]


def time_order(table: Table, say: Tongue) -> Chart | None:
    """Draw where in the file time leaps forward or goes back; None where it does neither."""
    series = table.series
    if series is None or not (series.gaps or series.backward_rows):
        return None
    longest = max((one.seconds for one in series.gaps), default=0.0)
    wide = []
    for gap in series.gaps:
        x, w = stretch_of(gap.row, 0, table.row_count)
        tall = max(LOW * gap.seconds / longest, LOW / 5) if longest > 0 else LOW
        wide.append((x, LOW - tall, w, tall))
    back = [(*stretch_of(row, 0, table.row_count), LOW / 2) for row in series.backward_rows]
    return Chart(
        kind="order",
        title=say("시각이 건너뛰는 행", "Rows where time leaps"),
        description=_told_series(series, say),
        shapes=boxes("q1", [(0, LOW - 2, WIDTH, 2)])
        + boxes("gapped", wide)
        + boxes("f2", [(x, 0.0, w, tall) for x, w, tall in back]),
        view=(WIDTH, LOW),
        x_words=(say("1행", "row 1"), say(f"{table.row_count:,}행", f"row {table.row_count:,}")),
        legend=(
            *((("gapped", _word(series, say)),) if series.gaps else ()),
            *((("f2", say("거꾸로 간 행", "step back")),) if series.backward_rows else ()),
        ),
        head=(
            say("무엇", "what"), say("다음 행", "next row"), say("길이 [s]", "length [s]"),
            series.entity_column or say("묶음", "group"),
        ),
        cells=(
            *((_word(series, say), gap.row + 1, gap.seconds, gap.entity) for gap in series.gaps),
            *((say("거꾸로", "back"), row + 1, None, None) for row in series.backward_rows),
        ),
        left_out=say(
            "가장 긴 것과 처음 나오는 것을 20개까지 적었습니다.",
            "At most the 20 longest, and the 20 first steps back, are listed.",
        ),
    )  # fmt: skip


def _word(series: Series, say: Tongue) -> str:
    return say("공백", "gap") if series.periodic else say("긴 간격", "long step")


def _told_series(series: Series, say: Tongue) -> str:
    parts = []
    if series.gaps:
        count, longest = series.gap_count or len(series.gaps), lasting(series.gaps[0].seconds, say)
        word = _word(series, say)
        parts.append(say(f"{word} {count:,}개, 가장 긴 것은 {longest}.", f"{word}s: {count:,}, the longest {longest}."))  # fmt: skip
    if series.missing_point_count is not None:
        parts.append(
            say(f"빠진 시점 {series.missing_point_count:,}개.", f"{series.missing_point_count:,} points missing.")
        )  # fmt: skip
    if series.backward_count:
        parts.append(
            say(f"거꾸로 간 곳 {series.backward_count:,}군데.", f"{series.backward_count:,} steps back.")
        )  # fmt: skip
    if not series.periodic:
        parts.append(
            say("간격이 고르지 않은 자료라 공백으로 판정하지 않았습니다.", "The steps are not even, so long ones are not judged as gaps.")
        )  # fmt: skip
    return " ".join(parts)


def lasting(seconds: float, say: Tongue) -> str:
    """Return a duration in the unit that fits."""
    for unit, ko, en in (
        (_DAY, "일", "days"),
        (_HOUR, "시간", "hours"),
        (_MINUTE, "분", "minutes"),
    ):
        if seconds >= 2 * unit:
            return say(f"{seconds / unit:,.1f}{ko}", f"{seconds / unit:,.1f} {en}")
    return say(f"{figure(seconds)}초", f"{figure(seconds)} s")
