"""Correlation map: Pearson's r of pairs of columns, with the number in every cell. Pure."""

from typing import Final

from quality.html.charts.drawing import Chart
from quality.html.charts.shapes import Box, Shapes, boxes, joined, shape
from quality.html.texts import shortened
from quality.report import Correlations, Table
from quality.terminal.words import Tongue

COLUMNS_MOST: Final = 12
PAIRS_MOST: Final = 30
CELL: Final = 24.0
# Few columns are not drawn over the whole width.
PLACES_MIN: Final = 9
NAMES: Final = 100.0
# From here on a colour is deeper.
WEAK, MIDDLE, STRONG = 0.1, 0.3, 0.6

Pair = tuple[int, int, float]


def correlation_map(table: Table, say: Tongue) -> Chart | None:
    """Draw how the columns of numbers move together, those that do most; None below two columns."""
    found = table.correlations
    if found is None:
        return None
    pairs = _pairs(found)
    if not pairs:
        return None
    order = _chosen(found, pairs)
    one, other, r = pairs[0]
    told = say(
        f"짝 {len(pairs):,}개 가운데 가장 함께 움직이는 것은 '{found.columns[one]}'와(과) '{found.columns[other]}', r = {signed(r)}입니다.",
        f"Of {len(pairs):,} pairs, '{found.columns[one]}' and '{found.columns[other]}' move together most, r = {signed(r)}.",
    )
    if found.sampled:
        told += say(" 표본으로 쟀습니다.", " Measured on a sample of rows.")
    size = len(order) * CELL
    return Chart(
        kind="correlation",
        title=say("함께 움직이는 열 (피어슨 r)", "Columns that move together (Pearson's r)"),
        description=told,
        shapes=_cells(found, order),
        view=(max(size, PLACES_MIN * CELL) + NAMES, size),
        fixed=True,
        legend=tuple((look, words) for look, words in (
            ("n3", "−1"), ("n2", ""), ("n1", ""), ("z0", "0"), ("p1", ""), ("p2", ""), ("p3", "+1"),
        )),
        head=(say("열", "column"), say("열", "column"), "r"),
        cells=tuple(
            (found.columns[one], found.columns[other], r) for one, other, r in pairs[:PAIRS_MOST]
        ),
        left_out=_left(len(pairs), len(found.columns) - len(order), say),
    )  # fmt: skip


def _left(pairs: int, columns: int, say: Tongue) -> str:
    if pairs <= PAIRS_MOST and columns <= 0:
        return ""
    return say(
        f"표는 절댓값이 큰 {min(pairs, PAIRS_MOST):,}짝, 그림은 {COLUMNS_MOST}열까지입니다. 모두 JSON의 correlations에 있습니다.",
        f"The table has the {min(pairs, PAIRS_MOST):,} strongest pairs, the drawing up to {COLUMNS_MOST} columns. All are in the JSON under correlations.",
    )


def _pairs(found: Correlations) -> list[Pair]:
    """Return the pairs with a number, the strongest first."""
    pairs = [
        (other, one, r)
        for one in range(len(found.columns))
        for other in range(one)
        if (r := found.values[one][other]) is not None
    ]
    return sorted(pairs, key=lambda pair: (-abs(pair[2]), pair[0], pair[1]))


def _chosen(found: Correlations, pairs: list[Pair]) -> list[int]:
    """Return the columns of the strongest pairs, in the order of the table."""
    if len(found.columns) <= COLUMNS_MOST:
        return list(range(len(found.columns)))
    chosen: dict[int, None] = {}
    for one, other, _ in pairs:
        for place in (one, other):
            if len(chosen) < COLUMNS_MOST:
                chosen[place] = None
    return sorted(chosen)


def _cells(found: Correlations, order: list[int]) -> Shapes:
    filled: dict[str, list[Box]] = {}
    words = []
    for row, one in enumerate(order):
        y = row * CELL
        for column, other in enumerate(order[:row]):
            r = found.values[one][other]
            look = "z0" if r is None else _look(r)
            filled.setdefault(look, []).append((column * CELL, y, CELL - 1, CELL - 1))
            words.append(_word(r, look, column * CELL + CELL / 2, y + CELL / 2 + 3))
        name = shortened(found.columns[one], 17)
        words.append(shape("text", name, x=row * CELL + 3, y=y + CELL / 2 + 3))
    drawn = [boxes(look, some) for look, some in sorted(filled.items())]
    return joined([*drawn, *words])


def _word(r: float | None, look: str, x: float, y: float) -> Shapes:
    text = "–" if r is None else short(r)
    more = {"class_": "on3"} if look in ("n3", "p3") else {}
    return shape("text", text, x=x, y=y, text_anchor="middle", **more)


def signed(r: float) -> str:
    """Return r with two digits and the sign that a reader expects."""
    return f"{r:.2f}".replace("-", "−")


def short(r: float) -> str:
    """Return r in at most four signs: .85, −.3, 1."""
    text = f"{abs(r):.2f}"
    text = "1" if text == "1.00" else text.removeprefix("0")
    return f"−{text}" if r < 0 and text != ".00" else text


def _look(r: float) -> str:
    if abs(r) < WEAK:
        return "z0"
    depth = 1 + (abs(r) >= MIDDLE) + (abs(r) >= STRONG)
    return f"{'n' if r < 0 else 'p'}{depth}"
