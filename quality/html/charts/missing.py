"""Missing matrix: where in the file cells are empty, column by column. Pure."""

from typing import Final

from quality.html.charts.drawing import WIDTH, Chart, Row
from quality.html.charts.shapes import Box, Shapes, boxes, joined
from quality.report import Table
from quality.terminal.words import Tongue, share

COLUMNS_MOST: Final = 12
# From none to all; the first and last stand for exactly that.
LEVELS: Final = 7


def missing_matrix(table: Table, say: Tongue) -> Chart | None:
    """Draw where cells are empty, from the first row at the left to the last; None where none is."""
    missing = table.missing
    if missing is None or not missing.columns:
        return None
    totals = [sum(band[at] for band in missing.counts) for at in range(len(missing.columns))]
    order = sorted(range(len(totals)), key=lambda at: (-totals[at], at))[:COLUMNS_MOST]
    ends = (*missing.first_rows[1:], table.row_count)
    sizes = [end - first for first, end in zip(missing.first_rows, ends, strict=True)]
    left = len(missing.columns) - len(order)
    first = missing.columns[order[0]]
    told = say(
        f"빈 칸이 있는 열 {len(totals):,}개. 가장 많은 '{first}'은(는) {table.row_count:,}행 가운데 {totals[order[0]]:,}칸이 비었고, 모든 칸이 찬 행은 {missing.full_row_count:,}행입니다.",
        f"{len(totals):,} columns have empty cells, most of them '{first}': {totals[order[0]]:,} of {table.row_count:,}. {missing.full_row_count:,} rows are full.",
    )
    return Chart(
        kind="missing",
        title=say("빈 칸의 자리", "Where cells are empty"),
        description=told,
        lines=tuple(
            Row(
                label=missing.columns[at],
                code=True,
                shapes=_line([band[at] for band in missing.counts], sizes),
                value=f"{totals[at]:,}",
                note=share(totals[at], table.row_count),
            )
            for at in order
        ),
        x_words=(say("1행", "row 1"), say(f"{table.row_count:,}행", f"row {table.row_count:,}")),
        legend=(
            ("q0", say("없음", "none")),
            ("q2", ""), ("q4", ""), ("q6", say("모두 빔", "all empty")),
        ),
        head=(say("행부터", "from row"), *(missing.columns[at] for at in order)),
        cells=tuple(
            (row + 1, *(band[at] for at in order))
            for row, band in zip(missing.first_rows, missing.counts, strict=True)
            if any(band[at] for at in order)
        ),
        left_out=_left(left, say),
    )  # fmt: skip


def _left(left: int, say: Tongue) -> str:
    some = say(
        "빈 칸이 없는 구간은 표에서 뺐습니다.",
        "Bands without empty cells are left out of the table.",
    )
    if left <= 0:
        return some
    return some + say(
        f" 빈 칸이 적은 {left:,}열은 JSON의 missing에 있습니다.",
        f" {left:,} columns with fewer empty cells are in the JSON under missing.",
    )


def _line(counts: list[int], sizes: list[int]) -> Shapes:
    """Draw neighbours of one level as one box."""
    step = WIDTH / max(len(counts), 1)
    levels: dict[int, list[Box]] = {}
    begin, last = 0, -1
    for place, level in enumerate([*map(_level, counts, sizes), -1]):
        if level != last:
            if last > 0:
                levels.setdefault(last, []).append((begin * step, 0, (place - begin) * step, 16))
            begin, last = place, level
    return joined(boxes(f"q{level}", found) for level, found in sorted(levels.items()))


def _level(count: int, size: int) -> int:
    if count <= 0:
        return 0
    if count >= size:
        return LEVELS - 1
    return 1 + min(int((LEVELS - 2) * count / size), LEVELS - 3)
