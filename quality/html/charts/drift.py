"""Drift blocks: how the level of each column moves over the tenths of the file. Pure."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from quality.html.charts.drawing import Chart
from quality.html.charts.shapes import Box, Shapes, boxes, joined, shape
from quality.html.texts import figure, shortened
from quality.report import Band, Column, Table
from quality.terminal.words import Tongue

COLUMNS_MOST: Final = 12
# With fewer rows a tenth is a handful.
ROWS_MIN: Final = 50
BLOCK: Final = 34.0
LINE: Final = 38.0
NAME: Final = 16.0
# So many usual spreads away from the middle a colour is deeper.
SOME, MUCH, FAR = 0.5, 1.5, 3.0
MOST: Final = 99.0

Shifts = dict[int, float]


def drift_blocks(table: Table, say: Tongue) -> Chart | None:
    """Draw by how many usual spreads each tenth lies off the middle; None without columns that vary."""
    found = [
        (column, shifts)
        for column in table.columns
        if not column.identifying and (shifts := _shifts(_bands(column)))
    ]
    if not found or table.row_count < ROWS_MIN:
        return None
    found.sort(key=lambda one: (-max(map(abs, one[1].values())), one[0].position))
    shown, left = found[:COLUMNS_MOST], max(len(found) - COLUMNS_MOST, 0)
    rows = sorted({one.first_row for column, _ in shown for one in _bands(column)})
    column, shifts = shown[0]
    at, far = max(shifts.items(), key=lambda one: abs(one[1]))
    told = say(
        f"파일을 앞에서부터 열로 나눈 구간의 가운데값이 전체의 가운데에서 벗어난 정도입니다(보통 퍼짐의 배수). 가장 크게 벗어난 것은 '{column.name}'의 {at + 1:,}행부터, {short(far)}배입니다.",
        f"How far the median of each tenth of the file lies off the middle, in usual spreads. '{column.name}' moves most: {short(far)} from row {at + 1:,} on.",
    )
    return Chart(
        kind="drift",
        title=say("수준의 변화", "Drift of the level"),
        description=told,
        shapes=joined(
            _line(column, shifts, rows, LINE * at) for at, (column, shifts) in enumerate(shown)
        ),
        view=(BLOCK * len(rows), LINE * len(shown)),
        fixed=True,
        legend=(
            ("n3", say("낮아짐", "lower")), ("n1", ""), ("z0", say("그대로", "level")),
            ("p1", ""), ("p3", say("높아짐", "higher")),
        ),
        head=(
            say("행부터, 가운데값", "from row, median"),
            *(f"{row + 1:,}" for row in rows),
        ),
        cells=tuple((column.name, *_medians(column, rows)) for column, _ in shown),
        left_out=_left(left, say),
    )  # fmt: skip


def _left(left: int, say: Tongue) -> str:
    told = say(
        "구간마다 최소, 최대, 퍼짐은 JSON의 number.bands에 있습니다.",
        "Lowest, highest and spread of each part are in the JSON under number.bands.",
    )
    if left:
        told += say(f" 덜 변한 {left:,}열도 거기에 있습니다.", f" So are {left:,} columns that move less.")  # fmt: skip
    return told


def _bands(column: Column) -> tuple[Band, ...]:
    return column.number.bands if column.number is not None else ()


def _medians(column: Column, rows: Sequence[int]) -> list[float | None]:
    known = {one.first_row: one.median for one in _bands(column)}
    return [known.get(row) for row in rows]


def _shifts(bands: tuple[Band, ...]) -> Shifts:
    """Return by how many usual spreads each median lies off the middle one; nothing where none varies."""
    if len(bands) < 2:
        return {}
    middle = median(one.median / 2 for one in bands)
    usual = median(one.spread / 2 for one in bands)
    if not usual > 0:
        usual = median(abs(one.median / 2 - middle) for one in bands)
    if not usual > 0:
        return {}
    return {
        one.first_row: min(max((one.median / 2 - middle) / usual, -MOST), MOST) for one in bands
    }


def _line(column: Column, shifts: Shifts, rows: Sequence[int], y: float) -> Shapes:
    filled: dict[str, list[Box]] = {}
    words = [shape("text", shortened(column.name, 44), x=0.0, y=y + NAME - 5)]
    medians = {one.first_row: one.median for one in _bands(column)}
    for place, row in enumerate(rows):
        if row not in shifts:
            continue
        look, x = _look(shifts[row]), place * BLOCK
        filled.setdefault(look, []).append((x, y + NAME, BLOCK - 1, LINE - NAME - 3))
        more = {"class_": "on3"} if look in ("n3", "p3") else {}
        told = shape("title", f"{column.name}, {row + 1:,}: {figure(medians[row])}")
        words.append(
            shape(
                "text", short(shifts[row]), told, x=x + BLOCK / 2,
                y=y + NAME + (LINE - NAME - 3) / 2 + 4, text_anchor="middle", **more,
            )
        )  # fmt: skip
    drawn = [boxes(look, some) for look, some in sorted(filled.items())]
    return joined([*drawn, *words])


def short(shift: float) -> str:
    """Return a shift with its sign in at most five signs."""
    if abs(shift) >= MOST:
        return f"{'<−' if shift < 0 else '>+'}{MOST:.0f}"
    text = f"{abs(shift):.1f}"
    if text == "0.0":
        return "0"
    return f"{'−' if shift < 0 else '+'}{text}"


def _look(shift: float) -> str:
    if abs(shift) < SOME:
        return "z0"
    depth = 1 + (abs(shift) >= MUCH) + (abs(shift) >= FAR)
    return f"{'n' if shift < 0 else 'p'}{depth}"
